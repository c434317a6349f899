import assert from "node:assert/strict";
import { test } from "node:test";
import type { Collector, Message, Turn } from "../src/api";
import { logScale } from "../src/views/agents/scale";
import { all, flows, itemsOf, losses, lostOf } from "../src/views/collector/pipeline";
import { context, later, silences, sums, tell, workOf } from "../src/views/sessions/turns";

const base = Date.parse("2026-11-30T04:00:00Z");

function turn(seconds: number, lasted: number, more: { usd?: number | null; messages?: Message[]; input?: string; output?: string; context?: number } = {}): Turn {
  return {
    trace: {
      trace_id: `t${seconds}`, state: "ended", name: "chat", type: "agent_run", start: new Date(base + seconds * 1000).toISOString(), duration_us: lasted * 1e6, last_seen: "", service: "s", failed: false, errors: 0,
      spans: 1, tool_calls: 0, redactions: 0, tokens: { input: 100, output: 10, cache_read: 40, cache_write: 0, reasoning: 0 }, cost: { usd: more.usd === undefined ? 1 : more.usd, calls: 1, unpriced: 0, local: 0 },
      ...(more.input ? { input: more.input } : {}), ...(more.output ? { output: more.output } : {}),
    },
    messages: more.messages ?? [], models: [], context_tokens: more.context ?? 100,
  };
}

test("silence is folded from a minute and 5 % of the session on, or from ten minutes", () => {
  assert.deepEqual(silences([]), []);
  assert.deepEqual(silences([turn(0, 5), turn(50, 5)]), [0, 0]);
  assert.deepEqual(silences([turn(0, 5), turn(125, 5)]), [0, 120e6]);
  // Two minutes of ten hours are no news, ten minutes are.
  assert.deepEqual(silences([turn(0, 5), turn(125, 5), turn(36_000, 5)]).map((us) => us > 0), [false, false, true]);
  assert.deepEqual(silences([turn(0, 5), turn(700, 5), turn(360_000, 5)]).map((us) => us > 0), [false, true, true]);
  // A turn that begins while another runs is no silence, and the longer one counts.
  assert.deepEqual(silences([turn(0, 600), turn(10, 5), turn(605, 5)]), [0, 0, 0]);
});

test("work that overlaps counts once", () => {
  assert.equal(workOf([turn(0, 10), turn(5, 10), turn(100, 1)]), 16e6);
  assert.equal(later(42 * 60e6), "42\u00a0min");
  assert.equal(later(60 * 60e6), "1\u00a0h");
  assert.equal(later(3.2 * 3600e6), "3\u00a0h\u00a012\u00a0min");
  assert.equal(later(26 * 3600e6), "1\u00a0day");
});

test("sums leave out what has no price", () => {
  assert.deepEqual(sums([turn(0, 1, { usd: 0.5 }), turn(1, 1, { usd: null }), turn(2, 1, { usd: 0.25 })]), [0.5, 0.5, 0.75]);
});

test("a turn is told as question, work and answer", () => {
  const told = tell(turn(0, 1, {
    messages: [
      { role: "system", parts: [{ kind: "text", text: "Be brief." }] },
      { role: "user", parts: [{ kind: "text", text: "Where?" }] },
      { role: "assistant", parts: [{ kind: "thinking", text: "hm" }, { kind: "text", text: "I look." }, { kind: "tool_call", tool_call_id: "1", tool: "find", arguments: {}, failed: true }] },
      { role: "tool", parts: [{ kind: "tool_result", tool_call_id: "1", result: "x", failed: true }] },
      { role: "assistant", parts: [{ kind: "tool_call", tool_call_id: "2", tool: "find", arguments: {} }] },
      { role: "tool", parts: [{ kind: "tool_result", tool_call_id: "2", result: "y" }] },
      { role: "assistant", parts: [{ kind: "text", text: "There." }] },
    ],
  }));
  assert.deepEqual(told.tools, [{ name: "find", times: 2, failed: 1 }]);
  assert.equal(told.asked[0]?.parts[0]?.text, "Where?");
  assert.equal(told.answered[0]?.parts[0]?.text, "There.");
  assert.deepEqual(told.work.map((one) => one.parts.map((part) => part.kind).join()), ["thinking,text,tool_call", "tool_result", "tool_call", "tool_result"]);
  assert.equal(told.thoughts, true);
  assert.equal(told.system.length, 1);
});

test("a workflow is told by what it was asked, its agents' messages are its work", () => {
  const messages: Message[] = [
    { role: "user", parts: [{ kind: "text", text: "Validate access" }] }, { role: "assistant", parts: [{ kind: "text", text: "PASS" }] },
    { role: "user", parts: [{ kind: "text", text: "Findings. The reporter wrote: Checkout is broken" }] }, { role: "assistant", parts: [{ kind: "text", text: "Which tenant?" }] },
  ];
  const workflow = turn(0, 1, { messages, input: "Checkout is broken", output: "ticket: CHK-1" });
  workflow.trace.type = "workflow_run";
  const told = tell(workflow);
  assert.equal(told.asked[0]?.parts[0]?.text, "Checkout is broken");
  assert.equal(told.answered[0]?.parts[0]?.text, "ticket: CHK-1");
  assert.equal(told.work.length, 4);
  // One that passes on what it was asked is a chat.
  workflow.trace.input = "Validate\naccess";
  assert.equal(tell(workflow).asked[0]?.parts[0]?.text, "Validate access");
  assert.equal(tell(workflow).answered[0]?.parts[0]?.text, "Which tenant?");
  assert.equal(tell(workflow).work.length, 2);
});

