// Walks through a long trace, a hostile one and one that still runs as a person does, by
// keys, links and touch, and prints what was seen. BASE is the page, OTLP the receiver.
import { chromium } from 'playwright-core'
import { hex, longTrace, second, send, span, stored } from './spans.mjs'

const { BASE, CHROMIUM } = process.env

const script = '<script>document.title="owned"</script><img src=x onerror=document.title="owned">'
const around = 'مرحبا \u202Egnp.exe\u202C שלום 👩‍👩‍👧‍👦 \u0000'

function hostileTrace () {
  const id = hex(16), now = Date.now() - 10 * second, huge = '5 MB of text. '.repeat(375_000)
  const root = span(id, undefined, script, now, 3 * second, { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': around, 'input.value': script, [script]: script, 'session.id': 'a/b?c#d%2F' })
  const call = span(id, root.spanId, `chat ${around}`, now, second, {
    'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': around,
    'gen_ai.input.messages': JSON.stringify([{ role: script, parts: [{ type: 'text', content: script }] }, { role: 'user', parts: [{ type: 'text', content: around }] }]),
    'gen_ai.output.messages': '[{"role": "assistant", "parts": [{"type": "text", "content": "broken',
  }, script)
  const tool = span(id, call.spanId, 'execute_tool big', now, second, { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': script, 'gen_ai.tool.call.arguments': '{"a": [1, {', 'gen_ai.tool.call.result': huge })
  return { id, spans: [root, call, tool], call: call.spanId, tool: tool.spanId }
}

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
const found = { errors: [] }

async function open (path, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(20 * second)
  page.on('console', (message) => { if (message.type() === 'error') found.errors.push(`${path}: ${message.text()}`) })
  page.on('pageerror', (error) => found.errors.push(`${path}: ${error}`))
  await page.goto(BASE + path)
  await page.waitForSelector('.wf-row, .pane-back')
  return page
}

/** until waits until the page says something, and returns it; at the end of the time it returns what there is. */
async function until (page, read, want) {
  for (const end = Date.now() + 15 * second; ;) {
    const value = await page.evaluate(read)
    if (want(value) || Date.now() > end) return value
    await page.evaluate(() => new Promise(requestAnimationFrame))
  }
}
const title = () => document.querySelector('.span-pane h2')?.innerText.replace(/\u00a0/g, ' ') ?? ''
const rows = () => Number(document.querySelector('.wf').getAttribute('aria-rowcount')) - 1
const chosen = () => document.querySelector('.wf-row.chosen')?.innerText.split('\n')[0] ?? ''
const press = async (page, ...keys) => { for (const key of keys) await page.keyboard.press(key) }

async function walk () {
  const long = longTrace(5000)
  await send('claude-code', long.spans)
  const trace = await stored(long.id, 5000)
  const page = await open(`/traces/${long.id}`)
  found.title = await until(page, title, (t) => t === 'claude-code')
  found.rows = await page.evaluate(rows)
  found.drawn = await page.locator('.wf-row').count()
  found.gaps = await page.locator('.wf-grid .gap').count()
  found.levels = await page.locator('.wf-row').evaluateAll((list) => list.slice(0, 3).map((row) => `${row.getAttribute('aria-level')} ${row.getAttribute('aria-posinset')}/${row.getAttribute('aria-setsize')}`))
  await press(page, 'j', 'j')
  found.run = await until(page, title, (t) => t.includes('×'))
  const again = await open(page.url().slice(BASE.length))
  found.runAgain = await until(again, title, (t) => t === found.run)
  await again.context().close()
  const phone = await open(`/traces/${long.id}`, { viewport: { width: 380, height: 800 }, hasTouch: true, isMobile: true })
  await phone.locator('.wf-row', { hasText: '×' }).first().tap()
  await phone.waitForSelector('.pane-back')
  await phone.goBack()
  found.phoneBack = await until(phone, () => document.querySelectorAll('.wf-row').length, (n) => n > 0)
  await phone.context().close()
  await press(page, 'ArrowRight')
  found.unfolded = await until(page, rows, (n) => n > found.rows)
  await press(page, 'ArrowLeft')
  found.folded = await until(page, rows, (n) => n === found.rows)
  await press(page, 'e')
  found.failed = await until(page, () => document.querySelector('.span-pane .n-err')?.innerText ?? '', (t) => t !== '')
  await press(page, '$')
  found.dearest = await until(page, () => document.querySelector('.callnav')?.innerText.split('\n')[0] ?? '', (t) => t !== '')
  await press(page, '[')
  found.before = await until(page, () => document.querySelector('.callnav')?.innerText.split('\n')[0] ?? '', (t) => t !== found.dearest)
  await press(page, 'm')
  found.calls = await until(page, rows, (n) => n !== found.unfolded && n > 1000)
  await press(page, 'm', 't')
  found.dollars = await until(page, () => document.querySelector('.wf-axis').innerText, (t) => t.includes('$'))
  const dollars = await open(page.url().slice(BASE.length))
  found.dollarsAgain = await until(dollars, () => document.querySelector('.wf-axis').innerText, (t) => t.includes('$'))
  await dollars.context().close()
  await press(page, 't', 'f')
  await page.keyboard.type('turn 17')
  await press(page, 'Enter')
  found.match = await until(page, title, (t) => t === 'turn 17')
  await page.context().close()

  // A link to a span in a run that is folded leads to it.
  const deep = trace.span_list.find((s) => s.tool === 'Grep' && s.start_us > trace.duration_us / 4)
  const linked = await open(`/traces/${long.id}?span=${deep.span_id}`)
  found.linked = await until(linked, chosen, (t) => t !== '')
  found.linkedInSight = await linked.locator('.wf-row.chosen').evaluate((row) => row.getBoundingClientRect().bottom < window.innerHeight)
  await linked.context().close()
  const gone = await open(`/traces/${long.id}?span=8e5d2b0311223344`)
  found.gone = await until(gone, () => document.querySelector('.span-pane').innerText, (t) => t !== '')
  await gone.context().close()
}

async function survive () {
  const bad = hostileTrace()
  await send(around, bad.spans)
  await stored(bad.id, 3)
  const page = await open(`/traces/${bad.id}?span=${bad.call}`)
  found.hostile = await until(page, () => document.querySelector('.span-pane').innerText, (t) => t.includes('owned'))
  await page.locator('.rest-fold', { hasText: 'Attributes' }).click()
  await page.goto(`${BASE}/traces/${bad.id}?span=${bad.tool}`)
  await page.locator('.span-pane button', { hasText: 'Show 20 KB more' }).first().click()
  found.step = await until(page, () => document.querySelector('.span-pane').innerText.length, (n) => n > 15_000)
  found.whole = await page.locator('.span-pane a', { hasText: 'as text' }).count()
  found.documentTitle = await page.title()
  found.images = await page.locator('img').count()
  await page.context().close()
  const phone = await open(`/traces/${bad.id}`, { viewport: { width: 380, height: 800 }, hasTouch: true, isMobile: true })
  await phone.locator('.wf-row').nth(1).tap()
  await phone.waitForSelector('.pane-back')
  found.sideways = await phone.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
  await phone.goBack()
  await phone.waitForSelector('.wf-row')
  await phone.context().close()
}

async function follow () {
  const id = hex(16), start = Date.now() - 2 * second
  const root = span(id, undefined, 'the root', start, 1500)
  await send('live', [span(id, root.spanId, 'first', start, 100)])
  await stored(id, 1)
  const page = await open(`/traces/${id}`)
  found.waiting = await until(page, () => document.querySelector('.wf').innerText, (t) => t.includes('not received'))
  await send('live', [span(id, root.spanId, 'second', start + 200, 100)])
  await page.locator('.row-name', { hasText: 'second' }).waitFor()
  await send('live', [root])
  found.arrived = await until(page, () => document.querySelector('.wf').innerText, (t) => t.includes('the root') && !t.includes('not received'))
  found.order = await page.locator('.row-name').evaluateAll((list) => list.map((name) => name.innerText))
  await page.context().close()
}

await walk()
await survive()
await follow()
await browser.close()
console.log(JSON.stringify(found))
