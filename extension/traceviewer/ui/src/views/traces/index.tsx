import "../../filters/filters.css";
import "./traces.css";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { type StoreInfo, type TraceStats, type TraceSummary, get } from "../../api";
import { Kbd } from "../../components/Kbd";
import { Lost } from "../../components/Lost";
import { ErrorState, Loading } from "../../components/States";
import { useVirtual } from "../../components/virtual";
import { FilterBar, go } from "../../filters/FilterBar";
import { goDuration, tokensOf, traceFields, withFilter } from "../../filters/fields";
import { count, dayName, plural, shortDuration, zone } from "../../format";
import { useEvent, useNarrow, useTicker, useTitle } from "../../hooks";
import { useKeys } from "../../keys";
import { connection } from "../../live";
import { here, navigate, to } from "../../router";
import type { ViewProps } from "../registry";
import { ColumnsMenu } from "./ColumnsMenu";
import { NoMatch } from "./NoMatch";
import { Row } from "./Row";
import { Sums } from "./Sums";
import { type Column, current } from "./columns";
import { CostCell } from "../../components/Money";
import { type Feed, paused } from "./feed";
import { selected, useTraceList } from "./state";

const ROW = 30;
const ROW_NARROW = 75;
const HEAD = 26;
const HEADER = 28;
/** A tint of what is new lasts this long. */
const FRESH_MS = 2000;
/** A pointer that moved over the rows a moment ago is about to click: nothing may move. */
const POINTER_MS = 1500;

/** TracesView lists traces, the newest first, and goes on as they come. */
export function TracesView(_: ViewProps) {
  const query = here.value.searchParams;
  const narrow = useNarrow();
  const scroller = useRef<HTMLDivElement>(null);
  const pointed = useRef(0);
  useTitle("Traces");

  const mayEnter = () => {
    const at = scroller.current;
    return (!at || at.scrollTop < 4) && Date.now() - pointed.current > POINTER_MS && !selected.peek();
  };
  const { list, turn } = useTraceList(query, mayEnter);
  const { rows, stats } = list;
  const filtered = tokensOf(query).length > 0 || query.has("last") || query.has("since") || query.has("until");
  const none = !list.loading && !list.error && rows.rows.length === 0 && rows.pending.size === 0;

  useFirstRun(none && !filtered);

  useKeys("lists", [
    {
      keys: "p",
      label: "pause live",
      run: () => {
        paused.value = !paused.value;
        if (!paused.value) list.show();
      },
    },
  ]);

  return (
    <div class="traces-view">
      <h1 class="sr">Traces</h1>
      <div class="list-bar">
        <FilterBar hints={(field) => hintsOf(field.param, stats, rows.rows)} />
        <div class="bar-end">
          {!narrow && <ColumnsMenu />}
          <Live list={list} />
        </div>
      </div>
      <div class="sums-at">
        <Sums stats={stats} />
        {(!list.error || rows.rows.length > 0) && <Lost />}
      </div>
      {list.error && rows.rows.length === 0 ? (
        <ErrorState error={list.error} retry={() => list.reload()} what="This list" />
      ) : none ? (
        filtered ? (
          <NoMatch query={query} />
        ) : null
      ) : (
        <Table {...{ list, turn, query, narrow, scroller, pointed }} />
      )}
    </div>
  );
}

/** A store without a trace shows how the first one is sent. */
function useFirstRun(empty: boolean): void {
  useEffect(() => {
    if (!empty) return;
    const abort = new AbortController();
    get<StoreInfo>("/store", {}, abort.signal)
      .then((store) => {
        if (store.traces === 0) navigate("/start", { replace: true });
      })
      .catch(() => undefined);
    return () => abort.abort();
  }, [empty]);
}

function hintsOf(param: string, stats: TraceStats | undefined, rows: readonly TraceSummary[]) {
  if (param === "min_duration" && stats && stats.traces > 0) {
    return [{ label: "p50 is", us: stats.p50_us }, { label: "p95 is", us: stats.p95_us }].map((one) => ({
      label: one.label, shown: shortDuration(one.us), value: goDuration(one.us),
    }));
  }
  if (param === "min_errors" && rows.length > 0) return [{ label: "any error", shown: "1", value: "1" }];
  return [];
}

/** Live is whether the list goes on by itself. */
function Live({ list }: { list: Feed }) {
  const on = !paused.value && connection.value.state !== "lost";
  return (
    <button
      class={`button live${on ? " on" : ""}`}
      type="button"
      aria-pressed={!paused.value}
      title={paused.value ? "Paused: what is new waits" : "New traces appear as they come"}
      onClick={() => {
        paused.value = !paused.value;
        if (!paused.value) list.show();
      }}
    >
      {paused.value ? "Paused" : "Live"} <Kbd keys="p" />
    </button>
  );
}

