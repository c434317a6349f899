import assert from "node:assert/strict";
import { test } from "node:test";
import { linkOf, pickSpan, sqlOf, sqlOfRun } from "../src/views/trace/copy";
import { asText, cutAt, firstLines, pretty, straysOf } from "../src/views/trace/text";
import { sourceOf } from "../src/views/trace/Receipt";
import { charsOf, makeTranscript, rolesOf } from "../src/views/trace/transcript";

test("three lines are cut at a word, and never inside a mark or a character", () => {
  const text = "word ".repeat(200);
  const cut = firstLines(text, 3, 70);
  assert.ok(cut <= 210 && cut > 190 && text[cut] === " ");
  assert.equal(firstLines("short", 3, 70), 5);
  assert.equal(firstLines("a\nb\nc\nd\n" + "e".repeat(500), 3, 70), 5, "line breaks end lines");
  assert.equal(firstLines("x".repeat(220), 3, 70), 220, "a rest of ten characters is shown");
  const marked = "y".repeat(200) + "[REDACTED:secret.openai-project-key]" + "z".repeat(500);
  assert.equal(firstLines(marked, 3, 70), 200 + "[REDACTED:secret.openai-project-key]".length);
  const emoji = "😀".repeat(300);
  assert.equal(cutAt(emoji, 101) % 2, 0);
});

test("JSON is written as people write it", () => {
  assert.equal(pretty({ project: "CHK", "odd key": [1, 2, null], deep: {} }).text, '{ project: "CHK", "odd key": [1, 2, null], deep: {} }');
  assert.equal(pretty({ allowed: true, session: { access_token: "[REDACTED:secret.token]", expires_in: 3600 } }, 66).text,
    '{\n  allowed: true,\n  session: { access_token: "[REDACTED:secret.token]", expires_in: 3600 }\n}');
  assert.equal(pretty({ code: "a\nb" }).text, '{\n  code: "a\nb"\n}');
  assert.equal(pretty(["a\\nb\nc"]).text, '[\n  "a\\\\nb\nc"\n]', "a backslash is no line break");
  assert.equal(asText('{"a":1}').text, "{ a: 1 }");
  assert.equal(asText("{broken").text, "{broken");
  assert.equal(asText(undefined).text, "");
});

test("a huge value is printed up to a limit, a deep one up to a depth", () => {
  const huge = { text: "x".repeat(5_000_000), list: Array.from({ length: 100_000 }, (_, i) => ({ i })) };
  const printed = pretty(huge, 64, 20_000);
  assert.deepEqual([printed.text.length, printed.whole], [20_000, false]);
  let deep: unknown = 1;
  for (let i = 0; i < 20_000; i++) deep = [deep];
  assert.equal(pretty(deep).whole, false);
});

test("a call and its result are one block, where the result came", () => {
  const t = makeTranscript([
    { role: "system", parts: [{ kind: "text", text: "Be brief." }] },
    { role: "user", parts: [{ kind: "text", text: "Check." }] },
    { role: "assistant", parts: [{ kind: "tool_call", tool_call_id: "c1", tool: "checkAccess", arguments: { user: "u" }, span_id: "s9" }] },
    { role: "tool", parts: [{ kind: "tool_result", tool_call_id: "c1", result: { allowed: true } }] },
  ] as never, [{ role: "assistant", parts: [{ kind: "text", text: "PASS" }] }] as never, 2);
  assert.deepEqual(t.entries.map((e) => [e.role, e.blocks.map((b) => b.kind).join()]), [["system", "text"], ["user", "text"], ["tool", "tool"], ["assistant", "text"]]);
  assert.deepEqual([t.newAt, t.earlier], [2, 2]);
  assert.deepEqual(t.entries[2]!.blocks[0], { kind: "tool", id: "c1", tool: "checkAccess", arguments: { user: "u" }, result: { allowed: true }, hasResult: true, failed: false, spanId: "s9" });
  assert.equal(charsOf(t.entries.slice(0, 2)), 15);
  assert.deepEqual(rolesOf(t.entries), ["system", "user", "tool", "assistant"]);
});

test("a result of a call that is told before is new with its arguments", () => {
  const t = makeTranscript([
    { role: "assistant", parts: [{ kind: "text", text: "I look." }, { kind: "tool_call", tool_call_id: "c", tool: "Read", arguments: { path: "x" } }] },
    { role: "tool", parts: [{ kind: "tool_result", tool_call_id: "c", result: "text" }] },
  ] as never, [], 1);
  assert.deepEqual(t.entries.map((e) => e.blocks.length), [1, 1]);
  assert.equal(t.newAt, 1);
});

test("calls without ids, without results and results without calls stay apart", () => {
  const t = makeTranscript([
    { role: "tool", parts: [{ kind: "tool_result", result: "orphan" }] },
    { role: "assistant", parts: [{ kind: "tool_call", tool: "A" }, { kind: "tool_call", tool: "B" }] },
  ] as never, [{ role: "", parts: [{ kind: "image_url" }, { kind: "media", media_type: "image/png", bytes: 9 }] }] as never, 99);
  assert.deepEqual(t.entries.map((e) => e.blocks.length), [1, 2, 2]);
  assert.equal(t.entries[2]!.role, "assistant");
  assert.equal(t.newAt, 2);
});

test("what is copied is quoted", () => {
  assert.equal(sqlOf("a'b", "c/d"), "SELECT * FROM otel_spans WHERE trace_id = 'a''b' AND span_id = 'c/d';");
  assert.match(sqlOfRun("t", "p", "it's"), /WHERE trace_id = 't' AND parent_span_id = 'p' AND name = 'it''s' /);
  assert.match(sqlOfRun("t", undefined, "n"), /parent_span_id IS NULL/);
  assert.equal(linkOf("a/b", "c&d"), "/traces/a%2Fb?span=c%26d");
  const otlp = { resourceSpans: [{ resource: { r: 1 }, scopeSpans: [{ scope: { s: 1 }, spans: [{ spanId: "x" }, { spanId: "y" }] }] }] };
  assert.deepEqual(pickSpan(otlp, "y"), { resourceSpans: [{ resource: { r: 1 }, scopeSpans: [{ scope: { s: 1 }, spans: [{ spanId: "y" }] }] }] });
  assert.equal(pickSpan(otlp, "z"), null);
});

test("a role that says nothing has no line, a thought without its text has one in the answer", () => {
  const t = makeTranscript([
    { role: "user", parts: [{ kind: "text", text: "Compare" }] },
    { role: "assistant", parts: [{ kind: "thinking", text: "" }, { kind: "tool_call", tool_call_id: "c1", tool: "fetch" }] },
    { role: "tool", parts: [{ kind: "tool_result", tool_call_id: "c1", result: "ok" }] },
  ], [{ role: "assistant", parts: [{ kind: "thinking", text: "" }] }], 1);
  assert.deepEqual(t.entries.map((entry) => entry.role), ["user", "tool", "assistant"]);
});

test("logs without a span are those that name none, or one that is not there", () => {
  const logs = [{ span_id: "a" }, {}, { span_id: "gone" }];
  assert.deepEqual(straysOf(logs, (id) => id === "a"), [{}, { span_id: "gone" }]);
});

test("where a price comes from is one line", () => {
  assert.equal(sourceOf({ source: "Charged by the gateway.", tokens_source: "Stated by the span." }), "Charged by the gateway · Stated by the span");
  assert.equal(sourceOf({ source: "", tokens_source: "Stated by the span." }), "Stated by the span");
});
