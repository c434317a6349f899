import assert from "node:assert/strict";
import { test } from "node:test";
import * as f from "../src/format";

const plain = (text: string) => text.replaceAll("\u00a0", " ");

test("dollars have the decimals of their size", () => {
  const cases: [number, string][] = [
    [12431.07, "$12,431.07"], [580.64, "$580.64"], [12.4, "$12.40"], [1.37, "$1.37"], [1, "$1.00"],
    [0.99999, "$1.00"], [0.2916, "$0.2916"], [0.01, "$0.0100"], [0.0099999999, "$0.0100"],
    [0.003281, "$0.003281"], [0.000767, "$0.000767"], [0.000001, "$0.000001"], [0.0000009, "<$0.000001"],
    [0, "$0.00"], [-0.5, "-$0.5000"],
  ];
  for (const [usd, want] of cases) assert.equal(f.dollars(usd), want);
});

test("leading zeros are told apart from what counts", () => {
  const lead = (usd: number) => {
    const p = f.dollarParts(usd);
    return (p.whole + p.fraction).slice(0, p.leading);
  };
  assert.equal(lead(0.003281), "$0.00");
  assert.equal(lead(0.2916), "$0.");
  assert.equal(lead(0.0612), "$0.0");
  assert.equal(lead(12.4), "");
  assert.equal(lead(0), "");
});

test("receipts have seven decimals, sums two", () => {
  assert.equal(f.receiptDollars(0.0007672), "$0.0007672");
  assert.equal(f.receiptDollars(1e-9), "<$0.0000001");
  assert.equal(f.receiptDollars(0), "$0.0000000");
  assert.equal(f.sumDollars(20.867), "$20.87");
  assert.equal(f.sumDollars(0.003281), "$0.003281");
});

test("an unknown cost is never zero", () => {
  const cost = (usd: number | null, calls: number, unpriced: number, local: number) => f.costText({ usd, calls, unpriced, local });
  assert.equal(plain(cost(0.2916, 5, 2, 0)), "≥ $0.2916");
  assert.equal(cost(null, 1, 1, 0), "unpriced");
  assert.equal(cost(null, 1, 0, 0), "unpriced");
  assert.equal(cost(0, 3, 1, 2), "unpriced");
  assert.equal(cost(null, 2, 0, 2), "local");
  assert.equal(cost(0, 2, 0, 2), "local");
  assert.equal(cost(null, 0, 0, 0), "");
  assert.equal(cost(0, 2, 0, 0), "$0.00");
});

test("tokens are exact as long as they are short", () => {
  const cases: [number, string][] = [
    [0, "0"], [9999, "9,999"], [10000, "10.0 k"], [14949, "14.9 k"], [99949, "99.9 k"], [99950, "100 k"],
    [684000, "684 k"], [999499, "999 k"], [999500, "1.0 M"], [30_500_000, "30.5 M"], [612_000_000, "612 M"],
    [1_200_000_000, "1.2 G"],
  ];
  for (const [n, want] of cases) assert.equal(plain(f.tokens(n)), want);
});

test("durations change their unit where people do", () => {
  const cases: [number, string][] = [
    [0, "0 ms"], [400, "<1 ms"], [1000, "1 ms"], [37_400, "37 ms"], [999_600, "1.00 s"], [3_540_000, "3.54 s"],
    [59_994_000, "59.99 s"], [59_996_000, "1 m 0 s"], [372_000_000, "6 m 12 s"], [3_599_999_999, "1 h 0 m"],
    [4_320_000_000, "1 h 12 m"], [273_600_000_000, "3 d 4 h"], [-37_000, "-37 ms"],
  ];
  for (const [us, want] of cases) assert.equal(plain(f.duration(us)), want);
  assert.equal(plain(f.shortDuration(31_200_000)), "31.2 s");
  assert.equal(plain(f.shortDuration(3_790_000)), "3.79 s");
});

test("shares never round to all or nothing", () => {
  assert.equal(plain(f.percent(0.741)), "74 %");
  assert.equal(plain(f.percent(0.001)), "<1 %");
  assert.equal(plain(f.percent(0.999)), "99 %");
  assert.equal(plain(f.percent(1)), "100 %");
  assert.equal(plain(f.percent(0)), "0 %");
  assert.equal(plain(f.failureRate(0.0007)), "0.07 %");
  assert.equal(plain(f.failureRate(0.053)), "5.3 %");
  assert.equal(plain(f.failureRate(0.112)), "11 %");
  assert.equal(plain(f.failureRate(0.00001)), "<0.01 %");
});

test("clocks and days are those of the zone", () => {
  const at = "2026-11-29T23:30:05.204Z";
  assert.equal(f.clock(at, "Europe/Berlin"), "00:30:05");
  assert.equal(f.clock("2026-11-30T00:00:00Z", "UTC"), "00:00:00");
  assert.equal(f.day(at, "Europe/Berlin"), "2026-11-30");
  assert.equal(f.day(at, "America/New_York"), "2026-11-29");
  assert.equal(f.dayName("2026-11-30", "2026-11-30T05:00:00Z", "Europe/Berlin"), "Today, Monday 30 November");
  assert.equal(f.dayName("2026-11-29", "2026-11-30T05:00:00Z", "Europe/Berlin"), "Yesterday, Sunday 29 November");
  assert.equal(f.dayName("2026-11-28", "2026-11-30T05:00:00Z", "Europe/Berlin"), "Saturday 28 November");
  assert.equal(f.dayName("2025-12-31", "2026-11-30T05:00:00Z", "UTC"), "Wednesday 31 December 2025");
  assert.equal(f.when("2026-11-17T02:00:00Z", "2026-11-30T05:00:00Z", "UTC"), "17 Nov 02:00");
  assert.equal(f.utc(at), "2026-11-29 23:30:05.204 UTC");
});

test("sizes and identifiers", () => {
  assert.equal(plain(f.bytes(14_100_000)), "14.1 MB");
  assert.equal(plain(f.bytes(999)), "999 B");
  assert.equal(f.shortId("35f6418e0123456789abcdef01293cb7"), "35f6418e…93cb7");
  assert.equal(f.shortId("short"), "short");
  assert.equal(plain(f.plural(1, "trace")), "1 trace");
});
