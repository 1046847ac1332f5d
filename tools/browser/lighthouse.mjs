// Lighthouse on pages of a running city, as on a middling phone:
//
//   node lighthouse.mjs --url http://127.0.0.1:8080 /book/ /promise/
//
// Prints one JSON line a page: performance, accessibility and what they are made
// of. --least 95 fails below that; a performance below it is asked a second and a
// third time, because a busy machine is not the page's fault.
import { parseArgs } from 'node:util'
import * as launcher from 'chrome-launcher'
import lighthouse from 'lighthouse'
import { executable, flags } from './lib/browser.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { url: { type: 'string', default: 'http://127.0.0.1:8080' }, least: { type: 'string', default: '0' } },
})
const least = Number(values.least)
const chrome = await launcher.launch({ chromePath: executable(), chromeFlags: [...flags(), '--headless=new'], logLevel: 'error' })
let failed = false
try {
  for (const path of positionals) {
    let said
    for (let i = 0; i < 3; i++) {
      const { lhr } = await lighthouse(values.url + path, { port: chrome.port, logLevel: 'error', onlyCategories: ['performance', 'accessibility'], formFactor: 'mobile' })
      const score = (name) => Math.round((lhr.categories[name].score ?? 0) * 100)
      said = {
        path,
        performance: score('performance'),
        accessibility: score('accessibility'),
        first_paint_ms: Math.round(lhr.audits['first-contentful-paint'].numericValue),
        largest_paint_ms: Math.round(lhr.audits['largest-contentful-paint'].numericValue),
        blocking_ms: Math.round(lhr.audits['total-blocking-time'].numericValue),
        layout_shift: Number(lhr.audits['cumulative-layout-shift'].numericValue.toFixed(3)),
        bytes: Math.round(lhr.audits['total-byte-weight'].numericValue),
        faults: Object.values(lhr.audits).filter((a) => lhr.categories.accessibility.auditRefs.some((r) => r.id === a.id && r.weight > 0) && a.score !== null && a.score < 1).map((a) => a.title),
        ...(lhr.runtimeError && { error: lhr.runtimeError.message }),
      }
      if (said.performance >= least || said.error) break
    }
    console.log(JSON.stringify(said))
    if (said.performance < least || said.accessibility < least || said.error) failed = true
  }
} finally {
  chrome.kill()
}
process.exitCode = failed ? 1 : 0
