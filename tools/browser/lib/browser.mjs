// A real browser on a running city: opened in a role, a language, a colour
// scheme and a width, with everything noted that a page must not do.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { chromium } from 'playwright-core'

// executable is the machine's browser: LOTSE_CHROMIUM names it, or it is found.
export function executable() {
  for (const name of [process.env.LOTSE_CHROMIUM, 'chromium', 'chromium-browser', 'google-chrome']) {
    if (!name) continue
    try {
      return execFileSync('/bin/sh', ['-c', 'command -v "$1"', 'sh', name], { encoding: 'utf8' }).trim()
    } catch { /* the next name */ }
  }
  throw new Error('no browser is installed: chromium, chromium-browser or google-chrome (Debian: chromium), or name one with LOTSE_CHROMIUM')
}

// flags that hold wherever the browser runs. Its sandbox cannot be had as root.
export function flags() {
  const all = ['--disable-dev-shm-usage', '--disable-background-networking', '--font-render-hinting=none', '--hide-scrollbars']
  return process.getuid?.() === 0 ? [...all, '--no-sandbox'] : all
}

export function launch() {
  return chromium.launch({ executablePath: executable(), args: flags() })
}

// city is the running one that this script is for: LOTSE_CITY is JSON with
// url, tokens by role, and what a test knows of it.
export function city() {
  if (!process.env.LOTSE_CITY) throw new Error('LOTSE_CITY is empty: run this by the Go command or test beside it')
  return JSON.parse(process.env.LOTSE_CITY)
}

// cityAt is a running city whose development tokens lie in a file.
export function cityAt(url, tokensFile) {
  const tokens = {}
  if (tokensFile) {
    for (const line of readFileSync(tokensFile, 'utf8').split('\n')) {
      const [role, token] = line.trim().split(/\s+/)
      if (token) tokens[role] = token
    }
  }
  return { url: url.replace(/\/$/, ''), tokens }
}

const languages = { de: 'de-DE', en: 'en-GB' }

// open makes a context and a page of the city.
//
//   role         whose token every request shows; none: the public. Log in
//                through the form with logIn instead where the log-in matters.
//   lang         de or en: what the browser accepts
//   scheme       light or dark
//   width,height of the window in CSS pixels
//   javaScript   false turns it off
//
// faults collects what no page may do, in words: errors on the console, broken
// rules of the content security policy, requests to other hosts, requests that
// fail. answers that are meant to be refusals are named by expect(status).
export async function open(browser, city, opt = {}) {
  const { role, lang = 'de', scheme = 'light', width = 1280, height = width < 500 ? 844 : 900, javaScript = true } = opt
  const context = await browser.newContext({
    baseURL: city.url,
    locale: languages[lang] ?? lang,
    timezoneId: 'Europe/Berlin',
    colorScheme: scheme,
    reducedMotion: 'reduce',
    viewport: { width, height },
    javaScriptEnabled: javaScript,
    isMobile: false,
    extraHTTPHeaders: role ? { Authorization: `Bearer ${tokenOf(city, role)}` } : {},
    acceptDownloads: true,
  })
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  return { context, page, ...watch(context, page, city) }
}

function tokenOf(city, role) {
  const token = city.tokens?.[role]
  if (!token) throw new Error(`the city has no token of the role ${role}`)
  return token
}

// watch notes the faults of a page.
export function watch(context, page, city) {
  const faults = []
  const expected = new Set()
  const note = (text) => faults.push(`${new URL(page.url() === 'about:blank' ? city.url : page.url()).pathname}: ${text}`)
  page.on('console', (message) => {
    if (message.type() !== 'error') return
    const text = message.text()
    if (/Failed to load resource: the server responded/.test(text)) return // told by its answer
    note(`console: ${text}`)
  })
  page.on('pageerror', (error) => note(`script: ${error.message}`))
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (url.origin !== city.url && url.protocol !== 'data:') note(`leaves the server: ${request.method()} ${request.url()}`)
  })
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? ''
    if (why === 'net::ERR_ABORTED') return // the page was left while it waited
    note(`fails: ${request.method()} ${request.url()}: ${why}`)
  })
  page.on('response', (response) => {
    if (response.status() < 400 || expected.has(response.status())) return
    note(`${response.status()} for ${response.request().method()} ${response.url()}`)
  })
  return { faults, expect: (status) => expected.add(status) }
}

// logIn goes through the log-in page as a person does, on a city with
// development tokens, and ends where it was asked for.
export async function logIn(page, city, role, back = '/') {
  await page.goto(`/auth/login?back=${encodeURIComponent(back)}`)
  await page.locator('main input:not([type="hidden"])').fill(tokenOf(city, role))
  await Promise.all([page.waitForURL((url) => url.pathname + url.search === back), page.keyboard.press('Enter')])
  await page.waitForLoadState()
}

// goto opens a path and says what the answer was; live pages never fall silent,
// so it waits for the load only.
export async function goto(page, path) {
  const response = await page.goto(path, { waitUntil: 'load' })
  await page.evaluate(() => document.fonts?.ready.then(() => true)).catch(() => {})
  return response
}

// shot takes a picture of a path into a PNG file.
export async function shot(browser, city, path, file, opt = {}) {
  const { context, page, faults, expect } = await open(browser, city, opt)
  try {
    if (opt.status) expect(opt.status)
    if (opt.cookies) await context.addCookies(opt.cookies)
    const response = await goto(page, path)
    if (opt.prepare) await opt.prepare(page)
    // a window as tall as the page, so that what sticks to its edges is where it
    // belongs; most: so much of a long page at most
    if (opt.full ?? true) {
      const { width, height } = page.viewportSize()
      const tall = await page.evaluate(() => document.documentElement.scrollHeight)
      await page.setViewportSize({ width, height: Math.max(height, Math.min(opt.most ?? 8000, tall)) })
    }
    await page.screenshot({ path: file, animations: 'disabled', caret: 'hide' })
    return { status: response.status(), faults, title: await page.title() }
  } finally {
    await context.close()
  }
}
