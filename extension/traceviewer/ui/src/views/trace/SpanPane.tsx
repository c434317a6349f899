// The right pane: everything of the selected span.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Attribute, Log, Span, Trace } from "../../api";
import { get, segment } from "../../api";
import { copy } from "../../components/Copy";
import { Glyph } from "../../components/Glyph";
import { Kbd } from "../../components/Kbd";
import { Menu, MenuItem } from "../../components/Menu";
import { CostCell } from "../../components/Money";
import { ErrorState, Loading, Note, Tag } from "../../components/States";
import { Chip, Text } from "../../components/Text";
import { clockMillis, count, duration, plural, tokens, utc } from "../../format";
import { useFetch } from "../../hooks";
import { type Key, useKeys } from "../../keys";
import { connection } from "../../live";
import { Attributes, Fields, LongText, Value, inline, wholeSpan } from "./content";
import { ConversationView, Labelled, ToolView } from "./Conversation";
import { linkOf, pickSpan, sqlOf } from "./copy";
import type { TraceFinding } from "./findings";
import { FindingsView } from "./FindingsView";
import { ReceiptView } from "./Receipt";
import { type Tree, type TreeNode, labelOf } from "./tree";

/** Values longer than this come cut; the whole is opened as text. */
const valueLimit = 100_000;

/** PaneProps are what the panes share. */
export interface PaneProps {
  trace: Trace;
  tree: Tree;
  findings: TraceFinding[];
  tags: Map<TreeNode, TraceFinding[]>;
  open: (spanId: string) => void;
  step: (by: 1 | -1) => void;
  say: (text: string) => void;
}

