import { useId, useState } from "preact/hooks";
import type { Json, Turn } from "../../api";
import { Glyph, Spinner, StateGlyph } from "../../components/Glyph";
import { CostCell, Money } from "../../components/Money";
import { Tag } from "../../components/States";
import { Text } from "../../components/Text";
import { Parts } from "../../components/transcript/Parts";
import { ToolCall } from "../../components/transcript/ToolCall";
import { clock, clockMinutes, count, duration, percent, plural, tokens, utc } from "../../format";
import { useTicker } from "../../hooks";
import { kindOf, labelOf } from "../../kind";
import { to } from "../../router";
import { LongText } from "../trace/content";
import { makeTranscript } from "../trace/transcript";
import { type Said, type Told, agentOf, context, tell } from "./turns";

interface Props {
  turn: Turn;
  number: number;
  /** sum is what the session has cost up to here. */
  sum: number;
  /** largest is the largest context of the session, in tokens. */
  largest: number;
  silence: string;
  dayHead: string;
}

/** TurnView is what was asked, what was done, and what was answered, with its money beside it. */
export function TurnView({ turn, number, sum, largest, silence, dayHead }: Props) {
  const { trace } = turn;
  const told = tell(turn);
  const user = trace.user || "user";
  const agent = agentOf(trace);
  const running = trace.state === "running";
  return (
    <>
      {silence && (
        <li class="silence">
          <span>{silence}</span>
        </li>
      )}
      {dayHead && <li class="day-head">{dayHead}</li>}
      <li class="turn" id={`turn-${number}`} tabIndex={-1} aria-label={`Turn ${number}`}>
        <div class="chat">
          <Voices said={told.system} name="system" folded />
          <Voices said={told.asked} name={user} time={trace.start} lines={8} />
          {told.asked.length === 0 && (
            <p class="who">
              <b>{labelOf(trace).text}</b> <When at={trace.start} />
            </p>
          )}
          <Strip told={told} turn={turn} />
          {trace.errors > 0 && trace.error && (
            <p class="failure">
              <Text text={trace.error} />
            </p>
          )}
          <Voices said={told.answered} name={agent} lines={16} />
          {told.answered.length === 0 && running && (
            <p class="running waits">
              <Spinner label="running" /> {agent} works
            </p>
          )}
          {told.asked.length + told.answered.length === 0 && !running && <p class="quiet">This turn has no messages. Its instrumentation may not record them.</p>}
          {trace.state === "broken_off" && (
            <p class="warn waits">
              <StateGlyph state="broken_off" failed={false} /> Broken off at {clock(trace.last_seen)}.
            </p>
          )}
        </div>
        <Margin turn={turn} number={number} sum={sum} largest={largest} />
      </li>
    </>
  );
}

function When({ at }: { at: string }) {
  return (
    <time dateTime={at} title={utc(at)}>
      {clock(at)}
    </time>
  );
}

function Voices({ said, name, time, folded = false, lines = 8 }: { said: readonly Said[]; name: string; time?: string; folded?: boolean; lines?: number }) {
  if (said.length === 0) return null;
  const inside = said.map((one, i) => (
    <div class="says" key={i}>
      <Parts parts={one.parts} lines={lines} />
    </div>
  ));
  if (folded) {
    return (
      <details class="system">
        <summary>System prompt</summary>
        {inside}
      </details>
    );
  }
  return (
    <div class="voice">
      <p class="who">
        <b>
          <Text text={said[0]?.name || name} />
        </b>{" "}
        {time && <When at={time} />}
      </p>
      {inside}
    </div>
  );
}

