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
  asked: Said[];
  /** said in between calls of tools, before the last answer. */
  between: Said[];
  answered: Said[];
  system: Said[];
  tools: Used[];
  /** calls and results of tools, in order. */
  calls: Message[];
  thoughts: string[];
}

const SHOWN = new Set(["text", "media", "data"]);

/** tell sorts the messages of a turn. Without messages it is the first words that the list has. */
export function tell(turn: Turn): Told {
  const told: Told = { asked: [], between: [], answered: [], system: [], tools: [], calls: [], thoughts: [] };
  const used = new Map<string, Used>();
  const names = new Map<string, string>();
  for (const message of turn.messages ?? []) {
    const parts = message.parts ?? [];
    const work = parts.filter((part) => part.kind === "tool_call" || part.kind === "tool_result");
    for (const part of work) count(part, used, names);
    if (work.length) told.calls.push({ ...message, parts: work });
    for (const part of parts) if (part.kind === "thinking") told.thoughts.push(part.text ?? "");
    const shown = parts.filter((part) => SHOWN.has(part.kind) && (part.kind !== "text" || (part.text ?? "").trim() !== ""));
    if (!shown.length) continue;
    const who = message.role === "user" ? "user" : message.role === "system" || message.role === "developer" ? "system" : "agent";
    const said: Said = { who, name: message.name ?? "", parts: shown };
    if (who === "system") told.system.push(said);
    else if (who === "user") told.asked.push(said);
    else if (message.role === "tool") told.calls.push({ ...message, parts: shown });
    else {
      told.between.push(...told.answered);
      told.answered = [said];
    }
  }
  told.tools = [...used.values()];
  if (told.asked.length === 0 && turn.trace.input) told.asked.push(preview("user", turn.trace.input));
  if (told.answered.length === 0 && turn.trace.output) told.answered.push(preview("agent", turn.trace.output));
  return told;
}

function preview(who: Said["who"], text: string): Said {
  return { who, name: "", parts: [{ kind: "text", text }] };
}

function count(part: Part, used: Map<string, Used>, names: Map<string, string>): void {
  const id = part.tool_call_id ?? "";
  if (part.kind === "tool_call" && id && part.tool) names.set(id, part.tool);
  const name = part.tool || names.get(id) || "tool";
  const one = used.get(name) ?? { name, times: 0, failed: 0 };
  used.set(name, one);
  if (part.kind === "tool_call") one.times++;
  if (part.failed) one.failed++;
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
