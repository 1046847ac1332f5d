// What holds of every page: how it comes, what it weighs, and that it can be
// used by keyboard.

// heaviest is what a page may bring over the line when nothing is cached.
export const heaviest = 150 * 1024

// weigh counts the bytes that come over the line, headers with them, from now on;
// server-sent events count, too.
export async function weigh(context, page) {
  const cdp = await context.newCDPSession(page)
  await cdp.send('Network.enable')
  const open = new Map()
  let bytes = 0
  let last = Date.now()
  const parts = []
  cdp.on('Network.requestWillBeSent', (e) => { last = Date.now(); open.set(e.requestId, { url: e.request.url, type: e.type }) })
  cdp.on('Network.responseReceived', (e) => { const o = open.get(e.requestId); if (o) o.type = e.type })
  const end = (e) => {
    last = Date.now()
    bytes += e.encodedDataLength ?? 0
    parts.push(`${Math.round((e.encodedDataLength ?? 0) / 102.4) / 10} kB ${new URL(open.get(e.requestId)?.url ?? 'x:x').pathname}`)
    open.delete(e.requestId)
  }
  cdp.on('Network.loadingFinished', end)
  cdp.on('Network.loadingFailed', (e) => { last = Date.now(); open.delete(e.requestId) })
  return {
    // settled waits until nothing but a stream is open.
    async settled(within = 10_000) {
      const until = Date.now() + within
      while (Date.now() < until) {
        const waiting = [...open.values()].filter((o) => o.type !== 'EventSource')
        if (waiting.length === 0 && Date.now() - last > 150) return
        await new Promise((done) => setTimeout(done, 30))
      }
    },
    bytes: () => bytes,
    parts: () => parts,
  }
}

// policy says what is wrong with an answer's content security policy.
export function policy(headers) {
  const csp = headers['content-security-policy']
  if (!csp) return ['there is no Content-Security-Policy']
  const faults = []
  if (/unsafe-|\*|https?:/.test(csp)) faults.push(`the Content-Security-Policy is weak: ${csp}`)
  for (const rule of ["default-src 'none'", "frame-ancestors 'none'", "form-action 'self'"]) {
    if (!csp.includes(rule)) faults.push(`the Content-Security-Policy lacks ${rule}`)
  }
  if (headers['x-content-type-options'] !== 'nosniff') faults.push('X-Content-Type-Options is not nosniff')
  return faults
}

