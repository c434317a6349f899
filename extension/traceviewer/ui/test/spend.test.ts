import assert from "node:assert/strict";
import { test } from "node:test";
import { average, bars, tickLabels, ticks } from "../src/views/spend/bars";
import { cell, csv, spendCsv } from "../src/views/spend/csv";
import { dayStart, daysBack, nextDay, period, periods } from "../src/views/spend/period";

const hours = (key: string, zone: string) => (dayStart(nextDay(key), zone).getTime() - dayStart(key, zone).getTime()) / 3_600_000;
const row = (day: string, model: string, usd: number | null, unpriced = 0) => ({
  keys: { day, model }, cost: { usd, calls: 1, unpriced, local: 0 }, tokens: { input: 0, output: 0, cache_read: 0, cache_write: 0, reasoning: 0 }, errors: 0,
});

test("a day begins where its zone says, also on days on which clocks change", () => {
  assert.equal(dayStart("2026-11-30", "UTC").toISOString(), "2026-11-30T00:00:00.000Z");
  assert.equal(dayStart("2026-11-30", "Europe/Berlin").toISOString(), "2026-11-29T23:00:00.000Z");
  assert.equal(dayStart("2026-11-30", "Pacific/Kiritimati").toISOString(), "2026-11-29T10:00:00.000Z");
  assert.equal(dayStart("2026-11-30", "Pacific/Pago_Pago").toISOString(), "2026-11-30T11:00:00.000Z");
  assert.equal(dayStart("2026-11-30", "Asia/Kathmandu").toISOString(), "2026-11-29T18:15:00.000Z");
  assert.equal(hours("2026-03-29", "Europe/Berlin"), 23);
  assert.equal(hours("2026-10-25", "Europe/Berlin"), 25);
  assert.equal(hours("2026-10-26", "Europe/Berlin"), 24);
  assert.equal(hours("2026-04-05", "Australia/Lord_Howe"), 24.5);
  // In Cairo the clock goes from 23:59 to 01:00: the day has no midnight.
  assert.equal(dayStart("2026-04-24", "Africa/Cairo").toISOString(), "2026-04-23T22:00:00.000Z");
  assert.equal(hours("2026-04-24", "Africa/Cairo"), 23);
});

test("a period holds whole days of the zone", () => {
  const now = Date.parse("2026-11-30T23:30:00Z");
  const berlin = period(null, now, "Europe/Berlin");
  assert.equal(berlin.key, "30d");
  assert.equal(berlin.days.length, 30);
  assert.equal(berlin.days.at(-1), "2026-12-01");
  assert.equal(berlin.until.toISOString(), "2026-12-01T23:00:00.000Z");
  const november = period("2026-11", now, "America/New_York");
  assert.equal(november.label, "November 2026");
  assert.equal(november.days.length, 30);
  // The month has one hour more than 30 days: clocks change on the first.
  assert.equal((november.until.getTime() - november.since.getTime()) / 3_600_000, 721);
  assert.equal(period("2028-02", now, "UTC").days.length, 29);
  for (const odd of ["2026-13", "constructor", "__proto__", "7", "2026-1", ""]) assert.equal(period(odd, now, "UTC").key, "30d", odd);
  const list = periods(Date.parse("2026-01-15T00:00:00Z"), "UTC").map((one) => one.key);
  assert.ok(list.includes("2026-01") && list.includes("2025-02"));
  assert.equal(daysBack("2026-03-01", 1), "2026-02-28");
});

test("bars stack the same key in the same tone, and others together", () => {
  const order = ["a", "b", "c", "d", "e", "f", "g"];
  const list = bars(["2026-11-01", "2026-11-02"], [row("2026-11-01", "g", 1), row("2026-11-01", "f", 2), row("2026-11-01", "a", 4), row("2026-11-01", "x", null, 3), row("2025-01-01", "a", 99)], "model", order);
  assert.deepEqual(list[0]?.pieces, [{ tone: 0, usd: 4 }, { tone: 5, usd: 3 }]);
  assert.equal(list[0]?.usd, 7);
  assert.equal(list[0]?.unpriced, 3);
  assert.equal(list[1]?.calls, 0);
});

test("lines stand at round amounts", () => {
  for (const most of [41.2, 0.0032, 1, 999, 12_431, 0.3]) {
    const list = ticks(most);
    assert.ok(list.length >= 2 && list.length <= 4, `${most}: ${list}`);
    assert.ok((list.at(-1) ?? 0) <= most * 1.001);
  }
  assert.deepEqual(ticks(0), []);
  assert.deepEqual(ticks(40), [10, 20, 30, 40]);
  assert.deepEqual(tickLabels([1000, 2000]), ["$1,000", "$2,000"]);
  assert.deepEqual(tickLabels([0.05, 0.1]), ["$0.05", "$0.10"]);
  assert.deepEqual(tickLabels([0.5, 1]), ["$0.50", "$1.00"]);
  assert.deepEqual(tickLabels([0.0005, 0.001]), ["$0.0005", "$0.0010"]);
  assert.deepEqual(tickLabels(ticks(0.000002)).map((label) => Number(label.slice(1))), ticks(0.000002));
  assert.deepEqual(tickLabels([]), []);
});

test("an average leaves out days without a call", () => {
  assert.equal(average([row("2026-11-01", "", 2), row("2026-11-08", "", 4)], ["2026-11-01", "2026-11-08", "2026-11-15"]), 3);
  assert.equal(average([], ["2026-11-01"]), undefined);
});

test("CSV is quoted, and nothing in it is calculated", () => {
  assert.equal(cell("plain"), "plain");
  assert.equal(cell('a "b", c'), '"a ""b"", c"');
  assert.equal(cell("two\nlines"), '"two\nlines"');
  assert.equal(cell("=1+1"), "'=1+1");
  assert.equal(cell("=HYPERLINK(\"x\",1)"), "\"'=HYPERLINK(\"\"x\"\",1)\"");
  for (const start of ["+", "-", "@", "\t", "\r", " =", "\uff1d"]) assert.match(cell(`${start}cmd`), /^"?'/, JSON.stringify(start));
  assert.equal(cell(-1.5), "-1.5");
  assert.equal(cell(6.280151249999999), "6.28015125");
  assert.equal(cell(0.0000001234), "0.0000001234");
  assert.equal(cell(null), "");
  assert.equal(cell(NaN), "");
  assert.equal(csv(["a", "b"], [["x", 1]]), "a,b\r\nx,1\r\n");
});

test("an unknown cost is an empty cell, not zero", () => {
  const text = spendCsv(["model"], [row("", "m", null, 1), row("", "n", 0.5)]);
  const lines = text.trimEnd().split("\r\n");
  assert.equal(lines[0]?.split(",").at(-1), "cost_usd");
  assert.equal(lines[1]?.split(",").at(-1), "");
  assert.equal(lines[2]?.split(",").at(-1), "0.5");
});
