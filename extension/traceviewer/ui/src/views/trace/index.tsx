// A trace: tree, time and cost at the left, the selected span at the right.

import { useEffect, useRef } from "preact/hooks";
import { type Trace, segment } from "../../api";
import { Lost } from "../../components/Lost";
import { EmptyState, ErrorState, Loading, Note } from "../../components/States";
import { Text } from "../../components/Text";
import { useFetch, useNarrow, useTitle } from "../../hooks";
import { subscribe } from "../../live";
import { navigate, params, to } from "../../router";
import type { ViewProps } from "../registry";
import { linkOf } from "./copy";
import { Header, useSaid } from "./Header";
import { type Model, longFrom, useModel } from "./model";
import { MissingPane, NoSpanPane } from "./OtherPanes";
import { OverviewBar } from "./OverviewBar";
import { type Place, usePlace } from "./place";
import { RunPane } from "./RunPane";
import type { Row } from "./rows";
import { SpanPane } from "./SpanPane";
import { Legend, Toolbar } from "./Toolbar";
import { useTraceKeys } from "./traceKeys";
import { labelOf } from "../../kind";
import { Waterfall } from "./Waterfall";

/** TraceView is /traces/{id}. */
export function TraceView({ rest }: ViewProps) {
  const id = rest[0] ?? "";
  const fetched = useFetch<Trace>(`/traces/${segment(id)}`);
  const trace = fetched.data;
  useLive(trace, fetched.reload);
  // "last" and the beginning of an id lead to the id itself.
  useEffect(() => {
    if (trace && trace.trace_id !== id) navigate(linkOf(trace.trace_id, params.value.get("span") ?? undefined), { replace: true });
  }, [trace?.trace_id]);
  useTitle(trace ? labelOf(trace).text : "Trace");
  if (trace) return <Loaded key={trace.trace_id} trace={trace} />;
  if (fetched.error?.status === 404) {
    return (
      <EmptyState title={`No trace ${id.length > 8 ? `${id.slice(0, 8)}…` : id}.`}>
        It may come later, or retention has removed it. <a href="/traces">All traces</a>
      </EmptyState>
    );
  }
  if (fetched.error) return <ErrorState error={fetched.error} retry={fetched.reload} what="This trace" />;
  return (
    <div aria-busy="true">
      <Loading late={fetched.late} rows={12} label="Loading the trace" />
    </div>
  );
}

// useLive reads a trace again when it has changed: at once, then at most each second, a long
// one less often.
function useLive(trace: Trace | undefined, reload: () => void) {
  const id = trace?.trace_id;
  const start = trace ? Date.parse(trace.start) : 0;
  useEffect(() => {
    if (!id) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = 0;
    const again = () => {
      timer = undefined;
      last = Date.now();
      reload();
    };
    // Only what started at about that time is sent: this trace.
    const filter = { since: new Date(start - 60_000).toISOString(), until: new Date(start + 1000).toISOString() };
    const stop = subscribe(filter, (changes) => {
      const spans = changes.traces?.find((one) => one.trace_id === id)?.spans;
      if (spans !== undefined) timer ??= setTimeout(again, Math.max(0, last + Math.max(1000, spans) - Date.now()));
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [id, start]);
  // What breaks off sends nothing: ask now and then.
  useEffect(() => {
    if (trace?.state !== "running") return;
    const again = setInterval(() => {
      if (!document.hidden) reload();
    }, 30_000);
    return () => clearInterval(again);
  }, [id, trace?.state]);
}

function Loaded({ trace }: { trace: Trace }) {
  const narrow = useNarrow();
  const model = useModel(trace);
  const [said, say] = useSaid();
  const place = usePlace(model, narrow, say);
  const finder = useRef<HTMLInputElement>(null!);
  useTraceKeys(model, place, narrow, finder);
  const pane = (
    <div class="span-pane" ref={place.pane} tabIndex={-1} role="region" aria-label="Selected span">
      <Pane model={model} place={place} />
    </div>
  );
  if (place.paneOpen) {
    const name = labelOf(trace).text;
    const close = (event: Event) => {
      event.preventDefault();
      place.back();
    };
    return (
      <div class="trace-view narrow">
        <a class="pane-back" href={to(["traces", trace.trace_id])} onClick={close}>
          ‹ <Text text={name} quiet />
        </a>
        <h1 class="sr">
          <Text text={name} />
        </h1>
        {pane}
        <span class="sr" role="status">
          {said}
        </span>
      </div>
    );
  }
  return (
    <div class={`trace-view${narrow ? " narrow" : ""}`}>
      <Header model={model} place={place} narrow={narrow} said={said} />
      <Lost />
      <div class="trace-body">
        <div class="trace-left">
          {model.tree.nodes.length > longFrom && <OverviewBar model={model} place={place} />}
          <Waterfall model={model} place={place} narrow={narrow} toolbar={<Toolbar model={model} place={place} narrow={narrow} finder={finder} />} />
          {!place.rows.length && <Note tone="warn">{place.options.callsOnly ? "No model call in this trace." : "Nothing here has a cost."}</Note>}
          {!narrow && <Legend model={model} callsOnly={place.options.callsOnly} />}
        </div>
        {!narrow && pane}
      </div>
    </div>
  );
}

// Pane is what is selected.
function Pane({ model, place }: { model: Model; place: Place }) {
  const { node, run, spanParam } = place;
  if (run) {
    const unfold = () => place.toggle({ key: run.key, open: false } as Row);
    return <RunPane key={run.key} run={run} unfolded={place.open.has(run.key)} unfold={unfold} model={model} place={place} />;
  }
  if (node?.span) return <SpanPane node={node} model={model} place={place} />;
  if (node) return <MissingPane node={node} open={place.openSpan} />;
  return spanParam ? <NoSpanPane id={spanParam} /> : null;
}
