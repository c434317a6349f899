import "./start.css";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Changes, type Collector, type FirstRun, type FirstService, type Reason, type StoreInfo, ApiError, get } from "../../api";
import { changed, collector } from "../../collector";
import { Copy, copy } from "../../components/Copy";
import { Spinner } from "../../components/Glyph";
import { Kbd } from "../../components/Kbd";
import { Money } from "../../components/Money";
import { ErrorState, Note, Tag } from "../../components/States";
import { Text } from "../../components/Text";
import { count, longDuration, plural, sentence } from "../../format";
import { useFetch, useTicker, useTitle } from "../../hooks";
import { useKeys } from "../../keys";
import { subscribe } from "../../live";
import { navigate, to } from "../../router";
import type { ViewProps } from "../registry";
import { snippets } from "./snippets";

/** Without a word from the event stream it is asked this often. */
const EVERY_MS = 2000;
/** After a minute of silence the likely reasons are shown. */
const SILENT_S = 60;

/** StartView shows how the first trace is sent, and waits for it. */
export function StartView(_: ViewProps) {
  useTitle("Send your first trace");
  const { first, before, error, reload } = useFirstTrace();
  const { data: store } = useFetch<StoreInfo>("/store");
  const since = useRef(Date.now());
  useTicker(true, 1000);
  const waited = Math.floor((Date.now() - since.current) / 1000);
  const arrived = first ? news(first, before) : [];
  const newest = arrived[0];
  const lines = (first?.environment ?? []).map((line) => `export ${line}`).join("\n");

  const how = useRef<HTMLDivElement>(null);
  const open = useRef<HTMLAnchorElement>(null);
  // Who has just copied a line presses Enter to open, not to copy again.
  useLayoutEffect(() => {
    const at = document.activeElement;
    if (newest && at instanceof HTMLElement && at.matches("button") && how.current?.contains(at)) open.current?.focus();
  }, [newest?.trace_id]);

  useKeys("first run", [
    { keys: "y", label: "copy the environment", run: () => void copy(lines) },
    ...(newest ? [{ keys: "Enter", label: "open the trace", run: () => navigate(to(["traces", newest.trace_id])) }] : []),
  ]);

  if (error && !first) return <ErrorState error={error} retry={reload} what="The first run" />;
  if (!first) return null;
  return (
    <div class="start-view">
      <div class="start-how" ref={how}>
        <h1>Send your first trace</h1>
        <p class="lead">
          Start your app with these {first.environment.length === 3 ? "three " : ""}lines.{" "}
          {first.remote.length === 0 ? "Nothing leaves this machine." : `Traces also go to ${first.remote.join(", ")}.`}
        </p>
        <h2>
          <span>1</span> Environment
        </h2>
        <div class="snippet">
          <pre tabIndex={0} aria-label="Environment">
            {first.environment.map((line) => (
              <Line key={line} line={line} />
            ))}
          </pre>
          <Copy text={lines} />
        </div>
        <h2>
          <span>2</span> If your app has no OpenTelemetry yet
        </h2>
        <Snippets />
        <h2>No app at hand?</h2>
        <p>
          <code class="command">otelcol-llm generate{elsewhere(first)}</code> sends one trace with four model calls. No key, no account.
        </p>
      </div>
      <aside class="start-wait" aria-label="What has come">
        <div aria-live="polite">
          {newest ? (
            arrived.slice(0, 4).map((one) => <Arrived key={one.name} service={one} link={one === newest ? open : undefined} />)
          ) : (
            <div class="waiting">
              <Spinner label="" />
              <strong>{first.traces > 0 ? "Waiting for the next new service" : "Waiting for the first span"}</strong>
              <span class="quiet" aria-hidden="true">
                {longDuration(waited)}
              </span>
            </div>
          )}
        </div>
        <Facts state={collector.value} store={store} />
        {!newest && (first.reasons.length > 0 || waited >= SILENT_S) && <Reasons seen={first.reasons} minute={waited >= SILENT_S} first={first} />}
        {first.traces > 0 && !newest && (
          <p class="quiet">
            There {first.traces === 1 ? "is one trace" : `are ${count(first.traces)} traces`} already. <a href="/traces">Look at them</a>
          </p>
        )}
      </aside>
    </div>
  );
}

