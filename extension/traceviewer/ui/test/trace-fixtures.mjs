// Traces in the form of the contract, for developing the view of a trace and for its
// tests in a browser: the demo's ticket, an agent over an hour that still runs, and one
// whose content is hostile.

const second = 1e6, minute = 60 * second;

const none = { input: 0, output: 0, cache_read: 0, cache_write: 0, reasoning: 0 };

function summary(id, spans, more) {
  const counted = spans.filter((s) => s.counted);
  const tokens = { ...none };
  for (const s of counted) for (const name in tokens) tokens[name] += s.tokens?.[name] ?? 0;
  const known = counted.filter((s) => s.usd !== undefined);
  return {
    trace_id: id, state: "ended", name: spans[0].name, type: spans[0].type, start: new Date(Date.now() - 3_600_000).toISOString(),
    duration_us: Math.max(...spans.map((s) => s.start_us + s.duration_us)), last_seen: new Date().toISOString(), service: "ticket-service", failed: !!spans[0].failed,
    errors: spans.filter((s) => s.failed).length, spans: spans.length, tool_calls: spans.filter((s) => s.type === "tool_call").length,
    redactions: spans.reduce((sum, s) => sum + (s.redactions ?? 0), 0), tokens,
    cost: { usd: known.length ? known.reduce((sum, s) => sum + s.usd, 0) : null, calls: counted.length, unpriced: counted.length - known.length, local: 0 },
    ...more, span_list: spans,
  };
}

function ticket() {
  const spans = [];
  let n = 0;
  const add = (parent, name, type, start, duration, more = {}) => {
    const s = { span_id: (++n).toString(16).padStart(16, "0"), parent_id: parent || undefined, name, type, state: "ended", start_us: Math.round(start * 1000), duration_us: Math.round(duration * 1000), service: "ticket-service", ...more };
    spans.push(s);
    return s.span_id;
  };
  const root = add("", "invoke_workflow ticket-generation", "workflow_run", 0, 3540, { redactions: 2, preview: "message Checkout is broken since the last release, mail me at [REDACTED:pii.email]." });
  const step = (name, start, duration) => add(root, `workflow_step ${name}`, "workflow_step", start, duration);
  step("extractIntent", 0, 33); step("loadTicketContext", 34, 8); step("scanRepository", 43, 21); step("collectFindings", 65, 2);
  const agent = (parent, name, model, start, duration, calls) => {
    const run = add(parent, `invoke_agent ${name}`, "agent_run", start, duration - 10, { agent: name });
    const generation = add(run, `model_generation ${model}`, "model_generation", start, duration - 20, { model });
    for (const call of calls) {
      const at = add(generation, "agent_step", "model_step", call.at, call.for + (call.tool ? 40 : 1));
      add(at, `chat ${model}`, "model_inference", call.at, call.for, { counted: true, model, provider: call.provider, usd: call.usd, tokens: call.tokens, first_token_us: call.wait * 1000, cost_status: "priced", redactions: call.redactions ?? 0 });
      if (call.tool) add(at, `execute_tool ${call.tool}`, "tool_call", call.at + call.for, call.took, { tool: call.tool, arguments: call.tool, redactions: 2 });
    }
  };
  const preflight = step("quickPreflight", 67, 1460);
  agent(preflight, "quick-preflight-validator", "claude-haiku-4-5", 85, 1430, [
    { at: 90, for: 419, wait: 140, usd: 0.001151, provider: "anthropic", tokens: { input: 821, output: 37, cache_read: 0, cache_write: 512, reasoning: 0 }, tool: "checkAccess", took: 37 },
    { at: 550, for: 963, wait: 320, usd: 0.0007672, provider: "anthropic", tokens: { input: 928, output: 60, cache_read: 512, cache_write: 0, reasoning: 0 }, redactions: 3 },
  ]);
  const questions = step("generateQuestions", 1530, 1920);
  agent(questions, "findings-to-questions", "gpt-5-mini", 1535, 1910, [
    { at: 1540, for: 629, wait: 210, usd: 0.000554, provider: "openai", tokens: { input: 1237, output: 222, cache_read: 1024, cache_write: 0, reasoning: 128 }, tool: "lookupFindings", took: 17 },
    { at: 2190, for: 1260, wait: 420, usd: 0.0008088, provider: "openai", tokens: { input: 1368, output: 363, cache_read: 1152, cache_write: 0, reasoning: 192 }, redactions: 2 },
  ]);
  let at = 3452;
  for (const [name, d] of [["answerQuestions", 7], ["draftTicket", 3], ["estimateEffort", 33], ["scoreTicket", 18], ["redactTicket", 12], ["publishTicket", 12]]) { step(name, at, d); at += d + 1; }
  return summary("35f6418e1c2b4a6d8e9f0a1b2c393cb7", spans, { session: "sess-4691", user: "user-35", environment: "local" });
}

