// A trace: tree, time and cost at the left, the selected span at the right.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Trace, now, segment } from "../../api";
import { Kbd } from "../../components/Kbd";
import { Lost } from "../../components/Lost";
import { ErrorState, Loading, Note } from "../../components/States";
import { Text } from "../../components/Text";
import { count } from "../../format";
import { useEvent, useFetch, useNarrow, useTicker, useTitle } from "../../hooks";
import { useKeys } from "../../keys";
import { subscribe } from "../../live";
import { navigate, params, setParams, to } from "../../router";
import type { ViewProps } from "../registry";
import { findGaps } from "./axis";
import { type Stretch, criticalPath, onPath } from "./critical";
import { linkOf } from "./copy";
import { cycle, dearest, errors, nextCall, search } from "./find";
import { findings } from "./findings";
import { highlight } from "./highlight";
import { Header, useSaid } from "./Header";
import { newer, older } from "./neighbours";
import { OverviewBar } from "./OverviewBar";
import { MissingPane, NoSpanPane } from "./OtherPanes";
import { RunPane } from "./RunPane";
import { type Row, firstOpen, makeDisplay, makeRows, parentRow, restKey, reveal, rowsAtOnce } from "./rows";
import { SpanPane } from "./SpanPane";
import { type TreeNode, buildTree, labelOf } from "./tree";
import { Waterfall } from "./Waterfall";

/** An overview stands above traces of more spans than this. */
const overviewFrom = 200;

/** TraceView is /traces/{id}. */
export function TraceView({ rest }: ViewProps) {
  const id = rest[0] ?? "";
  const fetched = useFetch<Trace>(`/traces/${segment(id)}`);
  const trace = fetched.data;
  useLive(trace, fetched.reload);
  // "last" and the beginning of an id lead to the id itself.
  useEffect(() => {
    if (trace && trace.trace_id !== id) navigate(linkOf(trace.trace_id, params.value.get("span") ?? undefined), { replace: true });
  }, [trace?.trace_id]);
  useTitle(trace ? labelOf({ name: trace.name } as never).text : "Trace");
  if (!trace) {
    return fetched.error ? <ErrorState error={fetched.error} retry={fetched.reload} what="This trace" /> : <div aria-busy="true"><Loading late={fetched.late} rows={12} label="Loading the trace" /></div>;
  }
  return <Loaded key={trace.trace_id} trace={trace} />;
}

// useLive reads a trace again when it has changed: at once, then at most each second, a long
// one less often.
function useLive(trace: Trace | undefined, reload: () => void) {
  const id = trace?.trace_id;
  const start = trace ? Date.parse(trace.start) : 0;
  useEffect(() => {
    if (!id) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = 0;
    const again = () => {
      timer = undefined;
      last = Date.now();
      reload();
    };
    // Only what started at about that time is sent: this trace.
    const filter = { since: new Date(start - 60_000).toISOString(), until: new Date(start + 1000).toISOString() };
    const stop = subscribe(filter, (changes) => {
      const spans = changes.traces?.find((one) => one.trace_id === id)?.spans;
      if (spans !== undefined) timer ??= setTimeout(again, Math.max(0, last + Math.max(1000, spans) - Date.now()));
    });
    return () => { stop(); clearTimeout(timer); };
  }, [id, start]);
  // What breaks off sends nothing: ask now and then.
  useEffect(() => {
    if (trace?.state !== "running") return;
    const again = setInterval(() => { if (!document.hidden) reload(); }, 30_000);
    return () => clearInterval(again);
  }, [id, trace?.state]);
}

