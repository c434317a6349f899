// Uses sessions, agents, spend and the collector's page as a person does, in Chromium.
// BASE is the page, OTLP where spans are sent over HTTP. Prints what was not as it
// should be.
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { chromium } from 'playwright-core'

const { BASE, OTLP, CHROMIUM } = process.env
const failures = []
const patience = 20_000

function check(what, holds, saw) {
  if (!holds) failures.push(saw === undefined ? what : `${what}: ${JSON.stringify(saw)}`)
}

const hex = (bytes) => randomBytes(bytes).toString('hex')
const nano = (at) => `${Math.round(at)}000000`
const attribute = ([key, value]) => ({ key, value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: typeof value === 'string' ? value : JSON.stringify(value) } })
const said = (role, content) => ({ role, parts: [{ type: 'text', content }] })

/** send sends one turn of an agent: its root, a model call, and the tools it has called before. */
async function send({ session, user = 'user-1', messages, answer, tools = [], start = Date.now(), model = 'claude-haiku-4-5', provider = 'anthropic', input = 4000, cached = 0 }) {
  const traceId = hex(16)
  const root = hex(8)
  const same = { 'session.id': session, 'user.id': user }
  const span = (name, from, ms, attributes, more = {}) => ({ traceId, spanId: hex(8), parentSpanId: root, name, kind: 1, startTimeUnixNano: nano(start + from), endTimeUnixNano: nano(start + from + ms), attributes: Object.entries({ ...same, ...attributes }).map(attribute), ...more })
  const spans = [span('invoke_agent helper', 0, 3000, { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'helper' }, { spanId: root, parentSpanId: '' })]
  tools.forEach((tool, i) => spans.push(span(`execute_tool ${tool.name}`, 100 + i * 100, 50, {
    'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': tool.name, 'gen_ai.tool.call.id': tool.id, 'gen_ai.tool.call.arguments': tool.arguments, 'gen_ai.tool.call.result': tool.result,
  }, tool.failed ? { status: { code: 2, message: tool.failed } } : {})))
  spans.push(span(`chat ${model}`, 1500, 1400, {
    'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': provider, 'gen_ai.request.model': model, 'gen_ai.usage.input_tokens': input, 'gen_ai.usage.output_tokens': 200, 'gen_ai.usage.cache_read.input_tokens': cached,
    'gen_ai.input.messages': messages, 'gen_ai.output.messages': [said('assistant', answer)],
  }, { kind: 3 }))
  const body = { resourceSpans: [{ resource: { attributes: [attribute(['service.name', 'helper-service'])] }, scopeSpans: [{ scope: { name: 'test' }, spans }] }] }
  const response = await fetch(`${OTLP}/v1/traces`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`OTLP: ${response.status} ${await response.text()}`)
  return traceId
}

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })

async function open(path, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, timezoneId: 'Europe/Berlin', ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(patience)
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource|ERR_/.test(message.text())) failures.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => failures.push(`error of the page: ${error}`))
  page.on('dialog', (dialog) => {
    failures.push('content was run')
    void dialog.dismiss()
  })
  await page.goto(BASE + path)
  return page
}

const SESSION = 'a session/with slash'
const minute = 60_000
const now = Date.now()
const history = []

/** turn sends the next turn of the session, with all that was said before. */
async function turn(question, answer, more = {}) {
  history.push(said('user', question))
  const tools = (more.tools ?? []).map((tool, i) => ({ id: `call-${history.length}-${i}`, ...tool }))
  for (const tool of tools) {
    history.push({ role: 'assistant', parts: [{ type: 'tool_call', id: tool.id, name: tool.name, arguments: tool.arguments }] })
    history.push({ role: 'tool', parts: [{ type: 'tool_call_response', id: tool.id, response: tool.result }] })
  }
  await send({ session: SESSION, messages: history, answer, ...more, tools })
  history.push(said('assistant', answer))
}

