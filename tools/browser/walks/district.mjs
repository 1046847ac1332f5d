// A district closes one of its centres for a day: it sees the effect before it
// enters that, and at once citizens find nothing there, what was booked is at risk,
// and the steering desk shows it; soon after, the plan sends who works there to where
// they are needed.
import { goto, logIn, open } from '../lib/browser.mjs'
import { api, assert, clean, stay, until, walk } from '../lib/walk.mjs'

const centre = 'langenhorn'
const day = '2026-12-03'

await walk('district', async ({ browser, city, step }) => {
  const citizen = await open(browser, city, { width: 390 })
  await goto(citizen.page, `/book/slots?visit=id-card&by=place&centre=${centre}&day=${day}`)
  const free = citizen.page.locator(`button[name="slot"][value*="${day}"]`)
  assert.ok(await free.count(), 'something is free there that day')
  const same = await stay(citizen.page)

  const district = await open(browser, city, { width: 1280 })
  const { page } = district
  await logIn(page, city, 'district-planner', '/measures/')
  await page.locator('a[href="/measures/new"]').first().click()
  await page.locator('select[name="centre"]').selectOption(centre)
  await page.locator('input[name="from"]').fill(day)
  await page.locator('input[name="last"]').fill(day)
  await page.locator('input[name="reason"]').fill('Wasserschaden <b>im Keller</b>')
  await page.locator('button[name="step"][value="preview"]').click()
  const effect = page.locator('#preview')
  await effect.waitFor()
  step(`the effect is shown before it is entered: ${(await effect.innerText()).replace(/\s+/g, ' ').slice(0, 160)}`)
  assert.ok(await free.count(), 'a preview closes nothing')
  await Promise.all([page.waitForURL(/\/measures\/[^/]+$/), page.locator('button[name="step"][value="enter"]').click()])
  step('it is entered')

  await until('nothing is free there any more', async () => (await free.count()) === 0)
  assert.ok(await same(), 'the citizen did not load the page again')
  step('the citizen sees the slots go')
  const offered = await api(city, `/booking/v1/slots?service=id-card&centre=${centre}&from=${day}&until=2026-12-04&limit=5`)
  assert.equal(offered.offers.filter((o) => o.centre === centre && o.day === day).length, 0)

  const desk = await open(browser, city, { role: 'central-planner', width: 1440 })
  await goto(desk.page, `/desk/centres/${centre}`)
  await until('the steering desk knows of it', async () => /Do 3\.12\..*\t[1-9]\d*$/m.test(await desk.page.locator('main').innerText()))
  step('the steering desk shows the appointments at risk that day')

  const helps = (p) => (p.moves ?? []).some((m) => m.from === centre && m.day === day)
  const plan = await until('somebody of the closed centre is to help elsewhere', async () => {
    const { proposals } = await api(city, '/capacity/v1/proposals')
    return proposals.find(helps)
  }, 240_000)
  assert.ok(plan.moves.every((m) => m.to !== centre || m.day !== day), 'nobody is sent to the closed centre')
  step(`the plan follows: ${plan.moves.filter((m) => m.from === centre && m.day === day).length} of the closed centre may help elsewhere`)
  clean(citizen, district, desk)
})
