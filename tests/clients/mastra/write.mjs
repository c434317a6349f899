// Stores the spans of a trace store twice more, through Mastra's own storage
// class, and measures how long that takes.
//
//   node write.mjs file:FROM FOLDER
//
// exporter: as MastraStorageExporter does by default, in flushes of a thousand
// events: 500 spans are inserted as they start, and updated as they have ended.
// insert: the same class, given a thousand ended spans at a time.
//
// Prints one JSON line: { spans, exporter, insert }, the latter two { milliseconds,
// cpu } of storing, reading not included; cpu is milliseconds of processor time.
import { LibSQLStore } from '@mastra/libsql';

const [from, folder] = process.argv.slice(2);

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

const ways = {
  exporter: async (target) => {
    for (const batch of batches(500)) {
      await target.batchCreateSpans({ records: batch.map((record) => ({ ...record, output: null, error: null, endedAt: null })) });
      await target.batchUpdateSpans({
        records: batch.map(({ traceId, spanId, name, attributes, metadata, input, output, error, endedAt }) => (
          { traceId, spanId, updates: { name, scope: null, attributes, metadata, links: null, endedAt, input, output, error } }
        )),
      });
    }
  },
  insert: async (target) => {
    for (const batch of batches(1000)) await target.batchCreateSpans({ records: batch });
  },
};
const result = { spans: records.length };
for (const [name, store] of Object.entries(ways)) {
  const target = await open(name, `file:${folder}/${name}.db`);
  const start = performance.now();
  const used = process.cpuUsage();
  await store(target);
  const { user, system } = process.cpuUsage(used); // µs, of all threads
  result[name] = { milliseconds: performance.now() - start, cpu: (user + system) / 1000 };
  const { pagination: stored } = await target.listTraces({ pagination: { page: 0, perPage: 1 } });
  if (stored.total !== pagination.total) throw new Error(`${stored.total} traces are stored, not ${pagination.total}`);
}
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));

function* batches(size) {
  for (let i = 0; i < records.length; i += size) yield records.slice(i, i + size);
}
