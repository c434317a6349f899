// Numbers, times and money as people read them. Every view uses these and no
// others, so that a value looks the same wherever it stands. Spaces before units
// do not break.

const SPACE = "\u00a0";

const WHOLE = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** count writes a whole number: 1,463. */
export function count(n: number): string {
  return WHOLE.format(n);
}

/** plural writes a count with its noun: 1 trace, 2 traces. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)}${SPACE}${n === 1 ? one : many}`;
}

/** Dollars taken apart, so that a column can align them and grey what says nothing. */
export interface DollarParts {
  /** "<" below what six decimals can tell. */
  below: boolean;
  /** "$12,431" */
  whole: string;
  /** ".07" */
  fraction: string;
  /** The number of characters of whole + fraction that come before the first digit other than zero. */
  leading: number;
}

/** dollarParts takes an amount apart. decimals fixes how many are shown. */
export function dollarParts(usd: number, decimals?: number): DollarParts {
  const sign = usd < 0 ? "-" : "";
  const amount = Math.abs(usd);
  if (decimals === undefined && amount > 0 && amount < 0.000001) {
    return { below: true, whole: "$0", fraction: ".000001", leading: 0 };
  }
  let places = decimals ?? places6(amount);
  // Rounding may lead into the next class: 0.99999 is $1.00, not $1.0000.
  if (decimals === undefined) places = places6(Number(amount.toFixed(places)));
  const text = amount.toFixed(places);
  const point = text.indexOf(".");
  const whole = point < 0 ? text : text.slice(0, point);
  const fraction = point < 0 ? "" : text.slice(point);
  const digits = `${sign}$${WHOLE.format(Number(whole))}`;
  const first = (digits + fraction).search(/[1-9]/);
  return { below: false, whole: digits, fraction, leading: first < 0 || amount >= 1 ? 0 : first };
}

function places6(amount: number): number {
  return amount === 0 || amount >= 1 ? 2 : amount >= 0.01 ? 4 : 6;
}

/** dollars writes US dollars: $12.40, $0.2916, $0.003281, <$0.000001. */
export function dollars(usd: number): string {
  const parts = dollarParts(usd);
  return `${parts.below ? "<" : ""}${parts.whole}${parts.fraction}`;
}

/** receiptDollars writes the seven decimals of a receipt. */
export function receiptDollars(usd: number): string {
  if (usd !== 0 && Math.abs(usd) < 0.0000001) return "<$0.0000001";
  const parts = dollarParts(usd, 7);
  return parts.whole + parts.fraction;
}

/** sumDollars writes the two decimals of a column of sums; below half a cent it is as exact as elsewhere. */
export function sumDollars(usd: number): string {
  if (usd !== 0 && Math.abs(usd) < 0.005) return dollars(usd);
  const parts = dollarParts(usd, 2);
  return parts.whole + parts.fraction;
}

/** What a cost says: unknown is never zero. */
export interface CostLike {
  usd: number | null;
  calls: number;
  unpriced: number;
  local: number;
}

/** CostKind says how a cost is written. */
export type CostKind = "none" | "exact" | "at_least" | "unpriced" | "local";

/** costKind decides between a price, a lower bound and the words for what has none. */
export function costKind(cost: CostLike): CostKind {
  if (cost.usd !== null) {
    if (cost.unpriced > 0) return cost.usd > 0 ? "at_least" : "unpriced";
    if (cost.usd === 0 && cost.calls > 0 && cost.local === cost.calls) return "local";
    return "exact";
  }
  if (cost.unpriced > 0) return "unpriced";
  if (cost.local > 0) return "local";
  return cost.calls > 0 ? "unpriced" : "none";
}

/** costText writes a cost in words and figures, for copies and labels. */
export function costText(cost: CostLike): string {
  switch (costKind(cost)) {
    case "exact":
      return dollars(cost.usd ?? 0);
    case "at_least":
      return `≥${SPACE}${dollars(cost.usd ?? 0)}`;
    case "unpriced":
      return "unpriced";
    case "local":
      return "local";
    case "none":
      return "";
  }
}

