// The right pane: everything of the selected span.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Attribute, Log, Span } from "../../api";
import { segment } from "../../api";
import { Glyph } from "../../components/Glyph";
import { Kbd } from "../../components/Kbd";
import { CostCell } from "../../components/Money";
import { ErrorState, Loading, Note } from "../../components/States";
import { Chip, Text } from "../../components/Text";
import { count, duration, plural, tokens } from "../../format";
import { useFetch } from "../../hooks";
import { type Key, useKeys } from "../../keys";
import { connection } from "../../live";
import { Fields, LongText, Value, inline, wholeSpan } from "./content";
import { ConversationView, Labelled, ToolView } from "./Conversation";
import { CopyMenu } from "./CopyMenu";
import { FindingsView } from "./FindingsView";
import type { Model } from "./model";
import type { Place } from "./place";
import { ReceiptView, isLocal } from "./Receipt";
import { straysOf, unwrap } from "./text";
import { SpanRest } from "./SpanRest";
import { labelOf } from "../../kind";
import { type Tree, type TreeNode } from "./tree";

/** Values longer than this come cut; the whole is opened as text. */
const valueLimit = 100_000;

/** PaneProps are what the panes share. */
export interface PaneProps {
  model: Model;
  place: Place;
}

/** SpanPane shows a span. Its payload is fetched when it is selected. */
export function SpanPane({ node, model, place }: PaneProps & { node: TreeNode }) {
  const { trace, tree } = model;
  const summary = node.span!;
  const version = `${summary.state} ${summary.duration_us}`;
  const fetched = useFetch<Span>(`/spans/${segment(trace.trace_id)}/${segment(node.id)}`, { limit: String(valueLimit) }, { keep: true });
  const was = useRef(version);
  useEffect(() => {
    if (was.current !== version && fetched.data?.span_id === node.id) fetched.reload();
    was.current = version;
  }, [version]);
  // What could not be reached is asked again when the collector is back.
  const connected = connection.value.state === "open";
  useEffect(() => {
    if (connected && fetched.error?.unreachable) fetched.reload();
  }, [connected]);
  const span = fetched.data?.span_id === node.id ? fetched.data : undefined;
  const at = tree.calls.indexOf(node);
  const label = labelOf(summary);
  return (
    <>
      <header class="pane-head">
        <div class="pane-title">
          <Glyph kind={node.kind} />
          <h2 title={summary.name}>
            <Text text={label.text} /> {label.quiet && <Text text={label.quiet} class="quiet" />}
          </h2>
          <CopyMenu trace={trace} spanId={node.id} say={place.say} />
          {at >= 0 && (
            <div class="callnav">
              <span>
                Call {at + 1} of {tree.calls.length}
              </span>
              <button type="button" aria-label="Previous model call" disabled={at === 0} onClick={() => place.stepCall(-1)}>
                <Kbd keys="[" />
              </button>
              <button type="button" aria-label="Next model call" disabled={at === tree.calls.length - 1} onClick={() => place.stepCall(1)}>
                <Kbd keys="]" />
              </button>
            </div>
          )}
        </div>
        <Subtitle node={node} span={span} />
        <Facts node={node} span={span} />
      </header>
      {summary.failed && (
        <section>
          <Failure node={node} span={span} />
        </section>
      )}
      {fetched.error && !span && <ErrorState error={fetched.error} retry={fetched.reload} what="This span" />}
      {!span && !fetched.error && <div aria-busy="true"><Loading late={fetched.late} rows={8} label="Loading the span" /></div>}
      {span && <Sections key={node.id} node={node} span={span} model={model} place={place} />}
    </>
  );
}

const finishKey = /(^|[._])(finish_?reasons?|stop_?reason)$/i;

function setting(a: Attribute): string {
  const inner = unwrap(a.value);
  const value = Array.isArray(inner) ? inner.map((v) => inline(v)).join(", ") : inline(a.value);
  if (finishKey.test(a.key)) return `finished with ${value}`;
  return `${a.key.replace(/^.*\./, "").replaceAll("_", " ")} ${value}`;
}