/** useFirstTrace asks anew as soon as anything comes. */
function useFirstTrace() {
  const [first, set] = useState<FirstRun | undefined>(undefined);
  const [error, fail] = useState<ApiError | undefined>(undefined);
  const [turn, setTurn] = useState(0);
  const before = useRef<ReadonlySet<string> | undefined>(undefined);
  useEffect(() => {
    const abort = new AbortController();
    const ask = () =>
      get<FirstRun>("/first-run", {}, abort.signal)
        .then((value) => {
          before.current ??= new Set(value.services?.map((one) => one.name));
          set({ ...value, services: value.services ?? [], reasons: value.reasons ?? [], remote: value.remote ?? [], environment: value.environment ?? [] });
          fail(undefined);
        })
        .catch((err: ApiError) => {
          if (!abort.signal.aborted) fail(err);
        });
    void ask();
    const timer = setInterval(() => {
      if (!document.hidden) void ask();
    }, EVERY_MS);
    const arrived = (changes: Changes) => {
      if (!changes.traces?.length) return;
      void ask();
      changed();
    };
    // What came before is not told.
    const stop = subscribe({}, arrived, { begins: () => void ask() });
    return () => {
      clearInterval(timer);
      stop();
      abort.abort();
    };
  }, [turn]);
  return { first, error, before: before.current ?? new Set<string>(), reload: () => setTurn((n) => n + 1) };
}

/** elsewhere is what generate has to be told where the port is not its own. */
function elsewhere(first: FirstRun): string {
  const at = first.http_endpoint;
  return at === "" || at === "http://127.0.0.1:4318" ? "" : ` --endpoint ${at}`;
}

/** news are the services that have come since the page was opened. */
function news(first: FirstRun, before: ReadonlySet<string>): FirstService[] {
  return first.services.filter((one) => !before.has(one.name));
}

/** Line is NAME=VALUE, with the value strong. */
function Line({ line }: { line: string }) {
  const at = line.indexOf("=");
  return (
    <div>
      <span class="quiet">export </span>
      {line.slice(0, at + 1)}
      <b>{line.slice(at + 1)}</b>
    </div>
  );
}

const STORED = "otelcol-llm.language";

function storedLanguage(): string {
  try {
    return localStorage.getItem(STORED) ?? "ts";
  } catch {
    return "ts";
  }
}

function Snippets() {
  const [id, setId] = useState(storedLanguage);
  const chosen = snippets.find((one) => one.id === id) ?? snippets[0];
  if (!chosen) return null;
  const choose = (to: string) => {
    setId(to);
    try {
      localStorage.setItem(STORED, to);
    } catch {
      // It is chosen anew next time.
    }
  };
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = snippets[(snippets.indexOf(chosen) + step + snippets.length) % snippets.length];
    if (next) choose(next.id);
    event.preventDefault();
    requestAnimationFrame(() => document.getElementById(`tab-${next?.id}`)?.focus());
  };
  return (
    <>
      <div class="segments" role="tablist" aria-label="Language" onKeyDown={move}>
        {snippets.map((one) => (
          <button
            key={one.id}
            id={`tab-${one.id}`}
            type="button"
            role="tab"
            aria-selected={one === chosen}
            aria-controls="snippet"
            tabIndex={one === chosen ? 0 : -1}
            onClick={() => choose(one.id)}
          >
            {one.title}
          </button>
        ))}
      </div>
      <div class="snippet" id="snippet" role="tabpanel" aria-labelledby={`tab-${chosen.id}`}>
        <pre tabIndex={0}>
          {chosen.code.split("\n").map((line, i) => (
            <div key={i} class={line.trimStart().startsWith(chosen.comment) ? "quiet" : undefined}>
              {line || " "}
            </div>
          ))}
        </pre>
        <Copy text={chosen.code} />
      </div>
    </>
  );
}

