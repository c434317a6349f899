// Turns the provider list of @pydantic/genai-prices into the layer format of this package.
// Pure functions: no file, no clock, no network. Anything unexpected throws.

export const GENERATOR_VERSION = 1;

const REGIONS = ['us-gov', 'us', 'eu', 'apac', 'jp', 'au', 'ca', 'in'];
const DATED = /^\^(.+?)-(?:\\d\{8\}|\\d\{4\}-\\d\{2\}-\\d\{2\}|\\d)\$?$/;
const CURSOR_MODE = /^\^([a-z0-9.\\-]+)\\\[fast=(true|false)\\\]\$$/;

/** Converts the whole source. `decisions` is decisions.json. */
export function convert(providers, decisions) {
  const used = new Set();
  const out = providers.map((p) => convertProvider(p, decisions, used));
  for (const table of ['match', 'empty_price', 'infer']) {
    for (const key of Object.keys(decisions[table])) {
      if (key !== 'about' && !used.has(`${table}:${key}`)) {
        throw new Error(`decisions.json: ${table}[${key}] matches nothing in the source: remove it`);
      }
    }
  }
  return out.sort((a, b) => compare(a.id, b.id));
}

function convertProvider(p, decisions, used) {
  const models = [];
  for (const m of p.models) {
    const model = convertModel(p, m, decisions, used);
    if (model) models.push(model);
  }
  models.sort((a, b) => compare(a.id, b.id));
  const out = { id: p.id, name: p.name, api: p.api_pattern };
  if (p.model_match) out.infer = convertInfer(p.id, p.model_match, decisions, used);
  if (p.fallback_model_providers) out.fallback = [...p.fallback_model_providers];
  out.models = models;
  return out;
}

function convertInfer(id, match, decisions, used) {
  const key = JSON.stringify(match);
  const decided = decisions.infer[key];
  if (decided) {
    used.add(`infer:${key}`);
    return decided;
  }
  const out = {};
  for (const clause of match.or ?? [match]) {
    const [[kind, value]] = Object.entries(clause);
    const list = { starts_with: 'prefixes', equals: 'equals', contains: 'contains' }[kind];
    if (!list) throw new Error(`${id}: model_match ${key} needs a decision`);
    out[list] = sortedSet([...(out[list] ?? []), value.toLowerCase()]);
  }
  return out;
}

function convertModel(p, m, decisions, used) {
  const key = `${p.id}/${m.id}`;
  const rule = decisions.match[key];
  if (rule) used.add(`match:${key}`);
  if (rule?.omit) return undefined;

  const conditional = Array.isArray(m.prices) ? m.prices : [{ prices: m.prices }];
  const out = { id: m.id };
  const { names, stems } = rule ? decidedMatch(rule) : convertMatch(p.id, m.match, key);
  if (names.length || stems.length === 0) out.names = names;
  if (stems.length) out.stems = stems;

  if (conditional.every((c) => Object.keys(c.prices).length === 0)) {
    let decision = decisions.empty_price[key];
    if (decision) used.add(`empty_price:${key}`);
    else if (m.id.endsWith(':free')) decision = 'free';
    else throw new Error(`${key}: empty price without a decision`);
    if (decision === 'unpriced') return undefined;
    out.free = true;
    if (decisions.free_only_for[key]) out.only_for = decisions.free_only_for[key];
    return out;
  }
  const prices = convertPrices(conditional, decisions, key);
  if (prices.length === 0) return undefined;
  out.prices = prices;
  return out;
}

function decidedMatch(rule) {
  return { names: sortedSet(rule.names ?? []), stems: sortedSet(rule.stems ?? []) };
}

