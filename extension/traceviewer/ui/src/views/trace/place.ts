// Where a person is in a trace: what is unfolded, what is selected, what is looked for, and
// how to get elsewhere.

import type { RefObject } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useEvent } from "../../hooks";
import { navigate, params, setParams } from "../../router";
import { type Stretch, criticalPath, onPath } from "./critical";
import { linkOf } from "./copy";
import { nextCall, search } from "./find";
import { highlight } from "./highlight";
import type { Model } from "./model";
import { newer, older } from "./neighbours";
import { type Row, type Run, firstOpen, makeRows, parentRow, restKey, reveal, rowsAtOnce, runWith } from "./rows";
import type { TreeNode } from "./tree";

/** Options are how the tree is shown. */
export interface Options {
  mode: "time" | "dollars";
  byCost: boolean;
  callsOnly: boolean;
  restOpen: boolean;
  showPath: boolean;
  follow: boolean;
  /** What is looked for. */
  text: string;
}

/** Critical is the critical path, by span, and what lies on it. */
export interface Critical {
  by: Map<TreeNode, Stretch[]>;
  on: Set<TreeNode>;
}

/** Place is where a person is. */
export interface Place {
  options: Options;
  set: (change: Partial<Options>) => void;
  open: Set<string>;
  rows: Row[];
  /** Index in rows, -1 where what is selected is folded. */
  selected: number;
  node: TreeNode | undefined;
  run: Run | undefined;
  /** The selected span, of a run its first. */
  current: TreeNode | null;
  /** The span that the address names, whether it is there or not. */
  spanParam: string;
  /** On a phone: the pane is shown in place of the tree. */
  paneOpen: boolean;
  matches: Set<TreeNode>;
  critical: Critical | null;
  pane: RefObject<HTMLDivElement>;
  scroll: RefObject<(index: number, align?: "auto" | "center") => void>;
  say: (text: string) => void;
  select: (row: Row, push?: boolean) => void;
  toggle: (row: Row) => void;
  move: (by: number) => void;
  fold: (unfold: boolean) => void;
  unfoldRuns: () => void;
  /** show selects a span and brings it into sight; where there is none it says so. */
  show: (node: TreeNode | null, none: string) => void;
  /** openSpan follows a link to a span. */
  openSpan: (id: string) => void;
  stepCall: (by: 1 | -1) => void;
  go: (which: "newer" | "older") => void;
  back: () => void;
}

const atFirst: Options = { mode: "time", byCost: false, callsOnly: false, restOpen: false, showPath: false, follow: false, text: "" };

