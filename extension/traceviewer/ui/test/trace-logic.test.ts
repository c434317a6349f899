import assert from "node:assert/strict";
import { test } from "node:test";
import type { SpanSummary } from "../src/api";
import { cover, findGaps, makeAxis, nice125, niceStep, ticks } from "../src/views/trace/axis";
import { criticalPath, onPath } from "../src/views/trace/critical";
import { cycle, dearest, errors, nextCall, quantile, search } from "../src/views/trace/find";
import { callBefore, findings, lostCacheUSD } from "../src/views/trace/findings";
import { makeOverview } from "../src/views/trace/overview";
import { firstOpen, makeDisplay, makeRows, parentRow, restKey, reveal } from "../src/views/trace/rows";
import { labelOf } from "../src/kind";
import { buildTree, pathTo } from "../src/views/trace/tree";

const second = 1e6;

function span(id: string, parent: string, start: number, duration: number, more: Partial<SpanSummary> = {}): SpanSummary {
  return {
    span_id: id, parent_id: parent || undefined, name: id, type: "generic", state: "ended",
    start_us: start * second, duration_us: duration * second, ...more,
  } as SpanSummary;
}

const call = (id: string, parent: string, start: number, duration: number, usd: number | undefined, more: Partial<SpanSummary> = {}) =>
  span(id, parent, start, duration, { type: "model_inference", counted: true, usd, model: "m", ...more });

test("a tree is depth first, children by start, whatever the order of the spans", () => {
  const tree = buildTree([span("b", "root", 5, 1), span("c", "b", 5.5, 0.1), span("a", "root", 1, 1), span("root", "", 0, 10)]);
  assert.deepEqual(tree.nodes.map((n) => [n.id, n.depth]), [["root", 0], ["a", 1], ["b", 1], ["c", 2]]);
  assert.deepEqual(pathTo(tree.byId.get("c")!).map((n) => n.id), ["root", "b"]);
});

test("spans of a parent that was not received stand last, under it", () => {
  const tree = buildTree([span("x", "gone", 0, 1), span("y", "gone", 2, 1), span("root", "", 1, 10), span("z", "also-gone", 4, 1)]);
  assert.deepEqual(tree.nodes.map((n) => [n.id, n.span !== null, n.depth]), [
    ["root", true, 0], ["gone", false, 0], ["x", true, 1], ["y", true, 1], ["also-gone", false, 0], ["z", true, 1],
  ]);
  const gone = tree.byId.get("gone")!;
  assert.deepEqual([gone.start, gone.end, gone.size], [0, 3 * second, 2]);
});

test("a circle of parents is cut at its earliest span and nothing is lost", () => {
  const tree = buildTree([span("self", "self", 3, 1), span("a", "c", 2, 1), span("b", "a", 1, 1), span("c", "b", 5, 1), span("below", "c", 6, 1)]);
  assert.equal(tree.nodes.length, 5);
  assert.deepEqual(tree.nodes.map((n) => n.id), ["b", "c", "a", "below", "self"]);
  assert.deepEqual(tree.nodes.filter((n) => n.cut).map((n) => n.id), ["b", "self"]);
});

test("a span that comes twice counts once", () => {
  assert.equal(buildTree([span("a", "", 0, 1), span("a", "", 0, 1)]).nodes.length, 1);
});

test("thirty thousand levels need no stack", () => {
  const spans = Array.from({ length: 30_000 }, (_, i) => span(`s${i}`, i ? `s${i - 1}` : "", i / 1000, 60 - i / 1000));
  spans.push(call("deep", "s29999", 31, 1, 0.5));
  const tree = buildTree(spans);
  assert.equal(tree.nodes[29_999]!.depth, 29_999);
  assert.equal(tree.roots[0]!.usd, 0.5);
  const display = makeDisplay(tree);
  const open = new Set(tree.nodes.map((n) => n.id));
  assert.equal(makeRows(display, { mode: "time", open }).length, 30_001);
  assert.equal(reveal(display, new Set(), tree.byId.get("deep")!).size, 30_000);
  assert.ok(criticalPath(tree).length > 0);
});

test("an empty trace has no rows and a usable axis", () => {
  const tree = buildTree([]);
  assert.deepEqual(makeRows(makeDisplay(tree), { mode: "time", open: new Set() }), []);
  assert.equal(makeAxis(tree, 400).x(0), 0);
  assert.deepEqual(criticalPath(tree), []);
});