/** Every clause of a match rule becomes a whole name or a stem; nothing else survives. */
export function convertMatch(provider, match, key) {
  const names = [];
  const stems = [];
  for (const clause of flatten(match, key)) {
    const [[kind, raw]] = Object.entries(clause);
    const value = raw.toLowerCase();
    if (kind === 'equals') names.push(...spellings(provider, value));
    else if (kind === 'ends_with') stems.push(...spellings(provider, value));
    else if (kind === 'starts_with' || kind === 'contains') stems.push(...spellings(provider, trimStem(value)));
    else if (kind === 'regex') regexClause(provider, value, names, stems, key);
    else throw new Error(`${key}: unknown match clause ${kind}`);
  }
  const stemSet = sortedSet(stems);
  return { names: sortedSet(names.filter((n) => !stemSet.includes(n))), stems: stemSet };
}

function flatten(match, key) {
  if (match.or) return match.or.flatMap((c) => flatten(c, key));
  if (match.and) throw new Error(`${key}: an "and" rule needs a decision in decisions.json`);
  return [match];
}

function regexClause(provider, pattern, names, stems, key) {
  const dated = DATED.exec(pattern);
  if (dated) {
    const stem = dated[1].replaceAll('\\.', '.').replaceAll('\\/', '/');
    if (/[\\^$*+?()[\]{}|]/.test(stem)) throw new Error(`${key}: regular expression ${pattern} needs a decision`);
    stems.push(...spellings(provider, stem));
    return;
  }
  const mode = CURSOR_MODE.exec(pattern);
  if (mode) {
    names.push(`${mode[1].replaceAll('\\.', '.')}[fast=${mode[2]}]`);
    return;
  }
  throw new Error(`${key}: regular expression ${pattern} needs a decision`);
}

function trimStem(value) {
  return value.replace(/[-@]+$/, '');
}

