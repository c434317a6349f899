// The pipelines of a configuration as one line a signal: receivers, processors, and the
// destinations behind the fork. A connector ends one pipeline and begins others.
import type { Collector, Destination, Pipeline, Receiver } from "../../api";

/** A branch leads to destinations, through processors of its own. */
export interface Branch {
  processors: string[];
  destinations: string[];
}

/** A flow is one signal from where it comes to where it goes. */
export interface Flow {
  signal: string;
  receivers: string[];
  processors: string[];
  branches: Branch[];
}

function signalOf(id: string): string {
  return id.split("/")[0] ?? id;
}

/** flows joins pipelines at their connectors. */
export function flows(pipelines: readonly Pipeline[]): Flow[] {
  const list = pipelines ?? [];
  // A connector between pipelines of the same signal stays in it; others lead from one signal to another.
  const begins = (id: string, signal: string) => {
    const all = list.filter((one) => one.receivers.includes(id));
    const same = all.filter((one) => signalOf(one.id) === signal);
    return same.length ? same : all;
  };
  const fed = new Set(list.flatMap((one) => one.exporters));
  const heads = list.filter((one) => one.receivers.length === 0 || one.receivers.some((id) => !fed.has(id)));
  return heads.map((head) => {
    const branches: Branch[] = [];
    const walk = (pipeline: Pipeline, processors: string[], seen: readonly string[]) => {
      const direct: string[] = [];
      for (const id of pipeline.exporters) {
        const after = begins(id, signalOf(pipeline.id));
        const next = after.filter((one) => !seen.includes(one.id));
        if (next.length === 0) {
          if (after.length === 0 && !/^nop(\/|$)/.test(id)) direct.push(id); // nop goes nowhere
          continue;
        }
        for (const one of next) walk(one, [...processors, ...one.processors], [...seen, one.id]);
      }
      if (direct.length) branches.push({ processors, destinations: direct });
    };
    walk(head, [], [head.id]);
    return { signal: signalOf(head.id), receivers: head.receivers.filter((id) => !fed.has(id)), processors: head.processors, branches };
  }).sort((a, b) => rank(a.signal) - rank(b.signal));
}

function rank(signal: string): number {
  const at = ["traces", "logs", "metrics"].indexOf(signal);
  return at < 0 ? 3 : at;
}

const ITEMS = { traces: "spans", logs: "log_records", metrics: "data_points" } as const;

/** itemsOf is the count of a signal, 0 where it is not counted. */
export function itemsOf(items: { spans: number; log_records: number; data_points: number } | null | undefined, signal: string): number {
  const name = ITEMS[signal as keyof typeof ITEMS];
  return items && name ? items[name] : 0;
}

/** nounOf names the items of a signal. */
export function nounOf(signal: string, n: number): string {
  const one = { traces: "span", logs: "record", metrics: "data point" }[signal] ?? "item";
  return n === 1 ? one : `${one}s`;
}

/** shortName is the part of an id that tells it from others: langfuse of otlp_http/langfuse. */
export function shortName(id: string): string {
  const at = id.indexOf("/");
  return at < 0 ? id : id.slice(at + 1);
}

/** everything a count has. */
export function all(items: { spans: number; log_records: number; data_points: number } | null | undefined): number {
  return items ? items.spans + items.log_records + items.data_points : 0;
}

/** Lost is what was given up; null where nothing counts it. */
export function lostOf(state: Collector): number | null {
  if (!state.metered) return null;
  return state.destinations.reduce((sum, one) => sum + all(one.failed) + all(one.queue?.refused), 0);
}

/** A line of what was refused or dropped. */
export interface Loss {
  count: number;
  what: string;
  why: string;
  tone: "err" | "warn";
}

/** losses lists what was refused or dropped, and why. */
export function losses(state: Collector): Loss[] {
  const list: Loss[] = [];
  for (const receiver of state.receivers) list.push(...refusals(receiver));
  for (const processor of state.processors) {
    for (const one of processor.findings ?? []) {
      if (one.bad && one.value > 0 && /drop|refus|could not|failed/.test(one.name)) list.push({ count: one.value, what: "", why: `${shortName(processor.id)}: ${one.name}`, tone: "warn" });
    }
  }
  for (const one of state.destinations) list.push(...given(one));
  return list;
}

function refusals(receiver: Receiver): Loss[] {
  return (receiver.refused_requests ?? []).filter((one) => one.requests > 0).map((one) => ({ count: one.requests, what: one.requests === 1 ? "request" : "requests", why: `${receiver.id}, ${one.protocol}: ${one.sentence}`, tone: "warn" as const }));
}

function given(one: Destination): Loss[] {
  const list: Loss[] = [];
  const name = shortName(one.id);
  const noun = (n: number) => (n === 1 ? "item" : "items");
  const failed = all(one.failed);
  if (failed > 0) list.push({ count: failed, what: noun(failed), why: `given up by ${name}${one.error ? `: ${one.error}` : ""}`, tone: "err" });
  const full = all(one.queue?.refused);
  if (full > 0) list.push({ count: full, what: noun(full), why: `the queue of ${name} was full`, tone: "err" });
  for (const figure of one.figures ?? []) if (figure.bad && figure.value > 0) list.push({ count: figure.value, what: "", why: `${name}: ${figure.name}`, tone: "err" });
  return list;
}