/** Strip says in a line what was done in between; it opens to the calls of tools and thoughts. */
function Strip({ told, turn }: { told: Told; turn: Turn }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const { trace } = turn;
  const inside = told.work.length > 0;
  const said = told.work.filter((one) => one.role !== "tool" && one.parts.some((part) => part.kind === "text")).length;
  const calls = trace.cost.calls;
  const tools = told.tools.length ? told.tools : trace.tool_calls > 0 ? [{ name: plural(trace.tool_calls, "tool call"), times: 1, failed: 0 }] : [];
  const line = (
    <>
      {tools.map((tool) => (
        <span key={tool.name} class="used">
          <Glyph kind={kindOf("tool_call")} />
          <Text text={tool.name} quiet />
          {tool.times > 1 && <b>×{count(tool.times)}</b>}
          {tool.failed > 0 && <span class="err">{count(tool.failed)} failed</span>}
        </span>
      ))}
      {calls > 0 && (
        <span class="used">
          <Glyph kind="model" />
          {plural(calls, "call")}
        </span>
      )}
      {said > 0 && <span class="quiet">{plural(said, "message")}</span>}
      {told.thoughts || trace.tokens.reasoning > 0 ? (
        <span class="quiet">thought{trace.tokens.reasoning > 0 ? ` for ${plural(trace.tokens.reasoning, "token")}` : ""}</span>
      ) : null}
      {calls === 0 && tools.length === 0 && <span class="quiet">{plural(trace.spans, "span")}</span>}
    </>
  );
  return (
    <div class="strip">
      <div class="strip-line">
        {inside ? (
          <button type="button" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
            <span class="twist" aria-hidden="true">
              {open ? "▾" : "▸"}
            </span>
            {line}
          </button>
        ) : (
          <span class="strip-text">{line}</span>
        )}
        <a href={to(["traces", trace.trace_id])} aria-label={`Trace of this turn, ${labelOf(trace).text}`}>
          trace ↗
        </a>
      </div>
      {open && inside && (
        <div class="strip-inside" id={id}>
          <Work told={told} trace={trace.trace_id} />
        </div>
      )}
    </div>
  );
}

/** Work is what was done between question and answer, in order. */
function Work({ told, trace }: { told: Told; trace: string }) {
  const { entries } = makeTranscript(told.work, [], 0);
  return (
    <>
      {entries.map((entry) =>
        entry.blocks.map((block, i) => {
          const key = `${entry.index} ${i}`;
          if (block.kind === "tool") return <ToolCall key={key} block={block} trace={trace} />;
          if (block.kind === "thinking") {
            return block.text ? (
              <details class="thinking" key={key}>
                <summary>Thought</summary>
                <LongText text={block.text} lines={12} cut={block.cut} />
              </details>
            ) : null;
          }
          return (
            <div class="inner" key={key}>
              <span class="quiet">
                <Text text={entry.name || entry.role} />
              </span>
              <div class="says">
                {block.kind === "text" && <LongText text={block.text} lines={3} cut={block.cut} />}
                {block.kind === "media" && <Parts parts={[{ kind: "media", media_type: block.type, bytes: block.bytes }]} lines={4} />}
                {block.kind === "data" && <Parts parts={[{ kind: "data", data: block.data as Json }]} lines={4} />}
              </div>
            </div>
          );
        }),
      )}
    </>
  );
}

function Margin({ turn, number, sum, largest }: Omit<Props, "silence" | "dayHead">) {
  const { trace } = turn;
  const running = trace.state === "running";
  useTicker(running, 1000);
  const bar = context(turn, largest);
  const { input, output, cache_read } = trace.tokens;
  const lasted = running ? Math.max(trace.duration_us, (Date.now() - Date.parse(trace.start)) * 1000) : trace.duration_us;
  return (
    <aside class="margin" aria-label={`Cost of turn ${number}`}>
      <div class="margin-line">
        <span>Turn {number}</span>
        <CostCell cost={trace.cost} column="list" />
      </div>
      <div class="margin-line">
        <span class={running ? "running" : ""}>
          {running ? "running " : ""}
          {duration(lasted)}
        </span>
        {trace.cost.usd !== null && number > 1 && (
          <span>
            sum <Money usd={sum} column="list" />
          </span>
        )}
      </div>
      {input > 0 && (
        <>
          <div class="context" role="img" aria-label={`Context ${tokens(turn.context_tokens || input)} tokens of at most ${tokens(largest)} in this session`} title={`${count(turn.context_tokens || input)} tokens in its largest call`}>
            <i class="b-cached" style={{ width: `${bar.cached * 100}%` }} />
            <i class="b-input" style={{ width: `${bar.fresh * 100}%` }} />
          </div>
          <p title={`${count(input)} in, ${count(cache_read)} of them cached, ${count(output)} out`}>
            {tokens(input)} in, {cache_read > 0 ? `${percent(cache_read / input)} cached` : "none cached"} · {tokens(output)} out
          </p>
        </>
      )}
      {trace.redactions > 0 && <p>{count(trace.redactions)} redacted</p>}
      {trace.errors > 0 && (
        <p>
          <Tag tone="err">{count(trace.errors)} failed</Tag>
        </p>
      )}
      {turn.models?.length > 0 && (
        <p class="models">
          <Text text={turn.models.join(", ")} />
        </p>
      )}
      {running && <span class="sr">since {clockMinutes(trace.start)}</span>}
    </aside>
  );
}