function agentRun(now) {
  const spans = [];
  let n = 0, seed = 7;
  const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
  const add = (parent, name, type, start, duration, more = {}) => {
    const s = { span_id: `c${(++n).toString(16).padStart(15, "0")}`, parent_id: parent || undefined, name, type, state: "ended", start_us: Math.round(start), duration_us: Math.round(duration), service: "claude-code", ...more };
    spans.push(s);
    return s.span_id;
  };
  const files = ["internal/queue/retry.go", "internal/queue/persist.go", "internal/queue/retry_test.go", "go.mod", "docs/queues.md", "internal/queue/testdata/refused_batch.golden"];
  const end = 72 * minute + 17 * second;
  const root = add("", "invoke_agent claude-code", "agent_run", 0, end, { state: "running", agent: "claude-code" });
  const chat = (parent, start, duration, usd, read, write, more = {}) => add(parent, "chat claude-sonnet-4-5", "model_inference", start, duration, { counted: true, provider: "anthropic", model: "claude-sonnet-4-5", usd, cost_status: "priced", first_token_us: duration / 5, tokens: { input: 90_000 + read, output: 320, cache_read: read, cache_write: write, reasoning: 0 }, ...more });
  const tool = (parent, name, start, duration, preview, more = {}) => add(parent, `execute_tool ${name}`, "tool_call", start, duration, { tool: name, preview, arguments: preview, ...more });
  const turn = (name, preview, from, to, chats, reads, bashes, explores, running) => {
    const id = add(root, name, "generic", from, to - from, { preview, ...(running ? { state: "running" } : {}) });
    const at = () => from + random() * (to - from - 30 * second);
    for (let i = 0; i < chats; i++) chat(id, at(), (4 + random() * 9) * second, 0.0467, 412_000, 2000);
    for (let i = 0; i < reads; i++) tool(id, "Read", at(), (5 + random() * 18) * 1000, files[Math.floor(random() ** 2 * files.length)]);
    for (let i = 0; i < bashes; i++) tool(id, "Bash", at(), (1 + random() * 9) * second, i % 6 ? `go build ./internal/${i}` : "go test ./internal/queue", i % 14 === 3 ? { failed: true, error: "exit status 1" } : {});
    for (let i = 0; i < explores; i++) {
      const t = at(), agent = add(id, "invoke_agent explore", "agent_run", t, 98 * second, { agent: "explore" });
      for (let j = 0; j < 40; j++) (j % 4 ? tool(agent, j % 2 ? "Grep" : "Read", t + j * 2 * second, 9000, `pattern ${j}`) : chat(agent, t + j * 2 * second, 1.5 * second, 0.0028, 20_000, 100, { agent: "explore" }));
    }
    return id;
  };
  turn("turn 1", "Refactor the retry queue so that a refused batch is never sent twice", 0, 6.2 * minute, 38, 61, 24, 1);
  const second2 = turn("turn 2", "Now make it survive a restart, and a full disk", 28 * minute, 46.75 * minute, 103, 214, 41, 46);
  chat(second2, 28 * minute, 14.2 * second, 1.59, 0, 412_000);
  const third = turn("turn 3", "Write the test that kills it at each write", 66 * minute, end, 41, 12, 9, 0, true);
  chat(third, end - 8 * second, 8 * second, undefined, 0, 0, { state: "running", tokens: undefined, counted: false });
  for (let i = 0; i < 3; i++) tool("9c1e00000000aa04", "WebFetch", 69 * minute + i * 40 * second, 2 * second, "https://example.com/");
  return summary("b81d07c2aa11bb22cc33dd44ee55e1a0", spans.sort((a, b) => a.start_us - b.start_us), { state: "running", service: "claude-code", start: new Date(now - end / 1000).toISOString() });
}

/** What an attacker, a bug or another language may put into a span. */
export const hostile = {
  script: "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\"> & &amp; </pre>",
  rtl: "مرحبا \u202Egnp.exe\u202C שלום — hello",
  emoji: "👩‍👩‍👧‍👦🏳️‍🌈 e\u0301 \u0000\u0007 \uD800 zalgo z\u0351\u036b",
  broken: '{"a": [1, 2, {"b": "unclosed',
};

