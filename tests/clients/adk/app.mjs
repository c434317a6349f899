// An agent of Google ADK on Gemini.
//
//   OTLP_ENDPOINT   base URL of OTLP/HTTP
//   SECRETS         JSON object with the planted secrets
//
// Prints one JSON line: the trace id and what the models were asked.
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { contents } from '../calls.mjs';
import { serveModels } from '../model.mjs';
import { tracerProvider, underRoot } from '../otel.mjs';

const text = contents(JSON.parse(process.env.SECRETS));
const models = await serveModels();
process.env.GOOGLE_GEMINI_BASE_URL = models.url;
process.env.GEMINI_API_KEY = 'unused';
const provider = tracerProvider({ NodeTracerProvider, BatchSpanProcessor, OTLPTraceExporter, resourceFromAttributes }, 'adk-app');
provider.register();
const { InMemoryRunner, LlmAgent } = await import('@google/adk'); // takes the provider that is there when it loads

const agent = new LlmAgent({ name: 'questions', model: 'gemini-2.5-flash', instruction: text.system });
const runner = new InMemoryRunner({ agent, appName: 'tickets' });
const session = await runner.sessionService.createSession({ appName: 'tickets', userId: 'user-17', sessionId: 'sess-42' });
const traceId = await underRoot(provider, { 'user.id': 'user-17' }, async () => {
  const events = runner.runAsync({ userId: 'user-17', sessionId: session.id, newMessage: { role: 'user', parts: [{ text: text.question }] } });
  for await (const _ of events);
});
await provider.shutdown(); // flushes
await models.close();
process.stdout.write(`${JSON.stringify({ traceId, requests: models.requests })}\n`, () => process.exit(0));
