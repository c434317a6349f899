import { useState } from "preact/hooks";
import type { Runs } from "../../api";
import { Glyph } from "../../components/Glyph";
import { CostCell, Money } from "../../components/Money";
import { Text } from "../../components/Text";
import { count, duration, failureRate, plural, shortDuration } from "../../format";
import { to } from "../../router";
import { type Scale, range } from "./scale";

interface Props {
  kind: "agent" | "tool";
  rows: readonly Runs[];
  scale: Scale;
  /** query narrows the lists that rows lead to: time, service. */
  query: Record<string, string>;
}

const FIRST = 10;

/** From this share on failures are told in red. */
const ALARM = 0.05;

/** RunsTable are agents or tools, the most used first, on one scale of durations. */
export function RunsTable({ kind, rows, scale, query }: Props) {
  const [all, showAll] = useState(false);
  const shown = all ? rows : rows.slice(0, FIRST);
  const agent = kind === "agent";
  const many = new Set(rows.map((one) => one.service)).size > 1;
  return (
    <>
      <table class={`runs ${kind}s`}>
        <thead>
          <tr>
            <th scope="col">{agent ? "Agent" : "Tool"}</th>
            <th scope="col" class="n">
              {agent ? "Runs" : "Calls"}
            </th>
            <th scope="col" class="n">
              Failed
            </th>
            <th scope="col" class="n">
              p50
            </th>
            <th scope="col" class="n">
              p95
            </th>
            <th scope="col" class="plot">
              <span class="sr">From p50 to p95</span>
              <span class="axis" aria-hidden="true">
                {scale.ticks.map((tick) => (
                  <i key={tick.at} style={{ left: `${tick.at * 100}%` }}>
                    {tick.label}
                  </i>
                ))}
              </span>
            </th>
            {!agent && <td class="rest" />}
            {agent && (
              <>
                <th scope="col" class="n a-run" title="The cost by the number of runs">
                  A run
                </th>
                <th scope="col" class="n cost">
                  Cost
                </th>
              </>
            )}
          </tr>
        </thead>
        <tbody>
          {shown.map((one) => (
            <Row key={`${one.service} ${one.name}`} {...{ kind, scale, query }} run={one} service={many} />
          ))}
        </tbody>
      </table>
      {rows.length > FIRST && (
        <button class="link more" type="button" onClick={() => showAll(!all)}>
          {all ? `Show ${FIRST}` : `Show all ${count(rows.length)}`}
        </button>
      )}
    </>
  );
}

function Row({ kind, run, scale, query, service }: { kind: "agent" | "tool"; run: Runs; scale: Scale; query: Record<string, string>; service: boolean }) {
  const rate = run.runs > 0 ? run.errors / run.runs : 0;
  const narrowed = { ...query, [kind]: run.name };
  const slowest = to(["traces", run.trace_id], { span: run.span_id });
  return (
    <tr>
      <th scope="row">
        <span class="run-name">
          <Glyph kind={kind} />
          <a href={to(["traces"], narrowed)}>
            <Text text={run.name || "(no name)"} quiet />
          </a>
          {service && run.service && (
            <span class="quiet service">
              <Text text={run.service} quiet />
            </span>
          )}
          {run.top_error && (
            <span class="top-error" title={run.top_error}>
              <Text text={run.top_error} quiet />
            </span>
          )}
        </span>
      </th>
      <td class="n">{count(run.runs)}</td>
      <td class="n failed">
        {run.errors > 0 ? (
          <a class={rate >= ALARM ? "bad" : ""} href={to(["traces"], { ...narrowed, status: "error" })} title={`${plural(run.errors, "run")} of ${count(run.runs)}`}>
            {failureRate(rate)}
          </a>
        ) : (
          <span class="sr">0 errors</span>
        )}
      </td>
      <td class="n p50">{shortDuration(run.p50_us)}</td>
      <td class="n p95">{shortDuration(run.p95_us)}</td>
      <td class="plot">
        <a class="plot-at" href={slowest} aria-label={`${range(run.p50_us, run.p95_us)}; open the slowest`} title={`p50 ${duration(run.p50_us)}, p95 ${duration(run.p95_us)}. Opens the slowest`}>
          {scale.ticks.map((tick) => (
            <i key={tick.at} class="grid" style={{ left: `${tick.at * 100}%` }} />
          ))}
          <i class={`whisker w-${kind}`} style={{ left: `${scale.at(run.p50_us) * 100}%`, width: `${Math.max(0, scale.at(run.p95_us) - scale.at(run.p50_us)) * 100}%` }} />
          <i class={`mark w-${kind}`} style={{ left: `${scale.at(run.p50_us) * 100}%` }} />
        </a>
      </td>
      {kind === "tool" && <td class="rest" />}
      {kind === "agent" && (
        <>
          <td class="n a-run">{run.cost.usd !== null && run.runs > 0 && run.cost.usd > 0 ? <Money usd={run.cost.usd / run.runs} column="list" /> : null}</td>
          <td class="n cost">
            <CostCell cost={run.cost} column="sum" strong={(run.cost.usd ?? 0) >= 0.01} />
          </td>
        </>
      )}
    </tr>
  );
}
