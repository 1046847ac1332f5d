// Whoever opens a staff page unasked is led to the log-in and back, sees what the
// role may see and is refused the rest on a page of its own.
import { goto, logIn, open } from '../lib/browser.mjs'
import { assert, clean, walk } from '../lib/walk.mjs'

await walk('log-in', async ({ browser, city, step }) => {
  const opened = await open(browser, city)
  const { page } = opened
  await goto(page, '/desk/')
  assert.match(page.url(), /\/auth\/login\?back=/, 'a staff page asks who it is')
  step('asked to log in')
  await logIn(page, city, 'desk', '/front/')
  assert.equal(new URL(page.url()).pathname, '/front/')
  step('logged in as desk')
  opened.expect(403)
  const refused = await goto(page, '/desk/')
  assert.equal(refused.status(), 403)
  assert.equal(await page.locator('h1').count(), 1, 'the refusal is a page')
  assert.ok(await page.locator('header a[href="/front/"]').count(), 'and leads on to what the role may')
  step('refused elsewhere, on a page')
  await Promise.all([page.waitForNavigation(), page.locator('form[action="/auth/logout"] button').click()])
  await goto(page, '/front/')
  assert.match(page.url(), /\/auth\/login/, 'logged out again')
  clean(opened)
})