interface TableProps {
  list: Feed;
  turn: number;
  query: URLSearchParams;
  narrow: boolean;
  scroller: { current: HTMLDivElement | null };
  pointed: { current: number };
}

function Table({ list, turn, query, narrow, scroller, pointed }: TableProps) {
  const { rows, stats } = list;
  const items = rows.items();
  const shown = current();
  const rowSize = narrow ? ROW_NARROW : ROW;
  const header = narrow ? 0 : HEADER;
  const virtual = useVirtual({
    count: items.length,
    scroller,
    before: header,
    size: (i) => (items[i] && "day" in items[i] ? HEAD : rowSize),
    key: (i) => {
      const item = items[i];
      return !item ? i : "day" in item ? item.day : item.row.trace_id;
    },
  });
  const last = virtual.items.at(-1)?.index ?? 0;

  useEffect(() => virtual.virtualizer.measure(), [narrow, rows.version]);
  useEffect(() => {
    if (items.length - last < 60) void list.more();
  }, [last, items.length]);
  useLayoutEffect(() => {
    const at = scroller.current;
    if (at) at.scrollTop = list.restored;
  }, [rows]);
  useTicker(rows.entered.size > 0, 1000);
  for (const [id, at] of rows.entered) if (Date.now() - at > FRESH_MS) rows.entered.delete(id);

  const keys = useRowKeys(list, (id) => {
    const index = items.findIndex((item) => "row" in item && item.row.trace_id === id);
    if (index >= 0) virtual.scrollTo(index);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"] .row-link`)?.focus({ preventScroll: true }));
  });
  useKeys("lists", keys);

  const total = stats?.traces ?? rows.rows.length;
  const grid = `28px ${rows.latest ? 74 : 112}px minmax(180px, 1fr) ${shown.map((one) => `${one.width}px`).join(" ")}`;
  return (
    <>
      <div class="pill-at">
        <Pill list={list} turn={turn} scroller={scroller} />
      </div>
      <div
        class={`scroll${narrow ? " narrow" : ""}`}
        ref={scroller}
        onScroll={(event) => list.leave(event.currentTarget.scrollTop)}
        onPointerMove={() => (pointed.current = Date.now())}
      >
        <div role="table" aria-label="Traces" aria-rowcount={total + 1} aria-busy={list.loading || undefined} class="table" style={{ "--grid": grid } as Record<string, string>}>
          {!narrow && <Header columns={shown} query={query} latest={rows.latest} />}
          <div role="rowgroup" class="body" style={{ height: `${virtual.total}px` }}>
            {virtual.items.map((one) => {
              const item = items[one.index];
              if (!item) return null;
              const top = one.start - header;
              if ("day" in item) return <DayHead key={item.day} day={item.day} top={top} stats={stats} columns={shown} narrow={narrow} />;
              const { row } = item;
              return (
                <Row
                  key={row.trace_id}
                  row={row}
                  columns={shown}
                  index={one.index}
                  top={top}
                  height={rowSize}
                  selected={selected.value === row.trace_id}
                  fresh={rows.entered.has(row.trace_id)}
                  dated={!rows.latest}
                  narrow={narrow}
                />
              );
            })}
          </div>
          {list.loading && <Loading late={list.late} rows={12} label="Loading traces" />}
        </div>
      </div>
      <footer class="foot">
        <Hint keys="j k" text="move" />
        <Hint keys="Enter" text="open" />
        <Hint keys="f" text="filter" />
        <Hint keys="/" text="search" />
        <Hint keys="x" text="only this service" />
        <Hint keys="g s" text="spend" />
        <span class="end">
          {count(Math.min(rows.rows.length, total))} of {count(total)} · times in {zone}
        </span>
      </footer>
    </>
  );
}

function Hint({ keys, text }: { keys: string; text: string }) {
  return (
    <span class="hint">
      <Kbd keys={keys} /> {text}
    </span>
  );
}

/** Pill offers what is new while a person reads; the list stays where it is. */
function Pill({ list, scroller }: { list: Feed; turn: number; scroller: { current: HTMLDivElement | null } }) {
  const n = list.waiting;
  const show = () => {
    selected.value = "";
    list.show();
    if (scroller.current) scroller.current.scrollTop = 0;
  };
  useKeys("lists", [{ keys: ".", label: "show new", run: show }]);
  const said = useSaid(list.rows.arrived);
  return (
    <>
      {n > 0 && (
        <button class="pill" type="button" onClick={show}>
          ↑ {plural(n, "new trace")} <Kbd keys="." />
        </button>
      )}
      <span class="sr" aria-live="polite">
        {said}
      </span>
    </>
  );
}