function Subtitle({ node, span }: { node: TreeNode; span: Span | undefined }) {
  const s = node.span!;
  const words: string[] = [];
  if (s.provider) words.push(s.provider);
  if (s.model) words.push(s.model);
  if (node.kind !== "model") {
    if (s.agent && s.agent !== labelOf(s).text) words.push(s.agent);
    if (s.service) words.push(s.service);
    words.push(s.type === "generic" ? "step" : s.type.replaceAll("_", " "));
  }
  const settings = (span?.settings ?? []).map(setting);
  if (!settings.some((text) => text.startsWith("finished with"))) {
    const finish = span?.attributes?.find((a) => finishKey.test(a.key));
    if (finish) settings.push(setting(finish));
  }
  words.push(...settings);
  return (
    <p class="subtitle">
      <Text text={words.join(" · ")} />
    </p>
  );
}

function Facts({ node, span }: { node: TreeNode; span: Span | undefined }) {
  const s = node.span!;
  const t = span?.tokens ?? s.tokens;
  const work = s.duration_us - (s.first_token_us ?? 0);
  const running = s.state === "running";
  return (
    <div class="span-facts">
      <span class={running ? "running" : ""}>
        {running && "running "}
        <b>{duration(running ? node.end - node.start : s.duration_us)}</b>
      </span>
      {!!s.first_token_us && (
        <span>
          <b>{duration(s.first_token_us)}</b> to first token
        </span>
      )}
      {node.kind === "model" && t && t.output > 0 && work > 1000 && (
        <span>
          <b>{count(Math.round(t.output / (work / 1e6)))}</b> tokens/s
        </span>
      )}
      {t && (
        <span title={`${count(t.input)} in, ${count(t.output)} out`}>
          <b>{tokens(t.input)}</b> in <b>{tokens(t.output)}</b> out
        </span>
      )}
      {node.size > 1 && (
        <span>
          <b>{count(node.size)}</b> spans
        </span>
      )}
      {node.calls > 0 && (
        <span class="cost">
          <CostCell cost={node} strong />
        </span>
      )}
    </div>
  );
}

function Failure({ node, span }: { node: TreeNode; span: Span | undefined }) {
  const message = span?.status_message || node.span!.error || "";
  const detail = span?.error_detail;
  return (
    <Note tone="err">
      {message ? <LongText text={message} lines={6} class="strong" /> : <strong>Failed, without a message.</strong>}
      {node.kind === "model" && !node.span!.tokens && <span> No tokens reported, so no cost.</span>}
      {detail !== undefined && detail !== null && inline(detail) !== message && (
        <details>
          <summary>Details</summary>
          <Value value={detail} lines={20} />
        </details>
      )}
    </Note>
  );
}

function Sections({ node, span, model, place }: PaneProps & { node: TreeNode; span: Span }) {
  const { tree, findings } = model;
  const open = place.openSpan;
  const messages = (span.messages?.length ?? 0) + (span.answers?.length ?? 0) > 0;
  const cost = span.receipt || (span.tokens && (node.kind === "model" || span.usd !== undefined));
  const own = span.receipt?.usd ?? span.usd;
  const [panel, setPanel] = useState("");
  const root = useRef<HTMLDivElement>(null);
  const jump = (number: number) => root.current?.querySelector(`[data-section="${number}"]`)?.scrollIntoView({ block: "start" });
  useKeys("trace", [
    { keys: "1", label: "cost, conversation, redacted, attributes", run: () => jump(1) },
    { keys: "2", label: "cost, conversation, redacted, attributes", run: () => jump(2) },
    { keys: "3", label: "cost, conversation, redacted, attributes", run: () => jump(3) },
    { keys: "4", label: "cost, conversation, redacted, attributes", run: () => { setPanel((p) => p || "attributes"); jump(4); } },
  ] satisfies Key[]);
  const strays = useStrays(model, node);
  const tags = model.tags.get(node) ?? [];
  const isTool = node.kind === "tool";
  return (
    <div ref={root}>
      {(tags.length > 0 || (!node.parent && findings.length > 0)) && (
        <FindingsView findings={node.parent ? tags : findings} title={node.parent ? "Of this span" : "In this trace"} model={model} open={open} />
      )}
      {cost && (
        <section data-section="1">
          <div class="sect-head">
            <h3>Cost</h3>
            {own != null && !isLocal(span) && <span class="quiet">why <CostCell cost={{ usd: own, calls: 1, unpriced: 0, local: 0 }} /></span>}
            <kbd aria-hidden="true">1</kbd>
          </div>
          <ReceiptView span={span} />
        </section>
      )}
      {messages && !isTool ? (
        <section data-section="2">
          <ConversationView span={span} tree={tree} open={open} />
        </section>
      ) : (
        <Payload node={node} span={span} tree={tree} open={open} />
      )}
      {(span.findings?.length ?? 0) > 0 && <Redacted span={span} />}
      <SpanRest span={span} panel={panel} setPanel={setPanel} strays={strays} />
    </div>
  );
}

