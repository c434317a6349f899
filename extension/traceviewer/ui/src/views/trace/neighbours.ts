// The trace before and the trace after, by their start.

import { type Page, type TraceSummary, get } from "../../api";

const widths = [10, 600, 7200, 86_400, 30 * 86_400, 3650 * 86_400];

/** older is the trace that started last before another. */
export async function older(trace: { trace_id: string; start: string }): Promise<string | null> {
  const page = await get<Page<TraceSummary>>("/traces", { until: trace.start, limit: 1 });
  return page.items[0]?.trace_id ?? null;
}

/** newer is the one that started next: windows that grow find it without reading all. */
export async function newer(trace: { trace_id: string; start: string }): Promise<string | null> {
  const start = Date.parse(trace.start);
  for (const seconds of widths) {
    let last: string | null = null, cursor: string | undefined;
    for (let pages = 0; pages < 20; pages++) {
      const page: Page<TraceSummary> = await get("/traces", { since: trace.start, until: new Date(start + seconds * 1000).toISOString(), limit: 1000, cursor });
      for (const item of page.items) if (item.trace_id !== trace.trace_id) last = item.trace_id;
      cursor = page.next;
      if (!cursor) break;
    }
    if (last) return last;
    if (start + seconds * 1000 > Date.now() + 86_400_000) break;
  }
  return null;
}
