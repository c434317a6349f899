// Calls through OpenLLMetry's instrumentations of the providers' SDKs.
//
//   OTLP_ENDPOINT   base URL of OTLP/HTTP
//   SECRETS         JSON object with the planted secrets
//
// Prints one JSON line: the trace id and what the models were asked.
import * as anthropicModule from '@anthropic-ai/sdk';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { AnthropicInstrumentation } from '@traceloop/instrumentation-anthropic';
import { OpenAIInstrumentation } from '@traceloop/instrumentation-openai';
import OpenAI from 'openai';
import { makeCalls } from '../calls.mjs';
import { serveModels } from '../model.mjs';
import { tracerProvider, underRoot } from '../otel.mjs';

const models = await serveModels();
const provider = tracerProvider({ NodeTracerProvider, BatchSpanProcessor, OTLPTraceExporter, resourceFromAttributes }, 'openllmetry-app');
provider.register();
const openaiInstrumentation = new OpenAIInstrumentation();
const anthropicInstrumentation = new AnthropicInstrumentation();
openaiInstrumentation.setTracerProvider(provider);
anthropicInstrumentation.setTracerProvider(provider);
openaiInstrumentation.manuallyInstrument(OpenAI);
anthropicInstrumentation.manuallyInstrument(anthropicModule);
const openai = new OpenAI({ baseURL: `${models.url}/v1`, apiKey: 'unused' });
const anthropic = new anthropicModule.Anthropic({ baseURL: models.url, apiKey: 'unused' });

const secrets = JSON.parse(process.env.SECRETS);
const traceId = await underRoot(provider, { 'session.id': 'sess-42', 'user.id': 'user-17' }, () => makeCalls({ openai, anthropic, secrets }));
await provider.shutdown(); // flushes
await models.close();
console.log(JSON.stringify({ traceId, requests: models.requests }));
