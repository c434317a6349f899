// Days and months of the viewer's zone. A day has 23 to 25 hours where clocks change, and
// need not begin at midnight: every bound is found, none is added up.
import { day, dayBefore, zone as viewerZone } from "../../format";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** dayStart is the first moment of a day ("2026-11-30") in a zone. */
export function dayStart(key: string, zone = viewerZone): Date {
  const noon = Date.parse(`${key}T00:00:00Z`);
  // No zone is more than 14 hours from UTC.
  let before = noon - 15 * HOUR;
  let at = noon + 15 * HOUR;
  while (at - before > MINUTE) {
    const middle = before + Math.floor((at - before) / (2 * MINUTE)) * MINUTE;
    if (day(middle, zone) >= key) at = middle;
    else before = middle;
  }
  return new Date(at);
}

/** nextDay is the day after one that day() named. */
export function nextDay(key: string): string {
  const at = new Date(`${key}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + 1);
  return at.toISOString().slice(0, 10);
}

/** daysBack is the day n days before. */
export function daysBack(key: string, n: number): string {
  const at = new Date(`${key}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() - n);
  return at.toISOString().slice(0, 10);
}

/** Period is what the page adds up. */
export interface Period {
  /** key is the value of `in` in the URL. */
  key: string;
  /** label stands behind "in": November 2026, the last 30 days. */
  label: string;
  /** short heads the figure: November, 30 days. */
  short: string;
  /** days are all its days, also those to come, the earliest first. */
  days: string[];
  since: Date;
  until: Date;
}

/** Days before today that a period may have, by its key. */
const LAST: Record<string, number> = { "7d": 7, "30d": 30, "90d": 90 };

/** USUAL is the period where the URL says none: it is never nearly empty, as a month is on its first day. */
export const USUAL = "30d";

/** period reads the `in` of a URL. */
export function period(key: string | null, now: number, zone = viewerZone): Period {
  const today = day(now, zone);
  const isMonth = key !== null && /^\d{4}-(0[1-9]|1[0-2])$/.test(key);
  const named = key && Object.hasOwn(LAST, key) ? key : USUAL;
  const last = isMonth ? undefined : LAST[named];
  if (last) {
    const label = `last ${last} days`;
    return make(named, label, label, daysBack(today, last - 1), today, zone);
  }
  const month = isMonth ? key : today.slice(0, 7);
  const first = `${month}-01`;
  let end = first;
  while (nextDay(end).startsWith(month)) end = nextDay(end);
  const name = monthName(month);
  return make(month, name, month.startsWith(today.slice(0, 4)) ? (name.split(" ")[0] ?? name) : name, first, end, zone);
}

function make(key: string, label: string, short: string, first: string, last: string, zone: string): Period {
  const days = [first];
  for (let at = first; at < last; ) {
    at = nextDay(at);
    days.push(at);
  }
  return { key, label, short, days, since: dayStart(first, zone), until: dayStart(nextDay(last), zone) };
}

/** monthName writes 2026-11 as November 2026. */
export function monthName(month: string): string {
  return new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" }).format(new Date(`${month}-01T00:00:00Z`));
}

/** periods are those that can be chosen: the last days, then the months of a year. */
export function periods(now: number, zone = viewerZone): { key: string; label: string }[] {
  const list = Object.entries(LAST).map(([key, n]) => ({ key, label: `last ${n} days` }));
  let month = day(now, zone).slice(0, 7);
  for (let i = 0; i < 12; i++) {
    list.push({ key: month, label: monthName(month) });
    month = dayBefore(`${month}-01`).slice(0, 7);
  }
  return list;
}

/** weekday names the day of the week: Sunday. */
export function weekday(key: string): string {
  return new Intl.DateTimeFormat("en-GB", { weekday: "long", timeZone: "UTC" }).format(new Date(`${key}T00:00:00Z`));
}

/** shortDay writes a day below an axis: 7 Nov. */
export function shortDay(key: string): string {
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" }).format(new Date(`${key}T00:00:00Z`));
}
