import { type Page, type TraceSummary, type Unpriced, now } from "../../api";
import { Copy } from "../../components/Copy";
import { Glyph } from "../../components/Glyph";
import { CostCell } from "../../components/Money";
import { Loading } from "../../components/States";
import { Text } from "../../components/Text";
import { count, plural, utc, when } from "../../format";
import type { Fetched } from "../../hooks";
import { kindOf, labelOf } from "../../kind";
import { to } from "../../router";

/** UnpricedList says which calls are in no sum, why, and the lines that change it. */
export function UnpricedList({ fetched, calls }: { fetched: Fetched<Unpriced[]>; calls: number }) {
  const { data } = fetched;
  if (!data || data.length === 0) return null;
  return (
    <section aria-labelledby="h-unpriced" class="unpriced-list">
      <h2 class="section-head">
        <span id="h-unpriced">Unpriced</span> {calls > 0 && <b class="warn">{plural(calls, "call")}</b>} <span class="quiet">not in any sum above</span>
      </h2>
      <ul>
        {data.map((one) => (
          <li key={`${one.provider} ${one.model} ${one.status}`}>
            <p class="line">
              <a href={to(["traces", one.trace_id], { span: one.span_id })}>
                <b>
                  <Text text={one.model || "no model"} />
                </b>
              </a>
              <span class="quiet">
                <Text text={one.provider} />
              </span>
              <span class="n" title={`the last at ${utc(one.last)}`}>
                {count(one.calls)}
              </span>
            </p>
            <p class="why">
              <Text text={one.reason} /> <Remedy text={one.remedy} />
            </p>
            {one.remedy_yaml && (
              <div class="snippet">
                <pre tabIndex={0}>
                  <Text text={one.remedy_yaml.trimEnd()} />
                </pre>
                <Copy text={one.remedy_yaml} />
              </div>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Remedy shows what stands between backticks as code. */
function Remedy({ text }: { text: string }) {
  return (
    <>
      {text.split("`").map((part, i) =>
        i % 2 ? (
          <code key={i}>
            <Text text={part} />
          </code>
        ) : (
          <Text key={i} text={part} />
        ),
      )}
    </>
  );
}

/** Expensive are the traces that have cost most. */
export function Expensive({ fetched }: { fetched: Fetched<Page<TraceSummary>> }) {
  const { data, error, late } = fetched;
  const items = (data?.items ?? []).filter((one) => one.cost.usd !== null && one.cost.usd > 0);
  if (data ? items.length === 0 : error) return null;
  return (
    <section aria-labelledby="h-expensive" class="expensive">
      <h2 class="section-head" id="h-expensive">
        Most expensive traces
      </h2>
      {!data && <Loading late={late} rows={3} />}
      <ul>
        {items.map((one) => (
          <li key={one.trace_id}>
            <Glyph kind={kindOf(one.type)} />
            <a href={to(["traces", one.trace_id])}>
              <Text text={labelOf(one).text} quiet />
            </a>
            <time dateTime={one.start} title={utc(one.start)}>
              {when(one.start, now())}
            </time>
            <CostCell cost={one.cost} column="list" />
          </li>
        ))}
      </ul>
    </section>
  );
}
