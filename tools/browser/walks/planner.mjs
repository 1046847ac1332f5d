// A sick note arrives while a planner looks at the city: the desk shows it by
// itself, keeps the planner's place, and leads to the proposal. The planner drops
// one move, sees the effect computed anew, and approves. A citizen whose booking
// page is open sees slots change, and nobody loads a page again.
import { goto, open } from '../lib/browser.mjs'
import { api, assert, clean, hr, stay, until, walk } from '../lib/walk.mjs'

await walk('planner', async ({ browser, city, step }) => {
  const desk = await open(browser, city, { role: 'central-planner', width: 1440 })
  const { page } = desk
  await goto(page, '/desk/')
  const same = await stay(page)
  const proposals = () => page.locator('#decisions a[href^="/desk/proposals/"]').evaluateAll((all) => all.map((a) => a.getAttribute('href')))
  const known = await proposals()
  const place = page.locator('#city a').first()
  await place.focus()
  const at = await place.getAttribute('href')

  // the sick notes of one morning; the planner answers those of a centre together
  let fresh
  for (const note of city.notes) {
    await hr(city, note)
    step(`HR reports that one of ${note.home} is off`)
    fresh = await until('the desk shows a proposal', async () => (await proposals()).find((href) => !known.includes(href)), 15_000).catch(() => null)
    if (fresh) known.push(fresh)
    if (fresh && (await api(city, fresh.replace('/desk/', '/capacity/v1/'))).moves?.length > 1) break
  }
  assert.ok(fresh, 'a proposal comes to the desk without anybody loading it')
  assert.ok(await same(), 'the desk was not loaded again')
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('href')), at, 'the focus stays where it was')
  step(`the desk shows ${fresh} by itself`)

  const proposal = await api(city, fresh.replace('/desk/', '/capacity/v1/'))
  const [kept] = proposal.moves
  const citizens = []
  for (const [centre, day] of [[kept.to, kept.day], [kept.from, kept.day]]) {
    const citizen = await open(browser, city, { lang: 'de', width: 390 })
    await goto(citizen.page, `/book/slots?visit=id-card&by=place&centre=${centre}&day=${day}`)
    const part = citizen.page.locator('#free')
    citizens.push({ ...citizen, centre, same: await stay(citizen.page), part, before: await part.innerText() })
  }

  await page.locator(`#decisions a[href="${fresh}"]`).first().click()
  await page.waitForURL(`**${fresh}`)
  const moves = page.locator('input[type="checkbox"][name="keep"]')
  const n = await moves.count()
  assert.equal(n, proposal.moves.length, 'every move can be dropped')
  const dropped = proposal.moves[n - 1].deployment
  const box = page.locator(`input[name="keep"][value="${dropped}"]`)
  const effect = page.locator('section[aria-labelledby="h-effect"]')
  const [same2, told] = [await stay(page), await effect.innerText()]
  await box.uncheck()
  await page.locator(`section[aria-labelledby="h-approve"] input[name="drop"][value="${dropped}"]`).waitFor({ state: 'attached' })
  assert.notEqual(await effect.innerText(), told, 'the effect is told anew')
  assert.ok(await same2(), 'in place')
  step(`one of ${n} moves is dropped, and the effect computed anew`)
  await Promise.all([page.waitForNavigation(), page.locator('section[aria-labelledby="h-approve"] button[type="submit"]').click()])
  await until('the proposal is approved', async () => ['approved', 'applied'].includes((await api(city, fresh.replace('/desk/', '/capacity/v1/'))).state))
  step(`it is approved: ${await page.locator('#lotse-said').innerText()}`)

  await until('a citizen sees other slots', async () => {
    for (const c of citizens) if ((await c.part.innerText()) !== c.before) return true
    return false
  })
  for (const c of citizens) assert.ok(await c.same(), 'no citizen loaded the page again')
  step('slots changed on the citizens’ open pages')
  const after = await api(city, fresh.replace('/desk/', '/capacity/v1/'))
  assert.equal(after.moves.find((m) => m.deployment === dropped)?.status ?? 'dropped', 'dropped', 'the dropped move is not ordered')
  clean(desk, ...citizens)
})
