// Providers' APIs served on 127.0.0.1: OpenAI's chat completions and embeddings,
// Anthropic's messages and Google's generateContent, streamed or not, and Amazon
// Bedrock's converse. A request that offers tools is
// answered with a tool call, one that brings a tool's result or offers none with
// text. Each kind of request reports fixed usage.
import http from 'node:http';

// What each provider reports, in its own way of counting: OpenAI counts cached
// tokens inside the prompt, Anthropic beside the input. By kind of request: tools
// are offered, a tool's result is brought, neither.
const openaiUsage = {
  tools: { prompt_tokens: 1240, completion_tokens: 42, cached: 1024, reasoning: 0 },
  result: { prompt_tokens: 1386, completion_tokens: 118, cached: 1152, reasoning: 24 },
  plain: { prompt_tokens: 2000, completion_tokens: 300, cached: 1536, reasoning: 192 },
};
const anthropicUsage = {
  tools: { input_tokens: 310, cache_creation_input_tokens: 512, cache_read_input_tokens: 0, output_tokens: 36 },
  result: { input_tokens: 420, cache_creation_input_tokens: 0, cache_read_input_tokens: 512, output_tokens: 64 },
  plain: { input_tokens: 450, cache_creation_input_tokens: 600, cache_read_input_tokens: 1800, cache_creation: { ephemeral_5m_input_tokens: 200, ephemeral_1h_input_tokens: 400 }, output_tokens: 80 },
};
const embeddingTokens = 28;
// Google counts thoughts beside the candidates, Bedrock cached tokens beside the
// input; both totals have everything.
const googleUsage = { promptTokenCount: 1000, cachedContentTokenCount: 512, candidatesTokenCount: 200, thoughtsTokenCount: 300, totalTokenCount: 1500 };
const bedrockUsage = { inputTokens: 450, cacheReadInputTokens: 1800, cacheWriteInputTokens: 600, outputTokens: 80, totalTokens: 2930 };

// The dated names under which the providers answer for their aliases.
const served = { 'gpt-4o-mini': 'gpt-4o-mini-2024-07-18', 'claude-haiku-4-5': 'claude-haiku-4-5-20251001' };

/**
 * Starts the server; resolves to { url, requests, close }.
 *
 * @param latency after how many milliseconds it answers
 */
export async function serveModels({ latency = 0 } = {}) {
  const requests = {}; // how many of each kind were answered
  const routes = {
    '/chat/completions': ['openai', openai], '/messages': ['anthropic', anthropic], '/embeddings': ['embeddings', embeddings],
    ':generateContent': ['google', google], ':streamGenerateContent': ['google', googleStream], '/converse': ['bedrock', bedrock],
  };
  const server = http.createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const path = new URL(request.url, 'http://localhost').pathname;
    const route = Object.keys(routes).find((suffix) => path.endsWith(suffix));
    if (!route) {
      response.writeHead(404).end();
      return;
    }
    const [name, answer] = routes[route];
    requests[name] = (requests[name] ?? 0) + 1;
    if (latency) await new Promise((later) => setTimeout(later, latency));
    answer(JSON.parse(text), response, requests[name]);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    close: () => new Promise((closed) => {
      server.close(closed);
      server.closeAllConnections();
    }),
  };
}

function kindOf(body, brings) {
  if (brings) return 'result';
  return body.tools?.length ? 'tools' : 'plain';
}

