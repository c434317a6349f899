// The tree of a trace, from a flat list of spans in which parents may be missing,
// may form a circle, and may nest a thousand deep: nothing here recurses.

import type { SpanSummary } from "../../api";
import { type Kind, kindOf as kindOfType } from "../../kind";

/** TreeNode is a span, or a parent that was named and has not been received. */
export interface TreeNode {
  id: string;
  span: SpanSummary | null;
  kind: Kind;
  parent: TreeNode | null;
  children: TreeNode[];
  depth: number;
  /** Index in depth-first order. */
  order: number;
  /** Its parents form a circle, which was cut above it. */
  cut: boolean;
  /** Microseconds after the trace's start. Of a missing parent: of its children. */
  start: number;
  end: number;
  /** Sums over the span and all below it. */
  usd: number | null;
  calls: number;
  unpriced: number;
  local: number;
  failures: number;
  size: number;
}

/** Tree is a whole trace. */
export interface Tree {
  roots: TreeNode[];
  /** Depth first, as rows stand when all is unfolded. */
  nodes: TreeNode[];
  byId: Map<string, TreeNode>;
  start: number;
  end: number;
  /** Spans may still come. */
  running: boolean;
  /** The model calls that totals add up, in order of their start. */
  calls: TreeNode[];
}

/** kindOf says what a span is. Whether it is a model call, totals decide. */
export function kindOf(span: SpanSummary): Kind {
  if (span.counted) return "model";
  const kind = kindOfType(span.type, span.operation);
  // A generation groups the calls below it; sumUp makes it the call where there are none.
  return kind === "model" ? "step" : kind;
}

function newNode(id: string, span: SpanSummary | null): TreeNode {
  return {
    id, span, kind: span ? kindOf(span) : "step", parent: null, children: [], depth: 0, order: 0, cut: false,
    start: span ? span.start_us : Infinity, end: span ? span.start_us + Math.max(0, span.duration_us) : -Infinity,
    usd: null, calls: 0, unpriced: 0, local: 0, failures: 0, size: 1,
  };
}

/** buildTree makes a tree of spans. nowUS is where running spans reach to, if any runs. */
export function buildTree(spans: SpanSummary[], nowUS?: number): Tree {
  const byId = new Map<string, TreeNode>();
  const all: TreeNode[] = [];
  for (const span of spans) {
    if (byId.has(span.span_id)) continue;
    const node = newNode(span.span_id, span);
    if (span.state === "running" && nowUS !== undefined) node.end = Math.max(node.end, nowUS);
    byId.set(node.id, node);
    all.push(node);
  }
  const { roots, missing } = attach(all, byId);
  cutCircles(all, roots, missing);
  const tops = [...sorted(roots), ...sorted(missing)];
  const nodes = number(tops);
  sumUp(nodes);
  let start = Infinity, end = -Infinity;
  for (const node of nodes) {
    start = Math.min(start, node.start);
    end = Math.max(end, node.end);
  }
  if (!nodes.length) start = end = 0;
  const calls = nodes.filter((n) => n.kind === "model").sort((a, b) => a.start - b.start || a.order - b.order);
  return { roots: tops, nodes, byId, start, end, running: nowUS !== undefined, calls };
}

function attach(all: TreeNode[], byId: Map<string, TreeNode>) {
  const roots: TreeNode[] = [];
  const absent = new Map<string, TreeNode>();
  for (const node of all) {
    const parentId = node.span!.parent_id;
    if (!parentId) {
      roots.push(node);
      continue;
    }
    let parent = byId.get(parentId) ?? absent.get(parentId);
    if (!parent) {
      parent = newNode(parentId, null);
      absent.set(parentId, parent);
    }
    node.parent = parent;
    parent.children.push(node);
  }
  for (const [id, node] of absent) byId.set(id, node);
  return { roots, missing: [...absent.values()] };
}

// cutCircles makes the earliest span of each circle a root.
function cutCircles(all: TreeNode[], roots: TreeNode[], missing: TreeNode[]) {
  // The number of a node is not known yet; here 0 says that it hangs on a root.
  for (const node of all) node.order = -1;
  const reach = (from: TreeNode[]) => {
    const stack = [...from];
    for (let node = stack.pop(); node; node = stack.pop()) {
      node.order = 0;
      for (const child of node.children) if (child.order < 0) stack.push(child);
    }
  };
  reach(roots);
  reach(missing);
  for (const node of all) {
    if (node.order === 0) continue;
    const walked = new Set<TreeNode>();
    let at = node;
    while (!walked.has(at)) {
      walked.add(at);
      at = at.parent!;
    }
    let first = at;
    for (let member = at.parent!; member !== at; member = member.parent!) {
      if (member.start < first.start) first = member;
    }
    const parent = first.parent!;
    parent.children.splice(parent.children.indexOf(first), 1);
    first.parent = null;
    first.cut = true;
    roots.push(first);
    reach([first]);
  }
}

function sorted(nodes: TreeNode[]): TreeNode[] {
  // Spans come by their start: next to always there is nothing to do.
  for (let i = 1; i < nodes.length; i++) {
    if (startOf(nodes[i - 1]!) > startOf(nodes[i]!)) return nodes.sort((a, b) => startOf(a) - startOf(b));
  }
  return nodes;
}

// startOf is the start of a span, or of the first child of a parent that is missing.
function startOf(node: TreeNode): number {
  if (node.span) return node.start;
  let first = Infinity;
  for (const child of node.children) first = Math.min(first, child.start);
  return first;
}

// number walks depth first, and gives each node its depth and its place.
function number(roots: TreeNode[]): TreeNode[] {
  const nodes: TreeNode[] = [];
  const stack = [...roots].reverse();
  for (let node = stack.pop(); node; node = stack.pop()) {
    node.order = nodes.length;
    node.depth = node.parent ? node.parent.depth + 1 : 0;
    nodes.push(node);
    const children = sorted(node.children);
    for (let i = children.length - 1; i >= 0; i--) stack.push(children[i]!);
  }
  return nodes;
}

// sumUp adds children to parents, from the last node to the first.
function sumUp(nodes: TreeNode[]) {
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i]!;
    const span = node.span;
    if (span) {
      if (span.failed) node.failures++;
      if (span.counted) {
        node.calls++;
        if (span.cost_status === "local") node.local++;
        else if (span.usd == null || span.cost_status === "partial") node.unpriced++;
        if (span.usd != null) node.usd = (node.usd ?? 0) + span.usd;
      } else if (node.calls === 0 && kindOfType(span.type, span.operation) === "model" && node.children.length === 0) {
        node.kind = "model";
      }
    } else {
      node.size = 0;
      for (const child of node.children) {
        node.start = Math.min(node.start, child.start);
        node.end = Math.max(node.end, child.end);
      }
    }
    for (const child of node.children) {
      node.size += child.size;
      node.calls += child.calls;
      node.unpriced += child.unpriced;
      node.local += child.local;
      node.failures += child.failures;
      if (child.usd != null) node.usd = (node.usd ?? 0) + child.usd;
    }
  }
}

/** pathTo lists the ancestors of a node, the outermost first. */
export function pathTo(node: TreeNode): TreeNode[] {
  const path: TreeNode[] = [];
  for (let at = node.parent; at; at = at.parent) path.push(at);
  return path.reverse();
}
