// Makes a file with what only libSQL has.
//
//   node make.mjs vector|random-rowid PATH
import { createClient } from '@libsql/client';

const schemas = {
  vector: [
    'CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT, embedding F32_BLOB(3))',
    'CREATE INDEX memories_embedding ON memories (libsql_vector_idx(embedding))',
    `INSERT INTO memories VALUES (1, 'first', vector32('[1, 2, 3]')), (2, 'second', vector32('[3, 2, 1]'))`,
  ],
  'random-rowid': ['CREATE TABLE memories (text TEXT) RANDOM ROWID', `INSERT INTO memories VALUES ('first')`],
};

const [kind, path] = process.argv.slice(2);
const client = createClient({ url: `file:${path}` });
for (const sql of schemas[kind]) await client.execute(sql);
client.close();
process.stdout.write('null\n', () => process.exit(0));
