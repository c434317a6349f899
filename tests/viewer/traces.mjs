// Uses the list of traces, the first run and the search as a person does, in Chromium.
// BASE is the page, OTLP where spans are sent over HTTP. Prints what was not as it
// should be, and how long things took.
import { randomBytes } from 'node:crypto'
import { chromium } from 'playwright-core'

const { BASE, OTLP, CHROMIUM } = process.env
const failures = []
const took = {}
const patience = 20_000

function check(what, holds, saw) {
  if (!holds) failures.push(saw === undefined ? what : `${what}: ${JSON.stringify(saw)}`)
}

const hex = (bytes) => randomBytes(bytes).toString('hex')
const string = (key, value) => ({ key, value: { stringValue: value } })

/** send sends one trace: a root, and a model call below it. */
async function send({ service, name = 'agent', input = 'What is new?', start = Date.now(), ms = 1200, failed = false, root = true, attributes = [] }) {
  const traceId = hex(16)
  const rootId = hex(8)
  const nano = (at) => `${Math.round(at)}000000`
  const spans = [
    {
      traceId, spanId: hex(8), parentSpanId: rootId, name: 'chat gpt-5-mini', kind: 3, startTimeUnixNano: nano(start + 10), endTimeUnixNano: nano(start + ms - 10),
      attributes: [string('gen_ai.operation.name', 'chat'), string('gen_ai.provider.name', 'openai'), string('gen_ai.request.model', 'gpt-5-mini'),
        { key: 'gen_ai.usage.input_tokens', value: { intValue: '1200' } }, { key: 'gen_ai.usage.output_tokens', value: { intValue: '80' } }],
    },
  ]
  if (root) {
    spans.push({
      traceId, spanId: rootId, name: `invoke_agent ${name}`, kind: 1, startTimeUnixNano: nano(start), endTimeUnixNano: nano(start + ms),
      status: failed ? { code: 2, message: 'the courier did not answer' } : {},
      attributes: [string('gen_ai.operation.name', 'invoke_agent'), string('gen_ai.agent.name', name),
        string('gen_ai.input.messages', JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: input }] }])), ...attributes],
    })
  }
  const body = { resourceSpans: [{ resource: { attributes: [string('service.name', service)] }, scopeSpans: [{ scope: { name: 'test' }, spans }] }] }
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
  await options.before?.(page)
  await page.goto(BASE + path)
  return page
}

const row = (page, text) => page.locator('[role=row][data-id]', { hasText: text }).first()
const names = (page) => page.locator('[role=row][data-id] .row-link').allInnerTexts()

