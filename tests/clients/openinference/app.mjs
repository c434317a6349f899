// Calls through OpenInference's instrumentations of the providers' SDKs.
//
//   OTLP_ENDPOINT   base URL of OTLP/HTTP
//   SECRETS         JSON object with the planted secrets
//
// Prints one JSON line: the trace id and what the models were asked.
import Anthropic from '@anthropic-ai/sdk';
import { AnthropicInstrumentation } from '@arizeai/openinference-instrumentation-anthropic';
import { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai';
import { setSession, setUser } from '@arizeai/openinference-core';
import { context } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import OpenAI from 'openai';
import { makeCalls } from '../calls.mjs';
import { serveModels } from '../model.mjs';
import { tracerProvider, underRoot } from '../otel.mjs';

const models = await serveModels();
const provider = tracerProvider({ NodeTracerProvider, BatchSpanProcessor, OTLPTraceExporter, resourceFromAttributes }, 'openinference-app');
provider.register();
for (const [Instrumentation, sdk] of [[OpenAIInstrumentation, OpenAI], [AnthropicInstrumentation, Anthropic]]) {
  const instrumentation = new Instrumentation({ tracerProvider: provider });
  instrumentation.setTracerProvider(provider);
  instrumentation.manuallyInstrument(sdk);
}
const openai = new OpenAI({ baseURL: `${models.url}/v1`, apiKey: 'unused' });
const anthropic = new Anthropic({ baseURL: models.url, apiKey: 'unused' });

const secrets = JSON.parse(process.env.SECRETS);
const session = setUser(setSession(context.active(), { sessionId: 'sess-42' }), { userId: 'user-17' });
const traceId = await context.with(session, () => underRoot(provider, {}, () => makeCalls({ openai, anthropic, secrets })));
await provider.shutdown(); // flushes
await models.close();
console.log(JSON.stringify({ traceId, requests: models.requests }));