const cases = {
  async 'a session reads as a chat, and grows'() {
    await turn('Mail me at jane.roe@example.com <img src=x onerror=alert(1)>', 'Which tenant?', { start: now - 50 * minute, tools: [{ name: 'lookup', arguments: { at: 'x' }, result: { seen: 1 } }] })
    await turn('Tenant acme.', 'I look at the token.', { start: now - 48 * minute, cached: 3000 })
    const again = { name: 'createTicket', arguments: { title: 'Login' }, result: '503', failed: '503 from the tracker' }
    await turn('Write the ticket.', 'It is open.', { start: now - 4 * minute, tools: [again, again, again, { ...again, failed: '', result: { key: 'A-1' } }] })
    const page = await open(`/sessions/${encodeURIComponent(SESSION)}`)
    const turns = page.locator('.turn')
    await turns.nth(2).waitFor()
    const first = await turns.first().innerText()
    check('the question is text, redacted', first.includes('Mail me at pii.email') && first.includes('<img src=x onerror=alert(1)>'), first)
    check('the answer is there once', (await page.locator('.turns').innerText()).split('Which tenant?').length === 2)
    check('silence is folded', (await page.locator('.silence').allInnerTexts()).join() === '44\u00a0min later', await page.locator('.silence').allInnerTexts())
    check('a failed tool shows', /createTicket\s*×4\s*3 failed/.test(await turns.nth(2).innerText()), await turns.nth(2).innerText())
    check('a turn has its dollars', /Turn 2\s+\$0\s*\.00/.test(await turns.nth(1).locator('.margin').innerText()), await turns.nth(1).locator('.margin').innerText())
    await turns.first().getByRole('button', { name: /lookup/ }).click()
    check('a tool call opens', /lookup[\s\S]*Arguments[\s\S]*at: "x"[\s\S]*Result[\s\S]*seen: 1/.test(await turns.first().locator('.strip-inside').innerText()))
    await turn('And now?', 'Done <b>too</b>.', {})
    await page.getByText('Done <b>too</b>.').waitFor()
    await page.keyboard.press(']')
    check('] goes to a turn', await page.evaluate(() => document.activeElement.classList.contains('turn')))
    await page.getByRole('link', { name: 'Traces 4' }).click()
    await page.waitForURL('**/traces?session=*')
    await page.goBack()
    await turns.nth(3).waitFor()
    await page.context().close()
  },

  async 'sessions are chosen by keys, and each has a URL'() {
    await send({ session: 'other', messages: [said('user', 'Hello')], answer: 'Hi', start: now - 90 * minute })
    const page = await open('/sessions')
    await page.waitForURL('**/sessions/*')
    const before = page.url()
    await page.locator('.turn').first().waitFor()
    await page.keyboard.press('j')
    await page.waitForFunction((url) => location.href !== url, before)
    await page.keyboard.press('k')
    await page.waitForURL(before)
    await page.context().close()
    const phone = await open('/sessions', { viewport: { width: 380, height: 800 } })
    await phone.locator('.session-row').first().click()
    await phone.locator('.turn').first().waitFor()
    check('a phone shows one of both', (await phone.locator('.session-row').count()) === 0)
    await phone.getByRole('link', { name: '‹ Sessions' }).click()
    await phone.locator('.session-row').first().waitFor()
    await phone.context().close()
    const gone = await open('/sessions/none')
    await gone.getByText('No session none.').waitFor()
    await gone.context().close()
  },

  async 'agents lead to their traces, loops to their first call'() {
    const page = await open('/agents')
    await page.locator('.agents tbody tr', { hasText: 'helper' }).waitFor()
    const loop = page.locator('.loops tbody tr', { hasText: 'createTicket' })
    await loop.waitFor()
    check('a loop says how often', (await loop.innerText()).includes('×4'), await loop.innerText())
    const tool = await page.locator('.tools tbody tr', { hasText: 'createTicket' }).innerText()
    check('a tool says how often it failed', tool.includes('75\u00a0%'), tool)
    await loop.getByRole('link').click()
    await page.waitForURL('**/traces/*?span=*')
    await page.goBack()
    await page.locator('.agents tbody th a', { hasText: 'helper' }).click()
    await page.waitForURL('**/traces?last=7d&agent=helper')
    await page.context().close()
  },

  async 'spend is chosen by URL, keys and clicks'() {
    await send({ session: 'evil', user: '=HYPERLINK("http://x","y")', messages: [said('user', 'Hello')], answer: 'Hi', start: now - minute })
    await send({ session: 'tuned', user: 'user-2', messages: [said('user', 'Hello')], answer: 'Hi', start: now - minute, model: 'support-tuned-v3', provider: 'azure.ai.openai' })
    const page = await open('/spend')
    await page.locator('.sums-table tbody tr', { hasText: 'claude-haiku-4-5' }).waitFor()
    const figures = (await page.locator('.figures').innerText()).replace(/\s+/g, ' ')
    check('five figures', ['Today $0.0', 'Yesterday', 'Saved by caching $0.0', 'Unpriced 1 call'].every((words) => figures.includes(words)), figures)
    const unpriced = page.locator('.unpriced-list')
    check('an unpriced call has its line', (await unpriced.innerText()).includes('llm_cost:'), await unpriced.innerText())
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/spend?only=claude-haiku-4-5')
    await page.getByRole('link', { name: 'User', exact: true }).click()
    await page.waitForURL('**/spend?by=user')
    await page.locator('.sums-table tbody tr', { hasText: 'HYPERLINK' }).waitFor()
    await page.getByRole('button', { name: 'CSV' }).click()
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem').first().click()])
    const lines = (await readFile(await file.path(), 'utf8')).split('\r\n')
    check('CSV has names', lines[0].startsWith('\ufeffuser,calls,'), lines[0])
    check('CSV has no formula', lines.some((line) => line.startsWith('"\'=HYPERLINK(""http://x"",""y"")",1,')), lines)
    await page.locator(".bars a[tabindex='0']").focus()
    const label = await page.evaluate(() => document.activeElement.getAttribute('aria-label'))
    check('a bar is read', /^today: \$0\.\d+/.test(label), label)
    await page.keyboard.press('ArrowLeft')
    check('arrows go from day to day', (await page.evaluate(() => document.activeElement.getAttribute('aria-label'))) !== label)
    await page.goBack()
    await page.waitForURL('**/spend?only=claude-haiku-4-5')
    await page.context().close()
  },

  async 'the collector says where data goes'() {
    const page = await open('/collector')
    await page.locator('.flow').first().waitFor()
    const flows = await page.locator('.flow').allInnerTexts()
    check('traces go to the store once', flows[0].startsWith('Traces') && flows[0].match(/^libsql$/gm)?.length === 1 && /[1-9]\d* stored/.test(flows[0]), flows[0])
    await page.locator('.rules', { hasText: 'pii.email' }).waitFor()
    await page.getByText('queue empty').first().waitFor()
    await page.context().close()
  },
}

for (const [name, run] of Object.entries(cases)) {
  try {
    await run()
  } catch (err) {
    failures.push(`${name}: ${err.message}`)
  }
}
await browser.close()
console.log(JSON.stringify({ failures }))
