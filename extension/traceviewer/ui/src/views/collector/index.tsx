import "../../styles/pages.css";
import "../../styles/collector.css";
import { type Collector, type Redactions, type StoreInfo, now } from "../../api";
import { ErrorState, Loading, Note } from "../../components/States";
import { Trouble } from "../../components/Trouble";
import { Text } from "../../components/Text";
import { useLive } from "../../components/useLive";
import { bytes, count, longDuration, utc, sentence } from "../../format";
import { useFetch, useTitle } from "../../hooks";
import type { ViewProps } from "../registry";
import { Destinations, Extensions, Losses, Rules, Store } from "./Halves";
import { Pipelines } from "./Pipelines";
import { all, lostOf, shortName } from "./pipeline";

const EVERY = 5000;
const SLOW = 30_000;

/** CollectorView shows what runs, where data goes, what waits, what was lost, and what was redacted. */
export function CollectorView(_: ViewProps) {
  useTitle("Collector");
  const state = useFetch<Collector>("/collector", {}, { every: EVERY, keep: true });
  const store = useFetch<StoreInfo>("/store", {}, { every: SLOW, keep: true });
  const rules = useFetch<Redactions[]>("/redactions", {}, { every: SLOW, keep: true });
  useLive({}, state.reload);
  const { data, error, late, reload } = state;
  if (!data) {
    return error ? (
      <ErrorState error={error} retry={reload} what="The collector" />
    ) : (
      <div aria-busy="true">
        <Loading late={late} />
      </div>
    );
  }
  return (
    <div class="collector-view" aria-busy={[store, rules].some((one) => !one.data && !one.error)}>
      <Head state={data} />
      <Trouble fetched={[state, store, rules]} what="The collector" />
      <Notes state={data} />
      <Pipelines state={data} />
      <div class="halves">
        <div>
          <Destinations state={data} />
          <Losses state={data} />
          <Store fetched={store} state={data} />
          <Extensions state={data} />
        </div>
        <div>
          <Rules fetched={rules} state={data} />
        </div>
      </div>
    </div>
  );
}

function Head({ state }: { state: Collector }) {
  const lost = lostOf(state);
  return (
    <div class="collector-head">
      <h1 class="sr">Collector</h1>
      <span title={`since ${utc(state.started)}`}>
        <b>{state.version}</b> up {longDuration(state.uptime_seconds)}
      </span>
      {state.memory_bytes !== null && (
        <span>
          <b>{bytes(state.memory_bytes)}</b> memory{state.memory_limit_bytes ? ` of ${bytes(state.memory_limit_bytes)}` : ""}
        </span>
      )}
      {lost !== null && (
        <span class={lost > 0 ? "err" : ""}>
          <b>{count(lost)}</b> lost since the start
        </span>
      )}
      <span class="end">{state.command}</span>
    </div>
  );
}

/** Notes are what asks for something to be done: destinations that do not take what they are sent, then warnings. */
function Notes({ state }: { state: Collector }) {
  const down = state.destinations.filter((one) => one.health === "waiting" || one.health === "failed");
  const about = new Set(down.map((one) => one.id));
  const broken = [...state.receivers, ...state.processors, ...state.extensions].filter((one) => one.error);
  const others = state.destinations.length - down.length;
  return (
    <>
      {down.map((one) => {
        const since = one.retrying_since ? (now() - Date.parse(one.retrying_since)) / 1000 : 0;
        const lost = all(one.failed) + all(one.queue?.refused);
        return (
          <Note key={one.id} tone={one.health === "failed" || lost > 0 ? "err" : "warn"} live>
            <strong>{shortName(one.id)} does not take spans.</strong>{" "}
            <span>
              {one.error && <Text text={one.error} />}
              {one.error && one.address ? " from " : ""}
              {one.address && <Text text={host(one.address)} />}
              {since > 0 ? ` for ${longDuration(since)}` : ""}
              {(one.error || one.address || since > 0) && ". "}
              {one.queue && one.queue.size > 0 && `${waits(one.queue)}; `}
              {lost > 0 ? `${count(lost)} ${lost === 1 ? "item is" : "items are"} lost. ` : "none are lost. "}
              {others > 0 && (others === 1 ? "The other destination goes on." : "Other destinations go on.")}
            </span>
          </Note>
        );
      })}
      {broken.map((one) => (
        <Note key={one.id} tone="err">
          <strong>{one.id} reports an error.</strong> <Text text={one.error ?? ""} />
        </Note>
      ))}
      {state.warnings
        .filter((one) => !about.has(one.component ?? ""))
        .map((one, i) => (
          <Note key={i} tone={one.severity === "error" ? "err" : one.severity === "warning" ? "warn" : "acc"}>
            <strong>
              <Text text={sentence(one.sentence)} />
            </strong>{" "}
            {one.remedy && <Text text={sentence(one.remedy)} />}
            {one.component?.startsWith("llm_cost") && (
              <>
                {" "}
                <a href="/spend">Spend says which, and why</a>
              </>
            )}
          </Note>
        ))}
      {!state.metered && (
        <Note tone="acc">
          <strong>There are no counts.</strong> <Text text={state.note ?? ""} />
        </Note>
      )}
    </>
  );
}

/** waits says what waits in a queue, and where. */
function waits(queue: { size: number; unit: string; on_disk: boolean }): string {
  const amount = queue.unit === "bytes" ? bytes(queue.size) : `${count(queue.size)} ${queue.unit === "items" ? (queue.size === 1 ? "item" : "items") : queue.unit}`;
  return `${amount} ${queue.size === 1 && queue.unit !== "bytes" ? "waits" : "wait"} ${queue.on_disk ? "on disk" : "in memory"}`;
}

function host(address: string): string {
  return address.replace(/^https?:\/\//, "").replace(/\/.*$/, "") || address;
}
