import { useEffect } from "preact/hooks";
import type { Params, TraceSummary } from "../api";
import { changed } from "../collector";
import { useEvent } from "../hooks";
import { subscribe } from "../live";

/** Changes that come together are asked for once. */
const TOGETHER_MS = 1500;

/** SUMS_MS is how long sums over all traces wait for more changes. */
export const SUMS_MS = 5000;

/**
 * useLive calls reload with the traces that have changed and that the filter lets through;
 * with none after a connection was lost, when all may have changed.
 */
export function useLive(params: Params, reload: (traces: TraceSummary[]) => void, together = TOGETHER_MS): void {
  const latest = useEvent(reload);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let first = true;
    let waiting: TraceSummary[] = [];
    const soon = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        latest(waiting);
        waiting = [];
      }, together);
    };
    const stop = subscribe(
      params,
      (changes) => {
        if (!changes.traces?.length) return;
        changed();
        waiting.push(...changes.traces);
        soon();
      },
      {
        begins: (all) => {
          if (!first || all) latest([]);
          first = false;
        },
      },
    );
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [JSON.stringify(params)]);
}
