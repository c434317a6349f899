// Runs the ticket-generation workflow again and again, and measures what observing
// it costs the application. The models are served by another process.
//
//   node overhead.mjs HOW RUNS LATENCY FOLDER
//
// HOW says how it is observed: `none`; `collector`, by @mastra/otel-exporter
// (OTLP_ENDPOINT); `mastra`, by Mastra's own SensitiveDataFilter and storage
// exporter, into a file in FOLDER. LATENCY is how many milliseconds a model takes to
// answer. A few runs come before those that are measured.
//
// Prints one JSON line: { milliseconds, cpu } of the runs, all together: from the
// start of each to its result, and the processor time of the process until
// everything is flushed.
import { fork } from 'node:child_process';
import { Mastra } from '@mastra/core/mastra';
import { LibSQLStore } from '@mastra/libsql';
import { MastraStorageExporter, Observability, SensitiveDataFilter } from '@mastra/observability';
import { OtelExporter } from '@mastra/otel-exporter';
import { serveModels } from '../model.mjs';
import { input, ticketGeneration } from './workflow.mjs';

const config = (exporter, rest) => ({
  observability: new Observability({ sensitiveDataFilter: false, configs: { bench: { serviceName: 'bench', exporters: [exporter], ...rest } } }),
});
const observed = {
  none: () => ({}),
  collector: () => config(new OtelExporter({ provider: { custom: { endpoint: `${process.env.OTLP_ENDPOINT}/v1/traces`, protocol: 'http/protobuf' } } })),
  mastra: (folder) => ({
    storage: new LibSQLStore({ id: 'traces', url: `file:${folder}/mastra.db` }),
    ...config(new MastraStorageExporter(), { spanOutputProcessors: [new SensitiveDataFilter()] }),
  }),
};

if (process.send) {
  const models = await serveModels({ latency: Number(process.argv[2]) });
  process.send(models.url);
  process.on('disconnect', () => process.exit(0));
} else {
  await measure(...process.argv.slice(2));
}

async function measure(how, runs, latency, folder) {
  const secrets = JSON.parse(process.env.SECRETS);
  const child = fork(import.meta.filename, [latency]);
  const url = await new Promise((served) => child.once('message', served));
  const mastra = new Mastra({ ...ticketGeneration(url, secrets), logger: false, ...observed[how](folder) });
  const workflow = mastra.getWorkflow('ticketGeneration');
  const once = async () => {
    const run = await workflow.createRun();
    const { status } = await run.start(input(secrets));
    if (status !== 'success') throw new Error(`a run ended with ${status}`);
  };

  for (let i = 0; i < 10; i++) await once();
  let milliseconds = 0;
  const used = process.cpuUsage();
  for (let i = 0; i < Number(runs); i++) {
    const start = performance.now();
    await once();
    milliseconds += performance.now() - start;
  }
  await mastra.shutdown(); // flushes
  const { user, system } = process.cpuUsage(used);
  child.disconnect();
  process.stdout.write(`${JSON.stringify({ milliseconds, cpu: (user + system) / 1000 })}\n`, () => process.exit(0));
}
