import type { TraceSummary } from "../../api";
import { now } from "../../api";
import { Glyph, StateGlyph } from "../../components/Glyph";
import { memo } from "../../components/memo";
import { CostCell } from "../../components/Money";
import { Text } from "../../components/Text";
import { clock, clockMinutes, count, duration, longDuration, percent, plural, tokens, utc, when } from "../../format";
import { useTicker } from "../../hooks";
import { kindOf, labelOf } from "../../kind";
import { to } from "../../router";
import { type Column, attributeText } from "./columns";

/** A run that has said nothing for this long is over: query.BrokenOffAfter. */
const BROKEN_OFF_MS = 600_000;

/** stateOf is the state now: what ran when it was read may have been silent since. */
export function stateOf(row: TraceSummary): TraceSummary["state"] {
  return row.state === "running" && now() - Date.parse(row.last_seen) > BROKEN_OFF_MS ? "broken_off" : row.state;
}

interface Props {
  row: TraceSummary;
  columns: readonly Column[];
  index: number;
  top: number;
  height: number;
  selected: boolean;
  fresh: boolean;
  dated: boolean;
  narrow: boolean;
}

/** Row is one trace. Its link covers it. */
export const Row = memo(function Row({ row, columns, index, top, height, selected, fresh, dated, narrow }: Props) {
  const state = stateOf(row);
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      class={`tr${selected ? " selected" : ""}${fresh ? " fresh" : ""}`}
      data-id={row.trace_id}
      style={{ transform: `translateY(${top}px)`, height: `${height}px` }}
    >
      {narrow ? <Lines row={row} state={state} dated={dated} /> : <Cells {...{ row, state, columns, dated }} />}
    </div>
  );
});

function Cells({ row, state, columns, dated }: { row: TraceSummary; state: TraceSummary["state"]; columns: readonly Column[]; dated: boolean }) {
  return (
    <>
      <div role="cell" class="td state">
        <StateGlyph state={state} failed={row.failed || row.errors > 0} />
      </div>
      <div role="cell" class="td" title={utc(row.start)}>
        {dated ? when(row.start) : clock(row.start)}
      </div>
      <div role="cell" class="td name">
        <Name row={row} state={state} />
      </div>
      {columns.map((column) => (
        <div role="cell" key={column.id} class={`td c-${column.id.split(":")[0]}${column.end ? " end" : ""}`}>
          {cell(column.id, row, state)}
        </div>
      ))}
    </>
  );
}

/** Name is the link, with the first words of what was asked, or what is wrong. */
function Name({ row, state }: { row: TraceSummary; state: TraceSummary["state"] }) {
  return (
    <>
      <Glyph kind={kindOf(row.type)} />
      <a class="row-link" href={to(["traces", row.trace_id])}>
        <Text text={labelOf(row).text} quiet />
      </a>
      <About row={row} state={state} />
    </>
  );
}

function About({ row, state }: { row: TraceSummary; state: TraceSummary["state"] }) {
  if (state === "root_missing") {
    return <span class="about warn">Root not received. {row.spans === 1 ? "1 of its spans is here" : `${count(row.spans)} of its spans are here`}</span>;
  }
  if (state === "broken_off") return <span class="about warn">Broken off: no span for 10 min, root never ended. Cost so far</span>;
  if (row.failed && row.error) return <Text class="about err" text={row.error} quiet />;
  return row.input ? <Text class="about" text={row.input} quiet /> : row.errors > 0 && row.error ? <Text class="about err" text={row.error} quiet /> : null;
}

/** Running counts on while a trace runs. */
function Running({ row }: { row: TraceSummary }) {
  const us = Math.max(row.duration_us, (now() - Date.parse(row.start)) * 1000);
  useTicker(true, us < 60e6 ? 200 : 1000);
  return (
    <span class="running">
      <span>running</span> {us < 60e6 ? duration(us) : longDuration(us / 1e6)}
    </span>
  );
}

/** What an empty cell reads. */
const none = (what: string) => <span class="sr">{what}</span>;

function cell(id: string, row: TraceSummary, state: TraceSummary["state"]) {
  const { tokens: t } = row;
  switch (id) {
    case "service":
      return <Text text={row.service} quiet />;
    case "environment":
    case "user":
    case "tenant":
      return row[id] ? <Text text={row[id] ?? ""} quiet /> : none(`no ${id}`);
    case "session":
      return row.session ? (
        <a class="in-row" href={to(["sessions", row.session])}>
          <Text text={row.session} quiet />
        </a>
      ) : (
        none("no session")
      );
    case "duration":
      return state === "running" ? <Running row={row} /> : duration(row.duration_us);
    case "spans":
      return count(row.spans);
    case "tool_calls":
      return row.tool_calls ? count(row.tool_calls) : none("0 tool calls");
    case "tokens_in":
      return t.input ? <span title={count(t.input)}>{tokens(t.input)}</span> : none("0 tokens in");
    case "tokens_out":
      return t.output ? <span title={count(t.output)}>{tokens(t.output)}</span> : none("0 tokens out");
    case "cache":
      return t.cache_read ? percent(t.cache_read / Math.max(1, t.input)) : none("nothing cached");
    case "cost":
      return row.cost.calls === 0 && !row.cost.usd ? none("no cost") : <CostCell cost={row.cost} column="list" />;
    case "errors":
      return row.errors ? <span class="errors">{count(row.errors)}</span> : none("0 errors");
    case "redactions":
      return row.redactions ? count(row.redactions) : none("0 redacted");
    default: {
      const text = attributeText(row, id);
      return text ? <Text text={text} quiet /> : none("none");
    }
  }
}

/** Lines are the three of a phone. */
function Lines({ row, state, dated }: { row: TraceSummary; state: TraceSummary["state"]; dated: boolean }) {
  const failed = row.failed || row.errors > 0;
  return (
    <div role="cell" class="lines">
      <div class="line">
        {state === "ended" && !failed ? <Glyph kind={kindOf(row.type)} /> : <StateGlyph state={state} failed={failed} />}
        <a class="row-link" href={to(["traces", row.trace_id])}>
          <Text text={labelOf(row).text} quiet />
        </a>
        <span class="far">{row.cost.calls > 0 || row.cost.usd ? <CostCell cost={row.cost} column="list" /> : null}</span>
      </div>
      <div class="line second">
        <About row={row} state={state} />
      </div>
      <div class="line third">
        <span title={utc(row.start)}>{dated ? when(row.start) : clockMinutes(row.start)}</span>
        <Text text={row.service} quiet />
        {state === "running" ? <Running row={row} /> : <span>{duration(row.duration_us)}</span>}
        {row.errors > 0 && <span class="errors">{plural(row.errors, "error")}</span>}
        {row.redactions > 0 && <span class="far">{count(row.redactions)} redacted</span>}
      </div>
    </div>
  );
}
