// Two planners have the same proposal open and approve it at once, one of them without
// its last move: one is told that somebody else has decided, and only the other's
// moves are ordered.
import { goto, open } from '../lib/browser.mjs'
import { api, assert, clean, hr, until, walk } from '../lib/walk.mjs'

await walk('both approve', async ({ browser, city, step }) => {
  const drafted = async () => (await api(city, '/capacity/v1/proposals')).proposals.filter((p) => p.state === 'drafted' && p.moves?.length > 1)
  for (const note of city.notes) {
    if ((await drafted()).length) break
    await hr(city, note)
    await until('a proposal is drafted', async () => (await drafted()).length, 10_000).catch(() => {})
  }
  const [proposal] = await drafted()
  assert.ok(proposal, 'there is a proposal to decide on')
  const path = `/desk/proposals/${proposal.proposal}`

  const planners = []
  for (const [lang, role] of [['de', 'central-planner'], ['en', 'all']]) { // two people who may
    const planner = await open(browser, city, { role, lang, width: 1280 })
    planner.expect(409)
    await goto(planner.page, path)
    planners.push(planner)
  }
  const last = proposal.moves.at(-1).deployment
  await planners[1].page.locator(`input[name="keep"][value="${last}"]`).uncheck()
  await planners[1].page.locator(`section[aria-labelledby="h-approve"] input[name="drop"][value="${last}"]`).waitFor({ state: 'attached' })
  step(`two planners look at ${proposal.proposal}`)
  const answers = await Promise.all(planners.map(async ({ page }) => {
    const [answer] = await Promise.all([
      page.waitForResponse((r) => r.request().method() === 'POST' && r.url().endsWith('/approve')),
      page.locator('section[aria-labelledby="h-approve"] button[type="submit"]').click(),
    ])
    await page.waitForLoadState()
    return answer.status()
  }))
  assert.deepEqual([...answers].sort((a, b) => a - b), [303, 409], 'one is taken, the other refused')
  const told = planners[answers.indexOf(409)].page
  await until('the other is told', () => told.locator('#lotse-errors, [role="alert"]').count())
  step(`the other is told: ${(await told.locator('#lotse-errors, [role="alert"]').first().innerText()).replace(/\s+/g, ' ')}`)
  const decided = (await api(city, `/capacity/v1/proposals/${proposal.proposal}`)).state
  assert.ok(['approved', 'applied'].includes(decided), decided)
  clean(...planners)
})
