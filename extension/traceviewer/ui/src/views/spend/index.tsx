import "../../styles/pages.css";
import "../../styles/spend.css";
import { type Page, type Spend, type TraceSummary, type Unpriced, now } from "../../api";
import { Menu, MenuItem } from "../../components/Menu";
import { EmptyState, Loading } from "../../components/States";
import { Trouble } from "../../components/Trouble";
import { SUMS_MS, useLive } from "../../components/useLive";
import { FilterBar, go } from "../../filters/FilterBar";
import { type Field, apiParams, traceFields } from "../../filters/fields";
import { day, zone } from "../../format";
import { useEvent, useFetch, useNarrow, useTitle } from "../../hooks";
import { here } from "../../router";
import type { ViewProps } from "../registry";
import { Bars } from "./DayBars";
import { Dimensions, Table } from "./Table";
import { Figures } from "./Figures";
import { Expensive, UnpricedList } from "./Side";
import { bars } from "./bars";
import { download, spendCsv } from "./csv";
import { dayStart, daysBack, nextDay, period, periods } from "./period";
import { dimensionOf } from "./dimensions";

/** The fields of SpendFilter. */
const NAMES = ["service", "environment", "provider", "model", "agent", "user", "tenant"];
const fields: Field[] = NAMES.flatMap((name) => traceFields.filter((one) => one.param === name));

const EVERY = 30_000;
const ROWS = 10_000;
const PHONE_DAYS = 14;

/** The earliest day of the figures: five weeks, so the whole of a month as well. */
function recentFrom(today: string): string {
  return daysBack(today, 35);
}

/** SpendView says what calls have cost: by day, and by what the URL asks. */
export function SpendView(_: ViewProps) {
  useTitle("Spend");
  const narrow = useNarrow();
  const query = here.value.searchParams;
  const at = now();
  const today = day(at);
  const span = period(query.get("in"), at);
  const by = dimensionOf(query.get("by"));
  const only = query.get("only");

  const { since: _since, until: _until, order: _order, ...narrowed } = apiParams(query, at, fields);
  const within = { ...narrowed, zone, since: span.since.toISOString(), until: span.until.toISOString() };
  const options = { every: EVERY, keep: true };
  const table = useFetch<Spend>("/spend", { ...within, by: by.by, limit: ROWS }, options);
  const days = useFetch<Spend>("/spend", { ...within, by: ["day", by.key], limit: ROWS }, options);
  // Today, yesterday, this month and the same weekday of four weeks, whatever period is shown.
  const recent = useFetch<Spend>("/spend", { ...narrowed, zone, by: "day", since: dayStart(recentFrom(today)).toISOString(), until: dayStart(nextDay(today)).toISOString() }, options);
  const unpriced = useFetch<Unpriced[]>("/spend/unpriced", within, options);
  const expensive = useFetch<Page<TraceSummary>>("/traces", { ...narrowed, since: within.since, until: within.until, order: "cost", limit: 5 }, options);
  const reload = useEvent(() => [table, days, recent, unpriced, expensive].forEach((one) => one.reload()));
  useLive({}, reload, SUMS_MS);

  const rows = table.data?.rows ?? [];
  const order = rows.map((row) => row.keys?.[by.key] ?? "");
  const shownDays = narrow ? span.days.filter((key) => key <= today).slice(-PHONE_DAYS) : span.days;
  const save = (what: "table" | "days") => {
    const source = what === "table" ? table.data : days.data;
    if (source) download(`spend-${span.key}-by-${what === "table" ? by.key : `day-and-${by.key}`}.csv`, spendCsv(what === "table" ? by.by : ["day", by.key], source.rows));
  };
  const choose = (key: string) => {
    const next = new URLSearchParams(query);
    next.set("in", key);
    go(next);
  };

  return (
    <div class="spend-view" aria-busy={[table, days, recent, unpriced, expensive].some((one) => !one.data && !one.error)}>
      <h1 class="sr">Spend</h1>
      <div class="page-bar">
        <FilterBar
          fields={fields}
          time={
            <Menu
              class="token time"
              name={`In ${span.label}`}
              label={
                <>
                  in <b>{span.label}</b> <span class="caret">▾</span>
                </>
              }
            >
              {(close) =>
                periods(at).map((one) => (
                  <MenuItem key={one.key} checked={one.key === span.key} onSelect={() => (close(), choose(one.key))}>
                    {one.label}
                  </MenuItem>
                ))
              }
            </Menu>
          }
        />
        <span class="quiet">
          <span class="wide">Days in {zone} </span>
          <Menu label="CSV" name="Download as CSV" align="end">
            {(close) => (
              <>
                <MenuItem onSelect={() => (close(), save("table"))} note={span.label}>
                  By {by.label.toLowerCase()}
                </MenuItem>
                <MenuItem onSelect={() => (close(), save("days"))} note={span.label}>
                  By day and {by.label.toLowerCase()}
                </MenuItem>
              </>
            )}
          </Menu>
        </span>
      </div>
      <Trouble fetched={[table, days, recent, unpriced, expensive]} what="Spend" />
      {!table.data ? (
        !table.error && <Loading late={table.late} />
      ) : (
        <>
          <Figures total={table.data.total} recent={recent.data} period={span} now={at} />
          <Bars bars={days.data ? bars(shownDays, days.data.rows, by.key, order) : undefined} today={today} keys={order} by={by} only={only} />
          <div class="spend-halves">
            <section class="spend-table" aria-label={`By ${by.label}`}>
              <Dimensions by={by} only={only} />
              {rows.length === 0 ? (
                <EmptyState title="No model call in this time.">
                  {[...query.keys()].length > 0 && <a href="/spend">Last 30 days, all calls</a>}
                </EmptyState>
              ) : (
                <Table spend={table.data} by={by} only={only} period={span} />
              )}
            </section>
            <div class="spend-side">
              <UnpricedList fetched={unpriced} calls={table.data.total.cost.unpriced} />
              <Expensive fetched={expensive} />
            </div>
          </div>
        </>
      )}
    </div>
  );
}
