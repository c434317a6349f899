// The overview above long traces: unfolded time, bars are spans, a line is dollars.

import type { Tree } from "./tree";

/** Overview is what is drawn, in the unit square of time. */
export interface Overview {
  /** Spans at work in each part of the time. */
  bars: number[];
  most: number;
  /** Dollars up to the end of each part. */
  dollars: number[];
  total: number;
}

/** makeOverview counts spans that begin in each of n parts of the time, and adds up dollars. */
export function makeOverview(tree: Tree, parts: number): Overview {
  const bars = new Array<number>(parts).fill(0);
  const dollars = new Array<number>(parts).fill(0);
  const length = Math.max(1, tree.end - tree.start);
  const part = (us: number) => Math.min(parts - 1, Math.max(0, Math.floor(((us - tree.start) / length) * parts)));
  for (const node of tree.nodes) {
    if (!node.span) continue;
    const at = part(node.start);
    bars[at]!++;
    if (node.span.counted && node.span.usd != null) dollars[part(node.end)]! += node.span.usd;
  }
  let total = 0;
  for (let i = 0; i < parts; i++) {
    total += dollars[i]!;
    dollars[i] = total;
  }
  return { bars, most: bars.reduce((a, b) => Math.max(a, b), 0), dollars, total };
}