test("costs are sums of the counted charges, and unknown is not zero", () => {
  const tree = buildTree([
    span("root", "", 0, 10), span("agent", "root", 0, 10, { type: "agent_run", usd: 99 }),
    call("one", "agent", 0, 1, 0.25), call("two", "agent", 2, 1, undefined, { cost_status: "unknown_model" }),
    span("rollup", "agent", 4, 1, { usd: 5, cost_status: "rollup" }), call("home", "root", 5, 1, undefined, { cost_status: "local" }),
    span("step", "root", 8, 1),
  ]);
  const root = tree.byId.get("root")!;
  assert.deepEqual([root.usd, root.calls, root.unpriced, root.local], [0.25, 3, 1, 1]);
  assert.equal(tree.byId.get("step")!.usd, null);
  assert.equal(tree.byId.get("rollup")!.usd, null);
});

test("running spans reach to now", () => {
  const tree = buildTree([span("root", "", 0, 1, { state: "running" }), span("done", "root", 0, 1)], 30 * second);
  assert.deepEqual([tree.byId.get("root")!.end, tree.byId.get("done")!.end], [30 * second, second]);
});

test("names leave out what the glyph says", () => {
  const name = (n: string) => { const l = labelOf(span("s", "", 0, 1, { name: n })); return l.quiet ? `${l.text}|${l.quiet}` : l.text; };
  assert.deepEqual(
    ["invoke_agent billing", "execute_tool Read", "model_generation gpt-5", "agent_step", "agent_step billing", "chat gpt-5", "", "POST /x y"].map(name),
    ["billing", "Read", "generation|gpt-5", "step", "step", "chat gpt-5", "(no name)", "POST /x y"]);
});

test("more than 60 s and 5 % without an event is folded to 28 px", () => {
  const tree = buildTree([
    span("root", "", 0, 4000), span("a", "root", 0, 10), span("b", "root", 59, 1), span("c", "root", 1500, 10), span("d", "root", 1650, 10),
    span("e", "root", 3990, 10),
  ]);
  // 150 s between c and d are less than 5 %.
  assert.deepEqual(findGaps(tree).map((g) => [g.from / second, g.to / second]), [[60, 1500], [1660, 3990]]);
  const axis = makeAxis(tree, 400);
  assert.deepEqual(axis.gaps.map((g) => g.width), [28, 28]);
  const total = axis.segments.reduce((sum, s) => sum + s.width, 0) + 56;
  assert.ok(Math.abs(total - 400) < 1e-6);
  assert.ok(Math.abs(axis.x(4000 * second) - 400) < 1e-6);
  assert.ok(axis.x(60 * second) < axis.x(1000 * second) && axis.x(1000 * second) < axis.x(1500 * second));
  assert.equal(cover(axis, 0, 4000 * second).length, 3);
});

test("a call that takes long is no gap, a wait of its parent is", () => {
  const waits = buildTree([span("root", "", 0, 7200), span("a", "root", 0, 5), span("b", "root", 7190, 5)]);
  assert.equal(findGaps(waits).length, 1);
  const works = buildTree([span("root", "", 0, 7200), call("a", "root", 0, 7100, 1), span("b", "root", 7190, 5)]);
  assert.equal(findGaps(works).length, 0);
  assert.equal(findGaps(buildTree([span("alone", "", 0, 7200)])).length, 0);
});

test("gaps never take more than half of a narrow axis", () => {
  const spans = [span("root", "", 0, 10_000)];
  for (let i = 0; i < 10; i++) spans.push(span(`s${i}`, "root", i * 1000, 1));
  const axis = makeAxis(buildTree(spans), 86);
  assert.equal(axis.gaps.length, 10);
  assert.ok(axis.gaps.reduce((sum, g) => sum + g.width, 0) <= 43.001);
});

test("clocks that differ: a span before the trace's start lies on the axis", () => {
  const axis = makeAxis(buildTree([span("root", "", 0, 10), span("early", "root", -2, 1)]), 120);
  assert.equal(axis.start, -2 * second);
  assert.equal(axis.x(-2 * second), 0);
});

test("ticks are round and apart", () => {
  assert.deepEqual([1, 3, 7, 0.02].map(nice125), [1, 5, 10, 0.02]);
  assert.equal(niceStep(70 * second), 120 * second);
  assert.equal(niceStep(3.1 * 86_400 * second), 4 * 86_400 * second);
  const marks = ticks(makeAxis(buildTree([span("root", "", 0, 3.54)]), 380));
  assert.deepEqual(marks.map((t) => t.at / second), [0, 1, 2, 3]);
  for (let i = 1; i < marks.length; i++) assert.ok(marks[i]!.x - marks[i - 1]!.x >= 50);
});

