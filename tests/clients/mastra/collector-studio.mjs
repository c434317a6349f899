// Runs the application, which has no storage, and looks at its trace in Mastra Studio,
// which is pointed at the collector.
//
//   CHROMIUM=PATH node collector-studio.mjs COLLECTOR PORT130 PORT131
//
// COLLECTOR is the URL of trace_viewer, the others are where the Studios serve. The
// environment of app.mjs is passed on to it. Prints one JSON line:
//
//   app      what app.mjs printed
//   studios  by version: the lines of text on the list, the tree and the panel of the
//            first call of gpt-4o-mini, that span's id, what the collector refused, as
//            "STATUS METHOD PATH", and what the browser did not let through
//   foreign  what a page of another origin could read of it
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { launch, look, startStudio } from './look.mjs';

const [collector, ...ports] = process.argv.slice(2);
const server = new URL(collector).port;
const { stdout } = await promisify(execFile)(process.execPath, ['app.mjs']);
const app = JSON.parse(stdout.trim().split('\n').at(-1));

const browser = await launch();
const studios = {};
for (const [i, [version, cli]] of [['1.30', 'mastra'], ['1.31', 'mastra131']].entries()) {
  const page = await browser.newPage({ viewport: { width: 1600, height: 1400 } });
  const refused = [];
  const blocked = [];
  page.on('response', (response) => {
    const url = new URL(response.url());
    if (url.port === server && response.status() >= 400) refused.push(`${response.status()} ${response.request().method()} ${url.pathname}`);
  });
  page.on('requestfailed', (request) => {
    if (new URL(request.url()).port === server) blocked.push(`${request.method()} ${request.url()} ${request.failure()?.errorText}`);
  });
  // One by its name, the other by its address: they are two origins. The collector is at
  // localhost, Studio's default.
  const traces = await startStudio({ cli, server, port: ports[i], host: ['localhost', '127.0.0.1'][i], serverHost: 'localhost' });
  studios[version] = { ...(await look(page, traces)), refused, blocked };
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/studio-${version}.png` });
  await page.close();
}

// A page of somebody else's, on loopback too.
const other = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<p>hello</p>')).listen(0, '127.0.0.1');
await new Promise((ready) => other.once('listening', ready));
const page = await browser.newPage();
await page.goto(`http://127.0.0.1:${other.address().port}/`);
const foreign = await page.evaluate(
  ([base, trace]) =>
    Promise.all(
      ['/', `/api/observability/traces/${trace}`, '/api/observability/traces/light', '/api/v1/traces', `/api/traces/${trace}`].map((path) =>
        fetch(base + path).then(
          (response) => response.text(),
          () => 'nothing',
        ),
      ),
    ),
  [collector.replace(/\/$/, ''), app.traceId],
);
process.stdout.write(`${JSON.stringify({ app, studios, foreign })}\n`);
await browser.close();
process.exit(0);
