// Stores the spans of a trace store once more, through Mastra's own storage
// class, and measures how long that takes.
//
//   node write.mjs file:FROM file:TO
//
// Batches and settings are those with which MastraStorageExporter writes, which
// would update every span once after it has inserted it; here each is inserted
// ended. Prints one JSON line: how many spans, and what storing them took,
// reading not included, in milliseconds and in milliseconds of processor time.
import { LibSQLStore } from '@mastra/libsql';

const batchSize = 1000;
const [from, to] = process.argv.slice(2);

async function open(id, url) {
  const storage = new LibSQLStore({ id, url });
  await storage.init();
  return storage.getStore('observability');
}

const source = await open('from', from);
const { spans: roots } = await source.listTraces({ pagination: { page: 0, perPage: 100 } });
const { pagination } = await source.listTraces({ pagination: { page: 0, perPage: 1 } });
for (let page = 1; roots.length < pagination.total; page++) {
  roots.push(...(await source.listTraces({ pagination: { page, perPage: 100 } })).spans);
}
const records = [];
for (const { traceId } of roots) {
  const trace = await source.getTrace({ traceId });
  records.push(...trace.spans);
}

const target = await open('to', to);
const start = performance.now();
const used = process.cpuUsage();
for (let i = 0; i < records.length; i += batchSize) await target.batchCreateSpans({ records: records.slice(i, i + batchSize) });
const milliseconds = performance.now() - start;
const { user, system } = process.cpuUsage(used); // µs, of all threads

const { pagination: stored } = await target.listTraces({ pagination: { page: 0, perPage: 1 } });
if (stored.total !== pagination.total) throw new Error(`${stored.total} traces are stored, not ${pagination.total}`);
process.stdout.write(`${JSON.stringify({ spans: records.length, milliseconds, cpu: (user + system) / 1000 })}\n`, () => process.exit(0));
