// Attributes, events, links, logs, tools and resource of a span, folded with their counts.

import type { ComponentChildren } from "preact";
import type { Attribute, Log, Span } from "../../api";
import { Tag } from "../../components/States";
import { Text } from "../../components/Text";
import { clockMillis, count, utc } from "../../format";
import { Attributes, LongText, Value, wholeSpan } from "./content";
import { linkOf } from "./copy";

/** SpanRest folds away what is not read often. panel is what is open of it. */
export function SpanRest({ span, panel, setPanel, strays }: { span: Span; panel: string; setPanel: (name: string) => void; strays: Log[] }) {
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
    ["strays", "Logs without a span", strays.length, () => strays.map((log, i) => <LogView key={i} log={log} rest={rest} />)],
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
