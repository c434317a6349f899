// Runs the application and looks at its trace in Mastra Studio, in a browser.
//
//   CHROMIUM=PATH node studio.mjs file:PATH
//
// The environment of app.mjs is passed on to it. Studio 1.30 reads through the
// storage class of @mastra/libsql, Studio 1.31 through trace-query.mjs. Both stand
// open before the application runs. Prints one JSON line:
//
//   app      what app.mjs printed
//   polls    how often the API was asked until it listed the trace, and
//   waited   for how long, in milliseconds, since the application had flushed
//   studios  by version: the lines of text on the list, the tree and the panel of
//            the first call of gpt-4o-mini, and that span's id
import { execFile, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { ObservabilityLibSQL } from '@mastra/libsql';
import { chromium } from 'playwright-core';
import { ask, serveAPI } from './api.mjs';
import { TraceQueryLibSQL } from './trace-query.mjs';

const [url] = process.argv.slice(2);
const patience = 90_000; // ms, on a machine that has other things to do

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  timeout: patience,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const studios = {
  '1.30': await startStudio('mastra', new ObservabilityLibSQL({ url })),
  '1.31': await startStudio('mastra131', new TraceQueryLibSQL({ url })),
};
for (const studio of Object.values(studios)) {
  await studio.page.goto(studio.traces);
  await studio.page.getByText('Auto refresh').first().waitFor();
}

const { stdout } = await promisify(execFile)(process.execPath, ['app.mjs']);
const flushed = performance.now();
const app = JSON.parse(stdout.trim().split('\n').at(-1));
let polls = 0;
for (let listed = false; !listed && performance.now() - flushed < patience; polls++) {
  const { spans } = await ask(studios['1.30'].api, '/traces/light');
  listed = spans.some((span) => span.traceId === app.traceId);
}
const waited = Math.round(performance.now() - flushed);

const seen = {};
for (const [version, studio] of Object.entries(studios)) seen[version] = await look(studio);
process.stdout.write(`${JSON.stringify({ app, polls, waited, studios: seen })}\n`);
for (const studio of Object.values(studios)) studio.process.kill();
await browser.close();
process.exit(0);

/** Starts the Studio of an npm package over a store, and a page for it. */
async function startStudio(name, observability) {
  const api = await serveAPI(observability);
  const port = await freePort();
  const cli = spawn(
    process.execPath,
    [`node_modules/${name}/dist/index.js`, 'studio', '--port', port, '--server-host', '127.0.0.1', '--server-port', api.port],
    { env: { ...process.env, MASTRA_TELEMETRY_DISABLED: '1' }, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  process.on('exit', () => cli.kill());
  const base = `http://127.0.0.1:${port}`;
  for (const start = Date.now(); ; await new Promise((later) => setTimeout(later, 100))) {
    if (await fetch(base).then((response) => response.ok, () => false)) break;
    if (Date.now() - start > patience) throw new Error(`${name} does not answer`);
  }
  const page = await browser.newPage({ viewport: { width: 1600, height: 1400 } });
  page.setDefaultTimeout(patience);
  return { api, process: cli, page, traces: `${base}/traces` };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((ready) => server.once('listening', ready));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

/** Clicks from the list to the trace to a model call. */
async function look({ page }) {
  const lines = async () => (await page.innerText('body')).split('\n').map((line) => line.trim()).filter(Boolean);
  await page.reload();
  const row = page.getByText('ticket-generation').first();
  await row.waitFor();
  const list = await lines();
  await row.click();
  const call = page.getByText(/^chat gpt-4o-mini/).first();
  await call.waitFor();
  const tree = await lines();
  await call.click();
  await page.getByText('Tokens Used').first().waitFor();
  const panel = await lines();
  return { list, tree, panel: panel.slice(panel.indexOf('Tokens Used')), spanId: new URL(page.url()).searchParams.get('spanId') };
}