function openai(body, response, n) {
  const kind = kindOf(body, body.messages.some((message) => message.role === 'tool'));
  const u = openaiUsage[kind];
  const usage = {
    prompt_tokens: u.prompt_tokens,
    completion_tokens: u.completion_tokens,
    total_tokens: u.prompt_tokens + u.completion_tokens,
    prompt_tokens_details: { cached_tokens: u.cached, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: u.reasoning, audio_tokens: 0, accepted_prediction_tokens: 0, rejected_prediction_tokens: 0 },
  };
  const name = body.tools?.[0]?.function.name;
  const call = { id: 'call_mock1', type: 'function', function: { name, arguments: '{"repository":"acme/checkout"}' } };
  const content = 'Which tenant is affected? Is the login token rotated? Who owns the checkout service?';
  const message = kind === 'tools' ? { role: 'assistant', content: null, tool_calls: [call] } : { role: 'assistant', content };
  const finish_reason = kind === 'tools' ? 'tool_calls' : 'stop';
  const head = { id: `chatcmpl-mock${n}`, created: Math.floor(Date.now() / 1000), model: served[body.model] ?? body.model, service_tier: 'default', system_fingerprint: 'fp_mock' };
  if (!body.stream) {
    json(response, { ...head, object: 'chat.completion', choices: [{ index: 0, message, finish_reason, logprobs: null }], usage });
    return;
  }
  const chunk = (fields) => ({ ...head, object: 'chat.completion.chunk', ...fields });
  const delta = kind === 'tools' ? { ...message, tool_calls: [{ index: 0, ...call }] } : message;
  events(response, [
    [null, chunk({ choices: [{ index: 0, delta, finish_reason: null }] })],
    [null, chunk({ choices: [{ index: 0, delta: {}, finish_reason }] })],
    ...(body.stream_options?.include_usage ? [[null, chunk({ choices: [], usage })]] : []),
  ], true);
}

function embeddings(body, response) {
  const inputs = Array.isArray(body.input) ? body.input : [body.input];
  const vector = Float32Array.from({ length: 8 }, (_, i) => i / 8);
  const embedding = body.encoding_format === 'base64' ? Buffer.from(vector.buffer).toString('base64') : [...vector];
  json(response, {
    object: 'list', model: body.model,
    data: inputs.map((_, index) => ({ object: 'embedding', index, embedding })),
    usage: { prompt_tokens: embeddingTokens, total_tokens: embeddingTokens },
  });
}

function anthropic(body, response, n) {
  const kind = kindOf(body, body.messages.some((message) => Array.isArray(message.content) && message.content.some((part) => part.type === 'tool_result')));
  const usage = { ...anthropicUsage[kind], service_tier: 'standard' };
  const input = { user: body.metadata?.user_id ?? 'reporter' };
  const content = kind === 'tools'
    ? { type: 'tool_use', id: 'toolu_mock1', name: body.tools?.[0]?.name, input }
    : { type: 'text', text: 'PASS: access confirmed, no blocking preflight problems.' };
  const stop_reason = kind === 'tools' ? 'tool_use' : 'end_turn';
  const head = { id: `msg_mock${n}`, type: 'message', role: 'assistant', model: served[body.model] ?? body.model };
  if (!body.stream) {
    json(response, { ...head, content: [content], stop_reason, stop_sequence: null, usage });
    return;
  }
  const open = kind === 'tools' ? { ...content, input: {} } : { type: 'text', text: '' };
  const delta = kind === 'tools' ? { type: 'input_json_delta', partial_json: JSON.stringify(input) } : { type: 'text_delta', text: content.text };
  events(response, [
    ['message_start', { type: 'message_start', message: { ...head, content: [], stop_reason: null, stop_sequence: null, usage: { ...usage, output_tokens: 1 } } }],
    ['content_block_start', { type: 'content_block_start', index: 0, content_block: open }],
    ['content_block_delta', { type: 'content_block_delta', index: 0, delta }],
    ['content_block_stop', { type: 'content_block_stop', index: 0 }],
    ['message_delta', { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: usage.output_tokens } }],
    ['message_stop', { type: 'message_stop' }],
  ], false);
}

const googleAnswer = (n) => ({
  candidates: [{ index: 0, content: { role: 'model', parts: [{ text: 'Which tenant is affected?' }] }, finishReason: 'STOP' }],
  usageMetadata: googleUsage, modelVersion: 'gemini-2.5-flash', responseId: `resp_mock${n}`,
});

function google(body, response, n) {
  json(response, googleAnswer(n));
}

function googleStream(body, response, n) {
  events(response, [[null, googleAnswer(n)]], false);
}

function bedrock(body, response) {
  json(response, {
    output: { message: { role: 'assistant', content: [{ text: 'PASS: access confirmed.' }] } },
    stopReason: 'end_turn', usage: bedrockUsage, metrics: { latencyMs: 5 },
  });
}

function json(response, body) {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function events(response, list, done) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const [name, data] of list) {
    response.write(`${name ? `event: ${name}\n` : ''}data: ${JSON.stringify(data)}\n\n`);
  }
  response.end(done ? 'data: [DONE]\n\n' : '');
}
