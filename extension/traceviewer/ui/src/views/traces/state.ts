// A list of traces in use: it loads pages, follows what changes, and stays as it was
// left when a person comes back from a trace.
import { signal } from "@preact/signals";
import { useLayoutEffect, useState } from "preact/hooks";
import { type ApiError, type Changes, type Page, type Params, type TraceStats, type TraceSummary, get, now } from "../../api";
import { changed as changedToday } from "../../collector";
import { apiParams } from "../../filters/fields";
import { zone } from "../../format";
import { useEvent } from "../../hooks";
import { subscribe } from "../../live";
import { ownNames } from "./columns";
import { Rows } from "./list";

/** Kept is what is left of a list while a trace is looked at. */
interface Kept {
  key: string;
  rows: Rows;
  cursor: string;
  top: number;
}

let kept: Kept | undefined;

/** selected is the trace that keys move from. */
export const selected = signal("");

/** paused holds back everything that changes. */
export const paused = signal(false);

const PAGE = 100;

/** What a trace is only for a while. */
const LEFT = ["running", "root_missing", "broken_off", "ok"];
/** Figures are asked for again soon after a change, and then at most this often. */
const STATS_MS = 3000;
const STATS_SOON_MS = 300;

/** neighbour is the trace that stands before (-1, the newer) or behind (1) another in the list that a person has come from. */
export function neighbour(id: string, step: 1 | -1): TraceSummary | undefined {
  const rows = kept?.rows.rows ?? [];
  const at = rows.findIndex((row) => row.trace_id === id);
  return at < 0 ? undefined : rows[at + step];
}

/** TraceListState is what the view draws. */
export interface TraceListState {
  rows: Rows;
  stats: TraceStats | undefined;
  error: ApiError | undefined;
  /** loading is set until the first page is there. */
  loading: boolean;
  late: boolean;
  /** restored is where a person was in the list when she left it. */
  restored: number;
  /** waiting counts the new traces that wait to be shown. */
  waiting: number;
  more: () => void;
  show: () => void;
  reload: () => void;
  /** leave keeps how far the list is scrolled. */
  leave: (top: number) => void;
}

