// What the top bar says: today's dollars, and in words how the collector does.
import { signal } from "@preact/signals";
import { type Collector, type Destination, type Spend, ApiError, get, now } from "./api";
import { clock, startOfDay, zone } from "./format";
import { connection } from "./live";

/** today is what calls have cost since midnight in the viewer's zone. */
export const today = signal<Spend | undefined>(undefined);

/** collector is its latest state. */
export const collector = signal<Collector | undefined>(undefined);

/** unreachable is since when the collector has not answered, in milliseconds, 0 while it does. */
export const unreachable = signal(0);

const EVERY_MS = 10_000;
const SOON_MS = 2000;
const FIRST_MS = 200;

let soon: ReturnType<typeof setTimeout> | undefined;

/** changed asks again soon: traces have come. */
export function changed(): void {
  soon ??= setTimeout(() => {
    soon = undefined;
    void refreshToday();
    void refreshCollector();
  }, SOON_MS);
}

async function refreshToday(): Promise<void> {
  try {
    today.value = await get<Spend>("/spend", { since: startOfDay(now()).toISOString(), zone });
  } catch {
    // The view says why nothing can be read; the figure stays as it was.
  }
}

async function refreshCollector(): Promise<void> {
  try {
    collector.value = await get<Collector>("/collector");
    unreachable.value = 0;
  } catch (err) {
    if (err instanceof ApiError && err.unreachable) unreachable.value ||= Date.now();
  }
}

/** start asks now and then, while the page is visible. */
export function start(): void {
  const refresh = () => {
    if (document.hidden) return;
    void refreshToday();
    void refreshCollector();
  };
  // A view asks first.
  setTimeout(refresh, FIRST_MS);
  setInterval(refresh, EVERY_MS);
  document.addEventListener("visibilitychange", refresh);
}

/** Words of health, with the class that colours them. */
export interface HealthWords {
  words: string;
  tone: "" | "h-warn" | "h-err" | "h-off";
}

/** health says in words how the collector does; the worst first. */
export function health(): HealthWords {
  const lost = unreachable.value || (connection.value.state === "lost" && !connection.value.reason?.status ? connection.value.since : 0);
  if (lost) return { words: `Not connected since ${clock(lost)}`, tone: "h-err" };
  const state = collector.value;
  if (!state) return { words: "", tone: "h-off" };
  const failed = state.destinations.find((one) => one.health === "failed");
  if (failed) return { words: `${name(failed)} has failed`, tone: "h-err" };
  const losing = state.destinations.find((one) => one.health === "degraded");
  if (losing) return { words: `${name(losing)} does not take all`, tone: "h-err" };
  const waiting = state.destinations.find((one) => one.health === "waiting");
  if (waiting) return { words: `${name(waiting)} waits`, tone: "h-warn" };
  if (state.health === "failed") return { words: "Failed", tone: "h-err" };
  const port = httpPort(state);
  const accepted = state.receivers.reduce((sum, one) => sum + (one.accepted?.spans ?? 0), 0);
  const at = port ? ` on ${port}` : "";
  const words = state.receivers.length === 0 ? "Reading" : `${accepted > 0 ? "Receiving" : "Listening"}${at}`;
  return { words, tone: state.health === "degraded" ? "h-warn" : "" };
}

function name(destination: Destination): string {
  const slash = destination.id.indexOf("/");
  return slash < 0 ? destination.id : destination.id.slice(slash + 1);
}

function httpPort(state: Collector): string {
  const endpoints = state.receivers.flatMap((one) => one.endpoints);
  const chosen = endpoints.find((one) => one.protocol === "http") ?? endpoints[0];
  return chosen ? chosen.address.slice(chosen.address.lastIndexOf(":") + 1) : "";
}
