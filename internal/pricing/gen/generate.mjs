// Writes ../data/catalog.json. With --check it writes nothing and fails on a difference. See README.md.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { waitForUpdate } from '@pydantic/genai-prices';
import { convert, GENERATOR_VERSION, keepHistory } from './convert.mjs';

const here = (path) => new URL(path, import.meta.url);
const read = (path) => JSON.parse(readFileSync(here(path), 'utf8'));

const source = read('source.json');
const decisions = read('decisions.json');
const target = '../data/catalog.json';

const installed = read(`node_modules/${source.package}/package.json`);
const sha256 = createHash('sha256').update(readFileSync(here(`node_modules/${source.package}/${source.file}`))).digest('hex');
if (installed.version !== source.version || sha256 !== source.sha256) {
  console.error(`${source.package} ${installed.version} (sha256 ${sha256}) is not what source.json names: update version, published and sha256 there`);
  process.exit(1);
}

const previous = existsSync(here(target)) ? read(target) : undefined;
const providers = keepHistory(convert(await waitForUpdate(), decisions), previous?.providers, source.published, source.corrections);
const text = render(providers);

if (process.argv.includes('--check')) {
  if (!existsSync(here(target)) || readFileSync(here(target), 'utf8') !== text) {
    console.error('data/catalog.json differs from what the generator writes: run the generator and commit the result');
    process.exit(1);
  }
} else {
  writeFileSync(here(target), text);
  console.log(`data/catalog.json: ${providers.length} providers, ${providers.reduce((n, p) => n + p.models.length, 0)} models`);
}

// One model a line: a price change is one line of a diff.
function render(list) {
  const header = {
    schema: 1,
    version: `genai-prices-${source.version}`,
    source: `npm ${source.package} ${source.version}`,
    licence: 'MIT, see LICENSE.genai-prices',
    published: source.published,
    sha256: source.sha256,
    generator: GENERATOR_VERSION,
  };
  const lines = Object.entries(header).map(([k, v]) => `  ${JSON.stringify(k)}: ${JSON.stringify(v)},`);
  const blocks = list.map(({ models, ...p }) => {
    const head = JSON.stringify(p).slice(0, -1);
    return `    ${head},"models":[\n${models.map((m) => `      ${JSON.stringify(m)}`).join(',\n')}\n    ]}`;
  });
  return `{\n${lines.join('\n')}\n  "providers": [\n${blocks.join(',\n')}\n  ]\n}\n`;
}
