import { signal } from "@preact/signals";
import { useLayoutEffect, useState } from "preact/hooks";
import { useEvent } from "../../hooks";
import { ownNames } from "./columns";
import { Feed } from "./feed";

/** selected is the trace that keys move from. */
export const selected = signal("");

/**
 * useTraceList is the list of a query. mayEnter says whether new rows may enter by
 * themselves. turn is another whenever the list has changed: components that are given
 * the same list are not drawn again without it.
 */
export function useTraceList(query: URLSearchParams, mayEnter: () => boolean): { list: Feed; turn: number } {
  const columns = ownNames();
  const key = `${query}|${columns.join()}`;
  const [turn, render] = useState(0);
  const enters = useEvent(mayEnter);
  const [feed] = useState(() => new Feed(() => render((n) => n + 1), enters));
  // Before anything is painted: the request is on its way while the browser draws.
  useLayoutEffect(() => feed.open({ key, query, columns }), [key]);
  return { list: feed, turn };
}
