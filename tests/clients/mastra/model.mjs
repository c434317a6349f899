// Two providers' APIs served on 127.0.0.1: OpenAI's chat completions and
// Anthropic's messages, streamed or not. Each answers the first request of a
// conversation with a tool call and the next with text, and reports fixed usage.
import http from 'node:http';

// usage of the first and second request, as each provider reports it: OpenAI
// counts cached tokens inside the prompt, Anthropic beside the input.
const openaiUsage = [
  { prompt_tokens: 1240, completion_tokens: 42, cached: 1024, reasoning: 0 },
  { prompt_tokens: 1386, completion_tokens: 118, cached: 1152, reasoning: 24 },
];
const anthropicUsage = [
  { input_tokens: 310, cache_creation_input_tokens: 512, cache_read_input_tokens: 0, output_tokens: 36 },
  { input_tokens: 420, cache_creation_input_tokens: 0, cache_read_input_tokens: 512, output_tokens: 64 },
];

/** Starts the server; resolves to { url, requests, close }. */
export async function serveModels() {
  const requests = { openai: 0, anthropic: 0 };
  const server = http.createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const body = JSON.parse(text);
    if (request.url.endsWith('/chat/completions')) {
      requests.openai++;
      openai(body, response);
    } else if (request.url.endsWith('/messages')) {
      requests.anthropic++;
      anthropic(body, response);
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    close: () => new Promise((closed) => server.close(closed)),
  };
}

function openai(body, response) {
  const second = body.messages.some((message) => message.role === 'tool');
  const u = openaiUsage[second ? 1 : 0];
  const usage = {
    prompt_tokens: u.prompt_tokens,
    completion_tokens: u.completion_tokens,
    total_tokens: u.prompt_tokens + u.completion_tokens,
    prompt_tokens_details: { cached_tokens: u.cached },
    completion_tokens_details: { reasoning_tokens: u.reasoning },
  };
  const name = body.tools?.[0]?.function.name;
  const call = { id: 'call_mock1', type: 'function', function: { name, arguments: '{"repository":"acme/checkout"}' } };
  const content = 'Which tenant is affected? Is the login token rotated? Who owns the checkout service?';
  const message = second ? { role: 'assistant', content } : { role: 'assistant', content: null, tool_calls: [call] };
  const finish_reason = second ? 'stop' : 'tool_calls';
  const head = { id: `chatcmpl-mock${second ? 2 : 1}`, created: Math.floor(Date.now() / 1000), model: 'gpt-4o-mini-2024-07-18' };
  if (!body.stream) {
    json(response, { ...head, object: 'chat.completion', choices: [{ index: 0, message, finish_reason }], usage });
    return;
  }
  const chunk = (fields) => ({ ...head, object: 'chat.completion.chunk', ...fields });
  const delta = second ? message : { ...message, tool_calls: [{ index: 0, ...call }] };
  events(response, [
    [null, chunk({ choices: [{ index: 0, delta, finish_reason: null }] })],
    [null, chunk({ choices: [{ index: 0, delta: {}, finish_reason }] })],
    [null, chunk({ choices: [], usage })],
  ], true);
}

function anthropic(body, response) {
  const second = body.messages.some((message) => Array.isArray(message.content) && message.content.some((part) => part.type === 'tool_result'));
  const usage = anthropicUsage[second ? 1 : 0];
  const input = { user: body.metadata?.user_id ?? 'reporter' };
  const content = second
    ? { type: 'text', text: 'PASS: access confirmed, no blocking preflight problems.' }
    : { type: 'tool_use', id: 'toolu_mock1', name: body.tools?.[0]?.name, input };
  const stop_reason = second ? 'end_turn' : 'tool_use';
  const head = { id: `msg_mock${second ? 2 : 1}`, type: 'message', role: 'assistant', model: 'claude-haiku-4-5-20251001' };
  if (!body.stream) {
    json(response, { ...head, content: [content], stop_reason, stop_sequence: null, usage });
    return;
  }
  const open = second ? { type: 'text', text: '' } : { ...content, input: {} };
  const delta = second ? { type: 'text_delta', text: content.text } : { type: 'input_json_delta', partial_json: JSON.stringify(input) };
  events(response, [
    ['message_start', { type: 'message_start', message: { ...head, content: [], stop_reason: null, stop_sequence: null, usage: { ...usage, output_tokens: 1 } } }],
    ['content_block_start', { type: 'content_block_start', index: 0, content_block: open }],
    ['content_block_delta', { type: 'content_block_delta', index: 0, delta }],
    ['content_block_stop', { type: 'content_block_stop', index: 0 }],
    ['message_delta', { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: usage.output_tokens } }],
    ['message_stop', { type: 'message_stop' }],
  ], false);
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
