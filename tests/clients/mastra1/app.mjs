// A Mastra application on @mastra/core 1.66 with @mastra/otel-exporter 1.3: two
// agents, one with a tool, on OpenAI and Anthropic.
//
//   OTLP_ENDPOINT   base URL of OTLP/HTTP
//   SECRETS         JSON object with the planted secrets
//
// Prints one JSON line: the trace ids and what the models were asked.
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { Agent } from '@mastra/core/agent';
import { Mastra } from '@mastra/core/mastra';
import { createTool } from '@mastra/core/tools';
import { Observability } from '@mastra/observability';
import { OtelExporter } from '@mastra/otel-exporter';
import { z } from 'zod';
import { anthropicModel, contents, openaiModel } from '../calls.mjs';
import { serveModels } from '../model.mjs';

const text = contents(JSON.parse(process.env.SECRETS));
const models = await serveModels();
const openai = createOpenAI({ baseURL: `${models.url}/v1`, apiKey: 'unused' });
const anthropic = createAnthropic({ baseURL: `${models.url}/v1`, apiKey: 'unused' });

const lookupFindings = createTool({
  id: 'lookupFindings', description: "Reads the scanner's findings",
  inputSchema: z.object({ repository: z.string() }), execute: async () => text.found,
});
const questions = new Agent({ id: 'questions', name: 'questions', instructions: text.system, model: openai.chat(openaiModel), tools: { lookupFindings } });
const preflight = new Agent({ id: 'preflight', name: 'preflight', instructions: text.system, model: anthropic(anthropicModel) });
const exporter = new OtelExporter({ provider: { custom: { endpoint: `${process.env.OTLP_ENDPOINT}/v1/traces`, protocol: 'http/protobuf' } } });
const mastra = new Mastra({
  agents: { questions, preflight }, logger: false,
  observability: new Observability({ sensitiveDataFilter: false, configs: { otel: { serviceName: 'mastra1-app', exporters: [exporter] } } }),
});

const tracingOptions = { metadata: { userId: 'user-17', sessionId: 'sess-42' } };
const asked = await mastra.getAgent('questions').generate(text.question, { tracingOptions });
const validated = await mastra.getAgent('preflight').stream(text.validate, { tracingOptions });
for await (const _ of validated.textStream);
await mastra.shutdown(); // flushes
await models.close();
process.stdout.write(`${JSON.stringify({ traceIds: [asked.traceId, validated.traceId], requests: models.requests })}\n`, () => process.exit(0));
