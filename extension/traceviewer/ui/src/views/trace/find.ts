// Ways through a trace: text, the next error, the most expensive call, the next call.

import type { Tree, TreeNode } from "./tree";

/** search lists the spans whose row has a text, whatever its case, in order of the tree. */
export function search(tree: Tree, text: string): TreeNode[] {
  const want = text.trim().toLowerCase();
  if (!want) return [];
  return tree.nodes.filter((node) => {
    const s = node.span;
    if (!s) return node.id.toLowerCase().startsWith(want);
    return [s.name, s.preview, s.error, s.model, s.tool, s.agent, s.service, s.provider].some((value) => value?.toLowerCase().includes(want)) ||
      s.span_id.toLowerCase().startsWith(want);
  });
}

/** cycle is the one after (or before) a node in a list in tree order, from its end on to its start. */
export function cycle(nodes: TreeNode[], from: TreeNode | null, step: 1 | -1): TreeNode | null {
  if (!nodes.length) return null;
  const at = from ? from.order : step > 0 ? -1 : Infinity;
  if (step > 0) return nodes.find((node) => node.order > at) ?? nodes[0]!;
  for (let i = nodes.length - 1; i >= 0; i--) if (nodes[i]!.order < at) return nodes[i]!;
  return nodes[nodes.length - 1]!;
}

/** errors lists the spans that failed, the deepest of each chain: those above only say it again. */
export function errors(tree: Tree): TreeNode[] {
  const failed = tree.nodes.filter((node) => node.span?.failed);
  return failed.filter((node) => node.failures === 1);
}

/** dearest is the model call that cost most. */
export function dearest(tree: Tree): TreeNode | null {
  let best: TreeNode | null = null;
  for (const node of tree.calls) {
    if (node.span?.usd != null && (!best || node.span.usd > best.span!.usd!)) best = node;
  }
  return best;
}

/** nextCall is the model call that starts after (or before) a span; null at the ends. */
export function nextCall(tree: Tree, from: TreeNode | null, step: 1 | -1): TreeNode | null {
  const index = from ? tree.calls.indexOf(from) : -1;
  if (index >= 0) return tree.calls[index + step] ?? null;
  if (!from) return (step > 0 ? tree.calls[0] : tree.calls[tree.calls.length - 1]) ?? null;
  if (step > 0) return tree.calls.find((node) => node.start >= from.start) ?? null;
  for (let i = tree.calls.length - 1; i >= 0; i--) if (tree.calls[i]!.start < from.start) return tree.calls[i]!;
  return null;
}

/** quantile is the nearest-rank quantile of numbers in ascending order. */
export function quantile(ascending: number[], q: number): number {
  if (!ascending.length) return 0;
  return ascending[Math.min(ascending.length - 1, Math.max(0, Math.ceil(q * ascending.length) - 1))]!;
}
