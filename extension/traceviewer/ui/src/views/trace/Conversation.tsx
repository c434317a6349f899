// A conversation as a transcript: what is new in this turn first.

import { useEffect, useMemo, useState } from "preact/hooks";
import type { Span } from "../../api";
import { Glyph } from "../../components/Glyph";
import { Spinner } from "../../components/Glyph";
import { Tag } from "../../components/States";
import { Text } from "../../components/Text";
import { bytes, count, duration, plural } from "../../format";
import { LongText, Raw, Value, Words, wholeSpan } from "./content";
import { type Block, type Entry, type ToolBlock, charsOf, makeTranscript, rolesOf } from "./transcript";
import type { Tree } from "./tree";

const roles: Record<string, string> = { system: "System", developer: "System", user: "User", assistant: "Assistant", model: "Assistant", tool: "Tool", function: "Tool" };

/** So many messages are drawn at a time. */
const messagesAtOnce = 40;

interface Props {
  span: Span;
  tree: Tree;
  open: (spanId: string) => void;
}

/** ConversationView is the section Conversation of a span. */
export function ConversationView({ span, tree, open }: Props) {
  const [view, setView] = useState<"new" | "all" | "json">("new");
  useEffect(() => setView("new"), [span.span_id]);
  const transcript = useMemo(() => makeTranscript(span.messages ?? [], span.answers ?? [], span.new_from), [span]);
  const total = (span.messages?.length ?? 0) + (span.answers?.length ?? 0);
  const hasNew = transcript.newAt > 0 && transcript.newAt < transcript.entries.length;
  const mode = view === "new" && !hasNew ? "all" : view;
  const earlierCall = span.earlier ? tree.calls.findIndex((n) => n.id === span.earlier) + 1 : 0;
  const before = transcript.entries.slice(0, transcript.newAt);
  const chosen = (name: string) => (mode === name ? "true" : "false");
  return (
    <>
      <div class="sect-head">
        <h3>Conversation</h3>
        <div class="segments" role="group" aria-label="What of the conversation">
          {hasNew && (
            <button type="button" aria-pressed={chosen("new")} onClick={() => setView("new")}>
              New in this turn
            </button>
          )}
          <button type="button" aria-pressed={chosen("all")} onClick={() => setView("all")}>
            All {count(total)}
          </button>
          <button type="button" aria-pressed={chosen("json")} onClick={() => setView("json")}>
            JSON
          </button>
        </div>
        <kbd aria-hidden="true">2</kbd>
      </div>
      {mode === "json" ? (
        <>
          {span.input !== undefined && <Labelled label="Input"><Raw value={span.input} /></Labelled>}
          {span.output !== undefined && <Labelled label="Output"><Raw value={span.output} /></Labelled>}
          {span.input === undefined && span.output === undefined && <Raw value={{ messages: span.messages, answers: span.answers }} />}
        </>
      ) : mode === "new" ? (
        <>
          <button class="earlier" type="button" onClick={() => setView("all")}>
            <span aria-hidden="true">▸</span>
            <span>
              {plural(transcript.earlier, "earlier message")}
              {earlierCall > 0 ? `, as in call ${earlierCall}` : span.earlier_trace ? ", as in an earlier trace of the session" : ""}
            </span>
            <span class="quiet">
              {rolesOf(before).join(", ")} · {plural(charsOf(before), "character")}
            </span>
          </button>
          <Entries entries={transcript.entries.slice(transcript.newAt)} span={span} tree={tree} open={open} />
        </>
      ) : (
        <Entries entries={transcript.entries} newAt={hasNew ? transcript.newAt : -1} span={span} tree={tree} open={open} />
      )}
      {span.cut && mode === "json" && (span.cut["input"] || span.cut["output"]) ? (
        <a class="link" href={wholeSpan(span.trace_id, span.span_id)} target="_blank" rel="noopener noreferrer">
          Open {bytes((span.cut["input"] ?? 0) + (span.cut["output"] ?? 0))} as text
        </a>
      ) : null}
    </>
  );
}

/** Labelled is a line of a transcript. */
export function Labelled({ label, children }: { label: string; children: preact.ComponentChildren }) {
  return (
    <div class="said-entry">
      <div class="role">
        <bdi dir="auto">{label}</bdi>
      </div>
      <div class="said">{children}</div>
    </div>
  );
}

