import assert from "node:assert/strict";
import { test } from "node:test";
import type { TraceSummary } from "../src/api";
import { Rows } from "../src/views/traces/list";

const row = (id: string, start: string, more: Partial<TraceSummary> = {}): TraceSummary => ({
  trace_id: id, state: "ended", name: "n", type: "generic", start, duration_us: 1, last_seen: start, service: "s", failed: false, errors: 0, spans: 1,
  tool_calls: 0, redactions: 0, tokens: { input: 0, output: 0, cache_read: 0, cache_write: 0, reasoning: 0 }, cost: { usd: null, calls: 0, unpriced: 0, local: 0 }, ...more,
});
const ids = (rows: Rows) => rows.rows.map((one) => one.trace_id).join("");
const at = (minute: number) => `2026-11-30T12:${String(minute).padStart(2, "0")}:00Z`;

function loaded(): Rows {
  const rows = new Rows(true);
  rows.page([row("d", at(40)), row("c", at(30)), row("b", at(20))], "next");
  return rows;
}

test("what is new enters at its place, or waits", () => {
  const rows = loaded();
  rows.merge([row("e", at(50))], true, 1);
  assert.equal(ids(rows), "edcb");
  assert.equal(rows.entered.get("e"), 1);
  rows.merge([row("f", at(55)), row("g", at(35))], false, 2);
  assert.equal(ids(rows), "edcb");
  assert.equal(rows.pending.size, 2);
  rows.merge([row("f", at(55), { spans: 9 })], false, 3);
  assert.equal(rows.pending.size, 2);
  rows.show(4);
  assert.equal(ids(rows), "fedgcb");
  assert.equal(rows.get("f")?.spans, 9);
  assert.equal(rows.pending.size, 0);
});

test("a row that changes stays where it is", () => {
  const rows = loaded();
  rows.merge([row("c", at(10), { spans: 7 })], true, 1);
  assert.equal(ids(rows), "dcb");
  assert.equal(rows.get("c")?.spans, 7);
  assert.equal(rows.rows[1]?.spans, 7);
});

test("what lies below the loaded pages comes with its page, once", () => {
  const rows = loaded();
  rows.merge([row("a", at(5))], true, 1);
  assert.equal(ids(rows), "dcb");
  rows.page([row("b", at(20), { spans: 3 }), row("a", at(5))], "");
  assert.equal(ids(rows), "dcba");
  assert.equal(rows.get("b")?.spans, 3);
  rows.merge([row("0", at(1))], true, 1);
  assert.equal(ids(rows), "dcba0");
});

test("in another order nothing enters by itself", () => {
  const rows = new Rows(false);
  rows.page([row("a", at(1)), row("b", at(2))], "");
  rows.merge([row("c", at(3)), row("a", at(1), { spans: 2 })], true, 1);
  assert.equal(ids(rows), "ab");
  assert.equal(rows.pending.size, 1);
  assert.equal(rows.items().some((item) => "day" in item), false);
});

test("each day has a head", () => {
  const rows = new Rows(true);
  rows.page([row("a", "2026-11-30T12:00:00Z"), row("b", "2026-11-30T11:00:00Z"), row("c", "2026-11-27T11:00:00Z")], "");
  assert.deepEqual(rows.items().map((item) => ("day" in item ? item.day : item.row.trace_id)), ["2026-11-30", "a", "b", "2026-11-27", "c"]);
});