// useStrays are the log records of a trace that belong to no span: its first span shows them.
function useStrays({ trace, tree }: Model, node: TreeNode): Log[] {
  const first = tree.roots.find((root) => root.span) ?? tree.nodes.find((one) => one.span);
  const { data } = useFetch<Log[]>(node === first ? `/traces/${segment(trace.trace_id)}/logs` : null);
  return straysOf(data ?? [], (id) => !!tree.byId.get(id)?.span);
}

// recorder names what records messages: openai-node’s instrumentation.
function recorder(name: string): string {
  return /instrumentation/i.test(name) ? name : `${name}’s instrumentation`;
}

function Payload({ node, span, tree, open }: { node: TreeNode; span: Span; tree: Tree; open: (id: string) => void }) {
  const rest = wholeSpan(span.trace_id, span.span_id);
  const has = (value: unknown) => value !== undefined && value !== null && value !== "";
  const note = span.content_gone && node.kind !== "step" ? (
    <Note tone="acc">
      <strong>The messages of this span are gone.</strong> <code>retention::content</code> has deleted them. Times, tokens and cost stay.
    </Note>
  ) : span.content_note && (
    <Note tone="acc">
      <strong>This span has no messages.</strong> <Text text={recorder(span.content_note.instrumentation)} /> records them when you set
      <pre class="setting">
        <Text text={span.content_note.setting} />
      </pre>
    </Note>
  );
  if (!has(span.input) && !has(span.output)) return note ? <section data-section="2">{note}</section> : null;
  return (
    <section data-section="2">
      <div class="sect-head">
        <h3>{node.kind === "tool" ? "Call" : "Input and output"}</h3>
        <kbd aria-hidden="true">2</kbd>
      </div>
      {note}
      {node.kind === "tool" ? (
        <ToolView
          block={{ kind: "tool", id: "", tool: node.span!.tool || labelOf(node.span!).text, arguments: span.input, result: span.output, hasResult: has(span.output), failed: !!span.failed, spanId: "", cut: { arguments: span.cut?.["input"], result: span.cut?.["output"] } }}
          tree={tree} open={open} trace={span.trace_id} own={span.span_id}
        />
      ) : (
        <>
          {has(span.input) && <Labelled label="Input"><Fields value={span.input} lines={10} cut={span.cut?.["input"]} rest={rest} /></Labelled>}
          {has(span.output) && <Labelled label="Output"><Fields value={span.output} lines={14} cut={span.cut?.["output"]} rest={rest} /></Labelled>}
        </>
      )}
    </section>
  );
}

function Redacted({ span }: { span: Span }) {
  const list = span.findings ?? [];
  const total = list.reduce((sum, finding) => sum + finding.count, 0);
  return (
    <section data-section="3">
      <div class="sect-head">
        <h3>Redacted</h3>
        <span class="quiet">{plural(total, "value")}, before anything was stored</span>
        <kbd aria-hidden="true">3</kbd>
      </div>
      <table class="redacted">
        <thead class="sr">
          <tr>
            <th>Rule</th>
            <th>Where</th>
            <th>Values</th>
          </tr>
        </thead>
        <tbody>
          {list.map((finding) => (
            <tr key={finding.rule}>
              <td><Chip rule={finding.rule} /></td>
              <td class="where"><Text text={finding.where ?? ""} /></td>
              <td class="n">{count(finding.count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
