// Sessions, agents, spend and the collector's state in the form of the contract. Hard cases
// among them: a silence, a failed tool, hostile text, unpriced calls, a destination that is down.

const MINUTE = 60_000;
const DAY = 86_400_000;
const begun = Date.now();
const cost = (usd, calls = 1, unpriced = 0, local = 0) => ({ usd, calls, unpriced, local });
const tokens = (input, output, cache_read = 0, cache_write = 0, reasoning = 0) => ({ input, output, cache_read, cache_write, reasoning });

const sessions = [
  ["sess-7001", "user-7", 2, 6, 0.0214, "My card ending [REDACTED:pii.credit-card] was charged twice for one basket"],
  ["sess-19/a b", "user-19", 2, 1, 0.000914, "Where is order 48213? The courier says it was handed over", { running: true }],
  ["sess-2118", "user-35", 4, 4, 0.034909, "Checkout is broken since the last release, mail me at [REDACTED:pii.email]", { errors: 1 }],
  ["dev-2026", "dev-anna", 74, 3, 12.4, "Refactor the retry queue so that a refused batch is never sent twice", { running: true }],
  ["sess-0210", "user-2", 160, 9, 1.84, "Compare clause 14.2 with the 2024 template", { unpriced: 2 }],
  ["sess-ar", "user-99", 900, 2, 0.0061, "مرحبا، أين طلبي؟ order 48213"],
  ["sess-xss", "<b>eve</b>", 2000, 1, null, "<script>alert(1)</script> & <b>bold</b> 🛒🛒", { unpriced: 1 }],
].map(([id, user, minutes, traces, usd, input, more = {}]) => ({
  id, user, service: "support-web", first: new Date(begun - (minutes + 46) * MINUTE).toISOString(), last: new Date(begun - minutes * MINUTE).toISOString(),
  traces, spans: traces * 9, errors: more.errors ?? 0, tokens: tokens(41_000, 2385, 30_000), cost: cost(usd, traces * 3, more.unpriced ?? 0), input, running: !!more.running,
}));

const said = (role, text) => ({ role, parts: [{ kind: "text", text }] });
const call = (id, tool, args) => ({ role: "assistant", parts: [{ kind: "tool_call", tool_call_id: id, tool, arguments: args }] });
const result = (id, value, failed = false) => ({ role: "tool", parts: [{ kind: "tool_result", tool_call_id: id, result: value, failed, span_id: "00f067aa0ba902b7" }] });

function turn(minutes, us, usd, calls, toks, messages, more = {}) {
  return {
    trace: {
      trace_id: `5b8efff798038103d269b633813fc6${String(minutes).padStart(2, "0")}`, state: more.state ?? "ended", name: "support-agent", type: "agent_run", start: new Date(begun - minutes * MINUTE).toISOString(), duration_us: us,
      last_seen: new Date(begun).toISOString(), service: "support-web", failed: false, errors: more.errors ?? 0, error: more.error, spans: 9, tool_calls: 2, redactions: more.redactions ?? 0,
      tokens: toks, cost: cost(usd, calls), session: "sess-2118", user: "user-35",
    },
    messages, models: ["claude-haiku-4-5"], context_tokens: more.context ?? toks.input,
  };
}

const turns = [
  turn(48, 3_310_000, 0.003286, 4, tokens(4414, 685, 2690), [
    said("system", "You are the support agent of acme."),
    said("user", "Checkout is broken since the last release, mail me at [REDACTED:pii.email]. I tried it with the key [REDACTED:secret.openai-project-key]."),
    call("c1", "checkAccess", { project: "CHK", user: "[REDACTED:pii.email]" }), result("c1", { allowed: true, session: { access_token: "[REDACTED:secret.token]", expires_in: 3600 } }),
    call("c2", "lookupFindings", { repository: "acme/checkout" }), result("c2", { findings: ["token never rotated", "cart total rounds twice"] }),
    said("assistant", "I can open a ticket. Which tenant is affected, and does it fail at the quote or at the payment?"),
  ], { redactions: 13 }),
  turn(46, 4_120_000, 0.004066, 2, tokens(5812, 388, 4068), [
    said("user", "Tenant acme, at the payment. About one in forty."), call("c3", "lookupFindings", { tenant: "acme" }), result("c3", []),
    said("assistant", "That matches the 502s of the cart service: about one in forty requests, always in the payment step. The scanner has two findings: the token is never rotated (auth/token.go, line 118) and the cart total rounds twice. I would look at the token first."),
  ]),
  turn(4, 9_640_000, 0.022246, 4, tokens(14_900, 910, 0, 11_264, 148), [
    said("user", "We rolled back the release of Tuesday and saw the same rate."),
    { role: "assistant", parts: [{ kind: "thinking", text: "The rate did not change after the rollback, so the release is not the cause. The quote id is the next suspect." }] },
    ...["a", "b", "c"].flatMap((x) => [call(`s${x}`, "searchCode", { q: `quote ${x}` }), result(`s${x}`, "cart/quote.go:41")]),
    said("assistant", "Then it is not the new rounding code. If the session expires between the quote and the payment, the client sends the old quote id again. A retry after two seconds succeeds nearly every time, which is why the dashboards stayed green."),
  ], { redactions: 1 }),
  turn(2, 6_480_000, 0.005312, 3, tokens(16_200, 402, 14_256), [
    said("user", "Write the ticket."), call("t1", "createTicket", { title: "Login token never rotated" }), result("t1", "503", true), call("t2", "createTicket", { title: "Login token never rotated" }), result("t2", { key: "CHK-1122" }),
    said("assistant", "CHK-1122, “Login token never rotated”, is open with a score of 0.81. It cites auth/token.go, line 118."),
  ], { errors: 1, error: "createTicket: 503 from the tracker, the second try went through" }),
];

