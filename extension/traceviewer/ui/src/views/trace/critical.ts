// The critical path: what a trace waited for, from its end back to its start.

import type { Tree, TreeNode } from "./tree";

/** Stretch is a time in which the trace waited for a span itself. */
export interface Stretch {
  node: TreeNode;
  from: number; // µs
  to: number;
}

/**
 * criticalPath lists what the longest root waited for, in order of time. At each moment
 * that is the deepest span on the way: of a span's children the one that ended last
 * before what came after it began.
 */
export function criticalPath(tree: Tree): Stretch[] {
  let root: TreeNode | null = null;
  for (const node of tree.roots) {
    if (!root || node.end - node.start > root.end - root.start) root = node;
  }
  if (!root) return [];
  const out: Stretch[] = [];
  interface Child { node: TreeNode; end: number }
  interface Frame { node: TreeNode; until: number; from: number; children: Child[]; at: number }
  const frame = (node: TreeNode, from: number, until: number): Frame => {
    const end = Math.min(until, node.end);
    // Clocks differ, and some children outlast their parent: it waited for them up to its own end.
    const children = node.children.map((child) => ({ node: child, end: Math.min(child.end, end) }));
    children.sort((a, b) => a.end - b.end || a.node.start - b.node.start);
    return { node, from: Math.max(from, node.start), until: end, children, at: children.length - 1 };
  };
  const stack: Frame[] = [frame(root, root.start, root.end)];
  while (stack.length) {
    const top = stack[stack.length - 1]!;
    let child: Child | null = null;
    while (top.at >= 0 && !child) {
      const candidate = top.children[top.at--]!;
      // It ended after the cursor (it ran beside the path) or before the stretch begins.
      if (candidate.end > top.until || candidate.node.start >= top.until || candidate.end <= top.from) continue;
      child = candidate;
    }
    if (!child) {
      if (top.until > top.from) out.push({ node: top.node, from: top.from, to: top.until });
      stack.pop();
      continue;
    }
    if (top.until > child.end) out.push({ node: top.node, from: child.end, to: top.until });
    stack.push(frame(child.node, top.from, child.end));
    top.until = Math.max(top.from, child.node.start);
  }
  return out.reverse();
}

/** onPath lists the spans of a path and all that lie above them. */
export function onPath(path: Stretch[]): Set<TreeNode> {
  const nodes = new Set<TreeNode>();
  for (const { node } of path) {
    for (let at: TreeNode | null = node; at && !nodes.has(at); at = at.parent) nodes.add(at);
  }
  return nodes;
}
