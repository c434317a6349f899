// Sends trace queries to Mastra's HTTP API over a trace store, as Studio 1.31 does.
//
//   node query.mjs file:PATH QUERIES
//
// QUERIES is a JSON object of request bodies by name; one with page.limit is
// followed from page to page. Prints one JSON line: { answers, plain }, the
// answers by name, all pages joined, and the status with which @mastra/libsql's own
// class answers.
import { ObservabilityLibSQL } from '@mastra/libsql';
import { ask, serveAPI } from './api.mjs';
import { TraceQueryLibSQL } from './trace-query.mjs';

const [url, queries] = process.argv.slice(2);
const api = await serveAPI(new TraceQueryLibSQL({ url }));

async function pages(query) {
  const joined = { traces: [], groups: [], pages: 0 };
  for (let after = null; ; ) {
    const body = query.page ? { ...query, page: { ...query.page, after } } : query;
    const answer = await ask(api, '/traces/query', body);
    joined.pages++;
    joined.traces.push(...(answer.traces ?? []));
    joined.groups.push(...(answer.groups ?? []));
    after = answer.page?.next;
    if (!after) return joined;
  }
}

const answers = {};
for (const [name, query] of Object.entries(JSON.parse(queries))) answers[name] = await pages(query);

const plain = await serveAPI(new ObservabilityLibSQL({ url }));
const refused = await fetch(`${plain.url}/traces/query`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(Object.values(JSON.parse(queries))[0]) });

process.stdout.write(`${JSON.stringify({ answers, plain: refused.status })}\n`, () => process.exit(0));