/** New traces are announced at most each 10 s: those since the last time. */
function useSaid(arrived: number): string {
  const said = useRef({ at: 0, arrived: 0, text: "" });
  const { current } = said;
  if (arrived < current.arrived) current.arrived = 0;
  useTicker(arrived > current.arrived, 1000);
  if (arrived > current.arrived && Date.now() - current.at >= 10_000) {
    said.current = { at: Date.now(), arrived, text: plural(arrived - current.arrived, "new trace") };
  }
  return said.current.text;
}

/** useRowKeys are the keys of a list of rows. */
function useRowKeys(list: Feed, focus: (id: string) => void) {
  const move = useEvent((step: number) => {
    const { rows } = list.rows;
    const at = rows.findIndex((row) => row.trace_id === selected.value);
    const row = rows[at < 0 ? (step > 0 ? 0 : -1) : Math.min(rows.length - 1, Math.max(0, at + step))];
    if (!row) return;
    selected.value = row.trace_id;
    focus(row.trace_id);
  });
  const row = () => list.rows.get(selected.value);
  const nextError = () => {
    const { rows } = list.rows;
    const at = rows.findIndex((one) => one.trace_id === selected.value);
    const found = rows.slice(at + 1).find((one) => one.errors > 0);
    if (found) {
      selected.value = found.trace_id;
      focus(found.trace_id);
    }
  };
  return [
    { keys: "j", label: "move", run: () => move(1) },
    { keys: "k", label: "move", run: () => move(-1) },
    { keys: "ArrowDown", label: "", run: () => move(1) },
    { keys: "ArrowUp", label: "", run: () => move(-1) },
    {
      keys: "Enter",
      label: "open",
      run: () => {
        const one = row();
        if (one) navigate(to(["traces", one.trace_id]));
      },
    },
    {
      keys: "Escape",
      label: "let go",
      run: () => {
        selected.value = "";
        (document.activeElement as HTMLElement | null)?.blur?.();
      },
    },
    { keys: "e", label: "next error", run: nextError },
    {
      keys: "x",
      label: "only this service",
      run: () => {
        const service = row()?.service;
        const field = traceFields.find((one) => one.param === "service");
        if (service && field) go(withFilter(here.value.searchParams, field, service));
      },
    },
    { keys: "$", label: "most expensive first", run: () => sort("cost") },
  ];
}

function sort(order: string): void {
  const query = new URLSearchParams(here.value.searchParams);
  const was = query.get("order") ?? "latest";
  if (was === order || order === "latest") query.delete("order");
  else query.set("order", order);
  go(query);
}

function Header({ columns, query, latest }: { columns: readonly Column[]; query: URLSearchParams; latest: boolean }) {
  const order = query.get("order") ?? "latest";
  return (
    <div role="rowgroup" class="thead">
      <div role="row" class="tr head" aria-rowindex={1}>
        <div role="columnheader" class="th">
          <span class="sr">State</span>
        </div>
        <div role="columnheader" class="th" aria-sort={latest ? "descending" : undefined}>
          <button type="button" onClick={() => sort("latest")}>
            Started{latest ? " ↓" : ""}
          </button>
        </div>
        <div role="columnheader" class="th">
          Trace
        </div>
        {columns.map((one) => (
          <div role="columnheader" key={one.id} class={`th${one.end ? " end" : ""}`} aria-sort={one.order && one.order === order ? "descending" : undefined} title={one.id.startsWith("attribute:") ? one.title : undefined}>
            {one.order ? (
              <button type="button" onClick={() => sort(one.order ?? "latest")}>
                {one.title}
                {one.order === order ? " ↓" : ""}
              </button>
            ) : (
              one.title
            )}
          </div>
        ))}
      </div>
    </div>
  );
}

function DayHead({ day, top, stats, columns, narrow }: { day: string; top: number; stats: TraceStats | undefined; columns: readonly Column[]; narrow: boolean }) {
  const sum = stats?.days?.find((one) => one.day === day);
  const cost = sum && sum.cost.calls > 0 ? <CostCell cost={sum.cost} column="list" strong /> : null;
  const at = columns.findIndex((one) => one.id === "cost");
  return (
    <div role="row" class="tr day" style={{ transform: `translateY(${top}px)`, height: `${HEAD}px` }}>
      <div role="cell" class="td day-name">
        {dayName(day, Date.now(), zone, narrow)}
        {sum && !narrow ? ` · ${plural(sum.traces, "trace")}` : ""}
      </div>
      {(narrow || at >= 0) && (
        <div role="cell" class="td end c-cost" style={narrow ? {} : { gridColumn: `${at + 4}` }}>
          {cost}
        </div>
      )}
    </div>
  );
}