// frame says what is wrong with a page's outline.
export function frame(page, lang) {
  return page.evaluate((lang) => {
    const faults = []
    const one = (selector, what) => {
      const n = document.querySelectorAll(selector).length
      if (n !== 1) faults.push(`${n} ${what}`)
    }
    one('h1', 'h1')
    one('main', 'main')
    if (!document.title.trim()) faults.push('no title')
    if (!document.documentElement.lang.startsWith(lang)) faults.push(`lang is "${document.documentElement.lang}", not ${lang}`)
    for (const e of document.querySelectorAll('[style], script:not([src]):not([type="application/json"]), style')) faults.push(`inline: ${e.outerHTML.slice(0, 80)}`)
    const missing = document.body.innerText.match(/%!\w?\(|<no value>|\bundefined\b|\bNaN\b|\[object /)
    if (missing) faults.push(`says "${missing[0]}"`)
    for (const svg of document.querySelectorAll('svg[role="img"]')) {
      if (!svg.getAttribute('aria-labelledby') && !svg.getAttribute('aria-label')) faults.push('a chart without a name')
      if (!svg.closest('section, main').querySelector('table')) faults.push('a chart without its table')
    }
    return faults
  }, lang)
}

// keyboard goes through a page by Tab: the skip link is the first stop and leads
// to the content, everything that can be used is reached, and where one is can
// be seen.
export async function keyboard(page, most = 120) {
  const faults = []
  await page.evaluate(() => {
    // from the top, also where a field has taken the focus by itself
    document.body.tabIndex = -1
    document.body.focus()
    document.body.removeAttribute('tabindex')
    window.scrollTo(0, 0)
  })
  const expected = await page.evaluate((most) => {
    const shown = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest('[inert]')
    const radios = new Set()
    const all = [...document.querySelectorAll('a[href], area[href], button, input, select, textarea, summary, [tabindex]')].filter((e) => {
      if (e.disabled || e.tabIndex < 0 || e.type === 'hidden' || !shown(e)) return false
      if (e.type === 'radio') { // a group is one stop
        const key = `${e.form?.action} ${[...document.forms].indexOf(e.form)} ${e.name}`
        if (radios.has(key)) return false
        radios.add(key)
        e.dataset.tabGroup = key
      }
      return true
    }).slice(0, most)
    globalThis.tabExpected = all
    globalThis.tabReached = new Set()
    return all.length
  }, most)
  // a screen by itself, such as that of a waiting room, has nothing to skip
  const bare = await page.evaluate(() => !document.querySelector('header'))
  // fields of dates and times have several stops each
  const stops = await page.evaluate(() => globalThis.tabExpected.reduce((n, e) => n + (/^(date|time|week|month|datetime-local)$/.test(e.type) ? 7 : 1), 3))
  const seen = new Map()
  for (let i = 0; i < stops; i++) {
    await page.keyboard.press('Tab')
    const at = await page.evaluate(() => {
      const e = document.activeElement
      if (!e || e === document.body) return null
      globalThis.tabReached.add(e)
      // what shows the focus may be drawn on the label of a hidden control
      const near = [e, ...(e.labels ?? []), e.nextElementSibling, e.parentElement].filter(Boolean)
      const alone = e.ownerSVGElement && [...e.ownerSVGElement.querySelectorAll('a')].find((a) => a !== e)
      const drawn = alone && [...e.querySelectorAll('*')].some((n, i) => {
        const [a, b] = [n, alone.querySelectorAll('*')[i]].map((x) => x && getComputedStyle(x))
        return b && (a.stroke !== b.stroke || a.strokeWidth !== b.strokeWidth || a.fill !== b.fill || a.r !== b.r || a.opacity !== b.opacity)
      })
      const seen = drawn || near.some((n) => {
        const s = getComputedStyle(n)
        const after = getComputedStyle(n, '::after')
        const before = getComputedStyle(n, '::before')
        return [s, after, before].some((x) => (x.outlineStyle !== 'none' && parseFloat(x.outlineWidth) > 0) || x.boxShadow !== 'none')
      })
      return { id: [...globalThis.tabReached].indexOf(e), what: `<${e.tagName.toLowerCase()}> ${(e.textContent || e.name || '').trim().slice(0, 40)}`, href: e.getAttribute('href'), seen }
    })
    if (!at) break
    if (i === 0 && !bare && !at.href?.startsWith('#')) faults.push(`the first stop is ${at.what}, not a skip link`)
    seen.set(at.id, { what: at.what, seen: at.seen || seen.get(at.id)?.seen })
  }
  faults.push(...[...seen.values()].filter((s) => !s.seen).slice(0, 3).map((s) => `where the focus is cannot be seen: ${s.what}`))
  faults.push(...(await page.evaluate(() => globalThis.tabExpected
    .filter((e) => !globalThis.tabReached.has(e) && e.isConnected && e.tabIndex >= 0 && !(e.type === 'radio' && [...globalThis.tabReached].some((r) => r.name === e.name)))
    .slice(0, 3).map((e) => `not reached by Tab: ${e.outerHTML.slice(0, 90)}`))))
  return faults
}

// skip uses the skip link.
export async function skip(page) {
  const target = await page.evaluate(() => {
    if (!document.querySelector('header')) return 'bare'
    const link = document.querySelector('a[href^="#"]')
    if (!link) return null
    link.focus()
    return link.getAttribute('href').slice(1)
  })
  if (target === 'bare') return []
  if (!target) return ['there is no skip link']
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  const inside = await page.evaluate((id) => {
    const goal = document.getElementById(id)
    const at = document.activeElement
    return !!goal && (goal.contains(at) || goal === at || at === document.body || !!(goal.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING))
  }, target)
  return inside ? [] : [`the skip link does not lead to #${target}`]
}