/** SpanPane shows a span. Its payload is fetched when it is selected. */
export function SpanPane({ node, ...props }: PaneProps & { node: TreeNode }) {
  const { trace, tree, step } = props;
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
          <CopyMenu trace={trace} spanId={node.id} say={props.say} />
          {at >= 0 && (
            <div class="callnav">
              <span>
                Call {at + 1} of {tree.calls.length}
              </span>
              <button type="button" aria-label="Previous model call" disabled={at === 0} onClick={() => step(-1)}>
                <Kbd keys="[" />
              </button>
              <button type="button" aria-label="Next model call" disabled={at === tree.calls.length - 1} onClick={() => step(1)}>
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
      {span && <Sections key={node.id} node={node} span={span} {...props} />}
    </>
  );
}

function setting(a: Attribute): string {
  const name = a.key.replace(/^.*\./, "").replaceAll("_", " ");
  const value = Array.isArray(a.value) ? a.value.map((v) => inline(v)).join(", ") : inline(a.value);
  if (/^finish(ed)?( reasons?)?$|^stop reason$/.test(name)) return `finished with ${value}`;
  return `${name} ${value}`;
}

function Subtitle({ node, span }: { node: TreeNode; span: Span | undefined }) {
  const s = node.span!;
  const words: string[] = [];
  if (s.provider) words.push(s.provider);
  if (s.model) words.push(s.model);
  if (node.kind !== "model") {
    if (s.agent && s.agent !== labelOf(s).text) words.push(s.agent);
    if (s.service) words.push(s.service);
    words.push(s.type.replaceAll("_", " "));
  }
  for (const a of span?.settings ?? []) words.push(setting(a));
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

function Sections({ node, span, ...props }: PaneProps & { node: TreeNode; span: Span }) {
  const { trace, tree, open } = props;
  const messages = (span.messages?.length ?? 0) + (span.answers?.length ?? 0) > 0;
  const cost = span.receipt || (span.tokens && (node.kind === "model" || span.usd !== undefined));
  const own = span.receipt?.usd ?? span.usd;
  const [panel, setPanel] = useState("");
  const root = useRef<HTMLDivElement>(null);
  const jump = (number: number) => root.current?.querySelector(`[data-section="${number}"]`)?.scrollIntoView({ block: "start" });
  useKeys("Trace", [
    { keys: "1", label: "cost, conversation, redacted, attributes", run: () => jump(1) },
    { keys: "2", label: "cost, conversation, redacted, attributes", run: () => jump(2) },
    { keys: "3", label: "cost, conversation, redacted, attributes", run: () => jump(3) },
    { keys: "4", label: "cost, conversation, redacted, attributes", run: () => { setPanel((p) => p || "attributes"); jump(4); } },
  ] satisfies Key[]);
  const tags = props.tags.get(node) ?? [];
  const isTool = node.kind === "tool";
  return (
    <div ref={root}>
      {(tags.length > 0 || (!node.parent && props.findings.length > 0)) && (
        <FindingsView findings={node.parent ? tags : props.findings} title={node.parent ? "Of this span" : "In this trace"} trace={trace} tree={tree} open={open} />
      )}
      {cost && (
        <section data-section="1">
          <div class="sect-head">
            <h3>Cost</h3>
            {own != null && <span class="quiet">why <CostCell cost={{ usd: own, calls: 1, unpriced: 0, local: 0 }} /></span>}
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
      <Rest span={span} panel={panel} setPanel={setPanel} say={props.say} />
    </div>
  );
}

function Payload({ node, span, tree, open }: { node: TreeNode; span: Span; tree: Tree; open: (id: string) => void }) {
  const rest = wholeSpan(span.trace_id, span.span_id);
  const has = (value: unknown) => value !== undefined && value !== null && value !== "";
  const note = span.content_note && (
    <Note tone="acc">
      <strong>This span has no messages.</strong> <Text text={span.content_note.instrumentation} />’s instrumentation records them when you set
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

function Rest({ span, panel, setPanel, say }: { span: Span; panel: string; setPanel: (name: string) => void; say: (text: string) => void }) {
  const rest = wholeSpan(span.trace_id, span.span_id);
  const attributes = span.attributes ?? [], events = span.events ?? [], links = span.links ?? [], logs = span.logs ?? [], resource = span.resource ?? [], tools = span.tools ?? [];
  const panels: [string, string, number, () => ComponentChildren][] = [
    ["attributes", "Attributes", attributes.length, () => <Attributes list={attributes} rest={rest} />],
    ["events", "Events", events.length, () => events.map((e, i) => <Moment key={i} time={e.time} name={e.name} attributes={e.attributes ?? []} rest={rest} />)],
    ["links", "Links", links.length, () => links.map((l, i) => (
      <div class="moment" key={i}>
        <a class="link mono" href={linkOf(l.trace_id, l.span_id)}><bdi>{l.trace_id}</bdi> / <bdi>{l.span_id}</bdi></a>
        {(l.attributes?.length ?? 0) > 0 && <Attributes list={l.attributes} rest={rest} />}
      </div>
    ))],
    ["logs", "Logs", logs.length, () => logs.map((log, i) => <LogView key={i} log={log} rest={rest} />)],
    ["tools", "Tools offered", tools.length, () => (
      <dl class="tools">
        {tools.map((tool, i) => (
          <div key={i}>
            <dt><Text text={tool.name} class="mono" /></dt>
            <dd>{tool.description && <LongText text={tool.description} lines={2} />}</dd>
          </div>
        ))}
      </dl>
    )],
    ["resource", "Resource", resource.length, () => (
      <>
        <Attributes list={resource} rest={rest} />
        <p class="source">
          Instrumentation <Text text={[span.scope?.name, span.scope?.version].filter(Boolean).join(" ") || "not named"} />
        </p>
        {(span.scope?.attributes?.length ?? 0) > 0 && <Attributes list={span.scope.attributes!} rest={rest} />}
      </>
    )],
    ["ids", "Ids", 2, () => <Attributes list={[
      { key: "trace", value: span.trace_id }, { key: "span", value: span.span_id }, { key: "parent", value: span.parent_id ?? "none" },
      { key: "kind", value: span.kind }, { key: "start", value: utc(span.start) }, { key: "type", value: span.type },
    ]} />],
  ];
  const shown = panels.filter(([name, , n]) => n > 0 || name === "attributes" || name === "events");
  void say;
  return (
    <section class="rest" data-section="4">
      <div class="rest-heads">
        {shown.map(([name, title, n]) => (
          <button key={name} type="button" class="rest-fold" aria-expanded={panel === name} disabled={n === 0} onClick={() => setPanel(panel === name ? "" : name)}>
            <span class="twist" aria-hidden="true">{panel === name ? "▾" : "▸"}</span>
            <b>{title}</b> {name !== "ids" && <span class="quiet">{count(n)}</span>}
          </button>
        ))}
        <kbd aria-hidden="true">4</kbd>
      </div>
      {shown.map(([name, , n, show]) => (panel === name && n > 0 ? <div class="rest-body" key={name}>{show()}</div> : null))}
    </section>
  );
}

function Moment({ time, name, attributes, rest }: { time: string; name: string; attributes: Attribute[]; rest: string }) {
  return (
    <div class="moment">
      <div>
        <time class="quiet" dateTime={time} title={utc(time)}>{clockMillis(time)}</time> <Text text={name} class="strong" />
      </div>
      {attributes.length > 0 && <Attributes list={attributes} rest={rest} />}
    </div>
  );
}

function LogView({ log, rest }: { log: Log; rest: string }) {
  return (
    <div class="moment">
      <div>
        <time class="quiet" dateTime={log.time} title={utc(log.time)}>{clockMillis(log.time)}</time>{" "}
        {log.severity && <Tag tone={/^(ERROR|FATAL)/i.test(log.severity) ? "err" : /^WARN/i.test(log.severity) ? "warn" : undefined}>{log.severity}</Tag>}{" "}
        {log.event && <Text text={log.event} class="strong" />}
      </div>
      {log.body !== undefined && log.body !== null && <Value value={log.body} lines={4} rest={rest} />}
      {(log.attributes?.length ?? 0) > 0 && <Attributes list={log.attributes} rest={rest} />}
    </div>
  );
}

/** CopyMenu copies a span as OTLP JSON, SQL or link. */
export function CopyMenu({ trace, spanId, sql, say }: { trace: Trace; spanId: string; sql?: string; say: (text: string) => void }) {
  const opener = useRef<() => void>(() => {});
  useKeys("Trace", [{ keys: "y", label: "copy link, OTLP JSON, SQL", run: () => opener.current() }]);
  const put = async (text: string, what: string) => say((await copy(text)) ? `Copied ${what}` : "The browser does not allow copying");
  const otlp = async () => {
    try {
      const whole = await get<unknown>(`/traces/${segment(trace.trace_id)}/otlp`);
      const one = pickSpan(whole, spanId);
      if (one) await put(JSON.stringify(one, null, 2), "OTLP JSON");
      else say("This span is not in the export");
    } catch (err) {
      say(err instanceof Error ? err.message : "The trace cannot be read");
    }
  };
  return (
    <Menu label={<>Copy ▾ <Kbd keys="y" /></>} name="Copy ▾" align="end" opener={(open) => { opener.current = open; }}>
      {(close) => (
        <>
          <MenuItem onSelect={() => { close(); void put(location.origin + linkOf(trace.trace_id, spanId), "link"); }}>Link</MenuItem>
          {!sql && <MenuItem onSelect={() => { close(); void otlp(); }}>OTLP JSON</MenuItem>}
          <MenuItem onSelect={() => { close(); void put(sql ?? sqlOf(trace.trace_id, spanId), "SQL"); }}>SQL</MenuItem>
          {!sql && <MenuItem onSelect={() => { close(); void put(spanId, "span id"); }}>Span id</MenuItem>}
        </>
      )}
    </Menu>
  );
}
