import { launch, open, cityAt } from './lib/browser.mjs';
import { everywhere } from './lib/axe.mjs';
const [url, tokens] = process.argv.slice(2);
const city = cityAt(url, tokens), b = await launch();
const say = async (what, page) => { const f = await everywhere(page); console.log(what, f.length); for (const x of f) console.log('  !', x); };
for (const lang of ['de', 'en']) {
  const { page, faults } = await open(b, city, { role: 'telephone-agent', lang });
  await page.goto(url + '/telephone/'); await say('ask', page);
  await page.fill('#f-q', 'rei'); await page.waitForSelector('#suggestions li'); await say('suggest', page);
  await page.goto(url + '/telephone/?q=wohnsitz%20anmelden'); await say('choose', page);
  await page.click('[data-key="1"]'); await page.waitForSelector('#f-name'); await say('name', page);
  await page.press('#f-name', 'Enter'); await page.waitForSelector('#lotse-errors'); await say('name wrong', page);
  await page.fill('#f-name', 'Erika Muster'); await page.press('#f-name', 'Enter'); await page.waitForSelector('[data-code]'); await say('told', page);
  const code = await page.getAttribute('[data-code]', 'data-code');
  await page.goto(url + '/telephone/find'); await page.fill('#f-code', code); await page.press('#f-code', 'Enter'); await page.waitForSelector('#one-name'); await say('one', page);
  if (lang === 'en') await page.screenshot({ path: '/tmp/D13.png', fullPage: true });
  await page.click('text=/Verschieben|Move/ >> nth=0'); await page.waitForSelector('[data-key="2"]'); await say('move', page);
  console.log(JSON.stringify(faults));
  const d = await open(b, city, { role: 'desk', lang });
  await d.page.goto(url + '/front/altona/');
  await d.page.fill('#f-sign', '9'); await d.page.press('#f-sign', 'Enter'); await d.page.waitForSelector('text=/Nächste|Call next/'); 
  await d.page.fill('#f-who', code); await d.page.press('#f-who', 'Enter'); await d.page.waitForSelector('[role=status] >> nth=1'); await say('found', d.page);
  if (lang === 'en') await d.page.screenshot({ path: '/tmp/D14.png', fullPage: true });
  await d.page.goto(url + '/front/kiosk/altona'); await d.page.click('.counter-kiosk button >> nth=0'); await d.page.waitForSelector('.counter-paper'); await say('paper', d.page);
  if (lang === 'en') await d.page.screenshot({ path: '/tmp/D15.png' });
  console.log(JSON.stringify(d.faults));
}
await b.close();