/** tokens writes a count of tokens: exact to 9,999, then 14.9 k, 684 k, 30.5 M. */
export function tokens(n: number): string {
  if (Math.abs(n) < 10_000) return count(n);
  for (const [unit, size] of [["k", 1e3], ["M", 1e6], ["G", 1e9]] as const) {
    const value = n / size;
    if (value < 99.95) return `${value.toFixed(1)}${SPACE}${unit}`;
    if (value < 999.5 || unit === "G") return `${count(Math.round(value))}${SPACE}${unit}`;
  }
  return count(n);
}

/** duration writes a duration in microseconds: <1 ms, 37 ms, 3.54 s, 6 m 12 s, 1 h 12 m, 3 d 4 h. */
export function duration(us: number): string {
  if (us < 0) return `-${duration(-us)}`;
  if (us < 1000) return us === 0 ? `0${SPACE}ms` : `<1${SPACE}ms`;
  const ms = Math.round(us / 1000);
  if (ms < 1000) return `${ms}${SPACE}ms`;
  const hundredths = Math.round(us / 10_000);
  if (hundredths < 6000) return `${(hundredths / 100).toFixed(2)}${SPACE}s`;
  return longDuration(Math.round(us / 1e6));
}

/** shortDuration writes three digits at most, for sentences and sums: 31.2 s. */
export function shortDuration(us: number): string {
  if (us >= 9_995_000 && us < 59_950_000) return `${(us / 1e6).toFixed(1)}${SPACE}s`;
  return duration(us);
}

/** longDuration writes whole seconds: 38 s, 6 m 12 s, 1 h 12 m, 3 d 4 h. */
export function longDuration(seconds: number): string {
  const pair = (a: number, unit: string, b: number, small: string) =>
    `${count(a)}${SPACE}${unit}${SPACE}${b}${SPACE}${small}`;
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))}${SPACE}s`;
  if (seconds < 3600) return pair(Math.floor(seconds / 60), "m", Math.floor(seconds % 60), "s");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1440) return pair(Math.floor(minutes / 60), "h", minutes % 60, "m");
  const hours = Math.floor(minutes / 60);
  return pair(Math.floor(hours / 24), "d", hours % 24, "h");
}

/** percent writes a share of 1 as a whole number. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.5) return `<1${SPACE}%`;
  if (value < 100 && value >= 99.5) return `99${SPACE}%`;
  return `${Math.round(value)}${SPACE}%`;
}

/** failureRate writes a share of 1: 0.07 %, 5.3 %, 11 %. */
export function failureRate(share: number): string {
  const value = share * 100;
  if (value === 0) return `0${SPACE}%`;
  if (value < 0.01) return `<0.01${SPACE}%`;
  if (value < 0.995) return `${value.toFixed(2)}${SPACE}%`;
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)}${SPACE}%`;
}

/** bytes writes a size in decimal units: 512 B, 14.1 MB. */
export function bytes(n: number): string {
  if (n < 1000) return `${n}${SPACE}B`;
  for (const [unit, size] of [["kB", 1e3], ["MB", 1e6], ["GB", 1e9], ["TB", 1e12]] as const) {
    const value = n / size;
    if (value < 99.95) return `${value.toFixed(1)}${SPACE}${unit}`;
    if (value < 999.5 || unit === "TB") return `${count(Math.round(value))}${SPACE}${unit}`;
  }
  return count(n);
}

/** The viewer's zone: an IANA name. */
export const zone: string = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

type Moment = string | number | Date;

function date(at: Moment): Date {
  return at instanceof Date ? at : new Date(at);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatter(key: string, options: Intl.DateTimeFormatOptions, locale = "en-GB"): Intl.DateTimeFormat {
  let made = formats.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat(locale, options);
    formats.set(key, made);
  }
  return made;
}