test("a turn without messages is told by the first words of the list", () => {
  const told = tell(turn(0, 1, { input: "Where?", output: "There." }));
  assert.equal(told.asked[0]?.parts[0]?.text, "Where?");
  assert.equal(told.answered[0]?.parts[0]?.text, "There.");
  assert.equal(tell(turn(0, 1)).asked.length, 0);
  assert.equal(tell({ ...turn(0, 1), messages: null as unknown as Message[] }).answered.length, 0);
});

test("the context is a part of the largest one", () => {
  assert.deepEqual(context(turn(0, 1, { context: 50 }), 100), { cached: 0.2, fresh: 0.3 });
  assert.deepEqual(context(turn(0, 1), 0), { cached: 0, fresh: 0 });
});

test("one logarithmic scale holds all durations", () => {
  const scale = logScale([8e3, 45 * 60e6, 2e6]);
  assert.ok(Math.abs(scale.at(1e5) - scale.at(1e4) - (scale.at(1e6) - scale.at(1e5))) < 1e-9, "a decade is as wide as another");
  assert.ok(scale.at(45 * 60e6) <= 1 && scale.at(8e3) > 0);
  const shown = scale.ticks.filter((tick) => tick.label);
  for (let i = 1; i < shown.length; i++) assert.ok((shown[i]?.at ?? 0) - (shown[i - 1]?.at ?? 0) > 0.1, "labels do not touch");
  for (const odd of [[], [0], [1e6], [1e6, 1e6], [5e12]]) {
    const one = logScale(odd);
    assert.ok(one.ticks.length >= 2, String(odd));
    for (const us of [0, -5, 1, 1e6, 1e15]) assert.ok(one.at(us) >= 0 && one.at(us) <= 1, `${odd} ${us}`);
  }
});

test("pipelines are joined at connectors", () => {
  const pipeline = (id: string, receivers: string[], processors: string[], exporters: string[]) => ({ id, receivers, processors, exporters });
  const list = flows([
    pipeline("logs", ["otlp"], ["sensitive_filter"], ["libsql"]),
    pipeline("traces", ["otlp"], ["sensitive_filter", "llm_cost"], ["forward/llm", "llm_metrics"]),
    pipeline("traces/libsql", ["forward/llm"], [], ["libsql"]),
    pipeline("traces/datadog", ["forward/llm"], ["sampler"], ["datadog"]),
    pipeline("metrics", ["llm_metrics"], [], ["prometheus"]),
    pipeline("metrics/none", ["llm_metrics"], [], ["nop"]),
  ]);
  assert.deepEqual(list.map((one) => one.signal), ["traces", "logs"]);
  assert.deepEqual(list[0]?.branches, [
    { processors: [], destinations: ["libsql"] }, { processors: ["sampler"], destinations: ["datadog"] }, { processors: [], destinations: ["prometheus"] },
  ]);
  assert.deepEqual(list[1]?.branches, [{ processors: [], destinations: ["libsql"] }]);
  // A connector that carries two signals mixes none of them.
  const shared = flows([pipeline("logs", ["otlp"], [], ["forward/llm"]), pipeline("logs/libsql", ["forward/llm"], [], ["libsql"]), pipeline("traces", ["otlp"], [], ["forward/llm"]), pipeline("traces/libsql", ["forward/llm"], [], ["libsql"])]);
  assert.deepEqual(shared.map((one) => one.branches.length), [1, 1]);
  // Connectors in a circle end.
  assert.ok(Array.isArray(flows([pipeline("traces/a", ["x", "forward/b"], [], ["forward/a"]), pipeline("traces/b", ["forward/a"], [], ["forward/b"])])));
  assert.deepEqual(flows(null as never), []);
});

test("what is lost is told with its reason", () => {
  const none = { spans: 0, log_records: 0, data_points: 0 };
  const state = {
    metered: true, processors: [{ id: "sensitive_filter", health: "ok", in: null, out: null, findings: [{ name: "records dropped because they could not be scanned", value: 2, bad: true }, { name: "texts", value: 9 }] }],
    receivers: [{ id: "otlp", refused_requests: [{ protocol: "http", reason: "too_large", requests: 1, sentence: "a request was too large" }, { protocol: "http", reason: "busy", requests: 0, sentence: "" }] }],
    destinations: [{ id: "otlp/x", failed: { ...none, spans: 7 }, queue: { refused: { ...none, log_records: 3 } }, figures: [], error: "HTTP 401" }, { id: "y", failed: null, queue: null, figures: null }],
  } as unknown as Collector;
  assert.equal(lostOf(state), 10);
  assert.equal(lostOf({ ...state, metered: false }), null);
  assert.deepEqual(losses(state).map((one) => `${one.count} ${one.what} ${one.why}`), [
    "1 request otlp, http: a request was too large", "2  sensitive_filter: records dropped because they could not be scanned", "7 items given up by x: HTTP 401", "3 items the queue of x was full",
  ]);
  assert.equal(all({ ...none, spans: 2 }), 2);
  assert.equal(itemsOf(null, "traces"), 0);
});
