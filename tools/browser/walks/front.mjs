// A desk serves a walk-in: a ticket is drawn, called and served; a second one does
// not come. The screen in the waiting room shows both calls by itself.
import { goto, logIn, open } from '../lib/browser.mjs'
import { assert, clean, stay, until, walk } from '../lib/walk.mjs'

const centre = 'bergedorf'
const sign = String(10 + (Date.now() % 80)) // a counter of its own, however often this runs

await walk('front', async ({ browser, city, step }) => {
  const room = await open(browser, city, { width: 1440 })
  await goto(room.page, `/front/display/${centre}`)
  const sameRoom = await stay(room.page)

  const desk = await open(browser, city, { width: 1280 })
  const { page } = desk
  await logIn(page, city, 'desk', `/front/${centre}/`)
  await page.locator('input[name="sign"]').fill(sign)
  await page.getByRole('button', { name: 'Platz wählen' }).click()
  await until('the counter is chosen', () => page.getByRole('heading', { name: `Platz ${sign}` }).count())

  // A visitor who draws a number at the screen by the door.
  const visitor = await open(browser, city, { role: 'desk', width: 768 })
  const ticket = async () => {
    await goto(visitor.page, `/front/kiosk/${centre}`)
    await visitor.page.locator('button[name="service"]').first().click()
    await visitor.page.waitForURL(/\/ticket\//)
    return (await visitor.page.locator('.counter-number').first().innerText()).trim()
  }
  const first = await ticket()
  await until('the desk sees the ticket by itself', async () => (await page.locator('#queue').innerText()).includes(first))
  step(`${first} waits`)

  const shouts = room.page.locator('#shouts')
  const call = async () => {
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Nächste/r aufrufen' }).click()])
    return (await page.locator('.counter-now .counter-number').first().innerText()).trim()
  }
  let called = await call()
  for (let i = 0; called !== first && i < 5; i++) { // whoever came before
    await page.locator('.counter-now').getByRole('button', { name: /^Bedient\s*:/ }).first().click()
    await until('it is served', async () => (await page.locator('.counter-now').count()) === 0)
    called = await call()
  }
  assert.equal(called, first)
  await until('the screen shows the call', async () => (await shouts.innerText()).includes(first))
  assert.ok((await shouts.innerText()).includes(sign), 'and where to go')
  step(`${first} is called to counter ${sign}, and the screen says so`)
  await page.locator('.counter-now').getByRole('button', { name: new RegExp(`^Bedient\\s*: ${first}$`) }).click()
  await until('it is served', async () => (await page.locator('.counter-now').count()) === 0)
  step(`${first} is served`)

  await page.locator('select[name="service"]').selectOption({ index: 1 })
  await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Wartenummer ziehen' }).click()])
  const second = await call()
  assert.notEqual(second, first)
  await until('the screen shows the second call', async () => (await shouts.innerText()).includes(second))
  await page.locator('.counter-now').getByRole('button', { name: new RegExp(`^Nicht erschienen\\s*: ${second}$`) }).click()
  await until('nobody is called any more', async () => (await page.locator('.counter-now').count()) === 0)
  await until('the screen takes it away', async () => !(await shouts.innerText()).includes(second))
  step(`${second} does not come`)
  assert.ok(await sameRoom(), 'the screen was not loaded again')
  clean(room, desk, visitor)
})