/** useTraceList is the list of a query. mayEnter says whether new rows may enter by themselves. */
export function useTraceList(query: URLSearchParams, mayEnter: () => boolean): TraceListState {
  const own = ownNames();
  const key = `${query}|${own.join()}`;
  const [, render] = useState(0);
  const [turn, setTurn] = useState(0);
  const [state] = useState(() => ({
    key: "",
    rows: new Rows(true),
    cursor: "",
    stats: undefined as TraceStats | undefined,
    error: undefined as ApiError | undefined,
    loading: true,
    late: false,
    restored: 0,
    fetching: false,
    /** gap is set where more came than one page: what waits is not all of it. */
    gap: false,
    held: new Map<string, TraceSummary>(),
  }));
  const draw = () => render((n) => n + 1);
  const enters = useEvent(mayEnter);

  const take = useEvent((changes: readonly TraceSummary[]) => {
    if (changes.length === 0) return;
    if (paused.peek()) for (const row of changes) state.held.set(row.trace_id, row);
    else state.rows.merge(changes, enters(), Date.now());
    draw();
  });

  // Before anything is painted: the request is on its way while the browser draws.
  useLayoutEffect(() => {
    const params: Params = { ...apiParams(query, now()), column: own };
    const abort = new AbortController();
    const again = state.key === key;
    const left = !again && kept?.key === key ? kept : undefined;
    const latest = (query.get("order") ?? "latest") === "latest";
    const rows = left?.rows ?? new Rows(latest);
    state.key = key;
    state.error = undefined;
    state.gap = false;
    state.held.clear();
    if (left) Object.assign(state, { rows, cursor: left.cursor, restored: left.top, loading: false });
    else state.cursor = "";
    if (!left) Object.assign(state, { restored: 0, loading: !again });
    state.late = false;
    // What was there stays in sight until the next is, or for as long as nobody notices.
    const late = setTimeout(() => {
      if (!state.loading) return;
      Object.assign(state, { late: true, rows, stats: undefined });
      draw();
    }, 150);

    const first = () => get<Page<TraceSummary>>("/traces", { ...params, limit: PAGE }, abort.signal);
    const failed = (err: unknown) => {
      if (abort.signal.aborted) return;
      state.error = err as ApiError;
      state.loading = false;
      draw();
    };
    let loaded: Promise<void> = Promise.resolve();
    if (!left) {
      loaded = first().then((page) => {
        rows.page(page.items ?? [], page.next ?? "");
        state.rows = rows;
        state.loading = false;
        state.error = undefined;
        draw();
      });
      loaded.catch(failed);
    }

    let statsTimer: ReturnType<typeof setTimeout> | undefined;
    let statsAt = Date.now();
    const stats = () =>
      get<TraceStats>("/traces/stats", { ...apiParams(query, now()), order: "", zone }, abort.signal)
        .then((value) => {
          state.stats = value;
          draw();
        })
        .catch(() => undefined);
    const statsSoon = () => {
      statsTimer ??= setTimeout(() => {
        statsTimer = undefined;
        statsAt = Date.now();
        if (!paused.peek()) void stats();
      }, Math.max(STATS_SOON_MS, statsAt + STATS_MS - Date.now()));
    };

    // What changes may leave a filter by status, which then does not tell of it.
    const leaves = query.getAll("status").some((one) => LEFT.includes(one));
    const refresh = () => first().then((page) => take(page.items ?? []));
    const arrived = ({ traces, cursor }: Changes) => {
      state.cursor = cursor;
      const list = traces ?? [];
      void loaded
        .then(() => {
          take(leaves ? list.filter((row) => rows.has(row.trace_id)) : list);
          return leaves && list.some((row) => !rows.has(row.trace_id)) ? refresh() : undefined;
        })
        .catch(() => undefined);
      if (list.length > 0) {
        statsSoon();
        changedToday();
      }
    };
    let stop = () => {};
    // The rows come first: figures and changes are asked for once they are there.
    const follow = () => {
      if (abort.signal.aborted) return;
      void stats();
      stop = subscribe(leaves ? { column: own } : params, arrived, {
        from: state.cursor,
        begins: (all) => {
          if (all || state.error) return setTurn((n) => n + 1);
          void loaded
            .then(first)
            .then((page) => {
              const items = page.items ?? [];
              state.gap ||= rows.rows.length > 0 && items.length > 0 && !items.some((row) => rows.has(row.trace_id));
              take(items);
            })
            .catch(() => undefined);
        },
      });
    };
    void loaded.then(follow, follow);
    draw();

    return () => {
      clearTimeout(late);
      clearTimeout(statsTimer);
      abort.abort();
      stop();
      kept = state.error || state.loading ? undefined : { key, rows: state.rows, cursor: state.cursor, top: kept?.key === key ? kept.top : 0 };
    };
  }, [key, turn]);

  const more = useEvent(() => {
    if (state.fetching || state.loading || state.rows.next === "") return;
    state.fetching = true;
    const rows = state.rows;
    get<Page<TraceSummary>>("/traces", { ...apiParams(query, now()), column: own, limit: Math.min(1000, Math.max(PAGE * 2, rows.rows.length >> 2)), cursor: rows.next })
      .then((page) => rows.page(page.items ?? [], page.next ?? ""))
      .catch((err: ApiError) => {
        // A page that cannot be read is asked for again when a person scrolls on.
        if (err.status === 400) rows.next = "";
      })
      .finally(() => {
        state.fetching = false;
        draw();
      });
  });

  const show = useEvent(() => {
    if (!state.rows.latest || state.gap) return setTurn((n) => n + 1);
    if (state.held.size > 0) {
      state.rows.merge([...state.held.values()], true, Date.now());
      state.held.clear();
    }
    state.rows.show(Date.now());
    draw();
  });

  const leave = useEvent((top: number) => {
    kept = { key, rows: state.rows, cursor: state.cursor, top };
  });

  return {
    rows: state.rows,
    stats: state.stats,
    error: state.error,
    loading: state.loading || state.key !== key,
    late: state.late,
    restored: state.restored,
    waiting: state.rows.pending.size + [...state.held.keys()].filter((id) => !state.rows.has(id) && !state.rows.pending.has(id)).length,
    more,
    show,
    reload: useEvent(() => setTurn((n) => n + 1)),
    leave,
  };
}
