// Content as text: the first lines of something long, JSON that a
// person can read. Nothing here makes HTML.

/** So many characters are shown at a time once three lines are not enough. */
export const stepChars = 20_000;

/**
 * firstLines cuts a text after some lines of some width: behind a word where one ends
 * nearby, never inside of a mark or of a character. A rest of less than half a line is
 * not worth a button.
 */
export function firstLines(text: string, lines: number, width: number): number {
  let at = 0;
  for (let line = 0; line < lines; line++) {
    if (at >= text.length) return text.length;
    const newline = text.indexOf("\n", at);
    if (newline >= 0 && newline - at <= width) at = newline + 1;
    else at += width;
  }
  if (text.length - at < width / 2) return text.length;
  return cutAt(text, at);
}

/** cutAt moves a cut to where it hurts least. */
export function cutAt(text: string, at: number): number {
  if (at >= text.length) return text.length;
  const open = text.lastIndexOf("[REDACTED", at);
  if (open >= 0 && at - open < 120) {
    const close = text.indexOf("]", open);
    if (close >= at && close - open < 120) return close + 1;
  }
  for (let i = at; i > at - 16 && i > 0; i--) if (/\s/.test(text[i]!)) return i;
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}

/** Printed is JSON as text, perhaps only its beginning. */
export interface Printed {
  text: string;
  whole: boolean;
}

/**
 * pretty writes a value as a person writes an object: keys without quotes where they need
 * none, short objects in one line, line breaks of strings as line breaks. It stops
 * at limit characters.
 */
export function pretty(value: unknown, width = 64, limit = Infinity): Printed {
  const printer = new Printer(width, limit);
  printer.value(value, 0, 0);
  return printer.out.length > limit ? { text: printer.out.slice(0, limit), whole: false } : { text: printer.out, whole: printer.whole };
}

const deepest = 64;
const plainKey = /^[A-Za-z_$][\w$]*$/;

class Printer {
  out = "";
  whole = true;
  constructor(private width: number, private limit: number) {}

  value(value: unknown, depth: number, column: number) {
    if (this.out.length > this.limit) {
      this.whole = false;
      return;
    }
    if (value === null || typeof value !== "object") {
      this.out += scalar(value, this.limit);
      return;
    }
    if (depth > deepest) {
      this.out += "…";
      this.whole = false;
      return;
    }
    const flat = flatten(value, this.width - column - depth * 2);
    if (flat !== null) this.out += flat;
    else this.block(value, depth);
  }

  private block(value: object, depth: number) {
    const list = Array.isArray(value);
    const pad = "  ".repeat(depth + 1);
    this.out += list ? "[" : "{";
    let first = true;
    for (const key in value) {
      if (this.out.length > this.limit) {
        this.whole = false;
        return;
      }
      this.out += (first ? "\n" : ",\n") + pad;
      first = false;
      const name = list ? "" : `${plainKey.test(key) ? key : JSON.stringify(key)}: `;
      this.out += name;
      this.value((value as Record<string, unknown>)[key], depth + 1, name.length);
    }
    this.out += `\n${"  ".repeat(depth)}${list ? "]" : "}"}`;
  }
}

function scalar(value: unknown, limit: number): string {
  if (typeof value !== "string") return String(value);
  const text = value.length > limit ? value.slice(0, limit) : value;
  const lines = text.split("\n").map((line) => JSON.stringify(line).slice(1, -1));
  return `"${lines.join("\n")}"`;
}

// shownLength counts a mark of redaction as the name that is shown.
function shownLength(text: string): number {
  return text.includes("[REDACTED") ? text.replace(/\[REDACTED:?/g, "").length : text.length;
}

// flatten writes a value in one line, or says that it does not fit in.
function flatten(value: object, room: number): string | null {
  let left = Math.max(8, room);
  const walk = (v: unknown, depth: number): string | null => {
    if (v === null || typeof v !== "object") {
      if (typeof v === "string" && (shownLength(v) > left || v.includes("\n"))) return null;
      const text = typeof v === "string" ? JSON.stringify(v) : String(v);
      left -= shownLength(text);
      return left < 0 ? null : text;
    }
    if (depth > 8) return null;
    const list = Array.isArray(v);
    const parts: string[] = [];
    for (const key in v) {
      const name = list ? "" : `${plainKey.test(key) ? key : JSON.stringify(key)}: `;
      left -= name.length + 2;
      const text = left < 0 ? null : walk((v as Record<string, unknown>)[key], depth + 1);
      if (text === null) return null;
      parts.push(name + text);
    }
    if (!parts.length) return list ? "[]" : "{}";
    return list ? `[${parts.join(", ")}]` : `{ ${parts.join(", ")} }`;
  };
  return walk(value, 0);
}

/** unwrap reads a string that holds JSON, as many instrumentations send values. */
export function unwrap(value: unknown): unknown {
  if (typeof value !== "string" || value.length > 1_000_000) return value;
  const first = value.trimStart()[0];
  if (first !== "{" && first !== "[") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** asText is a value as a person reads it: a string as it is, all else as an object. */
export function asText(value: unknown, limit = Infinity, width = 60): Printed {
  const inner = unwrap(value);
  if (typeof inner === "string") return inner.length > limit ? { text: inner.slice(0, limit), whole: false } : { text: inner, whole: true };
  if (inner === undefined) return { text: "", whole: true };
  return pretty(inner, width, limit);
}

/** straysOf are the log records that name no span, or one that is not there. */
export function straysOf<T extends { span_id?: string }>(logs: T[], has: (spanId: string) => boolean): T[] {
  return logs.filter((log) => !log.span_id || !has(log.span_id));
}
