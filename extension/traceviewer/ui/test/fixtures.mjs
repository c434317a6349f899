// Answers in the form of the contract for developing the page without a collector
// (node dev.mjs --fixtures). Nothing of it is in the bundle.

import { pageRoutes, sessionAnswer, withDown } from "./page-fixtures.mjs";
import { traceAnswer } from "./trace-fixtures.mjs";

const MINUTE = 60_000;
const begun = Date.now();

/** A small generator whose numbers are the same at each start. */
function random(seed) {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const next = random(14);
const hex = (n) => Array.from({ length: n }, () => Math.floor(next() * 16).toString(16)).join("");
const pick = (list) => list[Math.floor(next() * list.length)];

const shapes = [
  { name: "ticket-generation", type: "workflow_run", service: "billing-agent", spans: 27, us: 3.4e6, in: 4400, out: 660, usd: 0.0032, redactions: 13,
    inputs: ["Login fails on the tablet after the update, user [REDACTED:pii.email] sees a blank page", "Checkout is broken since the last release, mail me at [REDACTED:pii.email]. I tried it with the key [REDACTED:secret.openai-project-key].",
      "Cart total is one cent too high with a voucher, order of [REDACTED:pii.person-name]", "Webhook retries forever when the endpoint answers 410", "Push to staging refused: token [REDACTED:secret.github-token] has no scope “repo”"] },
  { name: "support-agent", type: "agent_run", service: "support-web", spans: 9, us: 5.2e6, in: 6200, out: 412, usd: 0.0024, redactions: 2,
    inputs: ["Where is order 48213? The courier says it was handed over", "My card ending [REDACTED:pii.credit-card] was charged twice for one basket", "مرحبا، أين طلبي؟ order 48213", "<script>alert(1)</script> & <b>bold</b> 🛒🛒"] },
  { name: "contract-review", type: "agent_run", service: "legal-rag", spans: 64, us: 31.2e6, in: 184_000, out: 6120, usd: 0.2916, redactions: 38,
    inputs: ["Compare clause 14.2 with the 2024 template and list what got weaker", "Which of the annexes mention a processor outside of the EEA?"] },
  { name: "nightly-eval", type: "workflow_run", service: "evals", spans: 486, us: 42.8e6, in: 684_000, out: 51_800, usd: 1.37, redactions: 0, inputs: ["suite=refunds cases=120 judge=gpt-5"] },
  { name: "chat support-tuned-v3", type: "model_generation", service: "router", spans: 1, us: 640_000, in: 412, out: 6, usd: null, unpriced: 1, redactions: 0,
    inputs: ["Classify: “the app logs me out whenever I change the address”"] },
  { name: "chat qwen3:8b", type: "model_generation", service: "dev-tools", spans: 1, us: 1.88e6, in: 1904, out: 31, usd: null, local: 1, redactions: 0, inputs: ["Summarise the diff in one line for the changelog"] },
];

function make(at, index) {
  const shape = index % 3 ? shapes[0] : pick(shapes);
  const wobble = 0.8 + next() * 0.4;
  const failed = next() < 0.03;
  const calls = Math.max(1, Math.round(shape.spans / 7));
  const row = {
    trace_id: hex(32), state: "ended", name: shape.name, type: shape.type, start: new Date(at).toISOString(),
    duration_us: Math.round(shape.us * wobble), last_seen: new Date(at + shape.us / 1000).toISOString(), service: shape.service, environment: "local",
    input: pick(shape.inputs), failed, errors: failed ? 1 + Math.floor(next() * 4) : 0, spans: shape.spans, tool_calls: 2, redactions: shape.redactions,
    tokens: { input: Math.round(shape.in * wobble), output: failed ? 0 : Math.round(shape.out * wobble), cache_read: Math.round(shape.in * 0.6), cache_write: 0, reasoning: 0 },
    cost: { usd: shape.usd === null ? null : shape.usd * wobble, calls, unpriced: shape.unpriced ?? 0, local: shape.local ?? 0 },
    session: `sess-${2100 + (index % 40)}`, user: `user-${index % 35}`,
    attributes: { release: "2026.11.3", cost_center: pick(["a12", "b7"]) },
  };
  if (failed) row.error = "429 rate_limit_error: output tokens a minute exceeded, after 3 tries";
  if (shape.name === "contract-review") row.cost.unpriced = 2;
  return row;
}

const rows = [];
for (let i = 0, at = begun - 20_000; i < Number(process.env.FIXTURE_TRACES ?? 3000); i++) {
  rows.push(make(at, i));
  at -= next() * 90_000;
}
Object.assign(rows[0], { state: "running", name: "support-agent", type: "agent_run", last_seen: new Date(begun).toISOString(), failed: false, errors: 0, error: undefined });
Object.assign(rows[6], { state: "root_missing", name: "fetchDocuments", type: "generic", spans: 3, input: "", tokens: { input: 0, output: 0, cache_read: 0, cache_write: 0, reasoning: 0 }, cost: { usd: null, calls: 0, unpriced: 0, local: 0 }, redactions: 0 });
Object.assign(rows[9], { state: "broken_off", name: "nightly-eval", spans: 212, errors: 1, last_seen: new Date(begun - 14 * MINUTE).toISOString() });
Object.assign(rows[11], { state: "running", name: "claude-code", type: "agent_run", service: "claude-code", spans: 3014, input: "Refactor the retry queue so that a refused batch is never sent twice", last_seen: new Date(begun).toISOString(),
  duration_us: 72 * 60e6, start: new Date(begun - 72 * MINUTE).toISOString(), tokens: { input: 30_500_000, output: 118_000, cache_read: 29_000_000, cache_write: 0, reasoning: 0 }, cost: { usd: 12.4, calls: 318, unpriced: 0, local: 0 }, errors: 4, redactions: 41 });
rows.sort((a, b) => (a.start < b.start ? 1 : -1));

const listeners = new Set();
setInterval(() => {
  const row = make(Date.now() - 300, Math.floor(Math.random() * 1000));
  rows.unshift(row);
  for (const send of listeners) send({ traces: [row], cursor: String(rows.length) });
}, 6000).unref();

function matches(row, q) {
  const lists = { service: row.service, environment: row.environment, name: row.name, user: row.user, session: row.session };
  for (const [name, value] of Object.entries(lists)) if (q.has(name) && !q.getAll(name).includes(value)) return false;
  if (q.has("min_cost") && !((row.cost.usd ?? 0) >= Number(q.get("min_cost")))) return false;
  if (q.has("max_cost") && !((row.cost.usd ?? 0) <= Number(q.get("max_cost")))) return false;
  if (q.has("min_errors") && row.errors < Number(q.get("min_errors"))) return false;
  if (q.has("min_tokens") && row.tokens.input + row.tokens.output < Number(q.get("min_tokens"))) return false;
  if (q.has("since") && row.start < q.get("since")) return false;
  if (q.has("text") && !`${row.name} ${row.input} ${row.error}`.toLowerCase().includes(q.get("text").toLowerCase())) return false;
  const status = q.getAll("status");
  if (status.length && !status.some((s) => s === row.state || (s === "error" && row.errors) || (s === "ok" && !row.errors) || (s === "unpriced" && row.cost.unpriced) || (s === "redacted" && row.redactions))) return false;
  return true;
}

const zero = () => ({ usd: 0, calls: 0, unpriced: 0, local: 0 });
function add(sum, cost) {
  sum.usd += cost.usd ?? 0;
  for (const name of ["calls", "unpriced", "local"]) sum[name] += cost[name];
}

function stats(q) {
  const list = rows.filter((row) => matches(row, q));
  const out = { traces: list.length, failed: 0, cost: zero(), p50_us: 0, p95_us: 0, redactions: 0, buckets: [], days: [] };
  const days = new Map();
  const zone = q.get("zone") ?? "UTC";
  const format = new Intl.DateTimeFormat("en-CA", { timeZone: zone });
  const lasting = list.map((row) => row.duration_us).sort((a, b) => a - b);
  out.p50_us = lasting[Math.floor(lasting.length / 2)] ?? 0;
  out.p95_us = lasting[Math.floor(lasting.length * 0.95)] ?? 0;
  const first = Date.parse(list.at(-1)?.start ?? 0);
  const width = (Date.parse(list[0]?.start ?? 0) - first) / 48 || 1;
  for (let i = 0; i < 48; i++) out.buckets.push({ start: new Date(first + i * width).toISOString(), traces: 0, failed: 0 });
  for (const row of list) {
    if (row.errors) out.failed++;
    out.redactions += row.redactions;
    add(out.cost, row.cost);
    const bucket = out.buckets[Math.min(47, Math.floor((Date.parse(row.start) - first) / width))];
    bucket.traces++;
    if (row.errors) bucket.failed++;
    const day = format.format(new Date(row.start));
    if (!days.has(day)) days.set(day, { day, traces: 0, cost: zero() });
    days.get(day).traces++;
    add(days.get(day).cost, row.cost);
  }
  out.days = [...days.values()];
  return out;
}

function values(field, q) {
  if (field === "attribute") return [{ value: "cost_center", traces: 412 }, { value: "release", traces: 3000 }, { value: "tenant.id", traces: 88 }].filter((one) => one.value.startsWith(q.get("prefix") ?? ""));
  const name = field.replace("attribute:", "");
  const counts = new Map();
  for (const row of rows) {
    const value = field.startsWith("attribute:") ? row.attributes[name] : field === "status" ? (row.errors ? "error" : "ok") : row[field];
    if (value && value.startsWith(q.get("prefix") ?? "")) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].map(([value, traces]) => ({ value, traces })).sort((a, b) => b.traces - a.traces).slice(0, 50);
}

const started = new Date(begun - 76 * 3_600_000).toISOString();
const items = (spans, log_records = 0) => ({ spans, log_records, data_points: 0 });

const routes = {
  "/traces": (q) => {
    const limit = Number(q.get("limit") ?? 100);
    const list = rows.filter((row) => matches(row, q));
    const order = { cost: (r) => r.cost.usd ?? 0, slowest: (r) => r.duration_us, tokens: (r) => r.tokens.input + r.tokens.output, errors: (r) => r.errors }[q.get("order")];
    if (order) list.sort((a, b) => order(b) - order(a));
    const from = q.get("cursor") ? list.findIndex((row) => row.trace_id === q.get("cursor")) + 1 : 0;
    const page = list.slice(from, from + limit);
    return { items: page, next: from + limit < list.length ? page.at(-1).trace_id : "" };
  },
  "/traces/stats": stats,
  ...pageRoutes,
  "/collector": () => withDown({
    command: "otelcol-llm", version: "0.155.0-llm.2", started, uptime_seconds: 273_600, health: "ok", metered: true,
    receivers: [{ id: "otlp", health: "ok", endpoints: [{ protocol: "grpc", address: "127.0.0.1:4317", tls: false, auth: false, loopback: true }, { protocol: "http", address: "127.0.0.1:4318", tls: false, auth: false, loopback: true }],
      accepted: items(41_206, 2190), refused: items(0), refused_requests: [{ protocol: "http", reason: "grpc_at_http", requests: 3, sentence: "gRPC came to the HTTP port." }] }],
    processors: [{ id: "sensitive_filter", health: "ok", in: items(41_206), out: items(41_206), findings: [{ name: "values redacted", value: 8618 }] }, { id: "llm_cost", health: "ok", in: items(41_206), out: items(41_206), findings: [{ name: "calls priced", value: 4812 }, { name: "calls without a price", value: 38, bad: true }] }],
    destinations: [{ id: "libsql", type: "libsql", health: "ok", address: "data/traces.db", remote: false, signals: ["traces", "logs"], queue: { size: 0, capacity: 134_217_728, unit: "bytes", on_disk: false, refused: items(0) }, sent: items(41_206, 2190), failed: items(0), retrying_since: null, figures: [] }],
    extensions: [{ id: "trace_viewer", health: "ok", endpoints: [] }], pipelines: [{ id: "traces", receivers: ["otlp"], processors: ["sensitive_filter", "llm_cost"], exporters: ["libsql"] }],
    redactions: [{ rule: "pii.email", count: 5102 }, { rule: "secret.openai-project-key", count: 2410 }], warnings: [], memory_bytes: 150_000_000, memory_limit_bytes: 1_024_000_000,
  }),
  "/first-run": () => ({
    http_endpoint: "http://127.0.0.1:4318", grpc_endpoint: "http://127.0.0.1:4317",
    environment: ["OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318", "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", "OTEL_SERVICE_NAME=my-app"],
    auth: false, remote: [], traces: 0, accepted_spans: 0, services: [],
    reasons: [{ kind: "grpc_at_http", count: 3, sentence: "gRPC came to the HTTP port, 3 times", remedy: "Use port 4317, or set the protocol to http/protobuf." }],
  }),
  "/store": () => ({ place: "data/traces.db", kind: "file", bytes: 14_100_000, traces: rows.length, spans: 41_206, logs: 2190, oldest: rows.at(-1).start, newest: rows[0].start, search_index: true }),
  "/search": (q) => ({
    items: rows.filter((row) => `${row.name} ${row.input}`.toLowerCase().includes((q.get("q") ?? "").toLowerCase())).slice(0, 40)
      .map((row) => ({ trace_id: row.trace_id, span_id: "00f067aa0ba902b7", name: row.name, type: row.type, service: row.service, start: row.start, where: "input", excerpt: row.input ?? "" })),
  }),
};

/** answer answers a request of the API. */
export function answer(request, response) {
  const { pathname, searchParams } = new URL(request.url, "http://localhost");
  const path = pathname.slice("/api/v1".length);
  if (path === "/live") return live(searchParams, response);
  const found = routes[path] ?? (path.startsWith("/values/") ? (q) => values(decodeURIComponent(path.slice(8)), q) : null) ?? (path.startsWith("/sessions/") ? sessionAnswer(path) : traceOf(path));
  response.writeHead(found ? 200 : 404, { "Content-Type": "application/json" });
  response.end(JSON.stringify(found ? found(searchParams) : { error: `no fixture for ${path}` }));
}

function traceOf(path) {
  return path.startsWith("/traces/") || path.startsWith("/spans/") ? (q) => traceAnswer(path, q) : null;
}

function live(q, response) {
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
  response.write(": hello\n\n");
  const send = (changes) => {
    const traces = changes.traces.filter((row) => matches(row, q));
    if (traces.length) response.write(`event: changes\nid: ${changes.cursor}\ndata: ${JSON.stringify({ ...changes, traces })}\n\n`);
  };
  listeners.add(send);
  response.on("close", () => listeners.delete(send));
}
