import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { type ApiError, type Params, get, url } from "./api";

/** What a fetch has come to. Data stays while it is fetched again, or when that fails. */
export interface Fetched<T> {
  data: T | undefined;
  error: ApiError | undefined;
  loading: boolean;
  /** late is set after 150 ms without an answer: before, nothing is drawn for waiting. */
  late: boolean;
  reload: () => void;
}

export interface FetchOptions {
  /** every asks again after so many milliseconds, while the page is visible. */
  every?: number;
  /** keep shows the data of another path until this one's is there. */
  keep?: boolean;
}

/** useFetch fetches a path below /api/v1, null fetches nothing. What is no longer asked for is aborted. */
export function useFetch<T>(path: string | null, params: Params = {}, options: FetchOptions = {}): Fetched<T> {
  const key = path === null ? null : url(path, params);
  const [state, set] = useState<{ key: string | null; data?: T; error?: ApiError }>({ key: null });
  const [busy, setBusy] = useState(false);
  const [late, setLate] = useState(false);
  const [turn, setTurn] = useState(0);
  const reload = useCallback(() => setTurn((n) => n + 1), []);

  // Before the first paint, which an answer is waited for anyway.
  useLayoutEffect(() => {
    if (path === null) return;
    const abort = new AbortController();
    const slow = setTimeout(() => setLate(true), 150);
    setBusy(true);
    get<T>(path, params, abort.signal)
      .then((data) => set({ key, data }))
      .catch((error: ApiError) => {
        if (abort.signal.aborted) return;
        set((was) => ({ key, error, ...(was.key === key && was.data !== undefined ? { data: was.data } : {}) }));
      })
      .finally(() => {
        clearTimeout(slow);
        if (abort.signal.aborted) return;
        setBusy(false);
        setLate(false);
      });
    return () => {
      clearTimeout(slow);
      setLate(false);
      abort.abort();
    };
  }, [key, turn]);

  useEffect(() => {
    if (!options.every || path === null) return;
    const timer = setInterval(() => {
      if (!document.hidden) reload();
    }, options.every);
    return () => clearInterval(timer);
  }, [key, options.every]);

  const current = state.key === key;
  return {
    data: current || options.keep ? state.data : undefined,
    error: current ? state.error : undefined,
    loading: busy || (key !== null && !current),
    late,
    reload,
  };
}

/** useMedia follows a media query. */
export function useMedia(query: string): boolean {
  const [matches, set] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const changed = () => set(list.matches);
    changed();
    list.addEventListener("change", changed);
    return () => list.removeEventListener("change", changed);
  }, [query]);
  return matches;
}

/** useNarrow is true where the phone layout is shown, which is also that of 200 % zoom. */
export function useNarrow(): boolean {
  return useMedia(NARROW);
}

/** NARROW is the media query of the phone layout; styles use the same width. */
export const NARROW = "(max-width: 760px)";

/** Who wants less motion sees clocks that go by seconds. */
const calm = typeof matchMedia === "function" ? matchMedia("(prefers-reduced-motion: reduce)") : undefined;

/** useTicker renders again every so many milliseconds while active, and the page is visible. */
export function useTicker(active: boolean, ms: number): void {
  const [, set] = useState(0);
  useEffect(() => {
    if (!active) return;
    const timer = setInterval(() => {
      if (!document.hidden) set((n) => n + 1);
    }, calm?.matches ? Math.max(ms, 1000) : ms);
    return () => clearInterval(timer);
  }, [active, ms]);
}

/** useEvent is a function that stays the same and calls the latest. */
export function useEvent<A extends unknown[], R>(fn: (...args: A) => R): (...args: A) => R {
  const ref = useRef(fn);
  useLayoutEffect(() => {
    ref.current = fn;
  });
  return useCallback((...args: A) => ref.current(...args), []);
}

/** useTitle sets the title of the document. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · otelcol-llm` : "otelcol-llm";
  }, [title]);
}