function Entries({ entries, newAt = -1, span, tree, open }: Props & { entries: Entry[]; newAt?: number }) {
  const [shown, show] = useState(messagesAtOnce);
  const lastAnswer = entries.findIndex((entry) => entry.answer);
  return (
    <>
      {entries.slice(0, shown).map((entry, i) => (
        <div key={`${entry.index}`}>
          {i === newAt && <div class="newline">New in this turn</div>}
          <Labelled label={entry.name && entry.role !== "tool" ? entry.name : roles[entry.role] ?? entry.role}>
            {i === lastAnswer && <Hidden span={span} entry={entry} />}
            {entry.blocks.map((block, j) => (
              <BlockView key={j} block={block} span={span} tree={tree} open={open} only={entry.answer} />
            ))}
          </Labelled>
        </div>
      ))}
      {entries.length > shown && (
        <button class="link" type="button" onClick={() => show(shown + messagesAtOnce)}>
          Show {plural(Math.min(messagesAtOnce, entries.length - shown), "more message")} of {count(entries.length - shown)}
        </button>
      )}
    </>
  );
}

// Hidden tells of thoughts that the provider bills and does not send.
function Hidden({ span, entry }: { span: Span; entry: Entry }) {
  const thought = span.tokens?.reasoning ?? 0;
  const empty = entry.blocks.some((block) => block.kind === "thinking");
  if ((!thought && !empty) || entry.blocks.some((block) => block.kind === "thinking" && block.text)) return null;
  return (
    <p class="thought">
      {thought ? `Thought for ${plural(thought, "token")}` : "Thought"}. {span.provider || "The provider"} does not send the text.
    </p>
  );
}

function BlockView({ block, span, tree, open, only }: Props & { block: Block; only: boolean }) {
  switch (block.kind) {
    case "text":
      return <Words text={block.text} lines={only ? 12 : 3} cut={block.cut} rest={wholeSpan(span.trace_id, span.span_id)} />;
    case "thinking": {
      const tokens = span.tokens?.reasoning;
      return block.text ? (
        <details class="thinking">
          <summary>{only && tokens ? `Thought for ${plural(tokens, "token")}` : "Thought"}</summary>
          <LongText text={block.text} lines={12} />
        </details>
      ) : null;
    }
    case "tool":
      return <ToolView block={block} tree={tree} open={open} trace={span.trace_id} own={block.spanId ? "" : span.span_id} />;
    case "media":
      return (
        <p class="thought">
          <bdi>{block.type || "media"}</bdi>
          {block.bytes > 0 ? `, ${bytes(block.bytes)}` : ""}, not shown
        </p>
      );
    case "data":
      return <Value value={block.data} lines={3} cut={block.cut} rest={wholeSpan(span.trace_id, span.span_id)} />;
  }
}

/** ToolView is a call of a tool with arguments and result. */
export function ToolView({ block, tree, open, trace, own = "" }: { block: ToolBlock; tree: Tree; open: (spanId: string) => void; trace: string; own?: string }) {
  const node = block.spanId ? tree.byId.get(block.spanId) : undefined;
  const running = node?.span?.state === "running";
  const rest = own || block.spanId ? wholeSpan(trace, own || block.spanId) : undefined;
  return (
    <div class={`toolcall${block.failed ? " failed" : ""}`}>
      <div class="tool-head">
        <Glyph kind="tool" />
        <Text text={block.tool || "tool"} class="tool-name" />
        {block.failed && <Tag tone="err">failed</Tag>}
        {running && (
          <span class="running">
            <Spinner label="running" /> running {duration(node!.end - node!.start)}
          </span>
        )}
        {node?.span && !running && <span class="quiet dur">{duration(node.span.duration_us)}</span>}
        {node?.span && (
          <button class="link" type="button" onClick={() => open(block.spanId)}>
            Open ↗
          </button>
        )}
      </div>
      <dl>
        <div>
          <dt>Arguments</dt>
          <dd>{block.arguments === undefined || block.arguments === null ? <span class="quiet">none</span> : <Value value={block.arguments} width={48} cut={block.cut?.arguments} rest={rest} />}</dd>
        </div>
        <div>
          <dt>Result</dt>
          <dd>{block.hasResult ? <Value value={block.result} width={48} cut={block.cut?.result} rest={rest} /> : <span class="quiet">{node && !running ? "in its own span" : tree.running ? "none yet" : "not recorded"}</span>}</dd>
        </div>
      </dl>
    </div>
  );
}
