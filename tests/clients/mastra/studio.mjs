// Runs the application and looks at its trace in Mastra Studio, in a browser.
//
//   CHROMIUM=PATH node studio.mjs file:PATH
//
// The environment of app.mjs is passed on to it. Studio 1.30 reads through the
// storage class of @mastra/libsql, Studio 1.31 through trace-query.mjs. Prints one
// JSON line:
//
//   app      what app.mjs printed
//   polls    how often the API was asked until it listed the trace, and
//   waited   for how long, in milliseconds, since the application had flushed
//   studios  by version: the lines of text on the list, the tree and the panel of
//            the first call of gpt-4o-mini, and that span's id
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ObservabilityLibSQL } from '@mastra/libsql';
import { ask, serveAPI } from './api.mjs';
import { launch, look, patience, startStudio } from './look.mjs';
import { TraceQueryLibSQL } from './trace-query.mjs';

const [url] = process.argv.slice(2);

const studios = {
  '1.30': { cli: 'mastra', api: await serveAPI(new ObservabilityLibSQL({ url })) },
  '1.31': { cli: 'mastra131', api: await serveAPI(new TraceQueryLibSQL({ url })) },
};
const { stdout } = await promisify(execFile)(process.execPath, ['app.mjs']);
const flushed = performance.now();
const app = JSON.parse(stdout.trim().split('\n').at(-1));
let polls = 0;
for (let listed = false; !listed && performance.now() - flushed < patience; polls++) {
  const { spans } = await ask(studios['1.30'].api, '/traces/light');
  listed = spans.some((span) => span.traceId === app.traceId);
}
const waited = Math.round(performance.now() - flushed);

const browser = await launch();
const seen = {};
for (const [version, { cli, api }] of Object.entries(studios)) {
  const page = await browser.newPage({ viewport: { width: 1600, height: 1400 } });
  seen[version] = await look(page, await startStudio({ cli, server: api.port }));
}
process.stdout.write(`${JSON.stringify({ app, polls, waited, studios: seen })}\n`);
await browser.close();
process.exit(0);
