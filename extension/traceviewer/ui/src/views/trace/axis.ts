// The time axis: microseconds to pixels, with the hours in which nothing happened folded.

import type { Tree } from "./tree";

/** Segment is a stretch of time that is drawn to scale. */
export interface Segment {
  from: number; // µs
  to: number;
  x: number; // px
  width: number;
}

/** Gap is a stretch without an event, folded to a fixed width. */
export type Gap = Segment;

/** Tick is a mark on the axis. */
export interface Tick {
  x: number;
  at: number; // µs after the start of the trace
}

/** Axis maps time to pixels. */
export interface Axis {
  width: number;
  start: number;
  end: number;
  segments: Segment[];
  gaps: Gap[];
  x(us: number): number;
}

/** A gap is more than this long and more than this part of the trace. */
export const gapUS = 60e6;
export const gapPart = 0.05;
/** The width of a folded gap in pixels. */
export const gapWidth = 28;

/**
 * findGaps lists the stretches in which no span begins or ends and no call of a model or
 * a tool is under way, in order.
 */
export function findGaps(tree: Tree): { from: number; to: number }[] {
  const least = Math.max(gapUS, (tree.end - tree.start) * gapPart);
  if (tree.end - tree.start <= least) return [];
  // Covered stretches: a leaf that works, as a stretch; all else as two points.
  const stretches: [number, number][] = [];
  for (const node of tree.nodes) {
    if (!node.span) continue;
    const works = node.children.length === 0 && (node.kind === "model" || node.kind === "tool" || node.kind === "retrieval");
    if (works) stretches.push([node.start, node.end]);
    else stretches.push([node.start, node.start], [node.end, node.end]);
  }
  stretches.sort((a, b) => a[0] - b[0]);
  const gaps: { from: number; to: number }[] = [];
  let reached = tree.start;
  for (const [from, to] of stretches) {
    if (from - reached > least) gaps.push({ from: reached, to: from });
    if (to > reached) reached = to;
  }
  const folded = gaps.reduce((sum, gap) => sum + gap.to - gap.from, 0);
  return folded >= tree.end - tree.start ? [] : gaps;
}

/** makeAxis lays the time of a trace out over a width in pixels. */
export function makeAxis(tree: Tree, width: number, found = findGaps(tree)): Axis {
  const gapPx = found.length ? Math.min(gapWidth, width / 2 / found.length) : 0;
  let open = Math.max(1, tree.end - tree.start);
  for (const gap of found) open -= gap.to - gap.from;
  const scale = (width - gapPx * found.length) / open;
  const segments: Segment[] = [];
  const gaps: Gap[] = [];
  let x = 0, at = tree.start;
  const segment = (to: number) => {
    const w = (to - at) * scale;
    segments.push({ from: at, to, x, width: w });
    x += w;
  };
  for (const gap of found) {
    segment(gap.from);
    gaps.push({ from: gap.from, to: gap.to, x, width: gapPx });
    x += gapPx;
    at = gap.to;
  }
  segment(Math.max(tree.end, at + (found.length ? 0 : 1)));
  const pieces: Segment[] = [];
  segments.forEach((s, i) => {
    pieces.push(s);
    if (gaps[i]) pieces.push(gaps[i]!);
  });
  return {
    width, start: tree.start, end: tree.end, segments, gaps,
    x(us: number) {
      let low = 0, high = pieces.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (pieces[middle]!.from <= us) low = middle;
        else high = middle - 1;
      }
      const piece = pieces[low]!;
      const part = piece.to > piece.from ? (us - piece.from) / (piece.to - piece.from) : 0;
      return Math.min(width, Math.max(0, piece.x + Math.min(1, Math.max(0, part)) * piece.width));
    },
  };
}

/** cover lists the pieces of a span from..to that are not inside of a gap, in pixels. */
export function cover(axis: Axis, from: number, to: number): { x: number; width: number }[] {
  const out: { x: number; width: number }[] = [];
  for (const s of axis.segments) {
    if (to < s.from || from > s.to) continue;
    const a = axis.x(Math.max(from, s.from)), b = axis.x(Math.min(to, s.to));
    if (b - a > 0 || to === from || (from >= s.from && to <= s.to)) out.push({ x: a, width: b - a });
  }
  return out;
}

const second = 1e6, minute = 60 * second, hour = 60 * minute;
const longSteps = [1, 2, 5, 10, 15, 30].flatMap((n) => [n * second, n * minute])
  .concat([hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, 24 * hour]).sort((a, b) => a - b);

/** niceStep is the least round step that is at least so long. */
export function niceStep(least: number): number {
  if (least >= second) {
    for (const step of longSteps) if (step >= least) return step;
    const day = 24 * hour;
    return Math.ceil(least / day) * day;
  }
  return nice125(least);
}

/** nice125 is the least of 1, 2, 5 times a power of ten that is not below a number. */
export function nice125(least: number): number {
  if (!(least > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  for (const n of [1, 2, 5]) if (n * power >= least * (1 - 1e-9)) return n * power;
  return 10 * power;
}

/** ticks puts marks at round times, at least some pixels apart; a segment after a gap begins with its time. */
export function ticks(axis: Axis, apart = 84, room = 40): Tick[] {
  const scale = axis.segments.reduce((m, s) => (s.to > s.from ? s.width / (s.to - s.from) : m), 0);
  if (!(scale > 0)) return [{ x: 0, at: 0 }];
  const step = niceStep(apart / scale);
  const out: Tick[] = [];
  axis.segments.forEach((s, i) => {
    if (s.width < room && i > 0) return;
    let last = -Infinity;
    if (i > 0 || s.from >= 0) {
      out.push({ x: s.x, at: s.from });
      last = s.x;
    }
    for (let at = Math.ceil(s.from / step) * step; at <= s.to; at += step) {
      const x = s.x + (at - s.from) * scale;
      if (x - last < apart * 0.7 && x !== s.x) continue;
      if (x === last || s.x + s.width - x < room) continue;
      out.push({ x, at });
      last = x;
    }
  });
  return out;
}