function Loaded({ trace }: { trace: Trace }) {
  const narrow = useNarrow();
  const running = trace.state === "running";
  useTicker(running, trace.spans > 2000 ? 5000 : 1000);
  const nowUS = running ? Math.floor((now() - Date.parse(trace.start)) / 1000) * 1e6 : undefined;
  const list = trace.span_list;
  const tree = useMemo(() => buildTree(list, nowUS), [list, nowUS]);
  const display = useMemo(() => makeDisplay(tree), [tree]);
  const found = useMemo(() => findings(tree), [list, display]);
  const [open, setOpen] = useState<Set<string>>(() => firstOpen(display));
  const [mode, setMode] = useState<"time" | "dollars">("time");
  const [byCost, setByCost] = useState(false);
  const [callsOnly, setCallsOnly] = useState(false);
  const [restOpen, setRestOpen] = useState(false);
  const [showPath, setShowPath] = useState(false);
  const [follow, setFollow] = useState(false);
  const [runKey, setRunKey] = useState("");
  const [text, setText] = useState("");
  const [said, say] = useSaid();
  const scroll = useRef<(index: number, align?: "auto" | "center") => void>(() => {});
  const pane = useRef<HTMLDivElement>(null);
  const finder = useRef<HTMLInputElement>(null);

  const spanParam = params.value.get("span") ?? "";
  const shownNode = spanParam ? tree.byId.get(spanParam) : undefined;
  const run = runKey ? display.runs.get(runKey) : undefined;
  const fallback = spanParam || narrow ? undefined : tree.nodes.find((n) => n.span);
  const node = run ? undefined : shownNode ?? fallback;
  const selectedKey = run ? run.key : node?.id ?? "";

  const rows = useMemo(() => makeRows(display, { mode, open, callsOnly, byCost, restOpen }), [display, mode, open, callsOnly, byCost, restOpen]);
  const selected = useMemo(() => rows.findIndex((row) => row.key === selectedKey), [rows, selectedKey]);
  const matches = useMemo(() => new Set(search(tree, text)), [tree, text]);
  const hasGaps = useMemo(() => findGaps(tree).length > 0, [tree]);
  const critical = useMemo(() => {
    if (!showPath) return null;
    const path = criticalPath(tree);
    const by = new Map<TreeNode, Stretch[]>();
    for (const s of path) by.set(s.node, [...(by.get(s.node) ?? []), s]);
    return { by, on: onPath(path) };
  }, [tree, showPath]);

  // Spans that come later are unfolded as at first, while the trace is small.
  const known = useRef(new Set(tree.nodes.map((n) => n.id)));
  useEffect(() => {
    const fresh = tree.nodes.filter((n) => !known.current.has(n.id));
    if (!fresh.length) return;
    for (const n of fresh) known.current.add(n.id);
    if (tree.nodes.length <= rowsAtOnce) setOpen((was) => new Set([...was, ...[...firstOpen(display)].filter((key) => fresh.some((n) => n.id === key || n.parent?.id === key))]));
    if (follow) show(fresh.reduce((a, b) => (b.start >= a.start ? b : a)), false);
  }, [tree]);

  const show = (to: TreeNode, select = true) => {
    const next = reveal(display, open, to);
    if (next.size !== open.size) setOpen(next);
    pending.current = to.id;
    if (select) { setRunKey(""); setParams({ span: to.id }, { replace: !narrow }); }
  };
  // After rows have changed, what was asked for is scrolled to.
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
  // A link to a span unfolds what hides it.
  useEffect(() => {
    if (!shownNode) return;
    const next = reveal(display, open, shownNode);
    if (!rows.some((row) => row.key === shownNode.id) && next.size !== open.size) setOpen(next);
    pending.current = shownNode.id;
  }, [spanParam, !shownNode]);

  const openSpan = useEvent((spanId: string) => {
    const to = tree.byId.get(spanId);
    if (!to) return say("That span is not in this trace");
    const next = reveal(display, open, to);
    if (next.size !== open.size) setOpen(next);
    setRunKey("");
    setParams({ span: spanId });
    pane.current?.scrollTo(0, 0);
  });
  const select = useEvent((row: Row, push = false) => {
    if (row.key === restKey) return setRestOpen(!restOpen);
    if (row.item?.run) {
      setRunKey(row.key);
      if (narrow) setParams({ span: undefined, run: "1" });
    } else {
      setRunKey("");
      setParams({ span: row.key, run: undefined }, { replace: !push });
    }
    pane.current?.scrollTo(0, 0);
  });
  const toggle = useEvent((row: Row) => {
    if (row.open === null) return;
    if (row.key === restKey) return setRestOpen(!restOpen);
    setOpen((was) => {
      const next = new Set(was);
      if (!next.delete(row.key)) next.add(row.key);
      return next;
    });
  });
  const move = (by: number) => {
    const index = Math.max(0, Math.min(rows.length - 1, selected < 0 ? (by > 0 ? 0 : rows.length - 1) : selected + by));
    const row = rows[index];
    if (!row) return;
    if (row.key !== restKey) select(row);
    scroll.current(index, "auto");
  };
  const fold = (to: boolean) => {
    const row = rows[selected];
    if (!row) return;
    if (row.open === !to) return toggle(row);
    if (to) return row.open === null ? undefined : move(1);
    const parent = parentRow(rows, selected);
    if (parent >= 0) { select(rows[parent]!); scroll.current(parent); }
  };
  const current = node ?? (run ? run.members[0]! : null);
  const stepCall = useEvent((by: 1 | -1) => {
    const next = nextCall(tree, current, by);
    if (next) show(next);
    else say(tree.calls.length ? `No ${by > 0 ? "later" : "earlier"} model call` : "No model call");
  });
  const jump = (to: TreeNode | null, none: string) => (to ? show(to) : say(none));
  const unfoldRuns = () => setOpen((was) => {
    const keys = [...display.runs.keys()];
    const all = keys.every((key) => was.has(key));
    const next = new Set(was);
    for (const key of keys) if (all) next.delete(key); else next.add(key);
    return next;
  });
  const go = useEvent(async (which: "newer" | "older") => {
    try {
      const next = await (which === "newer" ? newer(trace) : older(trace));
      if (next) navigate(linkOf(next));
      else say(`No ${which} trace`);
    } catch (err) {
      say(err instanceof Error ? err.message : "The traces cannot be read");
    }
  });
  const paneOpen = narrow && (spanParam !== "" || run !== undefined);
  const back = () => {
    if (text) return setText("");
    if (paneOpen) { setRunKey(""); return setParams({ span: undefined, run: undefined }); }
    navigate("/traces");
  };

  // What is looked for is marked in the pane too, as its content comes.
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
  // While the pane has the focus, keys that scroll do.
  const scrollPane = (lines: number): boolean => {
    const element = pane.current;
    if (!element?.contains(document.activeElement)) return false;
    if (Math.abs(lines) === Infinity) element.scrollTo(0, lines < 0 ? 0 : element.scrollHeight);
    else element.scrollBy(0, Math.abs(lines) > 1 ? Math.sign(lines) * element.clientHeight * 0.9 : lines * 40);
    return true;
  };
  const travel = (by: number, lines: number) => () => { if (!scrollPane(lines)) move(by); };

  const foldLabel = "fold, unfold";
  useKeys("Trace", [
    { keys: "j", label: "next, previous", run: () => move(1) },
    { keys: "k", label: "next, previous", run: () => move(-1) },
    { keys: "ArrowDown", label: "next, previous", run: travel(1, 1) },
    { keys: "ArrowUp", label: "next, previous", run: travel(-1, -1) },
    { keys: "Home", label: "", run: travel(-rows.length, -Infinity) },
    { keys: "End", label: "", run: travel(rows.length, Infinity) },
    { keys: "PageDown", label: "", run: travel(20, 20) },
    { keys: "PageUp", label: "", run: travel(-20, -20) },
    { keys: "Enter", label: "open, back", run: () => { if (rows[selected]) { if (narrow) select(rows[selected]!, true); else pane.current?.focus(); } } },
    { keys: "Escape", label: "open, back", run: () => (document.activeElement && pane.current?.contains(document.activeElement) && !paneOpen ? (document.querySelector<HTMLElement>(".wf")?.focus()) : back()) },
    { keys: "J", label: "older, newer trace", run: () => void go("older") },
    { keys: "K", label: "older, newer trace", run: () => void go("newer") },
    { keys: "[", label: "previous, next model call", run: () => stepCall(-1) },
    { keys: "]", label: "previous, next model call", run: () => stepCall(1) },
    { keys: "ArrowLeft", label: foldLabel, run: () => fold(false) },
    { keys: "ArrowRight", label: foldLabel, run: () => fold(true) },
    { keys: "u", label: "unfold runs", run: unfoldRuns },
    { keys: "e", label: "next error", run: () => jump(cycle(errors(tree), current, 1), "No errors") },
    { keys: "$", label: "most expensive call", run: () => jump(dearest(tree), "No call has a price") },
    { keys: "t", label: "time or dollars", run: () => setMode(mode === "time" ? "dollars" : "time") },
    { keys: "c", label: "critical path", run: () => { setMode("time"); setShowPath(!showPath); } },
    { keys: "o", label: "sort by cost", run: () => { setMode("dollars"); setByCost(!byCost); } },
    { keys: "m", label: "model calls only", run: () => setCallsOnly(!callsOnly) },
    { keys: "f", label: "find in this trace", run: () => finder.current?.focus() },
    { keys: "n", label: "next, previous match", run: () => jump(cycle([...matches], current, 1), "No match") },
    { keys: "N", label: "next, previous match", run: () => jump(cycle([...matches], current, -1), "No match") },
    { keys: "p", label: "follow a running trace", run: () => (running ? setFollow(!follow) : say("This trace has ended")) },
  ]);

  const toolbar = (
    <>
      <div class="segments" role="group" aria-label="Width of the bars">
        <button type="button" aria-pressed={mode === "time"} onClick={() => setMode("time")}>Time</button>
        <button type="button" aria-pressed={mode === "dollars"} onClick={() => setMode("dollars")}>Dollars</button>
      </div>
      {!narrow && (mode === "dollars" ? (
        <button class="button" type="button" aria-pressed={byCost} onClick={() => setByCost(!byCost)}>Sort by cost <Kbd keys="o" /></button>
      ) : display.runs.size > 0 && tree.nodes.length > overviewFrom ? (
        <button class="button" type="button" onClick={unfoldRuns}>{[...display.runs.keys()].every((key) => open.has(key)) ? "Fold runs" : "Unfold runs"} <Kbd keys="u" /></button>
      ) : (
        <button class="button" type="button" aria-pressed={showPath} onClick={() => setShowPath(!showPath)}>Critical path <Kbd keys="c" /></button>
      ))}
      {!narrow && (
        <span class="finder">
          <input ref={finder} class="field" type="text" aria-label="Find in this trace" placeholder="Find" value={text}
            onInput={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter") { event.preventDefault(); jump(cycle([...matches], current, event.shiftKey ? -1 : 1), "No match"); }
              if (event.key === "Escape") { event.stopPropagation(); setText(""); event.currentTarget.blur(); }
            }} />
          {text ? <span class="quiet" role="status">{count(matches.size)}</span> : <Kbd keys="f" />}
        </span>
      )}
    </>
  );
  const shared = { trace, tree, findings: found.list, tags: found.tags, open: openSpan, step: stepCall, say };
  const paneContent = run ? (
    <RunPane key={run.key} run={run} unfolded={open.has(run.key)} unfold={() => toggle({ key: run.key, open: false } as Row)} {...shared} />
  ) : spanParam && !shownNode ? (
    <NoSpanPane id={spanParam} />
  ) : node && node.span ? (
    <SpanPane node={node} {...shared} />
  ) : node ? (
    <MissingPane node={node} open={openSpan} />
  ) : null;

  if (paneOpen) {
    return (
      <div class="trace-view narrow">
        <a class="pane-back" href={to(["traces", trace.trace_id])} onClick={(event) => { event.preventDefault(); back(); }}>‹ <Text text={labelOf({ name: trace.name } as never).text} quiet /></a>
        <h1 class="sr"><Text text={labelOf({ name: trace.name } as never).text} /></h1>
        <div class="span-pane" ref={pane} tabIndex={-1} role="region" aria-label="Selected span">{paneContent}</div>
        <span class="sr" role="status">{said}</span>
      </div>
    );
  }
  return (
    <div class={`trace-view${narrow ? " narrow" : ""}`}>
      <Header trace={trace} tree={tree} rows={rows.length} follow={follow} narrow={narrow} setFollow={setFollow} go={go} spanId={spanParam} say={say} said={said} />
      <Lost />
      <div class="trace-body">
        <div class="trace-left">
          {tree.nodes.length > overviewFrom && (
            <OverviewBar trace={trace} tree={tree} running={running} goTo={(us) => {
              let index = 0;
              rows.forEach((row, i) => { const item = row.item?.node ?? row.item?.run; if (item && item.start <= us && row.depth <= 2) index = i; });
              scroll.current(index, "center");
            }} />
          )}
          <Waterfall tree={tree} rows={rows} selected={selected} mode={mode} byCost={byCost} narrow={narrow} nowUS={nowUS} tags={found.tags} matches={matches}
            critical={critical} toolbar={toolbar} onSelect={(row) => select(row, narrow)} onToggle={toggle} onFocusPane={() => pane.current?.focus()} scroll={scroll} />
          {!rows.length && <Note tone="warn">{callsOnly ? "No model call in this trace." : "Nothing here has a cost."}</Note>}
          {!narrow && <Legend gaps={hasGaps} runs={display.runs.size > 0} missing={tree.roots.some((n) => !n.span)} callsOnly={callsOnly} />}
        </div>
        {!narrow && (
          <div class="span-pane" ref={pane} tabIndex={-1} role="region" aria-label="Selected span">
            {paneContent}
          </div>
        )}
      </div>
    </div>
  );
}

function Legend({ gaps, runs, missing, callsOnly }: { gaps: boolean; runs: boolean; missing: boolean; callsOnly: boolean }) {
  return (
    <div class="foot legend">
      {gaps || runs || missing ? (
        <>
          {gaps && <span><i class="l-gap" /> nothing happened, folded</span>}
          {runs && <span><b>×n</b> spans folded into one row</span>}
          {missing && <span><i class="l-missing" /> parent missing</span>}
        </>
      ) : (
        <>
          <span><i class="l-model" /> model</span>
          <span><i class="l-tool" /> tool</span>
          <span><i class="l-agent" /> agent</span>
          <span><i class="l-workflow" /> workflow</span>
          <span><i class="l-step" /> step</span>
          <span><i class="l-wait" /> to first token</span>
        </>
      )}
      <span class="hint end"><Kbd keys="e" /> next error</span>
      <span class="hint"><Kbd keys="$" /> most expensive</span>
      {!(gaps && runs && missing) && <span class="hint"><Kbd keys="m" /> {callsOnly ? "all spans" : "model calls only"}</span>}
    </div>
  );
}