function Arrived({ service, link }: { service: FirstService; link: { current: HTMLAnchorElement | null } | undefined }) {
  return (
    <Note tone="acc">
      <div class="arrived">
        <div>
          <strong>
            First trace from <Text text={service.name || "a service without a name"} quiet />
          </strong>
          <div>
            {plural(service.spans, "span")}, {plural(service.tokens, "token")}
            {service.usd !== null && (
              <>
                , <Money usd={service.usd} />
              </>
            )}
            {service.redactions > 0 && <>, {plural(service.redactions, "value")} redacted</>}
          </div>
        </div>
        <a ref={link} href={to(["traces", service.trace_id])}>
          Open {link && <Kbd keys="Enter" />}
        </a>
      </div>
    </Note>
  );
}

/** Facts are what is set up, each with whether it does what it should. */
function Facts({ state, store }: { state: Collector | undefined; store: StoreInfo | undefined }) {
  const rows: { name: string; value: string; good: boolean; code?: boolean }[] = [];
  for (const receiver of state?.receivers ?? []) {
    for (const one of receiver.endpoints ?? []) {
      rows.push({ name: `OTLP/${one.protocol === "grpc" ? "gRPC" : "HTTP"}`, value: one.address, good: receiver.health === "ok", code: true });
    }
  }
  if (store) rows.push({ name: "Store", value: store.place, good: true, code: true });
  const filter = state?.processors.find((one) => one.id.startsWith("sensitive_filter"));
  if (state) rows.push({ name: "Redaction", value: filter ? "on, before the disk" : "off", good: filter !== undefined });
  const cost = state?.processors.find((one) => one.id.startsWith("llm_cost"));
  if (state) rows.push({ name: "Prices", value: cost ? "on" : "off", good: cost !== undefined });
  return (
    <dl class="start-facts">
      {rows.map((one) => (
        <div key={one.name + one.value}>
          <dt>{one.name}</dt>
          <dd class={one.code ? "code" : undefined}>{one.value}</dd>
          <dd class={one.good ? "good" : "bad"}>
            <svg class="glyph" viewBox="0 0 12 12" role="img" aria-label={one.good ? "works" : "does not work"}>
              <path class="stroke" d={one.good ? "M1.5 6.5 4.5 9.5 10.5 2.5" : "m2 2 8 8M10 2l-8 8"} />
            </svg>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** likely are the usual reasons; those that were seen come before them and say so. */
function likely(first: FirstRun): Reason[] {
  const port = (url: string) => url.slice(url.lastIndexOf(":") + 1);
  const grpc = first.grpc_endpoint && first.http_endpoint;
  return [
    ...(grpc
      ? [{ kind: "grpc_at_http", sentence: "gRPC at the HTTP port", remedy: `gRPC is at port ${port(first.grpc_endpoint)}. Or set OTEL_EXPORTER_OTLP_PROTOCOL to http/protobuf.` }]
      : []),
    { kind: "not_started", sentence: "The SDK was not started", remedy: "It must start before the model client is imported." },
    { kind: "wrong_host", sentence: "Another port or host", remedy: "From a container, 127.0.0.1 is the container itself. Docker Desktop: host.docker.internal." },
    ...(first.http_endpoint.startsWith("http:") ? [{ kind: "tls", sentence: "https instead of http", remedy: `There is no TLS here: it is ${first.http_endpoint}.` }] : []),
    { kind: "sampled", sentence: "Sampling is on", remedy: "Look for OTEL_TRACES_SAMPLER; unset sends all." },
    { kind: "short", sentence: "The process ended before its spans were sent", remedy: "Shut the SDK down at the end: it sends what waits." },
  ];
}

function Reasons({ seen, minute, first }: { seen: readonly Reason[]; minute: boolean; first: FirstRun }) {
  const real = seen.filter((one) => one.kind !== "no_traffic");
  const others = minute ? likely(first).filter((one) => !real.some((other) => other.kind === one.kind)) : [];
  if (real.length + others.length === 0) return null;
  return (
    <section class="reasons">
      <h2>{minute ? "A minute without a span. Likely reasons:" : "What was seen:"}</h2>
      <ul>
        {real.map((one) => (
          <li key={one.kind} class="seen">
            <strong>{sentence(one.sentence)}</strong> <Tag tone="warn">seen</Tag>
            <div>{sentence(one.remedy)}</div>
          </li>
        ))}
        {others.map((one) => (
          <li key={one.kind}>
            <span class="likely">{one.sentence}</span>
            <div>{one.remedy}</div>
          </li>
        ))}
      </ul>
    </section>
  );
}