const cases = {
  async 'the first trace is shown as it comes'() {
    const page = await open('/')
    await page.waitForURL('**/start')
    await page.getByText('Waiting for the first span').waitFor()
    check('the environment is shown', (await page.locator('.snippet').first().innerText()).includes(`OTEL_EXPORTER_OTLP_ENDPOINT=${OTLP}`))
    for (const language of ['Python', 'Go', 'Java', '.NET', 'TypeScript']) {
      await page.getByRole('tab', { name: language, exact: true }).click()
      check(`there is a snippet for ${language}`, /opentelemetry|otlp/i.test(await page.getByRole('tabpanel').innerText()))
    }
    const since = Date.now()
    const id = await send({ service: 'first-service' })
    await page.getByText('First trace from first-service').waitFor()
    took.first_trace_ms = Date.now() - since
    await page.keyboard.press('Enter')
    await page.waitForURL(`**/traces/${id}`)
    await page.context().close()
  },

  async 'new traces enter at the top, and wait while a person reads'() {
    for (let i = 0; i < 60; i++) await send({ service: 'many', name: `old ${i}`, start: Date.now() - 600_000 - i * 1000 })
    const page = await open('/traces')
    await row(page, 'old 0').waitFor()
    const since = Date.now()
    await send({ service: 'fresh', name: 'enters' })
    await row(page, 'enters').waitFor()
    took.live_row_ms = Date.now() - since
    check('a new trace is the first row', (await names(page))[0] === 'enters', await names(page))

    const scroller = page.locator('.scroll')
    await scroller.evaluate((element) => { element.scrollTop = 450 })
    const before = await page.evaluate(() => document.elementFromPoint(300, 500)?.closest('[data-id]')?.dataset.id)
    await send({ service: 'fresh', name: 'waits' })
    await page.getByRole('button', { name: '1 new trace' }).waitFor()
    check('nothing moves under the eye', (await scroller.evaluate((element) => element.scrollTop)) === 450)
    check('the same row is at the same place', before === (await page.evaluate(() => document.elementFromPoint(300, 500)?.closest('[data-id]')?.dataset.id)))
    await page.keyboard.press('.')
    await row(page, 'waits').waitFor()
    check('. shows what is new', (await scroller.evaluate((element) => element.scrollTop)) === 0)

    await page.keyboard.press('p')
    await page.getByRole('button', { name: 'Paused' }).waitFor()
    await send({ service: 'fresh', name: 'paused' })
    await page.getByRole('button', { name: '1 new trace' }).waitFor()
    check('paused holds back', !(await names(page)).includes('paused'))
    await page.keyboard.press('p')
    await row(page, 'paused').waitFor()
    await page.context().close()
  },

  async 'a row grows as its spans come'() {
    const page = await open('/traces?service=grows')
    await page.getByText('No trace matches.').waitFor()
    await send({ service: 'grows', name: 'grows', root: false })
    await row(page, 'grows').waitFor()
    check('a trace without its root runs', (await row(page, 'grows').innerText()).includes('running'), await row(page, 'grows').innerText())
    await page.context().close()
  },

  async 'filters are in the URL, one at a time'() {
    await send({ service: 'filtered', name: 'dear', attributes: [string('release', '2026.11')] })
    await send({ service: 'filtered', name: 'broken', failed: true })
    const page = await open('/traces')
    await row(page, 'broken').waitFor()
    await page.keyboard.press('f')
    await page.keyboard.type('serv')
    await page.keyboard.press('Enter')
    await page.keyboard.type('filt')
    await page.getByRole('option', { name: 'filtered' }).waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL('**/traces?service=filtered')
    await page.waitForFunction(() => document.querySelectorAll('[role=row][data-id]').length === 2)
    await page.keyboard.press('f')
    await page.keyboard.type('status is with errors')
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.searchParams.get('status') === 'error')
    await page.waitForFunction(() => document.querySelectorAll('[role=row][data-id]').length === 1)
    check('the error is shown', (await row(page, 'broken').innerText()).includes('the courier did not answer'))
    await page.goBack()
    await page.waitForFunction(() => document.querySelectorAll('[role=row][data-id]').length === 2)
    check('back takes the last filter away', !page.url().includes('status'))
    await page.keyboard.press('f')
    await page.keyboard.type('cost > 500')
    await page.keyboard.press('Enter')
    await page.getByText('No trace matches.').waitFor()
    await page.getByText('Without “cost > $500” there are 2.').waitFor()
    await page.getByRole('button', { name: 'Drop cost > $500' }).last().click()
    await page.waitForFunction(() => document.querySelectorAll('[role=row][data-id]').length === 2)
    await page.getByRole('button', { name: 'Drop service is filtered' }).click()
    await page.waitForURL((url) => url.search === '')
    await page.context().close()
  },

  async 'an attribute can be a column'() {
    const page = await open('/traces?service=filtered')
    await row(page, 'dear').waitFor()
    await page.keyboard.press('c')
    await page.getByLabel('release').check()
    await page.keyboard.press('Escape')
    await page.getByRole('columnheader', { name: 'release' }).waitFor()
    await page.waitForFunction(() => document.querySelector('[role=table]')?.textContent?.includes('2026.11'))
    await page.reload()
    await page.getByRole('columnheader', { name: 'release' }).waitFor()
    await page.context().close()
  },

  async 'keys move, open and come back'() {
    const page = await open('/traces?service=many')
    await row(page, 'old 0').waitFor()
    // A key is heard at once; what it has chosen is drawn and focused with the next frame.
    const choose = async (before) => {
      await page.keyboard.press('j')
      await page.waitForFunction((before) => {
        const id = document.querySelector('.tr.selected')?.dataset.id
        return id && id !== before && document.activeElement?.closest('[data-id]')?.dataset.id === id
      }, before)
      return page.locator('.tr.selected').getAttribute('data-id')
    }
    const chosen = await choose(await choose(null))
    await page.keyboard.press('Enter')
    await page.waitForURL(`**/traces/${chosen}`)
    await page.goBack()
    await page.waitForURL('**/traces?service=many')
    await row(page, 'old 0').waitFor()
    check('the row is still chosen', (await page.locator('.tr.selected').getAttribute('data-id')) === chosen)
    await page.keyboard.press('?')
    const dialog = page.getByRole('dialog')
    await dialog.waitFor()
    check('? lists keys', (await dialog.innerText()).includes('only this service'))
    await dialog.getByLabel('Keys are on').uncheck()
    await page.keyboard.press('Escape')
    await page.keyboard.press('g')
    await page.keyboard.press('e')
    check('keys that are off do nothing', page.url().includes('/traces?'), page.url())
    await page.keyboard.press('?')
    await dialog.getByLabel('Keys are on').check()
    await dialog.getByRole('button', { name: 'Dark' }).click()
    check('dark is dark', (await page.evaluate(() => getComputedStyle(document.body).backgroundColor)) === 'rgb(16, 18, 21)')
    await page.keyboard.press('Escape')
    await page.keyboard.press('g')
    await page.keyboard.press('e')
    await page.waitForURL('**/sessions')
    await page.context().close()
  },

  async 'content is text'() {
    const hostile = '<img src=x onerror=alert(1)><script>alert(2)</script> \u202Egnp.exe 🛒 مرحبا {"broken": [1, '
    await send({ service: 'hostile <b>', name: '<script>alert(3)</script>', input: hostile })
    await send({ service: 'hostile <b>', name: 'long', input: 'x'.repeat(400_000) })
    const page = await open('/traces?service=hostile+%3Cb%3E')
    await row(page, '<script>alert(3)</script>').waitFor()
    const text = await row(page, '<script>').innerText()
    check('markup is shown', text.includes('<img src=x onerror=alert(1)>'), text)
    check('no character turns the line around', !text.includes('\u202E'))
    check('nothing of it is an element', (await page.locator('main img, main script').count()) === 0)
    await page.context().close()
  },

  async 'what was lost is said, and found again'() {
    let away = true
    const page = await open('/traces', { before: (page) => page.route('**/api/v1/live*', (route) => (away ? route.abort() : route.continue())) })
    await page.getByText(/Not connected since \d\d:\d\d:\d\d\./).waitFor()
    away = false
    await page.getByRole('button', { name: 'Try now' }).click()
    await page.getByText(/You see what was loaded before/).waitFor({ state: 'detached' })
    await send({ service: 'again', name: 'again' })
    await row(page, 'again').waitFor()
    await page.context().close()

    const locked = { status: 503, contentType: 'application/json', body: JSON.stringify({ error: 'database is locked' }) }
    const other = await open('/traces', { before: (page) => page.route('**/api/v1/{traces,live}*', (route) => route.fulfill(locked)) })
    await other.getByText('The store cannot be read.').waitFor()
    check('why it cannot be read is said', (await other.locator('main').innerText()).includes('database is locked'))
    await other.context().close()
  },

  async 'text is found'() {
    await send({ service: 'searched', name: 'searched', input: 'The zebra crossing is closed' })
    const page = await open('/traces')
    await row(page, 'searched').waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('zebra')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/search?q=zebra')
    const found = page.locator('.hit', { hasText: 'searched' }).first()
    await found.waitFor()
    check('what was looked for is marked', (await found.locator('mark').first().innerText()) === 'zebra')
    await page.context().close()
  },

  async 'a phone has three lines a trace'() {
    const page = await open('/traces?service=many', { viewport: { width: 380, height: 800 } })
    await row(page, 'old 0').waitFor()
    const box = await row(page, 'old 0').boundingBox()
    check('a row has three lines', box !== null && box.height > 60 && box.width <= 380, box)
    check('nothing scrolls sideways', await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth && document.querySelector('.scroll').scrollWidth <= innerWidth))
    await page.context().close()
  },
}

for (const [name, run] of Object.entries(cases)) {
  try {
    await run()
  } catch (error) {
    failures.push(`${name}: ${error.stack ?? error}`)
  }
  for (const context of browser.contexts()) await context.close()
}
await browser.close()
console.log(JSON.stringify({ failures, took }))