/** clock writes the time of day: 04:48:31. */
export function clock(at: Moment, inZone = zone): string {
  return formatter(`clock ${inZone}`, {
    hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: inZone,
  }).format(date(at));
}

/** clockMinutes writes the time of day without seconds: 04:48. */
export function clockMinutes(at: Moment, inZone = zone): string {
  return clock(at, inZone).slice(0, 5);
}

/** clockMillis writes the time of day with milliseconds: 04:07:07.204. */
export function clockMillis(at: Moment, inZone = zone): string {
  return `${clock(at, inZone)}.${String(date(at).getMilliseconds()).padStart(3, "0")}`;
}

/** day names the day in the zone: 2026-11-30. */
export function day(at: Moment, inZone = zone): string {
  return formatter(`day ${inZone}`, { year: "numeric", month: "2-digit", day: "2-digit", timeZone: inZone }, "en-CA")
    .format(date(at));
}

/** dayBefore is the day before one that day() named. */
export function dayBefore(key: string): string {
  const at = new Date(`${key}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() - 1);
  return at.toISOString().slice(0, 10);
}

/** dayName writes a day as a heading: Today, Monday 30 November. */
export function dayName(key: string, now: Moment = Date.now(), inZone = zone, short = false): string {
  const at = new Date(`${key}T00:00:00Z`);
  const today = day(now, inZone);
  const year = key.slice(0, 4) === today.slice(0, 4) ? {} : { year: "numeric" as const };
  const shape: Intl.DateTimeFormatOptions = short
    ? { day: "numeric", month: "long", ...year }
    : { weekday: "long", day: "numeric", month: "long", ...year };
  const name = formatter(`name ${short} ${"year" in year}`, { ...shape, timeZone: "UTC" }).format(at).replace(",", "");
  if (key === today) return `Today, ${name}`;
  if (key === dayBefore(today)) return `Yesterday, ${name}`;
  return name;
}

/** when writes a moment where the day is not said elsewhere: today 04:48, yesterday 23:58, 17 Nov 02:00. */
export function when(at: Moment, now: Moment = Date.now(), inZone = zone): string {
  const key = day(at, inZone);
  const today = day(now, inZone);
  const time = clockMinutes(at, inZone);
  if (key === today) return `today ${time}`;
  if (key === dayBefore(today)) return `yesterday ${time}`;
  const year = key.slice(0, 4) === today.slice(0, 4) ? {} : { year: "numeric" as const };
  const name = formatter(`when ${"year" in year}`, { day: "numeric", month: "short", timeZone: "UTC", ...year })
    .format(new Date(`${key}T00:00:00Z`));
  return `${name} ${time}`;
}

/** ago writes how long ago something was: 2 s ago, 3 h ago, 2 days ago. */
export function ago(at: Moment, now: number = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - date(at).getTime()) / 1000));
  if (seconds < 60) return `${seconds}${SPACE}s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}${SPACE}min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}${SPACE}h ago`;
  return `${plural(Math.floor(seconds / 86_400), "day")} ago`;
}

/** utc writes a moment exactly, for titles: 2026-11-30 03:48:31.204 UTC. */
export function utc(at: Moment): string {
  const value = date(at);
  return Number.isNaN(value.getTime()) ? String(at) : `${value.toISOString().replace("T", " ").replace("Z", "")} UTC`;
}

/** startOfDay is the first moment of the day of `at` in the viewer's own zone. */
export function startOfDay(at: Moment): Date {
  const value = new Date(date(at));
  value.setHours(0, 0, 0, 0);
  return value;
}

/** shortId writes the ends of an identifier: 35f6418e…93cb7. */
export function shortId(id: string, head = 8, tail = 5): string {
  return id.length <= head + tail + 1 ? id : `${id.slice(0, head)}…${id.slice(-tail)}`;
}

/** sentence begins with a capital letter and ends with a stop, as those of the API do not. */
export function sentence(text: string): string {
  // Names of components stay as they are written.
  const first = /^[a-z]+[_/:]/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?!:]$/.test(first) ? first : `${first}.`;
}