/** usePlace keeps the place in a trace. What is selected, and whether time or dollars are shown, is in the address. */
export function usePlace(model: Model, narrow: boolean, say: (text: string) => void): Place {
  const { tree, display, trace } = model;
  const [kept, setOptions] = useState(atFirst);
  const options: Options = { ...kept, mode: params.value.get("view") === "dollars" ? "dollars" : "time" };
  const [open, setOpen] = useState<Set<string>>(() => firstOpen(display));
  const scroll = useRef<(index: number, align?: "auto" | "center") => void>(() => {});
  const pane = useRef<HTMLDivElement>(null!);
  const set = (change: Partial<Options>) => {
    if (change.mode) setParams({ view: change.mode === "dollars" ? "dollars" : undefined }, { replace: true });
    setOptions((was) => ({ ...was, ...change }));
  };

  const spanParam = params.value.get("span") ?? "";
  const named = spanParam ? tree.byId.get(spanParam) : undefined;
  const runParam = params.value.get("run") ?? "";
  const run = useMemo(() => runWith(display.runs.values(), runParam), [display, runParam]);
  const node = run ? undefined : named ?? (spanParam || narrow ? undefined : tree.nodes.find((n) => n.span));
  const current = node ?? run?.members[0] ?? null;
  const selectedKey = run ? run.key : node?.id ?? "";
  const { mode, callsOnly, byCost, restOpen, showPath, text } = options;
  const rows = useMemo(() => makeRows(display, { mode, open, callsOnly, byCost, restOpen }), [display, mode, open, callsOnly, byCost, restOpen]);
  const selected = useMemo(() => rows.findIndex((row) => row.key === selectedKey), [rows, selectedKey]);
  const matches = useMemo(() => new Set(search(tree, text)), [tree, text]);
  const critical = useMemo(() => (showPath ? makeCritical(model) : null), [model, showPath]);
  const paneOpen = narrow && (spanParam !== "" || run !== undefined);

  const pending = usePendingScroll(rows, scroll);
  const unfoldTo = (to: TreeNode) => {
    const next = reveal(display, open, to);
    if (next.size !== open.size) setOpen(next);
    pending.current = to.id;
  };
  // A link to a span unfolds what hides it.
  useEffect(() => {
    if (named) unfoldTo(named);
  }, [spanParam, !named]);
  useNews(model, (fresh) => {
    if (tree.nodes.length <= rowsAtOnce) {
      const more = [...firstOpen(display)].filter((key) => fresh.some((n) => n.id === key || n.parent?.id === key));
      setOpen((was) => new Set([...was, ...more]));
    }
    if (options.follow) unfoldTo(fresh.reduce((a, b) => (b.start >= a.start ? b : a)));
  });
  useMarks(pane, text, paneOpen);

  const select = useEvent((row: Row, push = false) => {
    if (row.key === restKey) return set({ restOpen: !restOpen });
    const first = row.item?.run?.members[0]?.id;
    setParams(first ? { span: undefined, run: first } : { span: row.key, run: undefined }, { replace: !push });
    pane.current?.scrollTo(0, 0);
  });
  const toggle = useEvent((row: Row) => {
    if (row.open === null) return;
    if (row.key === restKey) return set({ restOpen: !restOpen });
    setOpen((was) => {
      const next = new Set(was);
      if (!next.delete(row.key)) next.add(row.key);
      return next;
    });
  });
  const moveTo = (index: number) => {
    const row = rows[index];
    if (!row) return;
    if (row.key !== restKey) select(row);
    scroll.current(index);
  };
  const move = (by: number) => moveTo(Math.max(0, Math.min(rows.length - 1, selected < 0 ? (by > 0 ? 0 : rows.length - 1) : selected + by)));
  const fold = (unfold: boolean) => {
    const row = rows[selected];
    if (!row) return;
    if (row.open === !unfold) toggle(row);
    else if (!unfold) moveTo(parentRow(rows, selected));
    else if (row.open !== null) move(1);
  };
  const unfoldRuns = () => setOpen((was) => {
    const all = allRunsOpen(model, was);
    const next = new Set(was);
    for (const key of display.runs.keys()) if (all) next.delete(key); else next.add(key);
    return next;
  });
  const show = useEvent((to: TreeNode | null, none: string) => {
    if (!to) return say(none);
    unfoldTo(to);
    setParams({ span: to.id, run: undefined }, { replace: !narrow });
  });
  const openSpan = useEvent((id: string) => {
    const to = tree.byId.get(id);
    if (!to) return say("That span is not in this trace");
    unfoldTo(to);
    setParams({ span: id, run: undefined });
    pane.current?.scrollTo(0, 0);
  });
  const stepCall = useEvent((by: 1 | -1) => show(nextCall(tree, current, by), tree.calls.length ? `No ${by > 0 ? "later" : "earlier"} model call` : "No model call"));
  const go = useEvent(async (which: "newer" | "older") => {
    try {
      const next = await (which === "newer" ? newer(trace) : older(trace));
      if (next) navigate(linkOf(next));
      else say(`No ${which} trace`);
    } catch (err) {
      say(err instanceof Error ? err.message : "The traces cannot be read");
    }
  });
  const back = () => {
    if (text) return set({ text: "" });
    if (!paneOpen) return navigate("/traces");
    setParams({ span: undefined, run: undefined });
  };
  return {
    options, set, open, rows, selected, node, run, current, spanParam, paneOpen, matches, critical, pane, scroll, say,
    select, toggle, move, fold, unfoldRuns, show, openSpan, stepCall, go, back,
  };
}

/** allRunsOpen says whether no run is folded. */
export function allRunsOpen(model: Model, open: Set<string>): boolean {
  return [...model.display.runs.keys()].every((key) => open.has(key));
}

function makeCritical(model: Model): Critical {
  const path = criticalPath(model.tree);
  const by = new Map<TreeNode, Stretch[]>();
  for (const stretch of path) {
    const list = by.get(stretch.node);
    if (list) list.push(stretch);
    else by.set(stretch.node, [stretch]);
  }
  return { by, on: onPath(path) };
}

// usePendingScroll scrolls to a row that was asked for when it is there: rows come after
// what hides them is unfolded. The first time it goes to the middle.
function usePendingScroll(rows: Row[], scroll: Place["scroll"]): RefObject<string> {
  const pending = useRef("");
  const opening = useRef(true);
  useEffect(() => {
    if (!pending.current) return;
    const index = rows.findIndex((row) => row.key === pending.current);
    if (index < 0) return;
    pending.current = "";
    scroll.current(index, opening.current ? "center" : "auto");
    opening.current = false;
  });
  return pending;
}

// useNews tells of spans that have come since.
function useNews(model: Model, came: (fresh: TreeNode[]) => void) {
  const known = useRef(new Set(model.tree.nodes.map((n) => n.id)));
  useEffect(() => {
    const fresh = model.tree.nodes.filter((n) => !known.current.has(n.id));
    if (!fresh.length) return;
    for (const n of fresh) known.current.add(n.id);
    came(fresh);
  }, [model]);
}

// useMarks marks what is looked for in the pane, as its content comes.
function useMarks(pane: RefObject<HTMLDivElement>, text: string, paneOpen: boolean) {
  useEffect(() => {
    const element = pane.current;
    if (!text || !element) return;
    let frame = 0;
    const mark = () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => highlight(element, text));
    };
    mark();
    const observer = new MutationObserver(mark);
    observer.observe(element, { childList: true, subtree: true, characterData: true });
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
      highlight(null, "");
    };
  }, [text, paneOpen]);
}
