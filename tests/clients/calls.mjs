// The calls that every client makes with the providers' own SDKs, whatever
// instrumentation watches them. Usage is what model.mjs reports:
//
//   1. OpenAI chat that ends in a tool call      1,240 in (1,024 cached), 42 out
//   2. the same with the tool's result           1,386 in (1,152 cached), 118 out (24 reasoning)
//   3. OpenAI chat, streamed                     2,000 in (1,536 cached), 300 out (192 reasoning)
//   4. Anthropic messages                          450 fresh, 1,800 read, 600 written (400 for an hour), 80 out
//   5. the same, streamed
//   6. OpenAI embedding                             28 in

export const openaiModel = 'gpt-4o-mini';
export const anthropicModel = 'claude-haiku-4-5';
export const embeddingModel = 'text-embedding-3-small';

/** Prompts and a tool's result with planted secrets in them. */
export function contents(secrets) {
  return {
    system: 'Turn scanner findings into questions for the reporter. Never repeat credentials.',
    question: `The reporter pasted this key: ${secrets.openaiKey} and this webhook ${secrets.slackWebhook}.`,
    found: { findings: ['token never rotated'], log: `clone with ${secrets.githubToken} failed`, connection: secrets.dbUrl },
    validate: `Validate access for ${secrets.email}, password ${secrets.password}, card ${secrets.card}.`,
    embed: `Findings for acme/checkout, reported by ${secrets.email}`,
  };
}

const lookup = { type: 'object', properties: { repository: { type: 'string' } }, required: ['repository'], additionalProperties: false };

/**
 * Makes the calls. anthropic may be absent. each wraps a call in what the
 * instrumentation under test has for that.
 */
export async function makeCalls({ openai, anthropic, secrets, each = (_, call) => call() }) {
  const text = contents(secrets);
  const messages = [{ role: 'system', content: text.system }, { role: 'user', content: text.question }];
  const tools = [{ type: 'function', function: { name: 'lookupFindings', description: "Reads the scanner's findings", parameters: lookup } }];
  const first = await each('ask', () => openai.chat.completions.create({ model: openaiModel, temperature: 0.2, messages, tools }));
  const { message } = first.choices[0];
  messages.push(message, { role: 'tool', tool_call_id: message.tool_calls[0].id, content: JSON.stringify(text.found) });
  await each('answer', () => openai.chat.completions.create({ model: openaiModel, temperature: 0.2, messages, tools }));

  await each('stream', async () => {
    for await (const _ of await openai.chat.completions.create({
      model: openaiModel, stream: true, stream_options: { include_usage: true }, messages: messages.slice(0, 2),
    }));
  });

  if (anthropic) {
    const request = {
      model: anthropicModel, max_tokens: 512,
      system: [{ type: 'text', text: text.system, cache_control: { type: 'ephemeral' } }],
      messages: [{ role: 'user', content: text.validate }],
    };
    await each('validate', () => anthropic.messages.create(request));
    await each('validate-stream', async () => {
      for await (const _ of await anthropic.messages.create({ ...request, stream: true }));
    });
  }
  await each('embed', () => openai.embeddings.create({ model: embeddingModel, input: text.embed }));
}
