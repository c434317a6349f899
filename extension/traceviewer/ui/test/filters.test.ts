import assert from "node:assert/strict";
import { test } from "node:test";
import * as f from "../src/filters/fields";

const plain = (text: string) => text.replaceAll("\u00a0", " ");
const words = (query: string) => f.tokensOf(new URLSearchParams(query)).map((t) => plain(f.sentence(t)));
const field = (param: string) => f.traceFields.find((one) => one.param === param) as f.Field;

test("a URL reads as sentences", () => {
  assert.deepEqual(words("service=legal-rag&min_cost=5&status=error&min_duration=10s&attribute=release%3D2026%3D11&min_tokens=50000&order=cost&x=1"), [
    "service is legal-rag", "cost > $5", "status is with errors", "duration > 10.0 s", "release is 2026=11", "tokens > 50.0 k",
  ]);
  assert.deepEqual(words("min_cost=1.37"), ["cost > $1.37"]);
  assert.deepEqual(words("min_cost=0.0032"), ["cost > $0.0032"]);
  assert.deepEqual(words("min_duration=1m30s&min_cost=x"), ["duration > 1 m 30 s", "cost > ?"]);
});

test("what a person types is read", () => {
  const cases: [string, string, string | undefined][] = [
    ["min_cost", "$1,000.50", "1000.5"], ["min_cost", "five", undefined], ["min_cost", "-1", undefined],
    ["min_duration", "1.5 s", "1500ms"], ["min_duration", "10", "10s"], ["min_duration", "1m30s", "90s"], ["min_duration", "soon", undefined],
    ["min_tokens", "50k", "50000"], ["min_tokens", "1.5M", "1500000"], ["min_errors", "2", "2"],
    ["status", "with errors", "error"], ["status", "Running", "running"], ["status", "x", undefined], ["text", " a b ", "a b"],
  ];
  for (const [param, text, want] of cases) assert.equal(f.valueOf(field(param), text), want, `${param} ${text}`);
  assert.deepEqual(f.typed("cost > 5")?.fields.map((one) => one.param), ["min_cost"]);
  assert.deepEqual(f.typed("cost<5")?.fields.map((one) => one.param), ["max_cost"]);
  assert.equal(f.typed("service is legal-rag")?.rest, "legal-rag");
  assert.equal(f.typed("checkout broken"), undefined);
});

test("the API is asked what the URL says", () => {
  const at = Date.parse("2026-11-30T05:00:30Z");
  assert.deepEqual(f.apiParams(new URLSearchParams("service=a&service=b&min_cost=5&last=24h&order=cost&page=x"), at), {
    service: ["a", "b"], min_cost: "5", order: "cost", since: "2026-11-29T05:00:00.000Z",
  });
  assert.deepEqual(f.apiParams(new URLSearchParams("since=2026-11-29T00:00:00Z&last="), at), { since: "2026-11-29T00:00:00Z" });
});

test("filters are added and removed one by one", () => {
  const query = new URLSearchParams("service=a&service=b&min_cost=5");
  assert.equal(f.withFilter(query, field("min_cost"), "7").toString(), "service=a&service=b&min_cost=7");
  assert.equal(f.withFilter(query, field("service"), "c").toString(), "service=a&service=b&min_cost=5&service=c");
  const [first] = f.tokensOf(query);
  assert.equal(f.withoutFilter(query, first as f.Token).toString(), "service=b&min_cost=5");
  assert.equal(f.withTime(new URLSearchParams("since=x&until=y&service=a"), { last: "7d" }).toString(), "service=a&last=7d");
});

test("an application's own attributes come first", () => {
  const names = ["gen_ai.agent.name", "release", "service.version", "tenant.id", "airline"].map((value) => ({ value }));
  assert.deepEqual(f.ownFirst(names).map((one) => one.value), ["release", "tenant.id", "airline", "gen_ai.agent.name", "service.version"]);
});