test("five like siblings are a run; four, another kind and a running one are not", () => {
  const spans = [span("root", "", 0, 100)];
  for (let i = 0; i < 6; i++) spans.push(span(`r${i}`, "root", i * 2, 1, { name: "execute_tool Read", type: "tool_call", failed: i === 3 }));
  for (let i = 0; i < 4; i++) spans.push(span(`g${i}`, "root", i * 2 + 1, 1, { name: "Grep", type: "tool_call" }));
  spans.push(span("live", "root", 50, 1, { name: "execute_tool Read", type: "tool_call", state: "running" }));
  const display = makeDisplay(buildTree(spans));
  const rows = makeRows(display, { mode: "time", open: new Set(["root"]) });
  assert.deepEqual(rows.map((r) => r.item!.run ? `run ×${r.item!.run.members.length}` : r.key), ["root", "run ×6", "g0", "g1", "g2", "g3", "live"]);
  const run = rows[1]!.item!.run!;
  assert.deepEqual([run.failures, run.size, run.start, run.end], [1, 6, 0, 11 * second]);
  assert.deepEqual([rows[1]!.open, rows[1]!.place, rows[1]!.of], [false, 1, 6]);
  const unfolded = makeRows(display, { mode: "time", open: new Set(["root", run.key]) });
  assert.deepEqual(unfolded.slice(1, 4).map((r) => [r.key === run.key ? "run" : r.key, r.depth, r.place, r.of]), [["run", 1, 1, 6], ["r0", 2, 1, 6], ["r1", 2, 2, 6]]);
  assert.equal(parentRow(unfolded, 3), 1);
  assert.equal(parentRow(unfolded, 0), -1);
});

test("a span in a folded run is revealed with all above it", () => {
  const spans = [span("root", "", 0, 100)];
  for (let i = 0; i < 50; i++) spans.push(span(`r${i}`, "root", i, 1, { name: "Read", type: "tool_call" }), span(`k${i}`, `r${i}`, i, 0.5));
  const display = makeDisplay(buildTree(spans));
  const open = reveal(display, new Set(), display.tree.byId.get("k7")!);
  assert.ok(makeRows(display, { mode: "time", open }).some((r) => r.key === "k7"));
});

test("a long trace opens with few rows, a short one whole", () => {
  const spans = [span("root", "", 0, 9000)];
  for (let t = 0; t < 10; t++) {
    spans.push(span(`turn${t}`, "root", t * 900, 900));
    for (let i = 0; i < 300; i++) spans.push(span(`t${t}.${i}`, `turn${t}`, t * 900 + i, 1, { name: i % 2 ? "Read" : `odd ${i}`, type: "tool_call" }));
  }
  const long = makeDisplay(buildTree(spans));
  const rows = makeRows(long, { mode: "time", open: firstOpen(long) });
  assert.ok(rows.length >= 2 && rows.length <= 151, `${rows.length} rows`);
  const short = makeDisplay(buildTree([span("root", "", 0, 9), span("a", "root", 0, 9), span("b", "a", 0, 9)]));
  assert.equal(makeRows(short, { mode: "time", open: firstOpen(short) }).length, 3);
});

test("dollars mode is a flame: what costs, beside its siblings, and the rest in one row", () => {
  const tree = buildTree([
    span("root", "", 0, 10), span("a", "root", 0, 4), call("a1", "a", 0, 1, 3), call("a2", "a", 2, 1, 1), call("b", "root", 5, 1, 6), span("free", "root", 6, 1),
  ]);
  const display = makeDisplay(tree);
  const open = firstOpen(display);
  const rows = makeRows(display, { mode: "dollars", open });
  assert.deepEqual(rows.map((r) => [r.key, r.offset, r.rest]), [["root", 0, 0], ["a", 0, 0], ["a1", 0, 0], ["a2", 3, 0], ["b", 4, 0], [restKey, 0, 1]]);
  assert.deepEqual(makeRows(display, { mode: "dollars", open, byCost: true }).map((r) => [r.key, r.offset]).slice(0, 3), [["root", 0], ["b", 0], ["a", 6]]);
  assert.equal(makeRows(display, { mode: "dollars", open, restOpen: true }).at(-1)!.key, "free");
  assert.deepEqual(makeRows(display, { mode: "time", open, callsOnly: true }).map((r) => r.key), ["a1", "a2", "b"]);
});

test("the critical path leads from the end to the start through what was waited for", () => {
  const tree = buildTree([span("root", "", 0, 10), span("slow", "root", 1, 5), span("beside", "root", 1, 2), span("last", "root", 7, 2), span("inner", "slow", 2, 4)]);
  assert.deepEqual(criticalPath(tree).map((s) => [s.node.id, s.from / second, s.to / second]), [
    ["root", 0, 1], ["slow", 1, 2], ["inner", 2, 6], ["root", 6, 7], ["last", 7, 9], ["root", 9, 10],
  ]);
  assert.deepEqual([...onPath(criticalPath(tree))].map((n) => n.id).sort(), ["inner", "last", "root", "slow"]);
});

