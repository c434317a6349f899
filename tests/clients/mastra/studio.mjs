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
import { execFile, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { ObservabilityLibSQL } from '@mastra/libsql';
import { chromium } from 'playwright-core';
import { ask, serveAPI } from './api.mjs';
import { TraceQueryLibSQL } from './trace-query.mjs';

const [url] = process.argv.slice(2);
const patience = 90_000; // ms, on a machine that has other things to do

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

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  timeout: patience,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const seen = {};
for (const [version, studio] of Object.entries(studios)) seen[version] = await look(await startStudio(studio));
process.stdout.write(`${JSON.stringify({ app, polls, waited, studios: seen })}\n`);
await browser.close();
process.exit(0);

/** Starts the Studio of an npm package on an API, and returns the address of its traces. */
async function startStudio({ cli, api }) {
  const port = await freePort();
  const studio = spawn(
    process.execPath,
    [`node_modules/${cli}/dist/index.js`, 'studio', '--port', port, '--server-host', '127.0.0.1', '--server-port', api.port],
    { env: { ...process.env, MASTRA_TELEMETRY_DISABLED: '1' }, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  process.on('exit', () => studio.kill());
  const base = `http://127.0.0.1:${port}`;
  for (const start = Date.now(); ; await new Promise((later) => setTimeout(later, 50))) {
    if (await fetch(base).then((response) => response.ok, () => false)) return `${base}/traces`;
    if (Date.now() - start > patience) throw new Error(`${cli} does not answer`);
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((ready) => server.once('listening', ready));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

/** Clicks from the list to the trace to a model call. */
async function look(traces) {
  const page = await browser.newPage({ viewport: { width: 1600, height: 1400 } });
  page.setDefaultTimeout(patience);
  const lines = async () => (await page.innerText('body')).split('\n').map((line) => line.trim()).filter(Boolean);
  await page.goto(traces);
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
