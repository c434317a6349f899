import assert from "node:assert/strict";
import { test } from "node:test";
import { linesOf } from "../src/views/trace/Receipt";
import { axisTime, dollarTicks, gapTime, roomFor, tickPath } from "../src/views/trace/scale";

test("moments on an axis are short", () => {
  const cases: [number, string][] = [
    [0, "0"], [250, "250 µs"], [1500, "1.5 ms"], [250_000, "250 ms"], [1e6, "1 s"], [2.5e6, "2.5 s"], [180e6, "3 m"], [150e6, "2 m 30"],
    [3600e6, "1 h"], [66 * 60e6, "1 h 06"], [-1e6, "-1 s"], [59.99e6, "1 m"],
  ];
  for (const [us, want] of cases) assert.equal(axisTime(us), want);
  assert.deepEqual([22 * 60e6, 3 * 3600e6, 3 * 86_400e6].map(gapTime), ["22 m", "3 h", "3 d"]);
});

test("dollars on an axis are round and begin with nothing", () => {
  assert.deepEqual(dollarTicks(0.003281, 384).map((t) => t.label), ["$0", "$0.001", "$0.002", "$0.003"]);
  assert.deepEqual(dollarTicks(36.8, 384).map((t) => t.label), ["$0", "$10", "$20", "$30"]);
  assert.deepEqual(dollarTicks(0, 384), [{ x: 0, label: "$0" }]);
});

test("a label stands where there is room, never on a gap", () => {
  assert.equal(roomFor(0, 100, 384, 50), "after");
  assert.equal(roomFor(200, 380, 384, 50), "before");
  assert.equal(roomFor(0, 384, 384, 50), "none");
  assert.equal(roomFor(10, 60, 384, 50, [{ x: 62, width: 28 }]), "none");
  assert.equal(roomFor(200, 300, 384, 50, [{ x: 302, width: 28 }]), "before");
});

test("ticks at one place are drawn once, and a pixel stays between two", () => {
  assert.equal(tickPath([{ x: 3, width: 0 }, { x: 3.2, width: 1 }, { x: 6, width: 0 }], 8, 10), "M3 8h2v10h-2zM6 8h2v10h-2z");
  const many = Array.from({ length: 10_000 }, (_, i) => ({ x: i / 100, width: 0.1 }));
  assert.ok(tickPath(many, 0, 1).split("M").length < 40);
});

test("a receipt reads from the cache to the output; without one the tokens alone are shown", () => {
  const line = (bucket: string, tokens = 1) => ({ bucket, tokens, per_million: 1, usd: 1 });
  const receipt = { lines: [line("output"), line("input"), line("reasoning"), line("cache_read"), line("cache_write_1h"), line("input_audio"), line("none", 0)].map((l) => (l.bucket === "none" ? { ...l, usd: null } : l)) };
  assert.deepEqual(linesOf({ receipt } as never).map((l) => l.bucket), ["cache_read", "cache_write_1h", "input", "input_audio", "reasoning", "output"]);
  const tokens = { input: 100, output: 30, cache_read: 60, cache_write: 10, reasoning: 20 };
  assert.deepEqual(linesOf({ tokens } as never).map((l) => [l.bucket, l.tokens, l.usd]), [
    ["cache_read", 60, null], ["cache_write", 10, null], ["input", 30, null], ["reasoning", 20, null], ["output", 10, null],
  ]);
  assert.deepEqual(linesOf({} as never), []);
});
