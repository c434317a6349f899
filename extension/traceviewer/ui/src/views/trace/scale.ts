// What stands on an axis, and where the label of a bar finds room.

import { dollars } from "../../format";
import { nice125 } from "./axis";

/** axisTime writes a moment on the time axis: 0, 250 ms, 1 s, 3 m, 1 h 06. */
export function axisTime(us: number): string {
  if (us === 0) return "0";
  if (us < 0) return `-${axisTime(-us)}`;
  const trim = (n: number, digits: number) => String(Number(n.toFixed(digits)));
  if (us < 1000) return `${trim(us, 0)} µs`;
  if (us < 1e6) return `${trim(us / 1000, 1)} ms`;
  const seconds = Math.round(us / 1e5) / 10;
  if (seconds < 60) return `${trim(seconds, 1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return whole % 60 ? `${Math.floor(whole / 60)} m ${whole % 60}` : `${whole / 60} m`;
  const minutes = Math.floor(whole / 60);
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")}` : `${minutes / 60} h`;
}

/** gapTime writes how long a gap is, in the width of one: 22 m, 1 h, 3 d. */
export function gapTime(us: number): string {
  const minutes = us / 60e6;
  if (minutes < 60) return `${Math.round(minutes)} m`;
  if (minutes < 48 * 60) return `${Math.round(minutes / 60)} h`;
  return `${Math.round(minutes / 1440)} d`;
}

/** dollarTicks puts marks at round sums. */
export function dollarTicks(total: number, width: number, apart = 100): { x: number; label: string }[] {
  if (!(total > 0) || width <= 0) return [{ x: 0, label: "$0" }];
  const step = nice125((total * apart) / width);
  const out: { x: number; label: string }[] = [];
  for (let i = 0; i * step <= total && i < 100; i++) {
    const label = i === 0 ? "$0" : dollars(i * step).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
    out.push({ x: (i * step * width) / total, label });
  }
  return out;
}

/** Room says on which side of a bar its label stands. */
export type Room = "after" | "before" | "none";

/** roomFor finds a side for a label of some width. */
export function roomFor(from: number, to: number, width: number, label: number, gaps: { x: number; width: number }[] = []): Room {
  const free = (a: number, b: number) => a >= 0 && b <= width && !gaps.some((gap) => gap.x < b && gap.x + gap.width > a);
  if (free(to + 5, to + 5 + label)) return "after";
  return free(from - 5 - label, from - 5) ? "before" : "none";
}

/** tickPath draws a mark at each place as the path of an SVG; between marks there is always a pixel. */
export function tickPath(places: { x: number; width: number }[], y: number, height: number): string {
  const done = new Set<number>();
  let path = "";
  for (const { x, width } of places) {
    const at = Math.round(x / 3) * 3, wide = Math.max(2, Math.round(width / 3) * 3 - 1);
    if (wide === 2 && done.has(at)) continue;
    done.add(at);
    path += `M${at} ${y}h${wide}v${height}h-${wide}z`;
  }
  return path;
}
