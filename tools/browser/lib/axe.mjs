// Rules of accessibility, asked of a page as it stands: axe-core in every colour
// scheme and width, without loading the page anew for each.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

// WCAG 2.2 level AA, and what axe-core calls good practice besides.
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

export const schemes = ['light', 'dark']
export const widths = [1440, 768, 320]

// judge asks axe-core of the page as it is now. Scripts that the page's own
// policy would refuse come in over the debugger, in a world of their own origin.
export async function judge(page) {
  if (!(await page.evaluate(() => typeof globalThis.axe === 'object'))) await page.evaluate(source)
  const found = await page.evaluate(async (tags) => {
    const { violations } = await globalThis.axe.run(document, {
      runOnly: tags,
      resultTypes: ['violations'],
      // WCAG's size of targets is off by default in axe-core
      rules: { 'target-size': { enabled: true } },
    })
    return violations.map((v) => ({ rule: `${v.id}: ${v.help}`, nodes: v.nodes.map((n) => ({ at: n.target.join(' '), why: n.failureSummary.split('\n').slice(1, 2).join().trim() })) }))
  }, tags)
  return found
}

// sideways tells whether the document scrolls sideways, and what sticks out.
export function sideways(page) {
  return page.evaluate(() => {
    const wide = document.documentElement.clientWidth
    if (document.documentElement.scrollWidth <= wide) return []
    // what a scrolling box holds does not stick out, unless it is placed by a box
    // further out
    const held = (e) => {
      let placed = getComputedStyle(e).position === 'absolute'
      for (let p = e.parentElement; p && p !== document.body; p = p.parentElement) {
        const s = getComputedStyle(p)
        if (placed && s.position === 'static') continue
        placed = s.position === 'absolute'
        if (s.overflowX !== 'visible') return true
      }
      return false
    }
    const sticking = (e) => e.getBoundingClientRect().right > wide + 1 || (e.scrollWidth > e.clientWidth + 1 && e.getBoundingClientRect().left + e.scrollWidth > wide + 1 && getComputedStyle(e).overflowX === 'visible')
    const out = [...document.body.querySelectorAll('*')]
      .filter((e) => sticking(e) && !held(e))
      .slice(-3)
      .map((e) => `<${e.tagName.toLowerCase()} class="${e.getAttribute('class') ?? ''}"> ${e.textContent.trim().slice(0, 30)}`)
    return [`scrolls sideways at ${wide} px: ${document.documentElement.scrollWidth} px wide, ${out.join(', ')}`]
  })
}

// everywhere judges a page in all schemes and widths; a rule that is broken in
// several is told once.
export async function everywhere(page, { widths: all = widths, schemes: both = schemes } = {}) {
  const faults = []
  const broken = new Map()
  const before = page.viewportSize()
  for (const width of all) {
    await page.setViewportSize({ width, height: width < 500 ? 640 : 900 })
    faults.push(...(await sideways(page)))
    for (const scheme of both) {
      await page.emulateMedia({ colorScheme: scheme })
      for (const { rule, nodes } of await judge(page)) {
        const known = broken.get(rule) ?? { views: [], places: new Map() }
        broken.set(rule, known)
        known.views.push(`${width} ${scheme}`)
        for (const n of nodes) known.places.set(n.at, n.why)
      }
    }
  }
  for (const [rule, { views, places }] of broken) {
    const where = views.length === all.length * both.length ? 'everywhere' : views.join(', ')
    const some = [...places].slice(0, 4).map(([at, why]) => `\n      ${at} – ${why}`).join('')
    faults.push(`${rule} (${where}; ${places.size} places)${some}`)
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(before)
  return faults
}
