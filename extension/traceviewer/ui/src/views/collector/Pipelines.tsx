import type { Collector, Destination, Figure, Items, Processor, Receiver } from "../../api";
import { Text } from "../../components/Text";
import { ago, bytes, count, longDuration } from "../../format";
import { now } from "../../api";
import { type Flow, flows, itemsOf, nounOf, shortName } from "./pipeline";

/** Pipelines are read from left to right: what comes in, what is done to it, where it goes. */
export function Pipelines({ state }: { state: Collector }) {
  const list = flows(state.pipelines);
  if (list.length === 0) return <p class="none">No pipeline: this process only reads a store.</p>;
  return (
    <div class="pipelines">
      {list.map((flow, i) => (
        <FlowView key={`${flow.signal} ${i}`} flow={flow} state={state} first={i === 0} />
      ))}
    </div>
  );
}

/** What is told of by other words, or is no news: limits without a finding. */
function quiet(processor: Processor | undefined, id: string): boolean {
  return id.startsWith("memory_limiter") && !(processor?.findings ?? []).some((one) => one.bad && one.value > 0) && !processor?.error;
}

function FlowView({ flow, state, first }: { flow: Flow; state: Collector; first: boolean }) {
  const processors = flow.processors.filter((id) => !quiet(state.processors.find((one) => one.id === id), id));
  const hidden = flow.processors.filter((id) => !processors.includes(id));
  return (
    <section class="flow" aria-label={`Pipeline of ${flow.signal}`}>
      <h2>{flow.signal.charAt(0).toUpperCase() + flow.signal.slice(1)}</h2>
      <ol>
        <li class="stage">
          {flow.receivers.map((id) => (
            <ReceiverView key={id} id={id} signal={flow.signal} receiver={state.receivers.find((one) => one.id === id)} metered={state.metered} endpoints={first} />
          ))}
          {first && hidden.length > 0 && <p class="quiet">{hidden.join(", ")}: nothing refused</p>}
        </li>
        {processors.map((id) => (
          <li class="stage" key={id}>
            <ProcessorView id={id} signal={flow.signal} processor={state.processors.find((one) => one.id === id)} />
          </li>
        ))}
        <li class="stage fork">
          <ul>
            {flow.branches.flatMap((branch) =>
              branch.destinations.map((id) => (
                <DestinationView key={id} id={id} through={branch.processors} signal={flow.signal} destination={state.destinations.find((one) => one.id === id)} state={state} />
              )),
            )}
          </ul>
        </li>
      </ol>
    </section>
  );
}

function Name({ id, tone }: { id: string; tone?: string }) {
  return (
    <p class={`stage-name ${tone ?? ""}`}>
      <Text text={id} />
    </p>
  );
}

function toneOf(health: string | undefined): string {
  return health === "failed" ? "err" : health === "waiting" || health === "degraded" ? "warn" : "";
}

function ReceiverView({ id, signal, receiver, metered, endpoints }: { id: string; signal: string; receiver: Receiver | undefined; metered: boolean; endpoints: boolean }) {
  const accepted = itemsOf(receiver?.accepted, signal);
  const refused = itemsOf(receiver?.refused, signal);
  return (
    <div>
      <Name id={id} tone={toneOf(receiver?.health)} />
      {metered && receiver?.accepted && (
        <p>
          <b>{count(accepted)}</b> {nounOf(signal, accepted)}
        </p>
      )}
      {metered && receiver?.refused && <p class={refused > 0 ? "warn" : ""}>{count(refused)} refused</p>}
      {(endpoints ? (receiver?.endpoints ?? []) : []).map((one) => (
        <p key={one.address} class="quiet">
          {one.protocol} <code>{one.address}</code>
          {one.tls ? ", TLS" : ""}
          {one.auth ? ", with credentials" : one.loopback ? "" : ", open to the network"}
        </p>
      ))}
    </div>
  );
}

/** Findings of processors count all signals: they stand where traces are. */
function ProcessorView({ id, signal, processor }: { id: string; signal: string; processor: Processor | undefined }) {
  const findings = signal === "traces" ? (processor?.findings ?? []).filter((one) => one.value > 0 || one.bad) : [];
  const came = itemsOf(processor?.in, signal);
  const dropped = processor?.in && processor.out ? came - itemsOf(processor.out, signal) : 0;
  return (
    <div>
      <Name id={id} tone={toneOf(processor?.health)} />
      {findings.map((one) => (
        <p key={one.name} class={one.bad && one.value > 0 ? "warn" : ""}>
          <FigureText figure={one} />
        </p>
      ))}
      {/* Some count nothing, as batch does: their 0 would be untrue. */}
      {findings.length === 0 && came > 0 && (
        <p>
          <b>{count(came)}</b> {nounOf(signal, came)}
        </p>
      )}
      {dropped > 0 && (
        <p class="quiet">
          {count(dropped)} {nounOf(signal, dropped)} not passed on
        </p>
      )}
    </div>
  );
}

/** FigureText writes a figure by its unit, before its name. */
export function FigureText({ figure }: { figure: Figure }) {
  const { name, value, unit } = figure;
  if (unit === "s") {
    return (
      <>
        {name}: <b>{longDuration(value)}</b>
      </>
    );
  }
  return (
    <>
      <b>{unit === "By" ? bytes(value) : count(value)}</b> {name}
    </>
  );
}

function DestinationView({ id, through, signal, destination, state }: { id: string; through: readonly string[]; signal: string; destination: Destination | undefined; state: Collector }) {
  const sent: Items | null | undefined = destination?.sent;
  const n = itemsOf(sent, signal);
  const { health } = destination ?? {};
  const stored = destination?.type === "libsql";
  return (
    <li class="destination">
      <Name id={shortName(id)} tone={toneOf(health)} />
      <p>
        {sent ? (
          <>
            <b>{count(n)}</b> {stored ? "stored" : "delivered"}
          </>
        ) : (
          <span class="quiet">not counted</span>
        )}
      </p>
      <p class={destination?.queue?.size ? toneOf(health) : "quiet"}>
        {queueText(destination)}
        {destination?.retrying_since ? `, oldest ${longDuration((now() - Date.parse(destination.retrying_since)) / 1000)}` : ""}
        {destination?.error && destination.error_at ? (
          <span class="sr">
            , {destination.error} {ago(destination.error_at, now())}
          </span>
        ) : null}
      </p>
      {through.map((one) => (
        <p key={one} class="through quiet">
          through {one}
          {(state.processors.find((p) => p.id === one)?.findings ?? []).map((figure) => (
            <span key={figure.name}>
              , <FigureText figure={figure} />
            </span>
          ))}
        </p>
      ))}
    </li>
  );
}

/** queueText says what waits. */
export function queueText(destination: Destination | undefined): string {
  const queue = destination?.queue;
  if (!queue) return "no queue";
  if (queue.size === 0) return "queue empty";
  const amount = queue.unit === "bytes" ? bytes(queue.size) : `${count(queue.size)}${queue.unit === "items" ? "" : ` ${queue.unit}`}`;
  return `${amount} ${queue.size === 1 ? "waits" : "wait"}`;
}
