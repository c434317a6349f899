// One logarithmic scale for all durations of the page.
import { duration } from "../../format";

/** Lines of the scale, in microseconds, and what stands at them. */
const LINES: [number, string][] = [
  [1e3, "1 ms"], [1e4, "10 ms"], [1e5, "100 ms"], [1e6, "1 s"], [1e7, "10 s"], [6e7, "1 m"], [6e8, "10 m"], [3.6e9, "1 h"], [3.6e10, "10 h"], [8.64e10, "1 d"], [8.64e11, "10 d"],
];

/** The part of the scale that a label takes. */
const ROOM = 0.11;

/** Scale places durations between 0 and 1. */
export interface Scale {
  at: (us: number) => number;
  /** label is "" where it would touch another. */
  ticks: { at: number; label: string }[];
}

/** logScale holds all durations; it has at least one decade, and what is below its first line stands at 0. */
export function logScale(durations: readonly number[]): Scale {
  const known = durations.filter((us) => us > 0);
  const least = known.length ? Math.min(...known) : 1e4;
  const most = known.length ? Math.max(...known) : 1e6;
  let from = LINES.findLastIndex(([us]) => us <= least);
  if (from < 0) from = 0;
  let to = LINES.findIndex(([us]) => us >= most);
  if (to < 0) to = LINES.length - 1;
  if (to <= from) to = Math.min(from + 1, LINES.length - 1);
  if (to <= from) from = to - 1;
  const low = Math.log10(LINES[from]?.[0] ?? 1e3);
  const high = Math.max(Math.log10(LINES[to]?.[0] ?? 1e6), Math.log10(most));
  const at = (us: number) => (us <= 0 ? 0 : Math.min(1, Math.max(0, (Math.log10(us) - low) / (high - low))));
  let free = 0;
  const ticks = LINES.slice(from, to + 1).map(([us, label]) => {
    const place = at(us);
    const fits = place >= free - 1e-9 && place <= 1 - ROOM / 2;
    if (fits) free = place + ROOM;
    return { at: place, label: fits ? label.replace(" ", "\u00a0") : "" };
  });
  return { at, ticks };
}

/** range says in words what a mark and its line show. */
export function range(p50: number, p95: number): string {
  return `p50 ${duration(p50)}, p95 ${duration(p95)}`;
}
