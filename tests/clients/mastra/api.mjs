// Mastra's HTTP API over a trace store, as a Mastra application serves it: the
// observability domain reads the collector's file and nothing is written there.
import { serve } from '@hono/node-server';
import { Mastra } from '@mastra/core/mastra';
import { MastraCompositeStore } from '@mastra/core/storage';
import { MastraServer } from '@mastra/hono';
import { LibSQLStore } from '@mastra/libsql';
import { Hono } from 'hono';
import { cors } from 'hono/cors';

/**
 * Serves the API on a free port of 127.0.0.1.
 *
 * @param observability storage for the observability domain
 * @returns {Promise<{ port: number, url: string, close: () => void }>} url is the base of the observability routes
 */
export async function serveAPI(observability) {
  const storage = new MastraCompositeStore({
    id: 'storage',
    default: new LibSQLStore({ id: 'app', url: ':memory:' }),
    domains: { observability },
  });
  const app = new Hono();
  // Studio is another origin, and asks the root whether the server is there.
  app.use('*', cors({ origin: (origin) => origin, credentials: true }));
  app.get('/', (c) => c.text('Mastra'));
  await new MastraServer({ app, mastra: new Mastra({ storage, logger: false }) }).init();
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
  await new Promise((ready) => server.once('listening', ready));
  const { port } = server.address();
  return { port, url: `http://127.0.0.1:${port}/api/observability`, close: () => server.close() };
}

/** Asks a server of serveAPI; anything but success throws. */
export async function ask(api, path, body) {
  const response = await fetch(api.url + path, body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}
