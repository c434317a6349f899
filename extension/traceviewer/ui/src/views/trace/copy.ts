// What can be copied of a span.

/** sqlOf is a query for a span, or for all spans of a trace, on the store. */
export function sqlOf(traceId: string, spanId?: string): string {
  const where = `trace_id = ${quote(traceId)}`;
  if (spanId) return `SELECT * FROM otel_spans WHERE ${where} AND span_id = ${quote(spanId)};`;
  return `SELECT span_id, parent_span_id, name, duration_us, cost_usd FROM otel_spans WHERE ${where} ORDER BY start_us;`;
}

/** sqlOfRun is a query for like siblings. */
export function sqlOfRun(traceId: string, parentId: string | undefined, name: string): string {
  const parent = parentId ? `parent_span_id = ${quote(parentId)}` : "parent_span_id IS NULL";
  return `SELECT span_id, start_us, duration_us, status_code, cost_usd FROM otel_spans WHERE trace_id = ${quote(traceId)} AND ${parent} AND name = ${quote(name)} ORDER BY start_us;`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** linkOf is the path of a trace on this page, with a span where one is chosen. */
export function linkOf(traceId: string, spanId?: string): string {
  const path = `/traces/${encodeURIComponent(traceId)}`;
  return spanId ? `${path}?span=${encodeURIComponent(spanId)}` : path;
}

/** pickSpan leaves one span of a trace in OTLP JSON, with its resource and scope; null where it is not in it. */
export function pickSpan(otlp: unknown, spanId: string): unknown {
  const traces = otlp as { resourceSpans?: { scopeSpans?: { spans?: { spanId?: string }[] }[] }[] };
  for (const resource of traces.resourceSpans ?? []) {
    for (const scope of resource.scopeSpans ?? []) {
      const span = scope.spans?.find((s) => s.spanId === spanId);
      if (span) return { resourceSpans: [{ ...resource, scopeSpans: [{ ...scope, spans: [span] }] }] };
    }
  }
  return null;
}
