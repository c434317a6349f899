// Calls through Langfuse's SDK: its wrapper of OpenAI's client, and a generation
// that the application reports itself.
//
//   OTLP_ENDPOINT   base URL of OTLP/HTTP
//   SECRETS         JSON object with the planted secrets
//
// Prints one JSON line: the trace id and what the models were asked.
import { observeOpenAI } from '@langfuse/openai';
import { LangfuseSpanProcessor } from '@langfuse/otel';
import { propagateAttributes, startActiveObservation, startObservation } from '@langfuse/tracing';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import OpenAI from 'openai';
import { anthropicModel, contents, makeCalls } from '../calls.mjs';
import { serveModels } from '../model.mjs';

const models = await serveModels();
const exporter = new OTLPTraceExporter({ url: `${process.env.OTLP_ENDPOINT}/v1/traces` });
const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'langfuse-app' }),
  spanProcessors: [new LangfuseSpanProcessor({ exporter, publicKey: 'unused', secretKey: 'unused' })],
});
provider.register();
const openai = observeOpenAI(new OpenAI({ baseURL: `${models.url}/v1`, apiKey: 'unused' }));
const secrets = JSON.parse(process.env.SECRETS);

let traceId;
await startActiveObservation('POST /tickets', async (root) => {
  traceId = root.traceId;
  await propagateAttributes({ userId: 'user-17', sessionId: 'sess-42', tags: ['ticket'] }, async () => {
    await makeCalls({ openai, secrets });
    const generation = startObservation('preflight', { model: anthropicModel, input: contents(secrets).validate }, { asType: 'generation' });
    generation.update({
      output: 'PASS', completionStartTime: new Date(),
      usageDetails: { input: 450, input_cached_tokens: 1800, input_cache_creation_5m: 200, input_cache_creation_1h: 400, output: 80, total: 2930 },
      costDetails: { input: 0.00045, output: 0.0004, total: 0.00208 },
    }).end();
  });
});
await provider.shutdown(); // flushes
await models.close();
console.log(JSON.stringify({ traceId, requests: models.requests }));
