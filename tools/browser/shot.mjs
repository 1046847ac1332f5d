// One picture of a page of a running city:
//
//   node shot.mjs --url http://127.0.0.1:8080 --tokens lotse-data/dev-tokens \
//     --role central-planner --lang en --scheme dark --width 390 /desk/ out.png
//
// --role is left out for the public. It tells what the page did that no page may.
import { parseArgs } from 'node:util'
import { cityAt, launch, shot } from './lib/browser.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:8080' },
    tokens: { type: 'string' },
    role: { type: 'string' },
    lang: { type: 'string', default: 'de' },
    scheme: { type: 'string', default: 'light' },
    width: { type: 'string', default: '1280' },
    height: { type: 'string' },
    'no-js': { type: 'boolean', default: false },
    window: { type: 'boolean', default: false }, // the window only, not the whole page
  },
})
const [path, file] = positionals
if (!path || !file) {
  console.error('name a path and a file: node shot.mjs --url … /book/ out.png')
  process.exit(2)
}
const browser = await launch()
try {
  const { status, faults, title } = await shot(browser, cityAt(values.url, values.tokens), path, file, {
    role: values.role, lang: values.lang, scheme: values.scheme, width: Number(values.width),
    ...(values.height && { height: Number(values.height) }), javaScript: !values['no-js'], full: !values.window,
  })
  console.log(`${status} ${title} → ${file}`)
  for (const fault of faults) console.log(`! ${fault}`)
} finally {
  await browser.close()
}
