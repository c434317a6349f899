// Starts Mastra Studio, and looks at traces in it.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { chromium } from 'playwright-core';

export const patience = 90_000; // ms, on a machine that has other things to do

export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM,
    timeout: patience,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });

/** Starts the Studio of an npm package on a server, by its port, and returns the address of its traces. */
export async function startStudio({ cli, server, port, host = '127.0.0.1', serverHost = '127.0.0.1' }) {
  port ??= await freePort();
  const studio = spawn(
    process.execPath,
    [`node_modules/${cli}/dist/index.js`, 'studio', '--port', port, '--server-host', serverHost, '--server-port', server],
    { env: { ...process.env, MASTRA_TELEMETRY_DISABLED: '1' }, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  process.on('exit', () => studio.kill());
  const base = `http://${host}:${port}`;
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
export async function look(page, traces) {
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
