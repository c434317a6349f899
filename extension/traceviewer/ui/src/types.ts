// What the collector answers: the types of internal/tracestore/query (types*.go) and of
// extension/traceviewer/status (types.go), with the same names.

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface Tokens {
  input: number;
  output: number;
  cache_read: number;
  cache_write: number;
  reasoning: number;
}

export interface Cost {
  /** null is unknown, which is not zero. */
  usd: number | null;
  calls: number;
  unpriced: number;
  local: number;
}

export type State = "ended" | "running" | "root_missing" | "broken_off";

export interface TraceSummary {
  trace_id: string;
  state: State;
  name: string;
  type: string;
  start: string;
  duration_us: number;
  last_seen: string;
  service: string;
  environment?: string;
  input?: string;
  output?: string;
  error?: string;
  failed: boolean;
  errors: number;
  spans: number;
  tool_calls: number;
  redactions: number;
  tokens: Tokens;
  cost: Cost;
  session?: string;
  user?: string;
  tenant?: string;
  attributes?: { [name: string]: Json };
}

export interface Page<T> {
  items: T[];
  next?: string;
}

export interface TraceStats {
  traces: number;
  failed: number;
  cost: Cost;
  p50_us: number;
  p95_us: number;
  redactions: number;
  buckets: StatsBucket[];
  days: DaySum[];
}

export interface StatsBucket {
  start: string;
  traces: number;
  failed: number;
}

export interface DaySum {
  day: string;
  traces: number;
  cost: Cost;
}

export interface Value {
  value: string;
  traces: number;
}

export interface Trace extends TraceSummary {
  span_list: SpanSummary[];
}

export interface SpanSummary {
  span_id: string;
  parent_id?: string;
  name: string;
  type: string;
  state: State;
  start_us: number;
  duration_us: number;
  failed?: boolean;
  error?: string;
  service?: string;
  agent?: string;
  tool?: string;
  provider?: string;
  model?: string;
  operation?: string;
  tokens?: Tokens;
  usd?: number;
  cost_status?: string;
  counted?: boolean;
  first_token_us?: number;
  redactions?: number;
  arguments?: string;
  preview?: string;
}

export interface Span extends SpanSummary {
  trace_id: string;
  start: string;
  kind: string;
  status_message?: string;
  input?: Json;
  output?: Json;
  error_detail?: Json;
  cut?: { [name: string]: number };
  messages?: Message[];
  answers?: Message[];
  new_from: number;
  earlier?: string;
  earlier_trace?: string;
  content_note?: ContentNote;
  /** content_gone says that retention has deleted what was said. */
  content_gone?: boolean;
  tools?: Tool[];
  settings?: Attribute[];
  receipt?: Receipt;
  findings?: Finding[];
  attributes: Attribute[];
  events: Event[];
  links: Link[];
  resource: Attribute[];
  scope: Scope;
  logs: Log[];
}

export interface Message {
  role: string;
  name?: string;
  parts: Part[];
}

export interface Part {
  kind: "text" | "thinking" | "tool_call" | "tool_result" | "media" | "data";
  text?: string;
  /** cut is the whole length in bytes, where the text or value is cut. */
  cut?: number;
  tool_call_id?: string;
  tool?: string;
  arguments?: Json;
  result?: Json;
  failed?: boolean;
  span_id?: string;
  media_type?: string;
  bytes?: number;
  data?: Json;
}

export interface ContentNote {
  instrumentation: string;
  setting: string;
}

export interface Tool {
  name: string;
  description?: string;
}

export interface Receipt {
  lines: ReceiptLine[];
  usd: number | null;
  saved_usd?: number;
  status: string;
  source: string;
  tokens_source: string;
  matched?: string;
  tier?: string;
  remedy?: string;
  remedy_yaml?: string;
  exact: boolean;
}

export interface ReceiptLine {
  bucket: string;
  tokens: number;
  per_million: number | null;
  usd: number | null;
  saved_usd?: number;
}

export interface Finding {
  rule: string;
  count: number;
  where?: string;
}

export interface Attribute {
  key: string;
  value: Json;
  cut?: number;
}

export interface Event {
  time: string;
  name: string;
  attributes: Attribute[];
}

export interface Link {
  trace_id: string;
  span_id: string;
  attributes: Attribute[];
}

export interface Scope {
  name: string;
  version?: string;
  attributes?: Attribute[];
}

export interface Log {
  time: string;
  severity?: string;
  event?: string;
  body?: Json;
  attributes: Attribute[];
  span_id?: string;
}

