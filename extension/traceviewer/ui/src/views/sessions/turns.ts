// A session as a chat: silence between turns, what a turn adds, and in which order it is told.
import type { Message, Part, Session, TraceSummary, Turn } from "../../api";

const MINUTE_US = 60e6;

/** From so long on a silence is folded, however long the session is. */
const LONG_US = 10 * MINUTE_US;

/** endOf is when a turn ended, in microseconds. */
function endOf(turn: Turn): number {
  return startOf(turn) + turn.trace.duration_us;
}

function startOf(turn: Turn): number {
  return Date.parse(turn.trace.start) * 1000;
}

/**
 * silences are the gaps before each turn that are folded, in microseconds, 0 where there is
 * none: more than a minute, and 5 % of the session or ten minutes. Turns may overlap.
 */
export function silences(turns: readonly Turn[]): number[] {
  if (turns.length === 0) return [];
  const first = Math.min(...turns.map(startOf));
  const whole = Math.max(...turns.map(endOf)) - first;
  let until = Number.NEGATIVE_INFINITY;
  return turns.map((turn) => {
    const gap = startOf(turn) - until;
    until = Math.max(until, endOf(turn));
    return Number.isFinite(gap) && gap > MINUTE_US && (gap >= whole * 0.05 || gap >= LONG_US) ? gap : 0;
  });
}

/** workOf is how long the turns have worked: what overlaps counts once. */
export function workOf(turns: readonly Turn[]): number {
  const spans = turns.map((turn) => [startOf(turn), endOf(turn)] as const).sort((a, b) => a[0] - b[0]);
  let sum = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const [from, to] of spans) {
    sum += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return sum;
}

/** later writes a silence: 42 min, 3 h 12 min, 2 days. */
export function later(us: number): string {
  const minutes = Math.round(us / MINUTE_US);
  if (minutes < 60) return `${Math.max(1, minutes)}\u00a0min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? `${hours}\u00a0h\u00a0${minutes % 60}\u00a0min` : `${hours}\u00a0h`;
  const days = Math.round(hours / 24);
  return days === 1 ? "1\u00a0day" : `${days}\u00a0days`;
}

/** A line of the chat. */
export interface Said {
  who: "user" | "agent" | "system";
  name: string;
  parts: Part[];
}

/** Used is a tool that a turn has called. */
export interface Used {
  name: string;
  times: number;
  failed: number;
}

/** Told is a turn as it is read: who said what, and what was done in between. */
export interface Told {
  system: Said[];
  asked: Said[];
  answered: Said[];
  /** work is all between question and answer, in order: calls of tools, thoughts, what agents told each other. */
  work: Message[];
  tools: Used[];
  thoughts: boolean;
}

const SHOWN = new Set(["text", "media", "data"]);

function isShown(part: Part): boolean {
  return SHOWN.has(part.kind) && (part.kind !== "text" || (part.text ?? "").trim() !== "");
}

function isSystem(message: Message): boolean {
  return message.role === "system" || message.role === "developer";
}

/** tell sorts the messages of a turn. Without messages it is the first words that the list has. */
export function tell(turn: Turn): Told {
  const told: Told = { system: [], asked: [], answered: [], work: [], tools: [], thoughts: false };
  const { input, output } = turn.trace;
  const messages = (turn.messages ?? []).map((one) => ({ ...one, parts: one.parts ?? [] }));
  const inner = isInner(turn, messages);
  const last = inner && output ? -1 : messages.findLastIndex((one) => one.role !== "user" && one.role !== "tool" && !isSystem(one) && one.parts.some(isShown));
  let asking = !inner;
  messages.forEach((message, i) => {
    const shown = message.parts.filter(isShown);
    if (isSystem(message)) {
      if (shown.length) told.system.push({ who: "system", name: "", parts: shown });
      return;
    }
    if (message.role !== "user") asking = false;
    if (asking) {
      if (shown.length) told.asked.push({ who: "user", name: message.name ?? "", parts: shown });
      return;
    }
    const rest = i === last ? message.parts.filter((part) => !isShown(part)) : message.parts;
    if (rest.length) told.work.push({ ...message, parts: rest });
    if (i === last) told.answered.push({ who: "agent", name: message.name ?? "", parts: shown });
  });
  told.tools = toolsOf(messages);
  told.thoughts = messages.some((one) => one.parts.some((part) => part.kind === "thinking"));
  if (told.asked.length === 0 && input) told.asked.push(preview("user", input));
  if (told.answered.length === 0 && output) told.answered.push(preview("agent", output));
  return told;
}

/** The messages of a workflow are those of its agents, where it was asked something else. */
function isInner(turn: Turn, messages: readonly Message[]): boolean {
  const { input, type } = turn.trace;
  if (type !== "workflow_run" || !input) return false;
  const first = messages.find((one) => one.role === "user")?.parts.find((part) => part.kind === "text")?.text ?? "";
  return !plain(first).startsWith(plain(input).slice(0, 40));
}

function plain(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function preview(who: Said["who"], text: string): Said {
  return { who, name: "", parts: [{ kind: "text", text }] };
}

/** toolsOf counts calls by the name of the tool; a result alone tells of a call, too. */
function toolsOf(messages: readonly Message[]): Used[] {
  const used = new Map<string, Used>();
  const names = new Map<string, string>();
  const failures = new Set<string>();
  for (const part of messages.flatMap((one) => one.parts)) {
    if (part.kind !== "tool_call" && part.kind !== "tool_result") continue;
    const id = part.tool_call_id ?? "";
    const known = names.get(id);
    const name = part.tool || known || "tool";
    const one = used.get(name) ?? { name, times: 0, failed: 0 };
    used.set(name, one);
    if (part.kind === "tool_call" || known === undefined) one.times++;
    if (id) names.set(id, name);
    // Both the call and its result tell of a failure.
    if (part.failed && !failures.has(id)) one.failed++;
    if (part.failed && id) failures.add(id);
  }
  return [...used.values()];
}

/** The bar of the context: parts of the largest context of the session. */
export interface Context {
  cached: number;
  fresh: number;
}

/** context divides a turn's largest call as its tokens are divided; largest is that of the session. */
export function context(turn: Turn, largest: number): Context {
  const { input, cache_read } = turn.trace.tokens;
  const tokens = turn.context_tokens || input;
  if (largest <= 0 || tokens <= 0) return { cached: 0, fresh: 0 };
  const share = Math.min(1, tokens / largest);
  const cached = input > 0 ? Math.min(1, cache_read / input) : 0;
  return { cached: share * cached, fresh: share * (1 - cached) };
}

/** largestContext is that of all turns. */
export function largestContext(turns: readonly Turn[]): number {
  return Math.max(0, ...turns.map((turn) => turn.context_tokens || turn.trace.tokens.input));
}

/** running sums of dollars, turn by turn; calls without a price are left out. */
export function sums(turns: readonly Turn[]): number[] {
  let sum = 0;
  return turns.map((turn) => (sum += turn.trace.cost.usd ?? 0));
}

/** agentOf is the name that answers: the root's where it is an agent, else the service. */
export function agentOf(trace: TraceSummary): string {
  return trace.type === "agent_run" && trace.name ? trace.name.replace(/^(invoke_agent|agent run:?)\s+/i, "").replace(/^'(.*)'$/, "$1") : trace.service || trace.name || "assistant";
}

/** redactionsOf adds up values that were replaced in the turns that are loaded. */
export function redactionsOf(session: Session): number {
  return session.turns.reduce((sum, turn) => sum + turn.trace.redactions, 0);
}
