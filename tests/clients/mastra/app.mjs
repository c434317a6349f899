// A Mastra application: the ticket-generation workflow, sending its traces to the
// collector under test.
//
//   OTLP_ENDPOINT   base URL of OTLP/HTTP
//   SECRETS         JSON object with the twelve planted secrets
//
// Prints one JSON line: what ran.
import { Mastra } from '@mastra/core/mastra';
import { Observability } from '@mastra/observability';
import { OtelExporter } from '@mastra/otel-exporter';
import { serveModels } from '../model.mjs';
import { input, ticketGeneration } from './workflow.mjs';

const secrets = JSON.parse(process.env.SECRETS);
const models = await serveModels();
const mastra = new Mastra({
  ...ticketGeneration(models.url, secrets),
  logger: false,
  observability: new Observability({
    // Mastra's own filter is off: the collector has to find everything.
    sensitiveDataFilter: false,
    configs: {
      otel: {
        serviceName: 'mastra-ticket-app',
        exporters: [new OtelExporter({ provider: { custom: { endpoint: `${process.env.OTLP_ENDPOINT}/v1/traces`, protocol: 'http/protobuf' } } })],
      },
    },
  }),
});

const run = await mastra.getWorkflow('ticketGeneration').createRun();
const result = await run.start(input(secrets));
await mastra.shutdown(); // flushes
await models.close();
console.log(JSON.stringify({ status: result.status, traceId: result.traceId, requests: models.requests }));
