// Calls through OpenLIT, which patches the providers' SDKs as they are required.
//
//   OTLP_ENDPOINT   base URL of OTLP/HTTP
//   SECRETS         JSON object with the planted secrets
//
// Prints one JSON line: the trace id and what the models were asked.
import { createRequire } from 'node:module';
import { makeCalls } from '../calls.mjs';
import { serveModels } from '../model.mjs';
import { underRoot } from '../otel.mjs';

const require = createRequire(import.meta.url);
const models = await serveModels();
const { default: Openlit } = require('openlit');
// Prices are given: by default OpenLIT reads them from the internet.
Openlit.init({
  otlpEndpoint: process.env.OTLP_ENDPOINT, applicationName: 'openlit-app', environment: 'test', disableMetrics: true,
  pricingJson: { chat: { 'gpt-4o-mini': { promptPrice: 0.00015, completionPrice: 0.0006 } }, embeddings: {}, images: {}, audio: {} },
});
const { OpenAI } = require('openai');
const { Anthropic } = require('@anthropic-ai/sdk');
const { trace } = require('@opentelemetry/api');
const openai = new OpenAI({ baseURL: `${models.url}/v1`, apiKey: 'unused' });
const anthropic = new Anthropic({ baseURL: models.url, apiKey: 'unused' });

const secrets = JSON.parse(process.env.SECRETS);
const traceId = await underRoot(trace, { 'session.id': 'sess-42', 'user.id': 'user-17' }, () => makeCalls({ openai, anthropic, secrets }));
const provider = trace.getTracerProvider();
await (provider.getDelegate?.() ?? provider).shutdown(); // flushes
await models.close();
console.log(JSON.stringify({ traceId, requests: models.requests }));
process.exit(0); // its log exporter keeps the process alive
