// What a list can be narrowed by: a table of fields, how each stands in the URL (by the
// names of the API), in a token, and in what a person types.
import type { Params } from "../api";
import { dollars, shortDuration, tokens as tokenText, when } from "../format";

export type Unit = "text" | "dollars" | "duration" | "tokens" | "count";

export interface Field {
  /** param is the parameter of the URL and the API. */
  param: string;
  /** label is how people call it; the start of what they type. */
  label: string;
  op: ">" | "<" | "≥" | "is" | "contains" | "has";
  unit: Unit;
  note: string;
  /** words are the values that there are, with what they are called; others come from the data. */
  words?: Record<string, string>;
  /** many may be there several times, which is "or". */
  many?: boolean;
}

/** What the status of a trace may be. */
export const statusWords: Record<string, string> = {
  error: "with errors",
  ok: "without errors",
  running: "running",
  broken_off: "broken off",
  root_missing: "without a root",
  unpriced: "cost unknown",
  redacted: "with redactions",
};

const list = (param: string, note: string): Field => ({ param, label: param, op: "is", unit: "text", note, many: true });

/** The fields of TraceFilter, in the order of the menu. */
export const traceFields: Field[] = [
  list("service", "that sent it"),
  { param: "status", label: "status", op: "is", unit: "text", note: "errors, running, broken off, unpriced, redacted", words: statusWords, many: true },
  list("model", "that any of its spans has called"),
  list("agent", "that has run in it"),
  list("tool", "that was called in it"),
  { param: "min_cost", label: "cost", op: ">", unit: "dollars", note: "of the whole trace, in dollars" },
  { param: "max_cost", label: "cost", op: "<", unit: "dollars", note: "of the whole trace, in dollars" },
  { param: "min_duration", label: "duration", op: ">", unit: "duration", note: "such as 10s, 1m30s, 250ms" },
  { param: "max_duration", label: "duration", op: "<", unit: "duration", note: "such as 10s, 1m30s, 250ms" },
  { param: "min_tokens", label: "tokens", op: ">", unit: "tokens", note: "in and out, such as 50k" },
  { param: "min_errors", label: "errors", op: "≥", unit: "count", note: "spans that failed" },
  { param: "text", label: "text", op: "contains", unit: "text", note: "in what was asked, answered, or failed" },
  list("name", "of the root"),
  list("user", "user id"),
  list("session", "session or conversation"),
  list("tenant", "tenant id"),
  list("environment", "deployment environment"),
  list("provider", "that any of its spans has called"),
  { param: "attribute", label: "attribute", op: "is", unit: "text", note: "of any of its spans", many: true },
];

/** Spans of time before now, and what they are called. */
export const presets: Record<string, string> = {
  "15m": "last 15 minutes",
  "1h": "last hour",
  "24h": "last 24 hours",
  "7d": "last 7 days",
  "30d": "last 30 days",
};

const presetMinutes: Record<string, number> = { "15m": 15, "1h": 60, "24h": 1440, "7d": 10_080, "30d": 43_200 };

/** Token is one filter of the URL. */
export interface Token {
  field: Field;
  value: string;
  /** Of "cost > $5": cost, >, $5. */
  label: string;
  op: string;
  text: string;
}

/** tokensOf reads the filters of a URL. Time is not among them: see timeOf. */
export function tokensOf(query: URLSearchParams, fields: readonly Field[] = traceFields): Token[] {
  const found: Token[] = [];
  for (const [param, value] of query) {
    const field = fields.find((one) => one.param === param);
    if (!field || value === "") continue;
    found.push(tokenOf(field, value));
  }
  return found;
}

function tokenOf(field: Field, value: string): Token {
  if (field.param === "attribute") {
    const at = value.indexOf("=");
    return { field, value, label: at < 0 ? value : value.slice(0, at), op: "is", text: at < 0 ? "" : value.slice(at + 1) };
  }
  return { field, value, label: field.label, op: field.op, text: valueText(field, value) };
}

/** sentence is a token in words: cost > $5. */
export function sentence(token: Token): string {
  return `${token.label} ${token.op} ${token.text}`;
}

function valueText(field: Field, value: string): string {
  if (field.words) return field.words[value] ?? value;
  switch (field.unit) {
    case "dollars":
      return roundDollars(Number(value));
    case "duration": {
      const us = durationUs(value);
      return us === null ? value : shortDuration(us);
    }
    case "tokens":
      return tokenText(Number(value));
    default:
      return value;
  }
}

/** Whole dollars stand without cents in a filter: $5. */
function roundDollars(usd: number): string {
  if (!Number.isFinite(usd)) return "?";
  return Number.isInteger(usd) ? `$${usd.toLocaleString("en-US")}` : dollars(usd).replace(/(\.\d\d+?)0+$/, "$1");
}

const US: Record<string, number> = { us: 1, µs: 1, ms: 1e3, s: 1e6, m: 60e6, min: 60e6, h: 3600e6, d: 86_400e6 };

/** durationUs reads a duration in microseconds: 250ms, 1.5 s, 1m30s, 10 (seconds). null is not one. */
export function durationUs(text: string): number | null {
  const clean = text.trim().replaceAll(/[\s\u00a0]/g, "");
  if (/^\d+(\.\d+)?$/.test(clean)) return Number(clean) * 1e6;
  if (!/^(\d+(\.\d+)?(us|µs|ms|min|s|m|h|d))+$/.test(clean)) return null;
  let sum = 0;
  for (const [, n, unit] of clean.matchAll(/(\d+(?:\.\d+)?)(us|µs|ms|min|s|m|h|d)/g)) sum += Number(n) * (US[unit ?? ""] ?? 0);
  return sum;
}

