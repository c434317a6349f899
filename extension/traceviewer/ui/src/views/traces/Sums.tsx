import type { TraceStats } from "../../api";
import { go } from "../../filters/FilterBar";
import { traceFields, withFilter, withTime } from "../../filters/fields";
import { costKind, count, dollars, plural, shortDuration, sumDollars, when } from "../../format";
import { here } from "../../router";

/** Sums are the figures of all traces that the filters let through. */
export function Sums({ stats }: { stats: TraceStats | undefined }) {
  if (!stats) return <div class="sums" />;
  const { cost } = stats;
  const kind = costKind(cost);
  return (
    <div class="sums">
      <span>
        <b>{count(stats.traces)}</b> {stats.traces === 1 ? "trace" : "traces"}
      </span>
      {stats.traces > 0 && (
        <>
          {kind !== "none" && (
            <span title={cost.usd === null ? undefined : dollars(cost.usd)}>
              {cost.usd === null ? <b>{kind}</b> : <b>{sumDollars(cost.usd)}</b>} cost
            </span>
          )}
          <span class="wide">
            <b>{shortDuration(stats.p50_us)}</b> p50
          </span>
          <span class="wide">
            <b>{shortDuration(stats.p95_us)}</b> p95
          </span>
          {stats.failed > 0 && (
            <StatusLink status="error" tone="err">
              <b>{count(stats.failed)}</b> with errors
            </StatusLink>
          )}
          {cost.unpriced > 0 && (
            <StatusLink status="unpriced" tone="warn wide">
              <b>{count(cost.unpriced)}</b> unpriced {cost.unpriced === 1 ? "call" : "calls"}
            </StatusLink>
          )}
          {stats.redactions > 0 && (
            <StatusLink status="redacted" tone="wide">
              <b>{count(stats.redactions)}</b> {stats.redactions === 1 ? "redaction" : "redactions"}
            </StatusLink>
          )}
          <Sparkline stats={stats} />
        </>
      )}
    </div>
  );
}

function StatusLink({ status, tone, children }: { status: string; tone: string; children: preact.ComponentChildren }) {
  const field = traceFields.find((one) => one.param === "status");
  if (!field) return null;
  return (
    <a class={`to-status ${tone}`} href={`/traces?${withFilter(here.value.searchParams, field, status)}`}>
      {children}
    </a>
  );
}

const HEIGHT = 28;
const STEP = 7;

/** Sparkline are the traces over time, those with errors red. A click chooses that part of the time. */
function Sparkline({ stats }: { stats: TraceStats }) {
  const { buckets } = stats;
  if (buckets.length < 2) return null;
  const most = Math.max(1, ...buckets.map((one) => one.traces));
  const height = (n: number) => (n === 0 ? 0 : Math.max(2, Math.round((n / most) * HEIGHT)));
  const width = buckets.length * STEP;
  return (
    <svg class="spark" width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={`Traces over time, ${count(stats.traces)} since ${when(buckets[0]?.start ?? 0)}, at most ${count(most)} at once`}>
      {buckets.map((one, i) => {
        const tall = height(one.traces);
        const red = one.failed ? Math.max(2, Math.round((one.failed / one.traces) * tall)) : 0;
        return (
          <g key={one.start} onClick={() => go(withTime(here.value.searchParams, slice(stats, i)))}>
            <title>{`${when(one.start)}: ${plural(one.traces, "trace")}${one.failed ? `, ${count(one.failed)} with errors` : ""}`}</title>
            <rect class="hit" x={i * STEP} y={0} width={STEP} height={HEIGHT} />
            <rect class="all" x={i * STEP} y={HEIGHT - tall} width={STEP - 1} height={tall - red} />
            {red > 0 && <rect class="bad" x={i * STEP} y={HEIGHT - red} width={STEP - 1} height={red} />}
          </g>
        );
      })}
    </svg>
  );
}

function slice(stats: TraceStats, i: number): Record<string, string> {
  const start = stats.buckets[i]?.start;
  const end = stats.buckets[i + 1]?.start;
  return { ...(start ? { since: start } : {}), ...(end ? { until: end } : {}) };
}