function hostileTrace() {
  const id = "a/b?c#d%2F..\"<x>";
  const spans = [
    { span_id: "s/1?&#", name: hostile.script, type: "agent_run", state: "ended", start_us: 0, duration_us: 2e6, service: hostile.rtl, preview: hostile.script },
    { span_id: "s2", parent_id: "s/1?&#", name: `chat ${hostile.rtl}`, type: "model_inference", state: "ended", start_us: 10, duration_us: 1e6, counted: true, model: hostile.rtl, provider: hostile.emoji, cost_status: "unknown_model", tokens: { input: 412, output: 6, cache_read: 0, cache_write: 0, reasoning: 0 } },
    { span_id: "s3", parent_id: "s/1?&#", name: `execute_tool ${hostile.emoji}`, type: "tool_call", state: "ended", start_us: -500_000, duration_us: 1, failed: true, error: hostile.script, tool: hostile.emoji },
    { span_id: "loop-a", parent_id: "loop-b", name: "loop a", type: "generic", state: "ended", start_us: 5e5, duration_us: 100 },
    { span_id: "loop-b", parent_id: "loop-a", name: "loop b", type: "generic", state: "ended", start_us: 6e5, duration_us: 100 },
    { span_id: "empty", parent_id: "s/1?&#", name: "", type: "", state: "ended", start_us: 1e6, duration_us: 0 },
  ];
  return summary(id, spans, { service: hostile.rtl, session: "sess/4?#", user: hostile.script });
}

// brokenOff is the agent whose collector heard nothing for a quarter of an hour.
function brokenOff(now) {
  const trace = agentRun(now - 15 * 60_000);
  const span_list = trace.span_list.filter((s) => s.state !== "running");
  return { ...trace, trace_id: "b40ce9000000000000000000000000ff", state: "broken_off", span_list, spans: span_list.length, last_seen: new Date(now - 14 * 60_000).toISOString() };
}

const tickets = ticket(), bad = hostileTrace();
const traces = () => ({ [tickets.trace_id]: tickets, [bad.trace_id]: bad, b81d07c2aa11bb22cc33dd44ee55e1a0: agentRun(Date.now()), b40ce9000000000000000000000000ff: brokenOff(Date.now()) });

function lines(s) {
  const t = s.tokens;
  const anthropic = s.provider === "anthropic";
  const price = anthropic ? { cache_read: 0.1, cache_write: 1.25, input: 1, output: 5 } : { cache_read: 0.025, cache_write: 0, input: 0.25, output: 2 };
  const priced = s.usd !== undefined;
  return [["cache_read", t.cache_read], ["cache_write", t.cache_write], ["input", t.input - t.cache_read - t.cache_write], ["reasoning", t.reasoning], ["output", t.output - t.reasoning]]
    .filter(([, n]) => n > 0).map(([bucket, n]) => {
      const rate = price[bucket === "reasoning" ? "output" : bucket];
      return { bucket, tokens: n, per_million: priced ? rate : null, usd: priced ? (n * rate) / 1e6 : null, ...(priced && bucket === "cache_read" ? { saved_usd: (n * (price.input - rate)) / 1e6 } : {}) };
    });
}