/** Bedrock writes the vendor in front, and the profile's region before that; the matcher takes the region off. */
function spellings(provider, value) {
  if (provider === 'fireworks') {
    return [value, value.replace(/^accounts\/fireworks\/(models|routers)\//, '')];
  }
  if (provider !== 'aws' || value.startsWith('global.')) return [value];
  for (const region of REGIONS) {
    if (value.startsWith(`${region}.`)) return spellings(provider, value.slice(region.length + 1));
  }
  if (value.startsWith('claude-')) return [value, `anthropic.${value}`];
  if (value.startsWith('gpt-')) return [value, `openai.${value}`];
  if (value.startsWith('titan-')) return [value, `amazon.${value}`];
  return [value];
}

/**
 * The source reads its list from the end and takes the first entry that holds, and an hour entry ignores dates.
 * Here each record carries its own dates and hours: an hour entry starts with the dated entry before it.
 */
export function convertPrices(conditional, decisions, key) {
  const records = [];
  let open;
  let from;
  for (const c of conditional) {
    const rates = convertRates(c.prices, decisions, key);
    const constraint = c.constraint;
    if (constraint?.type === 'time_of_date') {
      records.push({ ...(from && { from }), window: window(constraint, key), ...rates });
      continue;
    }
    if (constraint && constraint.type !== 'start_date') throw new Error(`${key}: unknown constraint ${JSON.stringify(constraint)}`);
    if (constraint) {
      from = constraint.start_date;
      if (open) open.to = from;
    } else if (open) throw new Error(`${key}: two prices without a constraint`);
    open = { ...(from && { from }), ...rates };
    records.push(open);
  }
  return records.filter((r) => Object.keys(r).some((k) => !['from', 'to', 'window'].includes(k))).map(orderRecord);
}

function orderRecord({ from, to, window: hours, ...rates }) {
  return { ...(from && { from }), ...(to && { to }), ...(hours && { window: hours }), ...rates };
}

function window({ start_time: start, end_time: end }, key) {
  const parse = (s) => {
    const m = /^(\d{2}:\d{2}):00Z$/.exec(s);
    if (!m) throw new Error(`${key}: hour ${s} is not a whole minute in UTC`);
    return m[1];
  };
  return `${parse(start)}-${parse(end)}`;
}

function convertRates(prices, decisions, key) {
  const base = {};
  const above = new Map();
  for (const [sourceKey, value] of Object.entries(prices)) {
    if (sourceKey in decisions.ignored_price_keys) continue;
    let name = decisions.price_keys[sourceKey];
    let scale = (x) => decimal(x, key);
    if (decisions.per_thousand_to_each[sourceKey]) {
      name = decisions.per_thousand_to_each[sourceKey];
      scale = (x) => decimal(Number((x / 1000).toPrecision(15)), key);
    }
    if (!name) throw new Error(`${key}: unknown price key ${sourceKey}`);
    if (typeof value === 'number') {
      base[name] = scale(value);
      continue;
    }
    base[name] = scale(value.base);
    for (const { start, price } of value.tiers) {
      const at = decisions.tier_starts[start];
      if (!at) throw new Error(`${key}: unknown tier start ${start}`);
      if (!above.has(at)) above.set(at, {});
      above.get(at)[name] = scale(price);
    }
  }
  const out = sortRates(base, decisions);
  if (above.size) {
    out.above = [...above.entries()].sort(([a], [b]) => a - b).map(([tokens, rates]) => ({ tokens, ...sortRates(rates, decisions) }));
  }
  return out;
}

function sortRates(rates, decisions) {
  const order = [...Object.values(decisions.price_keys), ...Object.values(decisions.per_thousand_to_each)];
  return Object.fromEntries(order.filter((k) => k in rates).map((k) => [k, rates[k]]));
}

function decimal(x, key) {
  if (typeof x !== 'number' || !Number.isFinite(x) || x < 0) throw new Error(`${key}: price ${x} is not a number at or above zero`);
  return x;
}

/**
 * Keeps what a model cost before this release. `previous` is the committed catalogue, `published` the date of the new
 * package. A price that changed without a start date of its own ends on that date; a model that left the source stays.
 */
export function keepHistory(providers, previous, published, corrections = []) {
  if (!previous) return providers;
  const before = new Map(previous.flatMap((p) => p.models.map((m) => [`${p.id}/${m.id}`, m])));
  const result = providers.map((p) => ({
    ...p,
    models: p.models.map((m) => {
      const key = `${p.id}/${m.id}`;
      const old = before.get(key);
      before.delete(key);
      if (!old?.prices || !m.prices || corrections.includes(key)) return m;
      return { ...m, prices: mergePrices(old.prices, m.prices, published) };
    }),
  }));
  for (const [key, model] of before) {
    const owner = result.find((p) => key.startsWith(`${p.id}/`) && previous.some((q) => q.id === p.id && q.models.includes(model)));
    if (owner && !corrections.includes(key)) {
      owner.models.push(model);
      owner.models.sort((a, b) => compare(a.id, b.id));
    }
  }
  return result;
}

function mergePrices(old, next, published) {
  const current = old.filter((r) => !r.history).map(strip);
  const wanted = next.map(strip);
  const history = old.filter((r) => r.history);
  if (JSON.stringify(current.map(withoutDates)) === JSON.stringify(wanted.map(withoutDates)) && sameDates(current, wanted, history)) return old;
  const ownDates = wanted.some((r) => r.from && !current.some((o) => o.from === r.from));
  if (ownDates) return [...history.filter((r) => r.to <= (firstFrom(wanted) ?? published)), ...next];
  const ended = old
    .filter((r) => !r.from || r.from < published)
    .map((r) => orderHistory({ ...r, to: r.to && r.to < published ? r.to : published, history: true }));
  const started = next
    .filter((r) => !r.to || r.to > published)
    .map((r) => orderRecord({ ...r, from: r.from && r.from > published ? r.from : published }));
  return [...ended, ...started];
}

// A record that history cut carries the cut date as its start; the source's own record has none.
function sameDates(current, wanted, history) {
  const cuts = new Set(history.map((r) => r.to));
  return current.every((r, i) => r.to === wanted[i].to && (r.from === wanted[i].from || cuts.has(r.from)));
}

const strip = ({ history: _, ...r }) => r;
const withoutDates = ({ from: _f, to: _t, ...r }) => r;
const firstFrom = (records) => records.map((r) => r.from).filter(Boolean).sort()[0];

function orderHistory({ history, ...r }) {
  return { ...orderRecord(r), history };
}

function sortedSet(list) {
  return [...new Set(list)].sort(compare);
}

function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
