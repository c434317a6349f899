// A conversation as a transcript: a tool's call and its result are one block.

import type { Message, Part } from "../../api";

/** ToolBlock is a call of a tool with its result. */
export interface ToolBlock {
  kind: "tool";
  id: string;
  tool: string;
  arguments?: unknown;
  result?: unknown;
  hasResult: boolean;
  failed: boolean;
  spanId: string;
  /** Whole lengths in bytes, where the collector has cut. */
  cut?: { arguments?: number | undefined; result?: number | undefined };
}

/** Block is a piece of an entry. */
export type Block = ToolBlock | { kind: "text" | "thinking"; text: string; cut?: number | undefined } | { kind: "media"; type: string; bytes: number } | { kind: "data"; data: unknown; cut?: number | undefined };

/** Entry is what one role says at a time. */
export interface Entry {
  role: string;
  name: string;
  blocks: Block[];
  /** Index of its message; answers go on counting. */
  index: number;
  answer: boolean;
}

/** Transcript is a conversation in two parts. */
export interface Transcript {
  entries: Entry[];
  /** Index in entries of the first that is new in this turn. */
  newAt: number;
  /** Messages before it. */
  earlier: number;
}

/** makeTranscript joins calls and results. */
export function makeTranscript(messages: Message[], answers: Message[], newFrom: number): Transcript {
  const entries: Entry[] = [];
  const calls = new Map<string, { block: ToolBlock; entry: Entry }>();
  const add = (message: Message, index: number, answer: boolean) => {
    const entry: Entry = { role: message.role || (answer ? "assistant" : "user"), name: message.name ?? "", blocks: [], index, answer };
    for (const part of message.parts ?? []) {
      const block = blockOf(part, calls, entry);
      if (block) entry.blocks.push(block);
    }
    entries.push(entry);
  };
  messages.forEach((message, i) => add(message, i, false));
  answers.forEach((message, i) => add(message, messages.length + i, true));
  const from = Math.min(Math.max(0, newFrom), messages.length);
  const shown = entries.filter((entry) => entry.blocks.some((block) => says(block) || (entry.answer && block.kind === "thinking")));
  const newAt = shown.findIndex((entry) => entry.answer || entry.index >= from);
  return { entries: shown, newAt: newAt < 0 ? shown.length : newAt, earlier: from };
}

// says is false of a thought or a text that came empty.
function says(block: Block): boolean {
  return (block.kind !== "text" && block.kind !== "thinking") || block.text !== "";
}

function blockOf(part: Part, calls: Map<string, { block: ToolBlock; entry: Entry }>, entry: Entry): Block | null {
  switch (part.kind) {
    case "text":
    case "thinking":
      return { kind: part.kind, text: part.text ?? "", cut: part.cut };
    case "tool_call": {
      const block: ToolBlock = {
        kind: "tool", id: part.tool_call_id ?? "", tool: part.tool ?? "", arguments: part.arguments,
        result: part.result, hasResult: part.result !== undefined, failed: !!part.failed, spanId: part.span_id ?? "", ...(part.cut ? { cut: { arguments: part.cut } } : {}),
      };
      if (block.id) calls.set(block.id, { block, entry });
      return block;
    }
    case "tool_result": {
      const call = part.tool_call_id ? calls.get(part.tool_call_id) : undefined;
      const block: ToolBlock = {
        kind: "tool", id: part.tool_call_id ?? "", tool: part.tool || call?.block.tool || "", arguments: call?.block.arguments ?? part.arguments,
        result: part.result ?? part.text, hasResult: true, failed: !!part.failed, spanId: part.span_id || call?.block.spanId || "",
        ...(part.cut || call?.block.cut ? { cut: { arguments: call?.block.cut?.arguments, result: part.cut } } : {}),
      };
      if (call) {
        // The call is told where its result came.
        call.entry.blocks = call.entry.blocks.filter((other) => other !== call.block);
        calls.delete(block.id);
        if (call.entry === entry) entry.blocks = call.entry.blocks;
      }
      return block;
    }
    case "media":
      return { kind: "media", type: part.media_type ?? "", bytes: part.bytes ?? 0 };
    default:
      return { kind: "data", data: part.data ?? part.text ?? part, cut: part.cut };
  }
}

/** charsOf counts the characters of text in entries. */
export function charsOf(entries: Entry[]): number {
  let sum = 0;
  for (const entry of entries) for (const block of entry.blocks) if (block.kind === "text") sum += block.text.length;
  return sum;
}

/** rolesOf names the roles of entries once each, in order. */
export function rolesOf(entries: Entry[]): string[] {
  return [...new Set(entries.map((entry) => entry.role))];
}
