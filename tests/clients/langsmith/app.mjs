// Calls through LangSmith's wrappers of the providers' SDKs, exported as OpenTelemetry.
//
//   OTLP_ENDPOINT   base URL of OTLP/HTTP
//   SECRETS         JSON object with the planted secrets
//
// Prints one JSON line: the trace id and what the models were asked.
import Anthropic from '@anthropic-ai/sdk';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { Client } from 'langsmith';
import { initializeOTEL } from 'langsmith/experimental/otel/setup';
import { traceable } from 'langsmith/traceable';
import { wrapAnthropic } from 'langsmith/wrappers/anthropic';
import { wrapOpenAI } from 'langsmith/wrappers/openai';
import OpenAI from 'openai';
import { makeCalls } from '../calls.mjs';
import { serveModels } from '../model.mjs';
import { tracerProvider, underRoot } from '../otel.mjs';

const models = await serveModels();
const provider = tracerProvider({ NodeTracerProvider, BatchSpanProcessor, OTLPTraceExporter, resourceFromAttributes }, 'langsmith-app');
provider.register();
initializeOTEL({ globalTracerProvider: provider, skipGlobalContextManagerSetup: true });
const client = new Client({ apiUrl: models.url, apiKey: 'unused', tracingMode: 'otel' });
const metadata = { session_id: 'sess-42', user_id: 'user-17' };
const traced = { client, tracingEnabled: true, metadata };
const openai = wrapOpenAI(new OpenAI({ baseURL: `${models.url}/v1`, apiKey: 'unused' }), traced);
const anthropic = wrapAnthropic(new Anthropic({ baseURL: models.url, apiKey: 'unused' }), traced);

const secrets = JSON.parse(process.env.SECRETS);
// Every call has a run of its own around it: a streamed call writes its
// attributes on the run that is active, not on one of its own.
const each = (name, call) => traceable(call, { ...traced, name })();
const traceId = await underRoot(provider, {}, () => makeCalls({ openai, anthropic, secrets, each }));
await client.awaitPendingTraceBatches();
await provider.shutdown(); // flushes
await models.close();
console.log(JSON.stringify({ traceId, requests: models.requests }));
