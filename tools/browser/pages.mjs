// All pages of pages.json, each in both languages: what they answer, what they
// weigh, their policy and outline, the keyboard, and accessibility in both colour
// schemes at three widths. LOTSE_PAGES names some by a part of their route.
import { readFileSync } from 'node:fs'
import { everywhere } from './lib/axe.mjs'
import { city as theCity, goto, launch, open } from './lib/browser.mjs'
import { place } from './lib/prepare.mjs'
import { frame, heaviest, keyboard, policy, skip, weigh } from './lib/page.mjs'

const city = theCity()
const wanted = process.env.LOTSE_PAGES ?? ''
const table = JSON.parse(readFileSync(new URL('./pages.json', import.meta.url)))
  .filter((p) => p.path && p.route.includes(wanted))
const jobs = table.flatMap((p) => ['de', 'en'].map((lang) => ({ ...p, lang })))
const browser = await launch()
const report = []
const began = Date.now()

async function look(job) {
  const start = Date.now()
  let at
  try {
    at = await place(browser, city, job)
  } catch (error) {
    report.push({ route: job.route, path: job.path, lang: job.lang, bytes: 0, ms: 0, faults: [`is not come to: ${error.message}`] })
    return
  }
  const { path, cookies } = at
  const { context, page, faults, expect } = await open(browser, city, { role: job.role || undefined, lang: job.lang })
  await context.addCookies(cookies)
  const scale = await weigh(context, page)
  try {
    if (job.status) expect(job.status)
    const response = await goto(page, path)
    await scale.settled()
    const found = []
    if (response.status() !== (job.status ?? 200)) found.push(`answers ${response.status()}`)
    const bytes = scale.bytes()
    if (bytes > heaviest) found.push(`weighs ${Math.round(bytes / 1024)} kB: ${scale.parts().join(', ')}`)
    found.push(...policy(response.headers()), ...(await frame(page, job.lang)))
    found.push(...(await everywhere(page)))
    if (job.lang === 'de') found.push(...(await keyboard(page)), ...(await skip(page)))
    report.push({ route: job.route, path, lang: job.lang, bytes, ms: Date.now() - start, faults: [...new Set([...found, ...faults])] })
  } catch (error) {
    report.push({ route: job.route, path, lang: job.lang, bytes: 0, ms: Date.now() - start, faults: [`cannot be looked at: ${error.message}`] })
  } finally {
    await context.close()
  }
}

const lanes = Array.from({ length: 2 }, async () => {
  for (let job = jobs.shift(); job; job = jobs.shift()) await look(job)
})
await Promise.all(lanes)
await browser.close()

report.sort((a, b) => a.path.localeCompare(b.path) || a.lang.localeCompare(b.lang))
const shared = new Map() // what many pages do is told once
for (const r of report) for (const fault of r.faults) shared.set(fault, (shared.get(fault) ?? 0) + 1)
for (const r of report) {
  const own = r.faults.filter((f) => shared.get(f) < 5)
  console.log(`${r.lang} ${r.path}: ${(r.bytes / 1024).toFixed(0)} kB, ${(r.ms / 1000).toFixed(1)} s, ${r.faults.length} faults`)
  for (const fault of own) console.log(`  ! ${fault}`)
}
for (const [fault, n] of shared) if (n >= 5) console.log(`! on ${n} pages: ${fault}`)
const faults = report.reduce((n, r) => n + r.faults.length, 0)
const heavy = report.reduce((a, b) => (b.bytes > a.bytes ? b : a))
console.log(`${report.length} pages, ${faults} faults, ${((Date.now() - began) / 1000).toFixed(0)} s; the heaviest: ${heavy.path}, ${(heavy.bytes / 1024).toFixed(0)} kB`)
process.exitCode = faults ? 1 : 0
