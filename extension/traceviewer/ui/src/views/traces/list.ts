// The rows of a list of traces: pages as they are loaded, and what changes while they
// are looked at. Nothing here draws.
import type { TraceSummary } from "../../api";
import { day } from "../../format";

/** What stands in the list: a trace, or the head of a day. */
export type Item = { day: string } | { row: TraceSummary };

/** Rows holds traces in the order of the list, each once. */
export class Rows {
  /** latest is the order by start; in any other, what is new has no place before it is asked for. */
  readonly latest: boolean;
  readonly rows: TraceSummary[] = [];
  /** pending are those that came while a person reads, by id, in their latest state. */
  readonly pending = new Map<string, TraceSummary>();
  /** entered is when a row came in live, by id, in milliseconds. */
  readonly entered = new Map<string, number>();
  next = "";
  /** arrived counts the traces that came while the list was open. */
  arrived = 0;
  /** version grows with every change. */
  version = 0;
  readonly #ids = new Map<string, TraceSummary>();
  #items: Item[] | undefined;

  constructor(latest: boolean) {
    this.latest = latest;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  get(id: string): TraceSummary | undefined {
    return this.#ids.get(id);
  }

  /** page appends a page. What is there already, because it came live, stays where it is. */
  page(items: readonly TraceSummary[], next: string): void {
    for (const row of items) {
      if (this.#ids.has(row.trace_id)) this.#replace(row);
      else {
        this.#ids.set(row.trace_id, row);
        this.rows.push(row);
      }
    }
    this.next = next;
    this.#changed();
  }

  /** merge takes what has changed. New rows enter where enter is set, and else wait. */
  merge(changes: readonly TraceSummary[], enter: boolean, at: number): void {
    for (const row of changes) {
      if (this.#ids.has(row.trace_id)) this.#replace(row);
      else if (this.latest && this.#belowLoaded(row)) continue;
      else {
        if (!this.pending.has(row.trace_id)) this.arrived++;
        if (enter && this.latest) this.#enter(row, at);
        else this.pending.set(row.trace_id, row);
      }
    }
    this.#changed();
  }

  /** show lets in what has waited. */
  show(at: number): void {
    for (const row of this.pending.values()) this.#enter(row, at);
    this.pending.clear();
    this.#changed();
  }

  /** items are the rows with the heads of their days. */
  items(): Item[] {
    if (this.#items) return this.#items;
    const items: Item[] = [];
    let last = "";
    for (const row of this.rows) {
      if (this.latest) {
        const key = dayOf(row.start);
        if (key !== last) items.push({ day: key });
        last = key;
      }
      items.push({ row });
    }
    this.#items = items;
    return items;
  }

  /** What is older than the last loaded row comes with its page. */
  #belowLoaded(row: TraceSummary): boolean {
    const last = this.rows.at(-1);
    return this.next !== "" && last !== undefined && before(last, row);
  }

  #replace(row: TraceSummary): void {
    const was = this.#ids.get(row.trace_id);
    if (!was) return;
    const index = this.#indexOf(was);
    this.#ids.set(row.trace_id, row);
    // A span that begins earlier moves the start: the row stays where a person looks,
    // but across a day, whose head would lie.
    if (!this.latest || dayOf(was.start) === dayOf(row.start)) {
      this.rows[index] = row;
      return;
    }
    this.rows.splice(index, 1);
    this.#insert(row);
  }

  #indexOf(row: TraceSummary): number {
    return this.rows.indexOf(row);
  }

  #enter(row: TraceSummary, at: number): void {
    this.pending.delete(row.trace_id);
    this.#ids.set(row.trace_id, row);
    this.entered.set(row.trace_id, at);
    this.#insert(row);
  }

  #insert(row: TraceSummary): void {
    let low = 0;
    let high = this.rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (before(this.rows[middle] as TraceSummary, row)) low = middle + 1;
      else high = middle;
    }
    this.rows.splice(low, 0, row);
  }

  #changed(): void {
    this.version++;
    this.#items = undefined;
  }
}

/** before is whether a stands before b: the later start first. */
function before(a: TraceSummary, b: TraceSummary): boolean {
  const x = Date.parse(a.start);
  const y = Date.parse(b.start);
  return x > y || (x === y && a.trace_id > b.trace_id);
}

const days = new Map<number, string>();
const QUARTER_MS = 900_000;

/** dayOf is day() for many: the offset of a zone changes only on quarters of an hour. */
function dayOf(start: string): string {
  const at = Date.parse(start);
  const quarter = Math.floor(at / QUARTER_MS);
  let key = days.get(quarter);
  if (key === undefined) {
    key = day(at);
    days.set(quarter, key);
  }
  return key;
}
