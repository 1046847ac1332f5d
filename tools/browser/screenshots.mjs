// The pictures of docs/screenshots: every page of pages.json that has a name, in
// German on a desk and in English on a phone, into a folder.
//
//   node screenshots.mjs FOLDER          (LOTSE_CITY names the city)
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { city as theCity, launch, shot } from './lib/browser.mjs'
import { place } from './lib/prepare.mjs'

const folder = process.argv[2]
const city = theCity()
const views = [
  { suffix: 'de', lang: 'de', width: 1280, height: 800, most: 3200 },
  { suffix: 'phone-en', lang: 'en', width: 390, height: 844, most: 4200 },
]
const browser = await launch()
let failed = false
try {
  for (const p of JSON.parse(readFileSync(new URL('./pages.json', import.meta.url)))) {
    if (!p.path || !p.name) continue
    const { path, cookies } = await place(browser, city, p)
    for (const v of views) {
      const file = join(folder, `${p.name}-${v.suffix}.png`)
      const { status, faults } = await shot(browser, city, path, file, { role: p.role || undefined, cookies, ...v, status: p.status })
      if (status !== (p.status ?? 200)) {
        console.error(`${path}: ${status}`)
        failed = true
      }
      for (const fault of faults) console.error(`! ${path}: ${fault}`)
    }
  }
} finally {
  await browser.close()
}
process.exitCode = failed ? 1 : 0
