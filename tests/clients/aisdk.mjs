// The calls that every version of the Vercel AI SDK makes. What differs between
// versions is given in: how telemetry is switched on, and the names of a tool's
// schema and of the limit on steps.
//
//   1. generateText on OpenAI with a tool: two requests
//   2. streamText on OpenAI
//   3. generateText on Anthropic
//   4. streamText on Anthropic
//   5. embed on OpenAI
//
// Usage is that of calls.mjs.
import { contents } from './calls.mjs';

export async function makeCalls({ ai, chat, messages, embedding, telemetry, toolSchema, steps, secrets }) {
  const text = contents(secrets);
  const schema = ai.jsonSchema({ type: 'object', properties: { repository: { type: 'string' } }, required: ['repository'], additionalProperties: false });
  const tools = {
    lookupFindings: { description: "Reads the scanner's findings", [toolSchema]: schema, execute: async () => text.found },
  };
  await ai.generateText({ model: chat, system: text.system, prompt: text.question, temperature: 0.2, tools, ...steps, ...telemetry('questions') });

  const streamed = ai.streamText({ model: chat, system: text.system, prompt: text.question, ...telemetry('questions-streamed') });
  for await (const _ of streamed.textStream);

  await ai.generateText({ model: messages, system: text.system, prompt: text.validate, ...telemetry('preflight') });
  const validated = ai.streamText({ model: messages, system: text.system, prompt: text.validate, ...telemetry('preflight-streamed') });
  for await (const _ of validated.textStream);

  await ai.embed({ model: embedding, value: text.embed, ...telemetry('findings') });
}
