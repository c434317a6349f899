// A list of traces in use: it loads pages, follows what changes, and stays as it was
// left when a person comes back from a trace. Nothing here draws.
import { signal } from "@preact/signals";
import { type ApiError, type Changes, type Page, type Params, type TraceStats, type TraceSummary, get, now } from "../../api";
import { changed as changedToday } from "../../collector";
import { apiParams } from "../../filters/fields";
import { zone } from "../../format";
import { subscribe } from "../../live";
import { Rows } from "./list";

/** paused holds back everything that changes. */
export const paused = signal(false);

const PAGE = 100;
const MOST = 1000;

/** What a trace is only for a while: its changes may leave a filter, which then does not tell of it. */
const LEFT = ["running", "root_missing", "broken_off", "ok"];

/** Figures are asked for again soon after a change, and then at most this often. */
const STATS_MS = 3000;
const STATS_SOON_MS = 300;
/** What was there stays in sight until the next is, or for as long as nobody notices. */
const LATE_MS = 150;

/** Kept is what is left of a list while a trace is looked at. */
interface Kept {
  key: string;
  rows: Rows;
  cursor: string;
  top: number;
}

let kept: Kept | undefined;

/** Question is what a list shows. */
export interface Question {
  /** key is the same for the same question. */
  key: string;
  query: URLSearchParams;
  /** columns are attributes of the root that are asked for. */
  columns: string[];
}

/** Feed is the list of one question after another. */
export class Feed {
  rows = new Rows(true);
  stats: TraceStats | undefined;
  error: ApiError | undefined;
  /** loading is set until the first page is there, late where that takes long. */
  loading = true;
  late = false;
  /** restored is where a person was in the list when she left it. */
  restored = 0;

  readonly #draw: () => void;
  readonly #mayEnter: () => boolean;
  #question: Question = { key: "", query: new URLSearchParams(), columns: [] };
  #cursor = "";
  /** What changed while it was paused, by id. */
  readonly #held = new Map<string, TraceSummary>();
  /** Set where more came than one page: what waits is not all of it. */
  #gap = false;
  #fetching = false;
  #abort = new AbortController();
  #statsTimer: ReturnType<typeof setTimeout> | undefined;
  #statsAt = 0;
  #stop = () => {};

  constructor(draw: () => void, mayEnter: () => boolean) {
    this.#draw = draw;
    this.#mayEnter = mayEnter;
  }

