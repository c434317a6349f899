// What changes while the page is open: server-sent events of /api/v1/live, read from a
// fetch so that the cursor can be sent again and an error has a status. A hidden page
// does not listen: browsers allow six connections to one host.
import { signal } from "@preact/signals";
import { type Changes, type Params, ApiError, failure, url } from "./api";

/** Connection is how the page and the collector are connected. */
export interface Connection {
  state: "connecting" | "open" | "lost";
  /** since is when the state began, in the browser's milliseconds. */
  since: number;
  /** retryAt is when the next attempt is made, in the browser's milliseconds. */
  retryAt: number;
  /** reason is what the collector said, where it did. */
  reason?: ApiError;
}

/** connection is that of the view's subscription. */
export const connection = signal<Connection>({ state: "connecting", since: Date.now(), retryAt: 0 });

/** wake tries again at once. */
export const wake = signal(0);

const RETRY_MS = [500, 1000, 2000, 4000, 8000];

/** Heartbeats come every 15 s; after three without one the connection is taken to be dead. */
const SILENT_MS = 45_000;

interface Options {
  /** from is the cursor to go on from; without one it is now. */
  from?: string;
  /**
   * begins is called when changes begin to be told, at each connection: what came
   * before is to be asked for. all is set where the collector does not know any more
   * what was told.
   */
  begins?: (all: boolean) => void;
}

/** subscribe calls back with changes until it is told to stop. */
export function subscribe(params: Params, changed: (changes: Changes) => void, { from = "", begins }: Options = {}): () => void {
  let stopped = false;
  let abort: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let cursor = from;
  let failures = 0;

  const lost = (reason?: ApiError) => {
    if (stopped) return;
    const wait = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? 8000;
    failures++;
    const was = connection.peek();
    connection.value = {
      state: "lost",
      since: was.state === "lost" ? was.since : Date.now(),
      retryAt: Date.now() + wait,
      ...(reason ? { reason } : {}),
    };
    clearTimeout(timer);
    timer = setTimeout(connect, wait);
  };

  const connect = async () => {
    if (stopped || document.hidden) return;
    clearTimeout(timer);
    abort?.abort();
    const mine = new AbortController();
    abort = mine;
    let silence = setTimeout(() => mine.abort(), SILENT_MS);
    try {
      const response = await fetch(url("/live", params), {
        signal: mine.signal,
        headers: { Accept: "text/event-stream", ...(cursor ? { "Last-Event-ID": cursor } : {}) },
      });
      if (!response.ok || !response.body) {
        // A cursor of a store that was replaced: begin anew.
        if (response.status === 400) cursor = "";
        throw await failure(response);
      }
      failures = 0;
      connection.value = { state: "open", since: Date.now(), retryAt: 0 };
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      const parser = new EventParser();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        clearTimeout(silence);
        silence = setTimeout(() => mine.abort(), SILENT_MS);
        for (const event of parser.push(value)) {
          if (event.id) cursor = event.id;
          if (stopped) return;
          if (event.name === "reset") {
            cursor = "";
            begins?.(true);
          } else if (event.name === "changes") {
            const changes = JSON.parse(event.data) as Changes;
            changed(changes);
            if (!changes.traces?.length) begins?.(false);
          }
        }
      }
      if (abort === mine) lost();
    } catch (err) {
      if (abort === mine) lost(err instanceof ApiError ? err : undefined);
    } finally {
      clearTimeout(silence);
    }
  };

  const visibility = () => {
    if (document.hidden) {
      clearTimeout(timer);
      const mine = abort;
      abort = undefined;
      mine?.abort();
    } else if (!abort) {
      void connect();
    }
  };
  document.addEventListener("visibilitychange", visibility);
  const unwake = wake.subscribe((n) => {
    if (n > 0 && connection.peek().state === "lost") void connect();
  });
  void connect();

  return () => {
    stopped = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", visibility);
    unwake();
    abort?.abort();
  };
}

/** One event of a stream. */
export interface StreamEvent {
  name: string;
  data: string;
  id: string;
}

/** EventParser reads the format of server-sent events, whose pieces end anywhere. */
export class EventParser {
  #rest = "";
  #event: StreamEvent = { name: "", data: "", id: "" };

  push(text: string): StreamEvent[] {
    const events: StreamEvent[] = [];
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "") {
        if (this.#event.data !== "" || this.#event.name !== "") {
          events.push({ ...this.#event, name: this.#event.name || "message" });
        }
        this.#event = { name: "", data: "", id: "" };
        continue;
      }
      const colon = line.indexOf(":");
      if (colon === 0) continue;
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
      if (field === "event") this.#event.name = value;
      else if (field === "id") this.#event.id = value;
      else if (field === "data") this.#event.data += (this.#event.data ? "\n" : "") + value;
    }
    return events;
  }
}
