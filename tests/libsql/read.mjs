// Reads a trace store with libSQL's own client, as Mastra and other JavaScript
// programs do.
//
//   node read.mjs file:PATH | http://HOST:PORT [TOKEN]
//
// Prints one JSON line: the rows of every table and view, what quick_check says
// of the tables, and of a file what integrity_check says.
import { createClient } from '@libsql/client';

const [url, authToken] = process.argv.slice(2);
const client = createClient({ url, authToken });
// The client throws on an integer above 2^53.
const all = async (sql) => (await client.execute(sql)).rows.map((row) => ({ ...row }));

const names = await all(`SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'libsql_%' ORDER BY name`);
const rows = {};
const checks = {};
for (const { name, type } of names) {
  rows[name] = await all(`SELECT * FROM "${name}"`);
  if (type === 'table') checks[name] = (await all(`PRAGMA quick_check("${name}")`)).map((row) => Object.values(row)[0]);
}
const integrity = url.startsWith('file:') ? (await all('PRAGMA integrity_check')).map((row) => Object.values(row)[0]) : null;
process.stdout.write(`${JSON.stringify({ rows, checks, integrity })}\n`, () => process.exit(0));