/** goDuration writes microseconds as the API reads them. */
export function goDuration(us: number): string {
  return us % 1e6 === 0 ? `${us / 1e6}s` : us % 1000 === 0 ? `${us / 1000}ms` : `${Math.round(us)}us`;
}

/** valueOf reads what a person has typed for a field, undefined where it is not one. */
export function valueOf(field: Field, typed: string): string | undefined {
  const text = typed.trim();
  if (text === "") return undefined;
  if (field.words) {
    const lower = text.toLowerCase();
    return Object.keys(field.words).find((key) => key === lower || field.words?.[key] === lower);
  }
  switch (field.unit) {
    case "dollars": {
      const value = Number(text.replace(/^\$/, "").replaceAll(",", ""));
      return Number.isFinite(value) && value > 0 ? String(value) : undefined;
    }
    case "duration": {
      const us = durationUs(text);
      return us !== null && us > 0 ? goDuration(us) : undefined;
    }
    case "tokens":
    case "count": {
      const match = /^(\d+(?:\.\d+)?)\s*([kKmM]?)$/.exec(text.replaceAll(/[,\u00a0]/g, ""));
      if (!match) return undefined;
      const value = Math.round(Number(match[1]) * (/[kK]/.test(match[2] ?? "") ? 1e3 : /[mM]/.test(match[2] ?? "") ? 1e6 : 1));
      return value > 0 ? String(value) : undefined;
    }
    default:
      return text;
  }
}

/** typed takes "cost > 5" apart: the fields that it may mean, and what stands behind the sign. */
export function typed(text: string, fields: readonly Field[] = traceFields): { fields: Field[]; rest: string } | undefined {
  const match = /^\s*([a-z ]+?)\s*(>=|>|≥|<=|<|≤|=|:|\bis\b|\bcontains\b)\s*(.*)$/i.exec(text);
  if (!match) return undefined;
  const label = (match[1] ?? "").toLowerCase();
  const sign = match[2] ?? "";
  const under = sign.startsWith("<") || sign === "≤";
  const over = sign.startsWith(">") || sign === "≥";
  const found = fields.filter((one) => one.label === label && (under ? one.op === "<" : over ? one.op !== "<" : one.op !== "<"));
  return found.length > 0 ? { fields: found, rest: match[3] ?? "" } : undefined;
}

/** timeOf says what time a URL asks for, in words. */
export function timeOf(query: URLSearchParams): string {
  const last = query.get("last") ?? "";
  if (presets[last]) return presets[last];
  const since = query.get("since");
  const until = query.get("until");
  if (since && until) return `${when(since)} to ${when(until)}`;
  if (since) return `since ${when(since)}`;
  if (until) return `before ${when(until)}`;
  return "any time";
}

/** apiParams makes of a URL what the API is asked. at is now, in milliseconds. */
export function apiParams(query: URLSearchParams, at: number, fields: readonly Field[] = traceFields): Params {
  const out: Record<string, string | string[]> = {};
  for (const field of fields) {
    const values = query.getAll(field.param).filter((value) => value !== "");
    const last = values.at(-1);
    if (last !== undefined) out[field.param] = field.many ? values : last;
  }
  for (const name of ["since", "until", "order"]) {
    const value = query.get(name);
    if (value) out[name] = value;
  }
  const minutes = presetMinutes[query.get("last") ?? ""];
  // Whole minutes: the same question for a while is the same request.
  if (minutes) out.since = new Date(Math.floor(at / 60_000 - minutes) * 60_000).toISOString();
  return out;
}

/** with adds or replaces a filter; without removes one. */
export function withFilter(query: URLSearchParams, field: Field, value: string): URLSearchParams {
  const next = new URLSearchParams(query);
  if (!field.many) next.delete(field.param);
  else next.delete(field.param, value);
  next.append(field.param, value);
  return next;
}

/** withoutFilter removes a filter. */
export function withoutFilter(query: URLSearchParams, token: Token): URLSearchParams {
  const next = new URLSearchParams();
  for (const [name, value] of query) if (name !== token.field.param || value !== token.value) next.append(name, value);
  return next;
}

/** withTime replaces the time. */
export function withTime(query: URLSearchParams, time: Record<string, string>): URLSearchParams {
  const next = new URLSearchParams(query);
  for (const name of ["last", "since", "until"]) next.delete(name);
  for (const [name, value] of Object.entries(time)) next.set(name, value);
  return next;
}

/** What instrumentations and SDKs write; any other attribute is an application's own. */
const FOREIGN = /^(gen_ai|llm|ai|openinference|mastra|traceloop|langfuse|langsmith|logfire|otel|telemetry|service|deployment|process|host|os|container|k8s|cloud|code|thread|http|url|server|client|network|net|rpc|db|error|exception|input|output|metadata|tag|sensitive_filter|llmcost)\b/;

/** ownFirst puts an application's own attributes before those of instrumentations. */
export function ownFirst<T extends { value: string }>(names: readonly T[]): T[] {
  return [...names.filter((one) => !FOREIGN.test(one.value)), ...names.filter((one) => FOREIGN.test(one.value))];
}
