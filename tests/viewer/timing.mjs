// Says how long a trace of 5,000 spans takes from the navigation to the paint of its tree,
// in milliseconds, each time in a fresh browser context: nothing is cached.
import { chromium } from 'playwright-core'
import { longTrace, send, stored } from './spans.mjs'

const { BASE, CHROMIUM, RUNS } = process.env
const long = longTrace(5000)
await send('claude-code', long.spans)
await stored(long.id, 5000)

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
const milliseconds = []
for (let i = 0; i < Number(RUNS); i++) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  await page.addInitScript(() => {
    const observer = new MutationObserver(() => {
      if (document.querySelectorAll('.wf-row').length < 10) return
      observer.disconnect()
      requestAnimationFrame(() => requestAnimationFrame(() => { window.shown = performance.now() }))
    })
    observer.observe(document, { childList: true, subtree: true })
  })
  await page.goto(`${BASE}/traces/${long.id}`)
  await page.waitForFunction(() => window.shown)
  milliseconds.push(await page.evaluate(() => window.shown))
  await context.close()
}
await browser.close()
console.log(JSON.stringify(milliseconds))
