// The keys of the view.

import type { RefObject } from "preact";
import { useKeys } from "../../keys";
import { cycle, dearest, errors } from "./find";
import type { Model } from "./model";
import type { Place } from "./place";

/** useTraceKeys registers the keys of a trace. */
export function useTraceKeys(model: Model, place: Place, narrow: boolean, finder: RefObject<HTMLInputElement>): void {
  const { tree, running } = model;
  const { rows, selected, current, options, set, move, fold, show, stepCall, say } = place;
  const inPane = () => !!place.pane.current?.contains(document.activeElement);
  // While the pane has the focus, keys that scroll do.
  const travel = (by: number, lines: number) => () => (inPane() ? scrollPane(place.pane.current!, lines) : move(by));
  const enter = () => {
    const row = rows[selected];
    if (narrow && row) place.select(row, true);
    else place.pane.current?.focus();
  };
  const escape = () => (inPane() && !place.paneOpen ? document.querySelector<HTMLElement>(".wf")?.focus() : place.back());
  const match = (step: 1 | -1) => () => show(cycle([...place.matches], current, step), "No match");

  useKeys("trace", [
    { keys: "j", label: "next, previous", run: () => move(1) },
    { keys: "k", label: "next, previous", run: () => move(-1) },
    { keys: "ArrowDown", label: "next, previous", run: travel(1, 1) },
    { keys: "ArrowUp", label: "next, previous", run: travel(-1, -1) },
    { keys: "Home", label: "", run: travel(-rows.length, -Infinity) },
    { keys: "End", label: "", run: travel(rows.length, Infinity) },
    { keys: "PageDown", label: "", run: travel(20, 20) },
    { keys: "PageUp", label: "", run: travel(-20, -20) },
    { keys: "Enter", label: "open, back", run: enter },
    { keys: "Escape", label: "open, back", run: escape },
    { keys: "J", label: "older, newer trace", run: () => place.go("older") },
    { keys: "K", label: "older, newer trace", run: () => place.go("newer") },
    { keys: "[", label: "previous, next model call", run: () => stepCall(-1) },
    { keys: "]", label: "previous, next model call", run: () => stepCall(1) },
    { keys: "ArrowLeft", label: "fold, unfold", run: () => fold(false) },
    { keys: "ArrowRight", label: "fold, unfold", run: () => fold(true) },
    { keys: "u", label: "unfold runs", run: place.unfoldRuns },
    { keys: "e", label: "next error", run: () => show(cycle(errors(tree), current, 1), "No errors") },
    { keys: "$", label: "most expensive call", run: () => show(dearest(tree), "No call has a price") },
    { keys: "t", label: "time or dollars", run: () => set({ mode: options.mode === "time" ? "dollars" : "time" }) },
    { keys: "c", label: "critical path", run: () => set({ mode: "time", showPath: !options.showPath }) },
    { keys: "o", label: "sort by cost", run: () => set({ mode: "dollars", byCost: !options.byCost }) },
    { keys: "m", label: "model calls only", run: () => set({ callsOnly: !options.callsOnly }) },
    { keys: "f", label: "find in this trace", run: () => finder.current?.focus() },
    { keys: "n", label: "next, previous match", run: match(1) },
    { keys: "N", label: "next, previous match", run: match(-1) },
    { keys: "p", label: "follow a running trace", run: () => (running ? set({ follow: !options.follow }) : say("This trace has ended")) },
  ]);
}

function scrollPane(element: HTMLElement, lines: number) {
  if (Math.abs(lines) === Infinity) element.scrollTo(0, lines < 0 ? 0 : element.scrollHeight);
  else element.scrollBy(0, Math.abs(lines) > 1 ? Math.sign(lines) * element.clientHeight * 0.9 : lines * 40);
}
