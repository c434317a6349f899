// Serves a build of jaeger-ui with the collector's Jaeger API behind it, as a reverse
// proxy does, and lists and opens a trace in it.
//
//   BASE=URL of trace_viewer  JAEGER_UI=folder of the build  CHROMIUM=PATH
//   SERVICE, TRACE=what to look for  SPAN=the name of a span of it  node jaegerui.mjs
//
// Prints one JSON line: the lines of the list, of the trace and of the span's details, and
// what the API refused.
import { readFile } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { chromium } from 'playwright-core'

const { BASE, JAEGER_UI, CHROMIUM, SERVICE, TRACE, SPAN, SCREENSHOT } = process.env
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }

const server = createServer(async (asked, answer) => {
  const { pathname } = new URL(asked.url, BASE)
  if (pathname.startsWith('/api/')) {
    const to = new URL(asked.url, BASE)
    asked.pipe(request(to, { method: asked.method, headers: { ...asked.headers, host: to.host } }, (from) => {
      answer.writeHead(from.statusCode, from.headers)
      from.pipe(answer)
    }))
    return
  }
  const isFile = extname(pathname) in types && pathname !== '/'
  const file = join(JAEGER_UI, isFile ? normalize(pathname) : 'index.html')
  const body = await readFile(file).catch(() => null)
  answer.writeHead(body ? 200 : 404, { 'content-type': types[extname(file)] }).end(body)
}).listen(0, '127.0.0.1')
await new Promise((ready) => server.once('listening', ready))
const origin = `http://127.0.0.1:${server.address().port}`

const browser = await chromium.launch({ executablePath: CHROMIUM, timeout: 90_000, args: ['--no-sandbox', '--disable-gpu'] })
const page = await browser.newPage({ viewport: { width: 1500, height: 1200 } })
page.setDefaultTimeout(60_000)
const refused = []
const asked = new Set()
page.on('response', (response) => {
  const url = new URL(response.url())
  if (!url.pathname.startsWith('/api/')) return
  asked.add(url.pathname.replace(/[0-9a-f]{32}/, 'ID'))
  if (response.status() >= 400) refused.push(`${response.status()} ${url.pathname}`)
})
const lines = async () => (await page.innerText('body')).split('\n').map((line) => line.trim()).filter(Boolean)

const now = Date.now() * 1000
await page.goto(`${origin}/search?service=${encodeURIComponent(SERVICE)}&lookback=1h&limit=20&start=${now - 3600_000_000}&end=${now}`)
const found = page.locator(`a[href*="/trace/${TRACE}"]`).first()
await found.waitFor()
const list = await lines()
await found.click()
const row = page.getByText(SPAN, { exact: false }).first()
await row.waitFor()
const trace = await lines()
await row.click()
await page.getByText('gen_ai', { exact: false }).or(page.getByText('GenAI', { exact: false })).first().waitFor()
const genai = page.getByRole('tab', { name: /gen ?ai/i }).or(page.getByText('GenAI', { exact: true })).first()
if (await genai.isVisible().catch(() => false)) await genai.click()
await page.waitForLoadState('networkidle')
const span = await lines()
if (SCREENSHOT) await page.screenshot({ path: SCREENSHOT })
process.stdout.write(`${JSON.stringify({ list, trace, span, refused, asked: [...asked].sort() })}\n`)
await browser.close()
process.exit(0)
