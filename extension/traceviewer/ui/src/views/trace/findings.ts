// What a person should know of a trace: calls repeated, failures, a cache that was lost.

import type { Receipt } from "../../api";
import type { Tree, TreeNode } from "./tree";

/** Finding is a tag on a row and a sentence in the pane. */
export interface TraceFinding {
  kind: "loop" | "failed" | "cache";
  tag: string;
  nodes: TreeNode[];
  /** Of a lost cache: tokens that were not read again. */
  tokens?: number;
  /** Of a lost cache: how long nothing was asked, in microseconds. */
  idle?: number;
}

/** The same call so often is a finding. */
export const loopFrom = 3;
/** A cache of fewer tokens is not worth a word. */
export const cacheTokens = 2048;

/**
 * loops lists what an agent called again and again: a tool with the same arguments, and no
 * other arguments between.
 */
export function loops(tree: Tree): TraceFinding[] {
  const tools = tree.nodes.filter((node) => node.kind === "tool" && node.span?.arguments).sort((a, b) => a.start - b.start || a.order - b.order);
  const latest = new Map<string, TreeNode[]>();
  // Of the same arguments only the longest row is told.
  const longest = new Map<string, TreeNode[]>();
  for (const node of tools) {
    const s = node.span!;
    const place = `${owner(node)}\u0000${s.tool || s.name}`;
    let row = latest.get(place);
    if (row && row[0]!.span!.arguments === s.arguments) row.push(node);
    else latest.set(place, (row = [node]));
    const key = `${place}\u0000${s.arguments}`;
    if (row.length > (longest.get(key)?.length ?? 0)) longest.set(key, row);
  }
  return [...longest.values()].filter((nodes) => nodes.length >= loopFrom)
    .sort((a, b) => b.length - a.length)
    .map((nodes) => ({ kind: "loop", tag: `same call ×${nodes.length}`, nodes }));
}

/**
 * lostCaches lists calls that read next to nothing from a cache of which the call before
 * in the same place (agent and model) had much.
 */
export function lostCaches(tree: Tree): TraceFinding[] {
  const before = new Map<string, TreeNode>();
  const out: TraceFinding[] = [];
  for (const node of tree.calls) {
    const s = node.span!;
    if (!s.tokens) continue;
    const key = placeOf(node);
    const last = before.get(key);
    before.set(key, node);
    const had = last?.span?.tokens ? last.span.tokens.cache_read + last.span.tokens.cache_write : 0;
    if (!last || had < cacheTokens || s.tokens.input < had || s.tokens.cache_read > had / 10) continue;
    out.push({ kind: "cache", tag: "cache lost", nodes: [node], tokens: had, idle: node.start - last.end });
  }
  return out;
}

// placeOf is what a conversation with a model goes on in.
function placeOf(node: TreeNode): string {
  const s = node.span!;
  return [owner(node), s.agent, s.provider, s.model].join("\u0000");
}

/** callBefore is the call before in the same place. */
export function callBefore(tree: Tree, node: TreeNode): TreeNode | null {
  const place = placeOf(node);
  for (let i = tree.calls.indexOf(node) - 1; i >= 0; i--) {
    const call = tree.calls[i]!;
    if (call.span!.tokens && placeOf(call) === place) return call;
  }
  return null;
}

/**
 * lostCacheUSD is what tokens cost more that were paid in full, or written again, than
 * reading them: by the rates of the call, and of the one before for reading.
 */
export function lostCacheUSD(tokens: number, now: Receipt | undefined, before: Receipt | undefined): number | null {
  const rate = (receipt: Receipt | undefined, test: (bucket: string) => boolean) =>
    receipt?.lines.find((line) => line.per_million !== null && line.tokens > 0 && test(line.bucket))?.per_million ?? null;
  const read = rate(now, (b) => b === "cache_read") ?? rate(before, (b) => b === "cache_read");
  const paid = rate(now, (b) => b.startsWith("cache_write")) ?? rate(now, (b) => b === "input");
  if (read === null || paid === null) return null;
  return (tokens / 1e6) * (paid - read);
}

/** between lists the calls of a loop's agent from its first call to its last. */
export function between(tree: Tree, finding: TraceFinding): TreeNode[] {
  const first = finding.nodes[0]!, last = finding.nodes[finding.nodes.length - 1]!;
  const place = owner(first);
  return tree.calls.filter((call) => call.start >= first.end && call.end <= last.start && owner(call) === place);
}

// owner is the agent that a call belongs to: the nearest above it.
function owner(node: TreeNode): string {
  for (let at = node.parent; at; at = at.parent) if (at.kind === "agent" || at.kind === "workflow") return at.id;
  return "";
}

/** findings lists all of a trace, and tags by span. */
export function findings(tree: Tree): { list: TraceFinding[]; tags: Map<TreeNode, TraceFinding[]> } {
  const list = [...lostCaches(tree), ...loops(tree)];
  const tags = new Map<TreeNode, TraceFinding[]>();
  for (const finding of list) {
    for (const node of finding.nodes) tags.set(node, [...(tags.get(node) ?? []), finding]);
  }
  return { list, tags };
}
