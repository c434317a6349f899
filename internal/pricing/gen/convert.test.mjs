import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { convert, convertMatch, convertPrices, keepHistory } from './convert.mjs';

const decisions = {
  ...JSON.parse(readFileSync(new URL('decisions.json', import.meta.url), 'utf8')),
  match: {}, empty_price: {}, infer: {},
};
const provider = (models) => [{ id: 'acme', name: 'Acme', api_pattern: 'https://api\\.acme\\.com', models }];
const model = (prices, match = { equals: 'm' }, id = 'm') => ({ id, match, prices });

test('a rule becomes whole names and stems', () => {
  assert.deepEqual(
    convertMatch('acme', { or: [{ equals: 'M-1' }, { starts_with: 'm-2-' }, { contains: 'm-3@' }, { ends_with: 'm-4' }] }, 'k'),
    { names: ['m-1'], stems: ['m-2', 'm-3', 'm-4'] },
  );
});

test('a dated expression becomes a stem, any other stops the generator', () => {
  assert.deepEqual(convertMatch('acme', { regex: '^m-5\\.6-sol-\\d{4}-\\d{2}-\\d{2}$' }, 'k').stems, ['m-5.6-sol']);
  assert.deepEqual(convertMatch('acme', { regex: '^x/m-3-\\d{8}$' }, 'k').stems, ['x/m-3']);
  assert.throws(() => convertMatch('acme', { regex: '^(?!.*-tts).*' }, 'acme/m'), /acme\/m: regular expression .* needs a decision/);
  assert.throws(() => convertMatch('acme', { and: [{ starts_with: 'a' }, { contains: 'b' }] }, 'acme/m'), /needs a decision/);
});

test('Bedrock names lose their region and gain their vendor', () => {
  assert.deepEqual(
    convertMatch('aws', { or: [{ contains: 'us.anthropic.claude-x' }, { starts_with: 'claude-x' }, { contains: 'global.anthropic.claude-x' }] }, 'k').stems,
    ['anthropic.claude-x', 'claude-x', 'global.anthropic.claude-x'],
  );
});

test('an unknown price key stops the generator', () => {
  assert.throws(() => convert(provider([model({ input_mtok: 1, input_smell_mtok: 2 })]), decisions), /acme\/m: unknown price key input_smell_mtok/);
});

test('an empty price is free for :free, and needs a decision otherwise', () => {
  assert.equal(convert(provider([model({}, { equals: 'm:free' }, 'm:free')]), decisions)[0].models[0].free, true);
  assert.throws(() => convert(provider([model({})]), decisions), /acme\/m: empty price without a decision/);
});

test('starts of long context are the published numbers', () => {
  const tiers = (start) => ({ input_mtok: { base: 1, tiers: [{ start, price: 2 }] } });
  for (const [start, want] of [[271999, 272000], [199999, 200000], [200000, 200000]]) {
    assert.equal(convertPrices([{ prices: tiers(start) }], decisions, 'k')[0].above[0].tokens, want);
  }
  assert.throws(() => convertPrices([{ prices: tiers(123) }], decisions, 'k'), /unknown tier start 123/);
});

test('an hour condition begins with the dated entry before it', () => {
  assert.deepEqual(
    convertPrices([
      { prices: { input_mtok: 1 } },
      { constraint: { type: 'start_date', start_date: '2026-08-17' }, prices: { input_mtok: 2 } },
      { constraint: { type: 'time_of_date', start_time: '01:00:00Z', end_time: '04:00:00Z' }, prices: { input_mtok: 4 } },
    ], decisions, 'k'),
    [
      { to: '2026-08-17', input: 1 },
      { from: '2026-08-17', input: 2 },
      { from: '2026-08-17', window: '01:00-04:00', input: 4 },
    ],
  );
});

test('a fee per thousand requests becomes a fee per request', () => {
  assert.equal(convertPrices([{ prices: { requests_kcount: 14 } }], decisions, 'k')[0].per_request, 0.014);
});

const catalogue = (prices, id = 'm') => [{ id: 'acme', models: [{ id, prices }] }];

test('a changed price keeps the old one until the day of the new package', () => {
  const first = catalogue([{ input: 1 }]);
  const second = keepHistory(catalogue([{ input: 2 }]), first, '2026-10-01');
  assert.deepEqual(second[0].models[0].prices, [{ to: '2026-10-01', input: 1, history: true }, { from: '2026-10-01', input: 2 }]);
  // Running again changes nothing, and the next change keeps both.
  assert.deepEqual(keepHistory(catalogue([{ input: 2 }]), second, '2026-10-01'), second);
  assert.deepEqual(keepHistory(catalogue([{ input: 2 }]), second, '2026-10-20'), second);
  assert.deepEqual(keepHistory(catalogue([{ input: 3 }]), second, '2026-11-01')[0].models[0].prices, [
    { to: '2026-10-01', input: 1, history: true },
    { from: '2026-10-01', to: '2026-11-01', input: 2, history: true },
    { from: '2026-11-01', input: 3 },
  ]);
});

test('a change with a start date of its own is taken as the source says it', () => {
  const dated = [{ to: '2026-09-20', input: 1 }, { from: '2026-09-20', input: 2 }];
  assert.deepEqual(keepHistory(catalogue(dated), catalogue([{ input: 1 }]), '2026-10-01')[0].models[0].prices, dated);
});

test('a correction keeps nothing', () => {
  assert.deepEqual(keepHistory(catalogue([{ input: 2 }]), catalogue([{ input: 1 }]), '2026-10-01', ['acme/m'])[0].models[0].prices, [{ input: 2 }]);
});

test('a model that left the source stays', () => {
  const kept = keepHistory(catalogue([{ input: 1 }], 'new'), catalogue([{ input: 5 }], 'gone'), '2026-10-01');
  assert.deepEqual(kept[0].models.map((m) => m.id), ['gone', 'new']);
});
