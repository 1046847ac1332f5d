// A citizen books, finds the appointment again by its code, moves it and cancels
// it: with scripts, without them, and on the narrowest phone.
import { sideways } from '../lib/axe.mjs'
import { goto, open } from '../lib/browser.mjs'
import { assert, clean, until, walk } from '../lib/walk.mjs'

const service = 'id-card'

await walk('citizen', async ({ browser, city, step }) => {
  for (const [how, opt] of [
    ['with scripts', { width: 1280, lang: 'de' }],
    ['without scripts', { width: 1280, lang: 'de', javaScript: false }],
    ['on a narrow phone', { width: 320, lang: 'en' }],
  ]) {
    const opened = await open(browser, city, opt)
    const { page, context } = opened
    const narrow = async () => {
      if (opt.width < 500 && opt.javaScript !== false) assert.deepEqual(await sideways(page), [], page.url())
    }
    const go = async (what, click) => {
      const before = page.url()
      await Promise.all([page.waitForURL((url) => url.href !== before), click()])
      await page.waitForLoadState()
      await narrow()
      step(`${how}: ${what}: ${await page.locator('h1').innerText()}`)
    }
    let steps = 0
    const on = (what, click) => { steps++; return go(what, click) }

    await goto(page, '/book/')
    await narrow()
    await page.locator(`input[name="s"][value="${service}"]`).check()
    await on('what for', () => page.locator('button[formaction="/book/people"]').first().click())
    await page.locator(`select[name="n.${service}"]`).selectOption('1')
    await on('how many', () => page.locator('main form[action="/book/slots"] button[type="submit"]').click())

    // going back loses nothing
    await page.goBack()
    await page.goBack()
    assert.ok(await page.locator(`input[name="s"][value="${service}"]`).isChecked(), 'what was chosen is still chosen after going back')
    await page.goForward()
    await page.goForward()

    const slot = page.locator('button[name="slot"]').first()
    const chosen = await slot.getAttribute('value')
    await on('when and where', () => slot.click())
    const timer = page.locator('.book-timer[data-left]')
    assert.ok(Number(await timer.getAttribute('data-left')) > 60, 'the slot is kept for more than a minute')
    await page.locator('input[name="name"]').fill(`Kim <b>${how}</b>`)
    await on('whose', () => page.locator('main form[action="/book/details"] .kern-btn--primary').click())
    assert.ok(steps <= 5, `booked in ${steps} steps`)
    const code = await page.locator('[data-code]').getAttribute('data-code')
    assert.match(code ?? '', /^[A-Z0-9 ]{6,}$/, 'the confirmation shows a code')

    // somebody else's browser knows nothing of it, until it shows the code
    const other = await open(browser, city, opt)
    other.expect(404)
    other.expect(403)
    other.expect(401)
    await goto(other.page, page.url().replace(/\?.*/, ''))
    assert.equal(await other.page.locator('[data-code]').count(), 0, 'without the code the appointment is not shown')
    await goto(other.page, '/book/appointment')
    await other.page.locator('input[name="code"]').fill(code)
    await Promise.all([other.page.waitForURL(/\/book\/appointment\/./), other.page.locator('main form[action="/book/appointment"] button[type="submit"]').click()])
    assert.equal(await other.page.locator('[data-code]').getAttribute('data-code'), code)
    step(`${how}: found again by its code`)
    await other.context.close()

    const when = page.locator('.book-facts').first()
    const before = await when.innerText()
    await go('move', () => page.locator('a[href$="/move"]').first().click())
    const another = page.locator(`button[name="slot"]:not([value="${chosen}"])`).nth(2)
    await go('moved', () => another.click())
    await until('the appointment has another time', async () => (await when.innerText()) !== before)
    assert.equal(await page.locator('[data-code]').getAttribute('data-code'), code, 'the code stays')

    await go('cancel', () => page.locator('a[href$="/cancel"]').first().click())
    await go('cancelled', () => page.locator('form[action$="/cancel"] button').click())
    assert.equal(await page.locator('a[href$="/move"]').count(), 0, 'what is cancelled cannot be moved')
    clean(opened)
    clean(other)
    await context.close()
  }
})
