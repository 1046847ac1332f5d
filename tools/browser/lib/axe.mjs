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
    return violations.map((v) => ({ rule: v.id, help: v.help, nodes: v.nodes.map((n) => `${n.target.join(' ')} – ${n.failureSummary.split('\n').slice(1, 3).join('; ').trim()}`) }))
  }, tags)
  return found.map((v) => `${v.rule}: ${v.help}\n      ${v.nodes.slice(0, 4).join('\n      ')}${v.nodes.length > 4 ? `\n      … ${v.nodes.length} places` : ''}`)
}

// sideways tells whether the document scrolls sideways, and what sticks out.
export function sideways(page) {
  return page.evaluate(() => {
    const wide = document.documentElement.clientWidth
    if (document.documentElement.scrollWidth <= wide) return []
    const held = (e) => {
      for (let p = e.parentElement; p && p !== document.body; p = p.parentElement) {
        if (getComputedStyle(p).overflowX !== 'visible') return true
      }
      return false
    }
    const out = [...document.body.querySelectorAll('*')]
      .filter((e) => e.getBoundingClientRect().right > wide + 1 && !held(e))
      .slice(0, 3)
      .map((e) => `<${e.tagName.toLowerCase()} class="${e.getAttribute('class') ?? ''}">`)
    return [`scrolls sideways at ${wide} px: ${document.documentElement.scrollWidth} px wide, ${out.join(', ')}`]
  })
}

// everywhere judges a page in all schemes and widths.
export async function everywhere(page, { widths: all = widths, schemes: both = schemes } = {}) {
  const faults = []
  const before = page.viewportSize()
  for (const width of all) {
    await page.setViewportSize({ width, height: width < 500 ? 640 : 900 })
    faults.push(...(await sideways(page)).map((f) => `${width} px: ${f}`))
    for (const scheme of both) {
      await page.emulateMedia({ colorScheme: scheme })
      for (const fault of await judge(page)) faults.push(`${width} px ${scheme}: ${fault}`)
    }
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(before)
  return faults
}
