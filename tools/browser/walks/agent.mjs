// An agent of the telephone service books by keyboard alone, without an address of
// the caller's, in less than 20 seconds of keys, and moves the appointment for the
// next caller. Every key takes the time that a practised typist takes (0.2 s; Card,
// Moran and Newell's keystroke-level model).
import { goto, logIn, open } from '../lib/browser.mjs'
import { assert, clean, until, walk } from '../lib/walk.mjs'

const each = 200

await walk('agent', async ({ browser, city, step }) => {
  const opened = await open(browser, city, { width: 1280 })
  const { page } = opened
  await page.addInitScript(() => document.addEventListener('pointerdown', () => { globalThis.pointed = true }))
  await logIn(page, city, 'telephone-agent', '/telephone/')
  const focus = (id) => until(`the focus is on ${id}`, () => page.evaluate((s) => !!document.activeElement?.matches(s), id))
  let keys = 0
  const type = async (text) => { keys += text.length; await page.keyboard.type(text, { delay: each }) }
  const press = async (key) => { keys++; await page.keyboard.press(key, { delay: each }) }

  await focus('#f-q')
  const began = Date.now()
  await type('perso')
  await until('services are suggested', () => page.locator('[role="option"]').count())
  await press('Enter')
  if (await page.locator('#slots').count() === 0) {
    await page.waitForTimeout(300)
    if (await page.locator('#slots').count() === 0) await press('Enter')
  }
  await focus('.counter-slot')
  assert.equal(await page.locator('.counter-column').count(), 3, 'the earliest slots at three places side by side')
  step(`slots are shown after ${keys} keys`)
  await press('2')
  await focus('#f-name')
  await type('Kim Beispiel')
  await press('Enter')
  await until('the code is shown', () => page.locator('.counter-code[data-code]').count())
  const took = (Date.now() - began) / 1000
  const code = await page.locator('.counter-code').getAttribute('data-code')
  const spelled = await page.locator('.counter-spelled').first().locator('li').count()
  assert.equal(spelled, code.replace(/\s/g, '').length, 'every letter of the code is spelled')
  step(`booked in ${took.toFixed(1)} s and ${keys} keys, the code ${code} to be read out`)
  assert.ok(took < 20, `${took} s`)

  // the next caller is known by the code
  await focus('#next-call')
  await press('Enter')
  await focus('#f-q')
  await page.waitForLoadState()
  await goto(page, '/telephone/find')
  await page.locator('#f-code').focus()
  await type(code.replace(/\s/g, ''))
  await press('Enter')
  await until('the appointment is found', () => page.locator('a[href*="/telephone/?move="], a[href^="/telephone/appointment/"]').count())
  step('found again by the code')
  assert.ok(!(await page.evaluate(() => globalThis.pointed)), 'no pointer was used')
  clean(opened)
})
