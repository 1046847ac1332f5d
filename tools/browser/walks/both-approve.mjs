// Two planners have the same proposal open and approve it at once: it is approved
// once, and the one who was second is told who was first.
import { goto, open } from '../lib/browser.mjs'
import { api, assert, clean, hr, until, walk } from '../lib/walk.mjs'

await walk('both approve', async ({ browser, city, step }) => {
  const drafted = async () => (await api(city, '/capacity/v1/proposals')).proposals.filter((p) => p.state === 'drafted' && p.moves?.length)
  for (const note of city.notes) {
    if ((await drafted()).length) break
    await hr(city, note)
    await until('a proposal is drafted', async () => (await drafted()).length, 10_000).catch(() => {})
  }
  const [proposal] = await drafted()
  assert.ok(proposal, 'there is a proposal to decide on')
  const path = `/desk/proposals/${proposal.proposal}`

  const planners = []
  for (const role of ['central-planner', 'all']) { // two people who may
    const planner = await open(browser, city, { role, lang: 'de', width: 1280 })
    planner.expect(409)
    await goto(planner.page, path)
    planners.push(planner)
  }
  step(`two planners look at ${proposal.proposal}`)
  const told = await Promise.all(planners.map(async ({ page }) => {
    const [answer] = await Promise.all([
      page.waitForResponse((r) => r.request().method() === 'POST' && r.url().endsWith('/approve')),
      // without click()'s waiting, in which the page hears of the other's approval
      page.locator('section[aria-labelledby="h-approve"] button[type="submit"]').dispatchEvent('click'),
    ])
    assert.ok([303, 409].includes(answer.status()), `${answer.status()}`)
    const said = page.locator('#lotse-said, #lotse-errors').filter({ hasText: /\S/ }).first()
    await said.waitFor()
    return (await said.innerText()).replace(/\s+/g, ' ').trim()
  }))
  for (const text of told) step(text)
  const second = /hat den Vorschlag am .* genehmigt/
  assert.equal(told.filter((text) => text.startsWith('Genehmigt.')).length, 1, 'one has approved it')
  assert.equal(told.filter((text) => second.test(text)).length, 1, 'the other is told who has')
  const { decisions } = await api(city, '/capacity/v1/decisions?limit=200')
  assert.equal(decisions.filter((d) => d.proposal === proposal.proposal && d.decision === 'approved').length, 1, 'it is approved once')
  clean(...planners)
})