function session(id) {
  const found = sessions.find((one) => one.id === id);
  if (!found) return null;
  if (id === "sess-xss") return { ...found, turns: [turn(2000, 900, null, 1, tokens(12, 3), [said("user", `<script>alert(1)</script> ${"long ".repeat(9000)}\u202e evil`), said("assistant", "🛒".repeat(40))])] };
  if (id === "sess-19/a b") return { ...found, turns: [turn(1, 20e6, 0.000914, 1, tokens(900, 10), [said("user", found.input)], { state: "running" })] };
  return { ...found, turns };
}

const models = [["claude-sonnet-4-5", "anthropic", 0.54, 0.96], ["gpt-5", "openai", 0.23, 0.42], ["claude-haiku-4-5", "anthropic", 0.12, 0.61], ["gpt-5-mini", "openai", 0.07, 0.83], ["gemini-2.5-flash", "google", 0.04, 0], ["support-tuned-v3", "azure", null, 0]];

function dayKeys(since, until, zone) {
  const format = new Intl.DateTimeFormat("en-CA", { timeZone: zone });
  const keys = new Set();
  for (let at = since; at < Math.min(until, begun); at += DAY / 4) keys.add(format.format(at));
  keys.add(format.format(Math.min(until - 1, begun)));
  return [...keys];
}

function spendRows(q, by) {
  const keys = dayKeys(Date.parse(q.get("since")), Date.parse(q.get("until")), q.get("zone") ?? "UTC");
  const names = { model: models, provider: [["anthropic"], ["openai"], ["google"]], agent: [["claude-code"], ["support-agent"], [""]], user: [["=cmd()"], ["user-2"]], tenant: [["acme"], [""]], service: [["support-web"], ["evals"]] };
  const rows = [];
  for (const key of keys) {
    const wave = 14 + 8 * Math.sin(Number(key.slice(8)) * 1.7) + (key.endsWith("17") ? 22 : 0);
    const dimension = by.find((one) => one !== "day" && one !== "provider") ?? by.find((one) => one !== "day");
    const list = dimension ? names[dimension] : [["", "", 1, 0.7]];
    list.forEach(([name, provider, share = 1 / list.length, cache = 0.5], i) => {
      const usd = share === null ? null : wave * share;
      rows.push({
        keys: { ...(by.includes("day") ? { day: key } : {}), ...(dimension ? { [dimension]: name } : {}), ...(by.includes("provider") && dimension === "model" ? { provider } : {}) },
        cost: cost(usd, 200 + i * 40, share === null ? 13 : 0), tokens: tokens(2_000_000, 40_000, Math.round(2_000_000 * cache), 0, 9000), ...(usd && cache ? { saved_usd: usd * cache * 2 } : {}), errors: 0,
      });
    });
  }
  return rows;
}

function sum(rows) {
  const out = { cost: cost(null, 0), tokens: tokens(0, 0), errors: 0 };
  for (const row of rows) {
    if (row.cost.usd !== null) out.cost.usd = (out.cost.usd ?? 0) + row.cost.usd;
    for (const name of ["calls", "unpriced", "local"]) out.cost[name] += row.cost[name];
    for (const name of Object.keys(out.tokens)) out.tokens[name] += row.tokens[name];
    if (row.saved_usd) out.saved_usd = (out.saved_usd ?? 0) + row.saved_usd;
  }
  return out;
}

