// Calls of Google's and Amazon Bedrock's models through the Vercel AI SDK 5: the
// two providers whose way of counting the SDK passed on for longest.
//
//   OTLP_ENDPOINT   base URL of OTLP/HTTP
//   SECRETS         JSON object with the planted secrets
//
// Prints one JSON line: the trace id and what the models were asked.
import { createAmazonBedrock } from '@ai-sdk/amazon-bedrock';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import * as ai from 'ai';
import { contents } from '../calls.mjs';
import { serveModels } from '../model.mjs';
import { tracerProvider, underRoot } from '../otel.mjs';

const text = contents(JSON.parse(process.env.SECRETS));
const models = await serveModels();
const provider = tracerProvider({ NodeTracerProvider, BatchSpanProcessor, OTLPTraceExporter, resourceFromAttributes }, 'aisdk5-providers');
provider.register();
const google = createGoogleGenerativeAI({ baseURL: `${models.url}/v1beta`, apiKey: 'unused' });
const bedrock = createAmazonBedrock({ baseURL: models.url, region: 'us-east-1', accessKeyId: 'unused', secretAccessKey: 'unused' });

const telemetry = { experimental_telemetry: { isEnabled: true } };
const traceId = await underRoot(provider, {}, async () => {
  await ai.generateText({ model: google('gemini-2.5-flash'), prompt: text.question, ...telemetry });
  const streamed = ai.streamText({ model: google('gemini-2.5-flash'), prompt: text.question, ...telemetry });
  for await (const _ of streamed.textStream);
  await ai.generateText({ model: bedrock('us.anthropic.claude-sonnet-4-20250514-v1:0'), prompt: text.validate, ...telemetry });
});
await provider.shutdown(); // flushes
await models.close();
console.log(JSON.stringify({ traceId, requests: models.requests }));
