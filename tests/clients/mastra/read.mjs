// Reads a trace store the two ways in which Mastra does: through the storage
// class of @mastra/libsql, and through Mastra's HTTP API over the same store.
//
//   node read.mjs file:PATH
//
// Prints one JSON line: { library, api }, each { list, traces } with the spans of
// every listed trace.
import { LibSQLStore, ObservabilityLibSQL } from '@mastra/libsql';
import { ask, serveAPI } from './api.mjs';

const storage = new LibSQLStore({ id: 'traces', url: process.argv[2] });
await storage.init();
const observability = await storage.getStore('observability');

const span = (s) => ({
  spanId: s.spanId, parentSpanId: s.parentSpanId ?? null, name: s.name, spanType: s.spanType,
  status: s.status, startedAt: iso(s.startedAt), endedAt: iso(s.endedAt),
  sessionId: s.sessionId ?? '', userId: s.userId ?? '',
  entityType: s.entityType ?? null, entityName: s.entityName ?? null,
  input: s.input ?? null, output: s.output ?? null, attributes: s.attributes ?? null, metadata: s.metadata ?? null,
});
const iso = (time) => (time ? new Date(time).toISOString() : null);

async function read(list, get) {
  const roots = await list();
  const traces = {};
  for (const root of roots) traces[root.traceId] = (await get(root.traceId)).map(span);
  return { list: roots.map((r) => ({ traceId: r.traceId, ...span(r) })), traces };
}

const library = await read(
  async () => (await observability.listTraces({ pagination: { page: 0, perPage: 100 } })).spans,
  async (traceId) => (await observability.getTrace({ traceId })).spans,
);

const server = await serveAPI(new ObservabilityLibSQL({ url: process.argv[2] }));
const api = await read(
  async () => (await ask(server, '/traces?perPage=100')).spans,
  async (traceId) => (await ask(server, `/traces/${traceId}`)).spans,
);
server.close();
// The store keeps the process alive: end it when everything is written.
process.stdout.write(`${JSON.stringify({ library, api })}\n`, () => process.exit(0));