function spend(q) {
  const by = q.getAll("by");
  if (!q.get("since")) return { total: sum([]), rows: [], zone: "UTC" };
  if (!q.get("until")) q.set("until", new Date(begun + DAY).toISOString());
  const all = spendRows(q, by.length ? by : ["day"]);
  const groups = new Map();
  for (const row of all) {
    const key = JSON.stringify(row.keys);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const rows = [...groups].map(([key, list]) => ({ keys: JSON.parse(key), ...sum(list) })).sort((a, b) => (b.cost.usd ?? 0) - (a.cost.usd ?? 0));
  return { total: sum(all), rows: by.length ? rows : [], zone: q.get("zone") ?? "UTC" };
}

const runs = (name, service, count, errors, p50_us, p95_us, usd, top_error) => ({ name, service, runs: count, errors, p50_us, p95_us, cost: cost(usd, usd === null ? 0 : count), last: new Date(begun).toISOString(), trace_id: "5b8efff798038103d269b633813fc600", span_id: "00f067aa0ba902b7", ...(top_error ? { top_error } : {}) });
const agents = [
  runs("support-agent", "support-web", 2140, 62, 4.9e6, 18.2e6, 6.24), runs("findings-to-questions", "billing-agent", 1201, 0, 1.92e6, 2.61e6, 1.64), runs("nightly-eval-judge", "evals", 480, 0, 1.1e6, 2.9e6, 5.47),
  runs("contract-review", "legal-rag", 214, 3, 27.4e6, 61e6, 51.75), runs("claude-code", "claude-code", 38, 2, 412e6, 2710e6, 118.58, "429 rate_limit_error: output tokens a minute exceeded"),
];
const tools = [["Read", 18_240, 13, 8e3, 21e3], ["Bash", 3114, 209, 640e3, 31.4e6, "exit status 1"], ["Edit", 2871, 43, 11e3, 38e3], ["lookupFindings", 1201, 0, 17e3, 41e3], ["createTicket", 188, 21, 840e3, 6.1e6, "503 from the tracker"], ["WebFetch", 164, 19, 720e3, 9.8e6, "timeout"]]
  .map(([name, n, errors, p50, p95, error]) => runs(name, "claude-code", n, errors, p50, p95, null, error));
const loop = (tool, args, times, agent, minutes, usd) => ({ trace_id: "5b8efff798038103d269b633813fc600", span_id: "00f067aa0ba902b7", trace: "turn", tool, agent, times, arguments: args, start: new Date(begun - minutes * MINUTE).toISOString(), usd });
const loops = [loop("Read", "internal/queue/retry.go", 31, "claude-code", 41, 0.441), loop("Bash", "go test ./internal/queue", 7, "claude-code", 36, 1.12), loop("searchDocuments", '{"q":"clause 14.2"}', 5, "contract-review", 1500, null), loop("lookupFindings", '{"repository":"acme/checkout","mail":"[REDACTED:pii.email]"}', 4, "findings-to-questions", 2900, 0.003204)];

const unpriced = [
  { provider: "azure", model: "support-tuned-v3", status: "unknown_model", calls: 409, last: new Date(begun).toISOString(), trace_id: "5b8efff798038103d269b633813fc600", span_id: "00f067aa0ba902b7", reason: "No price for azure/support-tuned-v3.", remedy: "Add it if you know it:", remedy_yaml: "processors:\n  llm_cost:\n    overrides:\n      - provider: azure\n        model: support-tuned-v3\n        input: 0.40   # $ a million tokens\n        output: 1.60\n" },
  { provider: "openai", model: "gpt-5", status: "no_usage", calls: 3, last: new Date(begun).toISOString(), trace_id: "5b8efff798038103d269b633813fc600", span_id: "00f067aa0ba902b7", reason: "No token counts.", remedy: "Ask for them: `stream_options.include_usage`" },
];

const rule = (name, count, spans, traces) => ({ rule: name, count, spans, traces, last: new Date(begun - 3 * MINUTE).toISOString() });
const rules = [rule("pii.email", 5102, 4100, 1203), rule("secret.openai-project-key", 2410, 2410, 1201), rule("secret.token", 611, 611, 611), rule("pii.person-name", 288, 200, 114), rule("pii.credit-card", 121, 121, 80), rule("secret.password", 12, 12, 9)];

const items = (spans, log_records = 0) => ({ spans, log_records, data_points: 0 });

/** A second destination that does not take what it is sent, which the list's fixtures do not have. */
export function withDown(state) {
  const down = {
    id: "otlp_http/langfuse", type: "otlp_http", health: "waiting", address: "https://cloud.langfuse.com", remote: true, signals: ["traces"], queue: { size: 412, capacity: 5000, unit: "items", on_disk: true, refused: items(0) },
    sent: items(40_794), failed: items(0), retrying_since: new Date(Date.now() - 38_000).toISOString(), error: "503", error_at: new Date(Date.now() - 12_000).toISOString(), figures: [],
  };
  return {
    ...state, health: "waiting", destinations: [...state.destinations, down],
    pipelines: [
      { id: "traces", receivers: ["otlp"], processors: ["memory_limiter", "sensitive_filter", "llm_cost"], exporters: ["forward/llm"] },
      { id: "traces/libsql", receivers: ["forward/llm"], processors: [], exporters: ["libsql"] }, { id: "traces/langfuse", receivers: ["forward/llm"], processors: [], exporters: ["otlp_http/langfuse"] },
      { id: "logs", receivers: ["otlp"], processors: ["sensitive_filter", "llm_cost"], exporters: ["libsql"] },
    ],
  };
}

/** pageRoutes answer the views Sessions, Agents, Spend and Collector. */
export const pageRoutes = {
  "/sessions": (q) => ({ items: sessions.filter((one) => !q.has("user") || q.getAll("user").includes(one.user)) }),
  "/spend": spend,
  "/spend/unpriced": () => unpriced,
  "/agents": () => agents,
  "/tools": () => tools,
  "/loops": () => loops,
  "/redactions": () => rules,
};

/** sessionAnswer answers /sessions/{id}. */
export function sessionAnswer(path) {
  const found = session(decodeURIComponent(path.slice("/sessions/".length)));
  return found ? () => found : null;
}
