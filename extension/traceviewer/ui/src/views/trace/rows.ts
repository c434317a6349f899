// What the tree shows: rows, with runs of like siblings folded into one.

import { type Label, labelOf } from "../../kind";
import { pathTo, type Tree, type TreeNode } from "./tree";

/** Run is five or more siblings of the same name and kind. */
export interface Run {
  key: string;
  parent: TreeNode | null;
  members: TreeNode[];
  start: number;
  end: number;
  usd: number | null;
  calls: number;
  unpriced: number;
  local: number;
  failures: number;
  /** Spans in all, those below the members too. */
  size: number;
}

/** Item is what a row stands for. */
export type Item = { node: TreeNode; run?: undefined } | { run: Run; node?: undefined };

/** Row is one line of the tree. */
export interface Row {
  key: string;
  item: Item | null;
  /** Of the line that folds what has no cost: how many spans. */
  rest: number;
  depth: number;
  /** Null where there is nothing to unfold. */
  open: boolean | null;
  /** Place among its siblings from 1, and their number. */
  place: number;
  of: number;
  /** Dollars mode: where its share begins, in dollars. */
  offset: number;
}

/** Like siblings from this number on make a run. */
export const runFrom = 5;

/** Display holds the runs of a tree. */
export interface Display {
  tree: Tree;
  roots: Item[];
  /** By id of the parent: its children with runs folded. */
  below: Map<TreeNode, Item[]>;
  runs: Map<string, Run>;
  /** The run that a span is a member of. */
  runOf: Map<TreeNode, Run>;
}

/** makeDisplay folds runs. */
export function makeDisplay(tree: Tree): Display {
  const display: Display = { tree, roots: [], below: new Map(), runs: new Map(), runOf: new Map() };
  display.roots = group(display, null, tree.roots);
  for (const node of tree.nodes) {
    if (node.children.length) display.below.set(node, group(display, node, node.children));
  }
  return display;
}

function likeness(node: TreeNode): string {
  const span = node.span!;
  // The running one stands alone: it is what a person looks for.
  const state = span.state === "running" ? "r" : "";
  return `${state}${node.kind}\u0000${node.kind === "tool" && span.tool ? span.tool : span.name}\u0000${node.kind === "model" ? span.model : ""}`;
}

function group(display: Display, parent: TreeNode | null, children: TreeNode[]): Item[] {
  if (children.length < runFrom) return children.map((node) => ({ node }));
  const byLikeness = new Map<string, TreeNode[]>();
  const keys = children.map((child) => (child.span ? likeness(child) : ""));
  for (const [i, child] of children.entries()) {
    if (!child.span) continue;
    const key = keys[i]!;
    const list = byLikeness.get(key);
    if (list) list.push(child);
    else byLikeness.set(key, [child]);
  }
  const items: Item[] = [];
  const done = new Set<TreeNode[]>();
  for (const [i, child] of children.entries()) {
    const key = keys[i]!;
    const members = child.span ? byLikeness.get(key)! : [];
    if (members.length < runFrom) items.push({ node: child });
    else if (!done.has(members)) {
      done.add(members);
      const run = makeRun(`run:${parent?.id ?? ""}:${key}`, parent, members);
      display.runs.set(run.key, run);
      for (const member of members) display.runOf.set(member, run);
      items.push({ run });
    }
  }
  return items;
}

function makeRun(key: string, parent: TreeNode | null, members: TreeNode[]): Run {
  const run: Run = { key, parent, members, start: Infinity, end: -Infinity, usd: null, calls: 0, unpriced: 0, local: 0, failures: 0, size: 0 };
  for (const member of members) {
    run.start = Math.min(run.start, member.start);
    run.end = Math.max(run.end, member.end);
    if (member.usd != null) run.usd = (run.usd ?? 0) + member.usd;
    run.calls += member.calls;
    run.unpriced += member.unpriced;
    run.local += member.local;
    run.failures += member.failures;
    run.size += member.size;
  }
  return run;
}

/** labelOfRun names what the members have in common. */
export function labelOfRun(run: Run): Label {
  const first = run.members[0]!;
  if (first.kind === "tool" && first.span!.tool) return { text: first.span!.tool, quiet: "" };
  return labelOf(first.span!);
}

/** keyOf is what names an item in the set of what is unfolded. */
export function keyOf(item: Item): string {
  return item.run ? item.run.key : item.node.id;
}

function itemsBelow(display: Display, item: Item): Item[] {
  if (item.run) return item.run.members.map((node) => ({ node }));
  return display.below.get(item.node) ?? [];
}

/** A trace of up to so many rows opens whole. */
export const rowsAtOnce = 150;

