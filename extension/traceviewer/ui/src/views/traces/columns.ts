// The columns of the list: a table, of which a person chooses, with attributes of the
// root as columns of her own.
import { signal } from "@preact/signals";
import type { TraceSummary } from "../../api";

export interface Column {
  id: string;
  title: string;
  /** width in pixels. */
  width: number;
  /** order is the parameter that sorts by it. */
  order?: string;
  end?: boolean;
  /** shown by default. */
  shown?: boolean;
}

/** The columns besides state, start and trace, which are always there. */
export const columns: Column[] = [
  { id: "service", title: "Service", width: 124, shown: true },
  { id: "environment", title: "Environment", width: 104 },
  { id: "user", title: "User", width: 100 },
  { id: "tenant", title: "Tenant", width: 100 },
  { id: "session", title: "Session", width: 110 },
  { id: "duration", title: "Duration", width: 122, order: "slowest", end: true, shown: true },
  { id: "spans", title: "Spans", width: 62, end: true, shown: true },
  { id: "tool_calls", title: "Tool calls", width: 74, end: true },
  { id: "tokens_in", title: "Tokens in", width: 82, order: "tokens", end: true, shown: true },
  { id: "tokens_out", title: "out", width: 62, end: true, shown: true },
  { id: "cache", title: "Cached", width: 66, end: true },
  { id: "cost", title: "Cost", width: 118, order: "cost", end: true, shown: true },
  { id: "errors", title: "Errors", width: 58, order: "errors", end: true, shown: true },
  { id: "redactions", title: "Redacted", width: 76, end: true, shown: true },
];

const ATTRIBUTE = "attribute:";
const STORED = "otelcol-llm.columns";

const standard = columns.filter((one) => one.shown).map((one) => one.id);

/** shown are the ids of the columns that are shown; "attribute:NAME" is one of a person's own. */
export const shown = signal<string[]>(stored());

function stored(): string[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(STORED) ?? "null");
    if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value;
  } catch {
    // What cannot be read is as if nothing had been chosen.
  }
  return standard;
}

/** show keeps which columns are shown. */
export function show(ids: string[]): void {
  shown.value = ids;
  try {
    localStorage.setItem(STORED, JSON.stringify(ids));
  } catch {
    // Without storage it lasts as long as the page.
  }
}

/** reset shows the standard ones. */
export function reset(): void {
  show(standard);
}

/** current are the columns that are shown, in their order; a person's own before the figures. */
export function current(): Column[] {
  const own = ownNames().map((name): Column => ({ id: ATTRIBUTE + name, title: name, width: 120 }));
  const all = columns.filter((one) => shown.value.includes(one.id));
  const at = all.findIndex((one) => one.end);
  return at < 0 ? [...all, ...own] : [...all.slice(0, at), ...own, ...all.slice(at)];
}

/** ownNames are the attributes that are shown as columns. */
export function ownNames(): string[] {
  return shown.value.filter((id) => id.startsWith(ATTRIBUTE)).map((id) => id.slice(ATTRIBUTE.length));
}

/** attributeId is the id of a column of an attribute. */
export function attributeId(name: string): string {
  return ATTRIBUTE + name;
}

/** attributeText is the value of such a column. */
export function attributeText(row: TraceSummary, id: string): string {
  const value = row.attributes?.[id.slice(ATTRIBUTE.length)];
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