function span(trace, id, limit) {
  const s = trace.span_list.find((one) => one.span_id === id);
  if (!s) return null;
  const out = {
    ...s, trace_id: trace.trace_id, start: new Date(Date.parse(trace.start) + s.start_us / 1000).toISOString(), kind: "internal", new_from: 0,
    attributes: [{ key: "gen_ai.operation.name", value: "chat" }, { key: "mastra.metadata.tenant", value: "acme" }, { key: "gen_ai.request.choice.count", value: 1 }, { key: "mastra.tags", value: ["ticket", "demo"] }],
    events: [], links: [], resource: [{ key: "service.name", value: trace.service }], scope: { name: "@mastra/otel", version: "1.4.0" },
    logs: [{ time: new Date().toISOString(), severity: "INFO", body: "validated", attributes: [] }, { time: new Date().toISOString(), severity: "ERROR", event: "quota", body: { left: 0 }, attributes: [{ key: "code.line", value: 9 }] }],
  };
  if (trace === bad) return hostileSpan(out, limit);
  if (s.counted) {
    const saved = lines(s).reduce((sum, line) => sum + (line.saved_usd ?? 0), 0);
    out.receipt = { lines: lines(s), usd: s.usd ?? null, saved_usd: saved || undefined, status: "priced", source: `List price of ${s.provider}/${s.model}, standard tier · genai-prices 0.1.8, embedded`, tokens_source: `tokens as ${s.provider} reported them`, exact: true };
    out.settings = [{ key: "temperature", value: 0.2 }, { key: "finish_reasons", value: ["stop"] }];
    const tool = trace.span_list.find((one) => one.type === "tool_call" && one.start_us < s.start_us && one.tool);
    const long = `Findings for acme/checkout. The reporter wrote: Checkout is broken since the last release, mail me at [REDACTED:pii.email]. I tried it with the key [REDACTED:secret.openai-project-key]. A retry after two seconds succeeds nearly every time, ${"which is why the dashboards stayed green for so long. ".repeat(21)}`;
    out.messages = [{ role: "system", parts: [{ kind: "text", text: "Turn scanner findings into questions for the reporter. Never repeat credentials." }] }, { role: "user", parts: [{ kind: "text", text: long }] }];
    if (tool) {
      const args = { project: "CHK", user: "[REDACTED:pii.email]" }, result = { allowed: true, session: { access_token: "[REDACTED:secret.token]", expires_in: 3600 } };
      out.messages.push({ role: "assistant", parts: [{ kind: "tool_call", tool_call_id: "call_1", tool: tool.tool, arguments: args, span_id: tool.span_id }] }, { role: "tool", parts: [{ kind: "tool_result", tool_call_id: "call_1", tool: tool.tool, result, span_id: tool.span_id }] });
      out.new_from = 2;
      out.earlier = trace.span_list.find((one) => one.counted)?.span_id;
    }
    out.answers = [{ role: "assistant", parts: [{ kind: "text", text: "PASS: access confirmed, no blocking preflight problems." }] }];
    out.findings = [{ rule: "pii.email", count: 2, where: "user message; tool arguments, user" }, { rule: "secret.token", count: 1, where: "tool result, access_token" }];
  } else if (s.type === "tool_call") {
    out.input = { path: s.preview ?? "auth/token.go", limit: 40 };
    out.output = { ok: true, lines: ["package queue", "", "// A refused batch is never sent twice.", "func (q *queue) retry() {"] };
  } else {
    out.input = { message: "Checkout is broken since the last release, mail me at [REDACTED:pii.email]." };
    out.output = { ticket: "CHK-2214", title: "Login token never rotated", score: 0.81 };
  }
  return out;
}

function hostileSpan(out, limit) {
  const five = "5 MB of text. ".repeat(375_000);
  const cut = (text) => (limit > 0 && text.length > limit ? text.slice(0, limit) : text);
  out.attributes.push({ key: hostile.script, value: hostile.script }, { key: "deep", value: JSON.parse("[".repeat(900) + "]".repeat(900)) }, { key: "long", value: cut(five), cut: five.length });
  out.resource.push({ key: hostile.rtl, value: hostile.emoji });
  if (out.span_id === "s2") {
    out.messages = [
      { role: hostile.script, parts: [{ kind: "text", text: hostile.script }, { kind: "text", text: hostile.rtl }, { kind: "text", text: hostile.emoji }] },
      { role: "user", parts: [{ kind: "text", text: five }, { kind: "media", media_type: "image/png", bytes: 120_000 }] },
      { role: "assistant", parts: [{ kind: "tool_call", tool_call_id: "x", tool: hostile.script, arguments: hostile.broken }] },
    ];
    out.answers = [{ role: "assistant", parts: [{ kind: "thinking", text: hostile.rtl }, { kind: "data", data: { html: hostile.script } }, { kind: "tool_call", tool_call_id: "y", tool: "never", arguments: null }] }];
    out.receipt = { lines: lines(out), usd: null, status: "unknown_model", source: "", tokens_source: "tokens as the provider reported them", exact: true,
      remedy: "azure/support-tuned-v3 is in none of the 3 price lists. Add it if you know it:", remedy_yaml: "processors:\n  llm_cost:\n    overrides:\n      - provider: azure\n        model: support-tuned-v3\n        input: 0.40   # $ a million tokens\n        output: 1.60\n" };
  } else if (out.span_id === "s3") {
    out.input = hostile.broken;
    out.output = cut(five);
    out.cut = { output: five.length };
    out.status_message = hostile.script;
    out.error_detail = { message: hostile.script, stack: "at <anonymous>\n".repeat(500) };
  } else {
    out.content_note = { instrumentation: "openai-node", setting: "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true" };
  }
  return out;
}

/** trace answers /traces/{id} and /spans/{trace}/{id}, undefined for other paths. */
export function traceAnswer(path, query) {
  const [, what, id, spanId] = path.split("/").map(decodeURIComponent);
  if (what === "traces" && id && id !== "stats" && !spanId) return traces()[id];
  if (what === "spans") {
    const trace = traces()[id];
    return trace ? span(trace === undefined ? bad : trace, spanId, Number(query.get("limit") ?? 0)) ?? undefined : undefined;
  }
  return undefined;
}