test("a child that outlasts its parent is on the critical path", () => {
  const tree = buildTree([span("root", "", 0, 10), span("step", "root", 1, 8.5), span("call", "step", 2, 8.2), span("early", "root", -1, 1.5)]);
  assert.deepEqual(criticalPath(tree).map((s) => [s.node.id, s.from / second, s.to / second]), [
    ["early", 0, 0.5], ["root", 0.5, 1], ["step", 1, 2], ["call", 2, 9.5], ["root", 9.5, 10],
  ]);
});

test("the overview counts spans and adds dollars up", () => {
  const tree = buildTree([span("root", "", 0, 10), call("a", "root", 0, 1, 1), call("b", "root", 9, 1, 2)]);
  const o = makeOverview(tree, 5);
  assert.deepEqual(o.bars, [2, 0, 0, 0, 1]);
  assert.deepEqual(o.dollars, [1, 1, 1, 1, 3]);
  assert.deepEqual([o.most, o.total], [2, 3]);
});

test("ways through a trace", () => {
  const tree = buildTree([
    span("root", "", 0, 10, { failed: true }), span("x", "root", 0, 1, { failed: true, error: "Rate limit" }), call("c1", "root", 2, 1, 1), call("c2", "root", 4, 1, 7),
    span("y", "root", 6, 1, { preview: "find the RATE card" }), span("z", "root", 8, 1, { failed: true }),
  ]);
  const at = (id: string) => tree.byId.get(id)!;
  assert.deepEqual(search(tree, "rate").map((n) => n.id), ["x", "y"]);
  assert.deepEqual(search(tree, "  "), []);
  assert.deepEqual(errors(tree).map((n) => n.id), ["x", "z"]);
  assert.equal(cycle(errors(tree), at("x"), 1)!.id, "z");
  assert.equal(cycle(errors(tree), at("z"), 1)!.id, "x");
  assert.equal(cycle(errors(tree), null, -1)!.id, "z");
  assert.equal(cycle([], null, 1), null);
  assert.equal(dearest(tree)!.id, "c2");
  assert.deepEqual([nextCall(tree, at("c1"), 1)?.id, nextCall(tree, at("c2"), 1), nextCall(tree, at("y"), -1)?.id, nextCall(tree, null, 1)?.id], ["c2", null, "c2", "c1"]);
  assert.deepEqual([quantile([1, 2, 3, 4], 0.5), quantile([1, 2, 3, 4], 0.95), quantile([], 0.5)], [2, 4, 0]);
});

test("findings: the same call again, and a cache that was lost", () => {
  const tokens = (input: number, read: number, write: number) => ({ input, output: 1, cache_read: read, cache_write: write, reasoning: 0 });
  const tree = buildTree([
    span("root", "", 0, 4000),
    ...[1, 2, 3].map((i) => span(`t${i}`, "root", i, 1, { type: "tool_call", tool: "Bash", arguments: "h" })),
    span("t4", "root", 5, 1, { type: "tool_call", tool: "Bash", arguments: "other" }),
    span("t5", "root", 6, 1, { type: "tool_call", tool: "Bash", arguments: "h" }), span("t6", "root", 7, 1, { type: "tool_call", tool: "Bash", arguments: "h" }),
    call("c1", "root", 10, 1, 1, { tokens: tokens(50_000, 0, 49_000) }), call("c2", "root", 20, 1, 1, { tokens: tokens(51_000, 49_000, 1000) }),
    call("c3", "root", 2000, 1, 1, { tokens: tokens(52_000, 0, 51_000) }), call("small", "root", 2100, 1, 1, { tokens: tokens(90, 0, 0) }),
  ]);
  const { list, tags } = findings(tree);
  assert.deepEqual(list.map((f) => [f.tag, f.nodes[0]!.id]), [["cache lost", "c3"], ["same call ×3", "t1"]]);
  assert.equal(callBefore(tree, tree.byId.get("c3")!)!.id, "c2");
  const line = (bucket: string, per_million: number) => ({ bucket, tokens: 1, per_million, usd: 1 });
  const receipt = (...lines: ReturnType<typeof line>[]) => ({ lines, usd: 1, status: "priced", source: "", tokens_source: "", exact: true });
  assert.equal(lostCacheUSD(1e6, receipt(line("cache_write", 3.75), line("input", 3)), receipt(line("cache_read", 0.3))), 3.45);
  assert.equal(lostCacheUSD(1e6, receipt(line("input", 3)), undefined), null);
  assert.equal(list[0]!.tokens, 50_000);
  assert.equal(list[0]!.idle, 1979 * second);
  assert.equal(tags.get(tree.byId.get("t2")!)!.length, 1);
  assert.equal(tags.get(tree.byId.get("t5")!), undefined, "other arguments came between");
});
