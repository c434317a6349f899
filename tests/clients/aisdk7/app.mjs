// Calls through the Vercel AI SDK 7 with @ai-sdk/otel.
//
//   OTLP_ENDPOINT   base URL of OTLP/HTTP
//   SECRETS         JSON object with the planted secrets
//
// Prints one JSON line: the trace id and what the models were asked.
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { OpenTelemetry } from '@ai-sdk/otel';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import * as ai from 'ai';
import { makeCalls } from '../aisdk.mjs';
import { anthropicModel, embeddingModel, openaiModel } from '../calls.mjs';
import { serveModels } from '../model.mjs';
import { tracerProvider, underRoot } from '../otel.mjs';

const models = await serveModels();
const provider = tracerProvider({ NodeTracerProvider, BatchSpanProcessor, OTLPTraceExporter, resourceFromAttributes }, 'aisdk7-app');
provider.register();
ai.registerTelemetry(new OpenTelemetry());
const openai = createOpenAI({ baseURL: `${models.url}/v1`, apiKey: 'unused' });
const anthropic = createAnthropic({ baseURL: `${models.url}/v1`, apiKey: 'unused' });

const traceId = await underRoot(provider, {}, () => makeCalls({
  ai,
  chat: openai.chat(openaiModel),
  messages: anthropic(anthropicModel),
  embedding: openai.embeddingModel(embeddingModel),
  telemetry: (functionId) => ({ telemetry: { functionId } }),
  toolSchema: 'inputSchema',
  steps: { stopWhen: ai.isStepCount ? ai.isStepCount(2) : ai.stepCountIs(2) },
  secrets: JSON.parse(process.env.SECRETS),
}));
await provider.shutdown(); // flushes
await models.close();
console.log(JSON.stringify({ traceId, requests: models.requests }));
