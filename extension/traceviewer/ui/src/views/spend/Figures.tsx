import type { Spend, SpendRow } from "../../api";
import { clockMinutes, count, day, dayBefore, dollars, percent, plural, sumDollars } from "../../format";
import { average } from "./bars";
import { type Period, daysBack, monthName, weekday } from "./period";

interface Props {
  total: SpendRow;
  /** recent are the last five weeks, a row a day. */
  recent: Spend | undefined;
  period: Period;
  now: number;
}

/** Figures are the five that are asked for most. */
export function Figures({ total, recent, period, now }: Props) {
  const today = day(now);
  const yesterday = dayBefore(today);
  const rows = recent?.rows ?? [];
  const of = (key: string) => rows.find((row) => row.keys?.day === key);
  const usual = average(rows, [1, 2, 3, 4].map((weeks) => daysBack(yesterday, 7 * weeks)));
  const isMonth = /^\d{4}-\d\d$/.test(period.key);
  const month = today.slice(0, 7);
  const thisMonth = rows.filter((row) => row.keys?.day?.startsWith(month));
  const saved = total.saved_usd;
  const known = total.cost.usd ?? 0;
  const shown = period.days.filter((key) => key <= today).length;
  return (
    <dl class="figures">
      <Figure name="Today" row={of(today)} note={`so far, at ${clockMinutes(now)}`} loading={!recent} />
      <Figure name="Yesterday" row={of(yesterday)} note={usual === undefined ? `${weekday(yesterday)}` : `other ${weekday(yesterday)}s: ${sumDollars(usual)} on average`} loading={!recent} />
      {isMonth ? (
        <Figure name={period.short} row={total} note={`${plural(shown, "day")}${period.days.includes(today) ? ", today included" : ""}`} />
      ) : (
        <Figure name={monthName(month).split(" ")[0] ?? month} row={added(thisMonth)} note={`${plural(Number(today.slice(8)), "day")}, today included`} loading={!recent} />
      )}
      <div>
        <dt>Saved by caching</dt>
        <dd>
          {saved === undefined || saved === null ? <b class="unknown">{total.tokens.cache_read > 0 ? "not known" : "nothing"}</b> : <b title={dollars(saved)}>{sumDollars(saved)}</b>}
          <span>
            {saved !== undefined && saved !== null && saved > 0
              ? `${percent(saved / (saved + known))} of the list price`
              : total.tokens.cache_read > 0
                ? `${percent(total.tokens.cache_read / Math.max(1, total.tokens.input))} of the input came from a cache`
                : "no input came from a cache"}
          </span>
        </dd>
      </div>
      <div>
        <dt>Unpriced</dt>
        <dd>
          {total.cost.unpriced > 0 ? <b class="warn">{plural(total.cost.unpriced, "call")}</b> : <b class="unknown">none</b>}
          <span>{total.cost.unpriced > 0 ? "in no sum on this page" : `of ${plural(total.cost.calls, "call")}${total.cost.local ? `, ${count(total.cost.local)} local` : ""}`}</span>
        </dd>
      </div>
    </dl>
  );
}

function Figure({ name, row, note, loading = false }: { name: string; row: SpendRow | undefined; note: string; loading?: boolean }) {
  const usd = row?.cost.usd;
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {loading ? <b class="unknown">…</b> : !row || row.cost.calls === 0 ? <b class="unknown">no calls</b> : usd === null || usd === undefined ? <b class="unknown">{row.cost.unpriced > 0 ? "unpriced" : "local"}</b> : <b title={dollars(usd)}>{sumDollars(usd)}</b>}
        <span>{note}</span>
      </dd>
    </div>
  );
}

/** added is the sum of rows, of which a figure shows dollars and calls. */
function added(rows: readonly SpendRow[]): SpendRow | undefined {
  const [first] = rows;
  if (!first) return undefined;
  const cost = { usd: null as number | null, calls: 0, unpriced: 0, local: 0 };
  for (const row of rows) {
    if (row.cost.usd !== null) cost.usd = (cost.usd ?? 0) + row.cost.usd;
    cost.calls += row.cost.calls;
    cost.unpriced += row.cost.unpriced;
    cost.local += row.cost.local;
  }
  return { ...first, cost };
}