/** firstOpen says what is unfolded when a trace opens: all of a small one, of a long one what fits. */
export function firstOpen(display: Display, budget = rowsAtOnce): Set<string> {
  const open = new Set<string>();
  let count = display.roots.length;
  let level: Item[] = display.roots;
  while (level.length) {
    const next: Item[] = [];
    for (const item of level) {
      if (item.run) continue;
      const children = itemsBelow(display, item);
      if (!children.length || count + children.length > budget) continue;
      // Of a long trace, what lies deep stays folded, unless it is the only way on.
      if (display.tree.nodes.length > 20 * budget / 3 && item.node.depth > 1 && children.length > 1) continue;
      count += children.length;
      open.add(item.node.id);
      next.push(...children);
    }
    level = next;
  }
  return open;
}

/** reveal unfolds all that hides a span. */
export function reveal(display: Display, open: Set<string>, node: TreeNode): Set<string> {
  const next = new Set(open);
  for (const at of [...pathTo(node), node]) {
    if (at !== node) next.add(at.id);
    const run = display.runOf.get(at);
    if (run) next.add(run.key);
  }
  return next;
}

/** RowOptions say which rows there are. */
export interface RowOptions {
  mode: "time" | "dollars";
  open: Set<string>;
  /** Model calls only, flat. */
  callsOnly?: boolean;
  /** Dollars mode: the dearest first rather than the earliest. */
  byCost?: boolean;
  /** Dollars mode: the spans without a cost are unfolded. */
  restOpen?: boolean;
}

/** The most levels that a dollar or time row is indented. */
export const restKey = "rest";

/** makeRows lists the rows that are to be seen, from the first to the last. */
export function makeRows(display: Display, options: RowOptions): Row[] {
  if (options.callsOnly) return callRows(display.tree);
  const dollars = options.mode === "dollars";
  const rows: Row[] = [];
  const usd = (item: Item) => (item.run ?? item.node)!.usd ?? 0;
  const order = (items: Item[]) => {
    if (!dollars) return items;
    const costly = items.filter((item) => usd(item) > 0);
    return options.byCost ? costly.sort((a, b) => usd(b) - usd(a)) : costly;
  };
  interface Frame { item: Item; depth: number; place: number; of: number; offset: number }
  const stack: Frame[] = [];
  const push = (items: Item[], depth: number, offset: number) => {
    const frames: Frame[] = [];
    items.forEach((item, i) => {
      frames.push({ item, depth, place: i + 1, of: items.length, offset });
      offset += usd(item);
    });
    for (let i = frames.length - 1; i >= 0; i--) stack.push(frames[i]!);
  };
  push(order(display.roots), 0, 0);
  let shown = 0;
  for (let frame = stack.pop(); frame; frame = stack.pop()) {
    const { item } = frame;
    const below = order(itemsBelow(display, item));
    const key = keyOf(item);
    const isOpen = below.length ? options.open.has(key) : null;
    rows.push({ key, item, rest: 0, depth: frame.depth, open: isOpen, place: frame.place, of: frame.of, offset: frame.offset });
    shown++;
    if (isOpen) push(below, frame.depth + 1, frame.offset);
  }
  if (dollars) addRest(display.tree, rows, options);
  return rows;
}

function addRest(tree: Tree, rows: Row[], options: RowOptions) {
  const rest = tree.nodes.filter((node) => node.span && !(node.usd! > 0));
  if (!rest.length) return;
  rows.push({ key: restKey, item: null, rest: rest.length, depth: 0, open: !!options.restOpen, place: 1, of: 1, offset: 0 });
  if (!options.restOpen) return;
  rest.forEach((node, i) => rows.push({ key: node.id, item: { node }, rest: 0, depth: 1, open: null, place: i + 1, of: rest.length, offset: 0 }));
}

function callRows(tree: Tree): Row[] {
  let offset = 0;
  return tree.calls.map((node, i) => {
    const row = { key: node.id, item: { node }, rest: 0, depth: 0, open: null, place: i + 1, of: tree.calls.length, offset };
    offset += node.usd ?? 0;
    return row;
  });
}

/** parentRow is the row that a row lies in: the nearest above it that is less deep. */
export function parentRow(rows: Row[], index: number): number {
  const depth = rows[index]?.depth ?? 0;
  for (let i = index - 1; i >= 0; i--) if (rows[i]!.depth < depth) return i;
  return -1;
}

/** runWith is the run that a span belongs to; an address names a run by its first. */
export function runWith(runs: Iterable<Run>, spanId: string): Run | undefined {
  if (!spanId) return undefined;
  for (const run of runs) if (run.members.some((member) => member.id === spanId)) return run;
  return undefined;
}