export interface SessionSummary {
  id: string;
  user?: string;
  service?: string;
  first: string;
  last: string;
  traces: number;
  spans: number;
  errors: number;
  tokens: Tokens;
  cost: Cost;
  input?: string;
  running: boolean;
}

export interface Session extends SessionSummary {
  turns: Turn[];
  next?: string;
}

export interface Turn {
  trace: TraceSummary;
  messages: Message[];
  models: string[];
  context_tokens: number;
}

export interface Spend {
  total: SpendRow;
  rows: SpendRow[];
  zone: string;
}

export interface SpendRow {
  keys?: { [name: string]: string };
  cost: Cost;
  tokens: Tokens;
  saved_usd?: number;
  errors: number;
}

export interface Unpriced {
  provider: string;
  model: string;
  status: string;
  calls: number;
  last: string;
  trace_id: string;
  span_id: string;
  reason: string;
  remedy: string;
  remedy_yaml?: string;
}

export interface Runs {
  name: string;
  service?: string;
  runs: number;
  errors: number;
  p50_us: number;
  p95_us: number;
  cost: Cost;
  last: string;
  trace_id: string;
  span_id: string;
  top_error?: string;
}

export interface Loop {
  trace_id: string;
  span_id: string;
  trace: string;
  tool: string;
  agent?: string;
  times: number;
  arguments: string;
  start: string;
  usd: number | null;
}

export interface Hit {
  trace_id: string;
  span_id: string;
  name: string;
  type: string;
  service?: string;
  start: string;
  where: "input" | "output" | "error" | "name" | "id";
  excerpt: string;
}

export interface Changes {
  traces: TraceSummary[];
  cursor: string;
}

export interface Redactions {
  rule: string;
  count: number;
  spans: number;
  traces: number;
  last: string;
}

export interface StoreInfo {
  place: string;
  kind: "file" | "server";
  bytes: number;
  traces: number;
  spans: number;
  logs: number;
  oldest: string | null;
  newest: string | null;
  search_index: boolean;
}

export type Health = "ok" | "starting" | "waiting" | "degraded" | "failed" | "stopped" | "unknown";

export interface Collector {
  command: string;
  version: string;
  started: string;
  uptime_seconds: number;
  health: Health;
  metered: boolean;
  note?: string;
  receivers: Receiver[];
  processors: Processor[];
  destinations: Destination[];
  extensions: Extension[];
  pipelines: Pipeline[];
  redactions: RuleCount[];
  warnings: Warning[];
  memory_bytes: number | null;
  memory_limit_bytes: number | null;
}

export interface Receiver {
  id: string;
  health: Health;
  endpoints: Endpoint[];
  accepted: Items | null;
  refused: Items | null;
  refused_requests: Refusal[];
  error?: string;
}

export interface Endpoint {
  protocol: string;
  address: string;
  tls: boolean;
  auth: boolean;
  loopback: boolean;
}

export interface Items {
  spans: number;
  log_records: number;
  data_points: number;
}

export interface Refusal {
  protocol: string;
  reason: string;
  requests: number;
  sentence: string;
}

export interface Processor {
  id: string;
  health: Health;
  in: Items | null;
  out: Items | null;
  findings: Figure[];
  error?: string;
}

export interface Figure {
  name: string;
  value: number;
  unit?: string;
  bad?: boolean;
}

export interface Destination {
  id: string;
  type: string;
  health: Health;
  address?: string;
  remote: boolean;
  signals: string[];
  queue: Queue | null;
  sent: Items | null;
  failed: Items | null;
  retrying_since: string | null;
  error?: string;
  error_at?: string;
  figures: Figure[];
}

export interface Queue {
  size: number;
  capacity: number;
  unit: string;
  on_disk: boolean;
  refused: Items | null;
}

export interface Extension {
  id: string;
  health: Health;
  endpoints: Endpoint[];
  error?: string;
}

export interface Pipeline {
  id: string;
  receivers: string[];
  processors: string[];
  exporters: string[];
}

export interface RuleCount {
  rule: string;
  count: number;
}

export interface Warning {
  severity: "error" | "warning" | "note";
  component?: string;
  sentence: string;
  remedy?: string;
}

export interface FirstRun {
  http_endpoint: string;
  grpc_endpoint: string;
  environment: string[];
  auth: boolean;
  remote: string[];
  services: FirstService[];
  traces: number;
  accepted_spans: number | null;
  reasons: Reason[];
}

export interface FirstService {
  name: string;
  traces: number;
  first: string;
  trace_id: string;
  trace_name: string;
  spans: number;
  tokens: number;
  usd: number | null;
  redactions: number;
}

export interface Reason {
  kind: string;
  count?: number;
  sentence: string;
  remedy: string;
}
