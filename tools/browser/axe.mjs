// axe-core on pages of a running city, in both languages, both colour schemes,
// at 320, 768 and 1440 px, and whether they scroll sideways:
//
//   node axe.mjs --url http://127.0.0.1:8080 --tokens lotse-data/dev-tokens --role desk /front/ …
import { parseArgs } from 'node:util'
import { everywhere } from './lib/axe.mjs'
import { cityAt, goto, launch, open } from './lib/browser.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:8080' },
    tokens: { type: 'string' },
    role: { type: 'string' },
    lang: { type: 'string', multiple: true, default: ['de', 'en'] },
  },
})
const city = cityAt(values.url, values.tokens)
const browser = await launch()
let count = 0
try {
  for (const lang of values.lang) {
    const { page, faults } = await open(browser, city, { role: values.role, lang })
    for (const path of positionals) {
      const response = await goto(page, path)
      const found = await everywhere(page)
      console.log(`${lang} ${path}: ${response.status()}, ${found.length} faults`)
      for (const fault of found) console.log(`  ! ${fault}`)
      count += found.length
    }
    for (const fault of faults) console.log(`  ! ${fault}`)
    count += faults.length
  }
} finally {
  await browser.close()
}
process.exitCode = count ? 1 : 0