  /** waiting counts the new traces that wait to be shown. */
  get waiting(): number {
    let held = 0;
    for (const id of this.#held.keys()) if (!this.rows.has(id) && !this.rows.pending.has(id)) held++;
    return this.rows.pending.size + held;
  }

  /** shows says whether it is the list of a question. */
  shows(key: string): boolean {
    return this.#question.key === key;
  }

  /** open asks a question, the same one again to load it anew. What it returns ends it. */
  open(question: Question): () => void {
    const again = this.shows(question.key);
    const left = !again && kept?.key === question.key ? kept : undefined;
    const rows = left?.rows ?? new Rows((question.query.get("order") ?? "latest") === "latest");
    this.#question = question;
    this.#abort = new AbortController();
    this.#held.clear();
    this.#gap = false;
    this.#cursor = left?.cursor ?? "";
    this.error = undefined;
    this.late = false;
    this.loading = !left && !(again && this.rows.rows.length > 0);
    this.restored = left?.top ?? 0;
    if (left) this.rows = rows;
    const loaded = left ? Promise.resolve() : this.#load(rows);
    // The rows come first: figures and changes are asked for once they are there.
    const { signal } = this.#abort;
    const follow = () => signal.aborted || this.#follow();
    void loaded.then(follow, follow);
    this.#draw();
    return () => this.#close();
  }

  #close(): void {
    clearTimeout(this.#statsTimer);
    this.#statsTimer = undefined;
    this.#abort.abort();
    this.#stop();
    this.#stop = () => {};
    const { key } = this.#question;
    kept = this.error || this.loading ? undefined : { key, rows: this.rows, cursor: this.#cursor, top: kept?.key === key ? kept.top : 0 };
  }

  #params(): Params {
    return { ...apiParams(this.#question.query, now()), column: this.#question.columns };
  }

  #first(): Promise<TraceSummary[]> {
    return get<Page<TraceSummary>>("/traces", { ...this.#params(), limit: PAGE }, this.#abort.signal).then((page) => page.items ?? []);
  }

  async #load(rows: Rows): Promise<void> {
    const { signal } = this.#abort;
    const late = setTimeout(() => {
      if (!this.loading) return;
      Object.assign(this, { late: true, rows, stats: undefined });
      this.#draw();
    }, LATE_MS);
    try {
      const page = await get<Page<TraceSummary>>("/traces", { ...this.#params(), limit: PAGE }, signal);
      rows.page(page.items ?? [], page.next ?? "");
      this.rows = rows;
    } catch (err) {
      if (signal.aborted) return;
      this.error = err as ApiError;
      // Rows of another question are no answer to this one.
      if (this.loading) this.rows = rows;
    } finally {
      clearTimeout(late);
    }
    if (signal.aborted) return;
    this.loading = false;
    this.#draw();
  }

  #follow(): void {
    void this.#loadStats();
    const leaves = this.#question.query.getAll("status").some((one) => LEFT.includes(one));
    this.#stop = subscribe(leaves ? { column: this.#question.columns } : this.#params(), (changes) => this.#arrived(changes, leaves), {
      from: this.#cursor,
      begins: (all) => {
        if (all || this.error) this.reload();
        else void this.#catchUp();
      },
    });
  }

  #arrived({ traces, cursor }: Changes, leaves: boolean): void {
    this.#cursor = cursor;
    const list = traces ?? [];
    if (list.length === 0) return;
    const known = leaves ? list.filter((row) => this.rows.has(row.trace_id)) : list;
    this.#take(known);
    if (known.length < list.length) void this.#catchUp();
    this.#statsSoon();
    changedToday();
  }

  /** catchUp asks for the first page: what came while nobody told. */
  async #catchUp(): Promise<void> {
    try {
      const items = await this.#first();
      this.#gap ||= this.rows.rows.length > 0 && items.length > 0 && !items.some((row) => this.rows.has(row.trace_id));
      this.#take(items);
    } catch {
      // The connection says that it is lost, and begins again.
    }
  }

  #take(changes: readonly TraceSummary[]): void {
    if (changes.length === 0) return;
    if (paused.peek()) for (const row of changes) this.#held.set(row.trace_id, row);
    else this.rows.merge(changes, this.#mayEnter(), Date.now());
    this.#draw();
  }

  async #loadStats(): Promise<void> {
    this.#statsAt = Date.now();
    try {
      this.stats = await get<TraceStats>("/traces/stats", { ...apiParams(this.#question.query, now()), order: "", zone }, this.#abort.signal);
      this.#draw();
    } catch {
      // The rows say why nothing can be read; the figures stay as they were.
    }
  }

  #statsSoon(): void {
    this.#statsTimer ??= setTimeout(() => {
      this.#statsTimer = undefined;
      if (!paused.peek()) void this.#loadStats();
    }, Math.max(STATS_SOON_MS, this.#statsAt + STATS_MS - Date.now()));
  }

  /** reload loads the first page anew; what is there stays in sight until then. */
  reload(): void {
    this.#close();
    this.open(this.#question);
  }

  /** more loads the next page. */
  async more(): Promise<void> {
    const { rows } = this;
    if (this.#fetching || this.loading || rows.next === "") return;
    this.#fetching = true;
    const limit = Math.min(MOST, Math.max(PAGE * 2, rows.rows.length >> 2));
    try {
      const page = await get<Page<TraceSummary>>("/traces", { ...this.#params(), limit, cursor: rows.next }, this.#abort.signal);
      rows.page(page.items ?? [], page.next ?? "");
    } catch (err) {
      // A cursor that is not understood leads nowhere; anything else is asked again.
      if ((err as ApiError).status === 400) rows.next = "";
    } finally {
      this.#fetching = false;
      this.#draw();
    }
  }

  /** show lets in what has waited. */
  show(): void {
    if (!this.rows.latest || this.#gap) return this.reload();
    this.rows.merge([...this.#held.values()], true, Date.now());
    this.#held.clear();
    this.rows.show(Date.now());
    this.#draw();
  }

  /** leave keeps how far the list is scrolled. */
  leave(top: number): void {
    kept = { key: this.#question.key, rows: this.rows, cursor: this.#cursor, top };
  }
}
