// Pages that are somebody's: what has to be done before they can be looked at. Each
// does it in a browser of its own and says where it came to; its cookies are what
// the page is then opened with.
import { goto, open } from './browser.mjs'

const ways = {
  // hold: a slot is kept, and the contact is asked for.
  async hold(page, city) {
    await goto(page, `/book/slots?visit=id-card&from=${city.next_week}`)
    await page.locator('button[name="slot"]').first().click()
    await page.waitForURL(/\/book\/details/)
  },
  // appointment: somebody has shown the code of one.
  async appointment(page, city) {
    await goto(page, '/book/appointment')
    await page.locator('input[name="code"]').fill(city.code)
    await page.locator('main form[action="/book/appointment"] button[type="submit"]').click()
    await page.waitForURL(/\/book\/appointment\/./)
  },
  // absences: a table of absences is looked at before it is taken in.
  async absences(page, city) {
    await goto(page, '/absences/imports')
    const from = city.next_week
    await page.locator('input[type="file"]').first().setInputFiles({ name: 'absences.csv', mimeType: 'text/csv',
      buffer: Buffer.from(`absence_id,employee,revision,from,until\nP-1,${city.employee},1,${from},${from.slice(0, 8)}05\n`) })
    await page.locator('[name="source"]').fill('paisy')
    await page.locator('main form button[type="submit"]').first().click()
    await page.waitForURL(/\/absences\/imports\/./)
  },
  // counter: a clerk has taken a place and calls the first of those who wait.
  async counter(page, city) {
    for (let i = 0; i < 3; i++) {
      await goto(page, `/front/kiosk/${city.centre}`)
      await page.locator('button[name="service"]').nth(i).click()
      await page.waitForURL(/\/ticket\//)
    }
    await goto(page, `/front/${city.centre}/`)
    await page.locator('input[name="sign"]').fill('3')
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Platz wählen' }).click()])
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Nächste/r aufrufen' }).click()])
    await page.locator('.counter-now').first().waitFor()
  },
}

// who goes a way, where it is not whoever looks at the page.
const roles = { counter: 'desk' }

const done = new Map()

// prepare goes a way once for all pages that need it, and returns where it came
// to and its cookies.
export function prepare(browser, city, way, role) {
  if (!done.has(way)) {
    done.set(way, (async () => {
      const { context, page } = await open(browser, city, { role: roles[way] ?? role, lang: 'de' })
      try {
        await ways[way](page, city)
        const url = new URL(page.url())
        return { path: url.pathname + url.search, cookies: (await context.storageState()).cookies }
      } finally {
        await context.close()
      }
    })())
  }
  return done.get(way)
}

// place fills in a page's path: {names} of what is known of the city, and {there},
// where its preparation came to.
export async function place(browser, city, page) {
  const prepared = page.prepare ? await prepare(browser, city, page.prepare, page.role || undefined) : { path: '', cookies: [] }
  const path = page.path.replace(/\{(\w+)\}/g, (_, name) => {
    if (name === 'there') return prepared.path
    if (city[name] === undefined) throw new Error(`${page.route}: nobody knows {${name}}`)
    return encodeURIComponent(city[name])
  })
  return { path, cookies: prepared.cookies.filter((c) => c.name !== 'lang' && c.name !== 'lotse-lang') }
}
