// Where the pages are that need a preparation, and the cookies that open them, as
// JSON by route and path: for who measures them without a browser.
import { readFileSync } from 'node:fs'
import { city as theCity, launch } from './lib/browser.mjs'
import { place } from './lib/prepare.mjs'

const browser = await launch()
const all = {}
try {
  for (const p of JSON.parse(readFileSync(new URL('./pages.json', import.meta.url)))) {
    if (!p.path || !p.prepare) continue
    const { path, cookies } = await place(browser, theCity(), p)
    all[`${p.route} ${p.path}`] = { path, cookie: cookies.map((c) => `${c.name}=${c.value}`).join('; ') }
  }
  console.log(JSON.stringify(all))
} finally {
  await browser.close()
}
