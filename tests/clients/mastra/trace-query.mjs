// Storage for Mastra Studio 1.31 over the trace store that the collector writes.
// Studio 1.31 lists traces by trace queries, which @mastra/libsql 1.23 does not
// answer; this class does. Copy it into your application:
//
//   new Mastra({
//     storage: new MastraCompositeStore({
//       id: 'storage',
//       default: new LibSQLStore({ id: 'app', url: 'file:./mastra.db' }),
//       domains: { observability: new TraceQueryLibSQL({ url: 'file:./data/traces.db' }) },
//     }),
//   });
import { createClient } from '@libsql/client';
import { buildInputPreview, encodeTraceQueryCursor } from '@mastra/core/storage';
import { ObservabilityLibSQL } from '@mastra/libsql';

/** Answers trace queries: Studio's list, with its filters by trace, metadata and span. */
export class TraceQueryLibSQL extends ObservabilityLibSQL {
  #client;

  /** @param config { url, authToken }, or { client } of @libsql/client */
  constructor(config) {
    const client = config.client ?? createClient(config);
    super({ ...config, client });
    this.#client = client;
  }

  getFeatures() {
    return [...(super.getFeatures() ?? []), 'trace-query', 'trace-query-root-duration', 'trace-query-tenant-scope'];
  }

  async queryTraces(plan) {
    // What has not ended is not listed.
    const where = [sql('t.parentSpanId IS NULL AND t.endedAt IS NOT NULL AND t.startedAt >= ? AND t.startedAt < ?', plan.timeRange.from, plan.timeRange.to)];
    for (const key of ['organizationId', 'resourceId']) if (plan.scope?.[key]) where.push(sql(`t.${key} = ?`, plan.scope[key]));
    if (plan.where) where.push(condition(plan.where, trace));
    if (plan.result === 'groups') return this.#threads(plan, where);
    if (plan.paginationMode !== 'keyset') throw new Error(`trace queries by ${plan.paginationMode} are not supported`);
    const { field, direction } = plan.orderBy;
    if (plan.cursor) {
      const { sortValue, traceId } = plan.cursor;
      where.push(sql(`(t.${field} ${direction === 'desc' ? '<' : '>'} ? OR (t.${field} = ? AND t.traceId > ?))`, sortValue, sortValue, traceId));
    }
    const rows = await this.#traces(plan, where, plan.limit + 1);
    const traces = rows.slice(0, plan.limit);
    const last = traces.at(-1);
    const next = rows.length > plan.limit ? encodeTraceQueryCursor(plan, { result: 'traces', sortValue: last[field], traceId: last.traceId }) : null;
    return { traces, page: { next } };
  }

  async #threads(plan, where) {
    where.push(sql('t.threadId > ?', plan.cursor?.threadId ?? ''));
    const rows = await this.#rows(
      joined(' ', sql('SELECT DISTINCT t.threadId FROM mastra_ai_spans t WHERE'), all(where), sql('ORDER BY t.threadId LIMIT ?', plan.limit + 1)),
    );
    const groups = rows.slice(0, plan.limit);
    const next = rows.length > plan.limit ? encodeTraceQueryCursor(plan, { result: 'groups', threadId: groups.at(-1).threadId }) : null;
    return { groups, page: { next } };
  }

  async #traces({ orderBy }, where, limit) {
    const select = sql(`SELECT t.traceId, t.spanId AS rootSpanId, t.name, t.parentSpanId, t.entityId, t.entityName, t.entityType, t.environment,
      t.threadId, t.resourceId, t.startedAt, t.endedAt, t.createdAt, json(t.metadata) AS metadata, json(t.input) AS inputPreview,
      ${trace.status} AS status FROM mastra_ai_spans t WHERE`);
    const rows = await this.#rows(joined(' ', select, all(where), sql(`ORDER BY t.${orderBy.field} ${orderBy.direction}, t.traceId LIMIT ?`, limit)));
    return rows.map((row) => ({ ...row, metadata: JSON.parse(row.metadata), inputPreview: buildInputPreview(row.inputPreview) ?? null }));
  }

  async #rows(statement) {
    return (await this.#client.execute(statement)).rows.map((row) => ({ ...row }));
  }
}

