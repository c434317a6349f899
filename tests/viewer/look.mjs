// Looks at pages in Chromium: what they show, what goes wrong, where they send requests,
// and what axe (https://github.com/dequelabs/axe-core) finds. PAGES is a list of paths,
// VIEWS one of [scheme, width, height]; SHOTS a folder for screenshots, or none.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'

const require = createRequire(import.meta.url)
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')
const { BASE, CHROMIUM, PAGES, VIEWS, SHOTS } = process.env

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
const seen = []
for (const [scheme, width, height] of JSON.parse(VIEWS)) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, bypassCSP: false })
  for (const path of JSON.parse(PAGES)) {
    const page = await context.newPage()
    const found = { path, scheme, width, errors: [], foreign: [], axe: [], text: '', scrollsSideways: false }
    page.on('console', (message) => { if (message.type() === 'error') found.errors.push(message.text()) })
    page.on('pageerror', (error) => found.errors.push(String(error)))
    page.on('dialog', (dialog) => { found.errors.push('a dialog'); void dialog.dismiss() })
    page.on('request', (request) => { if (!request.url().startsWith(BASE + '/') && !request.url().startsWith('data:')) found.foreign.push(request.url()) })
    await page.goto(BASE + path)
    // Live pages never stop loading: what is waited for is that nothing says it is busy, and
    // that address and text are the same for four looks in a row.
    await page.waitForFunction(() => {
      const now = document.querySelector('main') && !document.querySelector('[aria-busy=true]') && location.href + document.body.innerText
      window.same = now && now === window.before ? (window.same ?? 0) + 1 : 0
      window.before = now
      return window.same >= 3
    }, undefined, { timeout: 30_000, polling: 150 })
    found.text = await page.evaluate(() => document.body.innerText)
    found.scrollsSideways = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
    if (SHOTS) await page.screenshot({ path: `${SHOTS}/${(path.replace(/[^a-z0-9]+/gi, '-').replace(/^-|-$/g, '') || 'root').slice(0, 40)}-${scheme}-${width}.png` })
    // The page's own policy forbids foreign scripts; this one comes through the debugger.
    const violations = await page.evaluate(`(async () => { ${axe}; return (await window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })).violations })()`)
    found.axe = violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(' | ')}`)
    seen.push(found)
    await page.close()
  }
  await context.close()
}
await browser.close()
console.log(JSON.stringify(seen))
