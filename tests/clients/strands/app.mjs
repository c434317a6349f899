// Agents of Strands on OpenAI, Anthropic and Amazon Bedrock.
//
//   OTLP_ENDPOINT   base URL of OTLP/HTTP
//   SECRETS         JSON object with the planted secrets
//
// Prints one JSON line: the trace id and what the models were asked.
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { Agent, BedrockModel } from '@strands-agents/sdk';
import { AnthropicModel } from '@strands-agents/sdk/models/anthropic';
import { OpenAIModel } from '@strands-agents/sdk/models/openai';
import { anthropicModel, contents, openaiModel } from '../calls.mjs';
import { serveModels } from '../model.mjs';
import { tracerProvider, underRoot } from '../otel.mjs';

const text = contents(JSON.parse(process.env.SECRETS));
const models = await serveModels();
process.env.AWS_ACCESS_KEY_ID = 'unused';
process.env.AWS_SECRET_ACCESS_KEY = 'unused';
const provider = tracerProvider({ NodeTracerProvider, BatchSpanProcessor, OTLPTraceExporter, resourceFromAttributes }, 'strands-app');
provider.register();

const openai = new OpenAIModel({ api: 'chat', modelId: openaiModel, apiKey: 'unused', clientConfig: { baseURL: `${models.url}/v1` } });
const anthropic = new AnthropicModel({ modelId: anthropicModel, apiKey: 'unused', clientConfig: { baseURL: models.url } });
const bedrock = new BedrockModel({
  modelId: 'us.anthropic.claude-sonnet-4-20250514-v1:0', region: 'us-east-1', stream: false,
  clientConfig: { endpoint: models.url, requestHandler: new NodeHttpHandler() }, // not HTTP/2
});
const agent = (model) => new Agent({ model, systemPrompt: text.system, printer: false });
const traceId = await underRoot(provider, { 'session.id': 'sess-42', 'user.id': 'user-17' }, async () => {
  await agent(openai).invoke(text.question);
  await agent(anthropic).invoke(text.validate);
  await agent(bedrock).invoke(text.validate);
});
await provider.shutdown(); // flushes
await models.close();
process.stdout.write(`${JSON.stringify({ traceId, requests: models.requests })}\n`, () => process.exit(0));