// A piece of SQL with the values of its question marks.
const sql = (text, ...args) => ({ sql: text, args });
const joined = (by, ...pieces) => ({ sql: pieces.map((piece) => piece.sql).join(by), args: pieces.flatMap((piece) => piece.args) });
const all = (conditions) => joined(' AND ', ...conditions);

// The SQL of what a query calls the fields of a span, in the row of that name.
// A model that is no text is missing.
const fields = (row) => ({
  ...Object.fromEntries(
    [
      ...['traceId', 'threadId', 'resourceId', 'environment', 'tags', 'name', 'spanType', 'startedAt', 'endedAt', 'error'],
      ...['entityType', 'entityId', 'entityName', 'entityVersionId', 'parentEntityVersionId', 'rootEntityVersionId'],
    ].map((column) => [column, `${row}.${column}`]),
  ),
  ...Object.fromEntries(
    ['model', 'provider'].map((key) => [key, `CASE json_type(${row}.attributes, '$.${key}') WHEN 'text' THEN json_extract(${row}.attributes, '$.${key}') END`]),
  ),
  durationMs: `round((julianday(${row}.endedAt) - julianday(${row}.startedAt)) * 86400000)`,
  status: `CASE WHEN ${row}.error IS NULL THEN 'success' ELSE 'error' END`,
});
const trace = fields('t'); // the root
const span = fields('s'); // any span of its trace

const comparisons = { eq: '=', ne: 'IS NOT', lt: '<', lte: '<=', gt: '>', gte: '>=' };

// A predicate of a query. A missing value fulfils ne, notIn, notExists and
// notIncludes, and nothing else.
function condition(predicate, row) {
  const inner = (arg) => condition(arg, row);
  const { type, operator } = predicate;
  if (type === 'boolean') {
    if (predicate.args.length === 0) return sql(operator === 'and' ? 'true' : 'false');
    return joined('', sql('('), joined(` ${operator} `, ...predicate.args.map(inner)), sql(')'));
  }
  if (type === 'not') return joined(' ', sql('NOT'), inner(predicate.arg));
  if (type === 'relation') {
    if (predicate.collection !== 'spans') throw new Error(`traces cannot be filtered by ${predicate.collection}, which this storage does not have`);
    const some = joined('', sql('EXISTS (SELECT 1 FROM mastra_ai_spans s WHERE s.traceId = t.traceId AND '), condition(predicate.predicate, span), sql(')'));
    return predicate.quantifier === 'none' ? joined(' ', sql('NOT'), some) : some;
  }
  const field = fieldOf(predicate.field, row);
  switch (type) {
    case 'comparison':
      return joined('', sql('ifnull('), field, sql(` ${comparisons[operator]} ?, false)`, predicate.value));
    case 'membership':
      return joined('', sql(`${operator === 'notIn' ? 'NOT ' : ''}ifnull(`), field, sql(` IN (${predicate.values.map(() => '?')}), false)`, ...predicate.values));
    case 'presence':
      return joined('', field, sql(operator === 'exists' ? ' IS NOT NULL' : ' IS NULL'));
    case 'collection': {
      const value = operator === 'includes' || operator === 'notIncludes' ? sql(' WHERE value = ?', predicate.value) : sql('');
      const some = joined('', sql('EXISTS (SELECT 1 FROM json_each('), field, sql(')'), value, sql(')'));
      return operator === 'includes' || operator === 'notEmpty' ? some : joined(' ', sql('NOT'), some);
    }
  }
  throw new Error(`trace queries with a ${type} are not supported`);
}

function fieldOf(name, row) {
  if (row[name]) return sql(row[name]);
  if (name.startsWith('metadata.')) {
    const value = "nullif(trim(value, char(9, 10, 13, 32)), '')";
    return sql(`(SELECT ${value} FROM json_each(t.metadata) WHERE key = ? AND type = 'text')`, name.slice('metadata.'.length));
  }
  throw new Error(`traces cannot be filtered by ${name}`);
}
