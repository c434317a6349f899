// The bars of days: what is stacked on what, and the lines behind them.
import type { SpendRow } from "../../api";

/** So many keys have a tone of their own, the others share one. */
export const TONES = 5;

/** A part of a bar. */
export interface Piece {
  /** tone counts from 0, the most expensive key; TONES is the others. */
  tone: number;
  usd: number;
}

/** A bar is what one day has cost. */
export interface Bar {
  day: string;
  usd: number;
  /** unpriced are calls that are not in usd. */
  unpriced: number;
  calls: number;
  pieces: Piece[];
  /** keys are all that have cost something, the most expensive first. */
  keys: { key: string; usd: number }[];
}

/** bars stacks rows by day and key; days without a call are there as well. */
export function bars(days: readonly string[], rows: readonly SpendRow[], by: string, order: readonly string[]): Bar[] {
  const tones = new Map(order.map((key, i) => [key, Math.min(i, TONES)]));
  const found = new Map<string, Bar>(days.map((day) => [day, { day, usd: 0, unpriced: 0, calls: 0, pieces: [], keys: [] }]));
  for (const row of rows) {
    const bar = found.get(row.keys?.day ?? "");
    if (!bar) continue;
    bar.calls += row.cost.calls;
    bar.unpriced += row.cost.unpriced;
    const usd = row.cost.usd ?? 0;
    if (usd <= 0) continue;
    bar.usd += usd;
    const key = row.keys?.[by] ?? "";
    const same = bar.keys.find((one) => one.key === key);
    if (same) same.usd += usd;
    else bar.keys.push({ key, usd });
  }
  for (const bar of found.values()) {
    bar.keys.sort((a, b) => b.usd - a.usd);
    const sums = new Array<number>(TONES + 1).fill(0);
    for (const one of bar.keys) {
      const tone = tones.get(one.key) ?? TONES;
      sums[tone] = (sums[tone] ?? 0) + one.usd;
    }
    bar.pieces = sums.flatMap((usd, tone) => (usd > 0 ? [{ tone, usd }] : []));
  }
  return [...found.values()];
}

/** ticks are round amounts up to the highest bar, at most four. */
export function ticks(most: number): number[] {
  if (!(most > 0)) return [];
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n >= rough * 0.999) ?? power * 10;
  const list: number[] = [];
  for (let i = 1; i * step <= most * 1.0001; i++) list.push(Number((i * step).toPrecision(6)));
  return list;
}

/** tickLabels writes amounts with as many decimals as the finest of them needs: $10, $0.05 and $0.10. */
export function tickLabels(list: readonly number[]): string[] {
  const places = Math.max(0, ...list.map((usd) => String(Number(usd.toFixed(9))).replace(/e-(\d+)$/, "").split(".")[1]?.length ?? (usd < 0.001 ? 9 : 0)));
  const digits = places === 1 ? 2 : places;
  return list.map((usd) => `$${usd.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits })}`);
}

/** average of what the same weekday has cost in the weeks before; undefined where none had a call. */
export function average(rows: readonly SpendRow[], days: readonly string[]): number | undefined {
  const known = rows.filter((row) => row.cost.usd !== null && days.includes(row.keys?.day ?? ""));
  if (known.length === 0) return undefined;
  return known.reduce((sum, row) => sum + (row.cost.usd ?? 0), 0) / known.length;
}
