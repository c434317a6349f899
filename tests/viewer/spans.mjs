// Spans for looking at: made, sent, and waited for. BASE is the page, OTLP the receiver.
import { randomBytes } from 'node:crypto'

const { BASE, OTLP } = process.env

export const second = 1000
export const hex = (bytes) => randomBytes(bytes).toString('hex')
const nano = (ms) => `${Math.round(ms * 1000)}000`
const attributes = (values) => Object.entries(values).map(([key, value]) => ({ key, value: Number.isInteger(value) ? { intValue: String(value) } : { stringValue: String(value) } }))

export const span = (traceId, parentSpanId, name, from, lasting, values = {}, failed = '') => ({
  traceId, spanId: hex(8), parentSpanId, name, kind: 1, startTimeUnixNano: nano(from), endTimeUnixNano: nano(from + lasting),
  attributes: attributes(values), status: failed ? { code: 2, message: failed } : {},
})

/** send sends spans of a service, a thousand at a time. */
export async function send (service, spans) {
  for (let i = 0; i < spans.length; i += 1000) {
    const body = { resourceSpans: [{ resource: { attributes: attributes({ 'service.name': service }) }, scopeSpans: [{ scope: { name: 'test' }, spans: spans.slice(i, i + 1000) }] }] }
    const answer = await fetch(`${OTLP}/v1/traces`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`sent: ${answer.status} ${await answer.text()}`)
  }
}

/** stored waits until a trace has so many spans. */
export async function stored (id, spans) {
  for (const end = Date.now() + 30 * second; ;) {
    const answer = await fetch(`${BASE}/api/v1/traces/${id}`)
    const trace = answer.ok ? await answer.json() : null
    if (trace?.spans === spans) return trace
    if (Date.now() > end) throw new Error(`trace ${id}: ${trace?.spans} of ${spans} spans`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** longTrace is three hours of an agent: twenty turns, then an hour and a half in which nothing happens. */
export function longTrace (total) {
  const id = hex(16), hours = 3 * 3600 * second, start = Date.now() - hours - 60 * second, spans = []
  const root = span(id, undefined, 'invoke_agent claude-code', start, hours, { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'claude-code' })
  spans.push(root)
  const turns = 20, each = Math.floor((total - turns - 2) / turns)
  for (let t = 0; t < turns; t++) {
    const lasting = hours / 2 / turns, from = start + t * lasting
    const turn = span(id, root.spanId, `turn ${t + 1}`, from, lasting)
    spans.push(turn)
    for (let i = 0; i < each; i++) {
      const at = from + lasting * i / each
      if (i % 4 === 0) {
        spans.push(span(id, turn.spanId, 'chat claude-sonnet-4-5', at, lasting / each, {
          'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'anthropic', 'gen_ai.request.model': 'claude-sonnet-4-5',
          'gen_ai.usage.input_tokens': 900 + i, 'gen_ai.usage.output_tokens': 60 + t,
          'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: `Question ${t}.${i}` }] }]),
          'gen_ai.output.messages': JSON.stringify([{ role: 'assistant', parts: [{ type: 'text', content: `Answer ${t}.${i}` }] }]),
        }))
      } else {
        spans.push(span(id, turn.spanId, `execute_tool ${['Read', 'Bash', 'Grep'][i % 3]}`, at, lasting / each / 2, {
          'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': ['Read', 'Bash', 'Grep'][i % 3], 'gen_ai.tool.call.arguments': JSON.stringify({ path: `file${i}.go` }),
        }, t === 3 && i === 1 ? 'exit status 1' : ''))
      }
    }
  }
  while (spans.length < total) spans.push(span(id, root.spanId, 'end of the day', start + hours - second, 10))
  return { id, spans }
}
