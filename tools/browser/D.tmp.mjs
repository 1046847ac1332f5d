import { launch, open, cityAt } from './lib/browser.mjs';
const [url, tokens] = process.argv.slice(2);
const city = cityAt(url, tokens);
const b = await launch();
{
  const { page, faults } = await open(b, city, { role: 'telephone-agent', lang: 'de', scheme: 'light', width: 1440 });
  const t0 = Date.now(); let keys = 0;
  const press = async k => { keys++; await page.keyboard.press(k); };
  const type = async s => { keys += s.length; await page.keyboard.type(s, { delay: 20 }); };
  await page.goto(url + '/telephone/');
  await type('perso');
  await page.waitForSelector('#suggestions li');
  await page.screenshot({ path: '/tmp/D7.png' });
  await press('ArrowDown'); await press('Enter');
  await page.waitForSelector('[data-key="1"]:focus');
  await press('ArrowRight'); await press('ArrowDown'); await press('?');
  console.log('help open', await page.$eval('#keys', d => d.open), 'focus', await page.evaluate(() => document.activeElement.dataset.key));
  await press('2');
  await page.waitForSelector('#f-name:focus');
  await page.screenshot({ path: '/tmp/D8.png', fullPage: true });
  await type('Mustermann'); await press('Enter');
  await page.waitForSelector('[data-code]');
  console.log('focus', await page.evaluate(() => document.activeElement.id), 'keys', keys, 'ms', Date.now() - t0);
  await page.screenshot({ path: '/tmp/D9.png', fullPage: true });
  await press('Enter');
  await page.waitForSelector('#f-q:focus');
  console.log(JSON.stringify(faults));
}
{
  const { page, faults } = await open(b, city, { role: 'desk', lang: 'de', scheme: 'light', width: 1440 });
  const wall = await open(b, city, { lang: 'de', scheme: 'light', width: 1920 });
  await wall.page.setViewportSize?.({ width: 1920, height: 1080 });
  await wall.page.goto(url + '/front/display/altona');
  await page.goto(url + '/front/altona/');
  if (await page.getByLabel('Platz, etwa 7 oder A-12').isVisible()) {
    await page.getByLabel('Platz, etwa 7 oder A-12').fill('7');
    await page.getByRole('button', { name: 'Platz wählen' }).click();
  }
  for (const s of ['passport', 'id-card', 'document-pickup']) {
    await page.getByLabel('Dienstleistung').selectOption(s);
    await page.getByRole('button', { name: 'Wartenummer ziehen' }).click();
    await page.waitForSelector('text=Die Wartenummer ist');
  }
  const before = Date.now();
  await page.getByRole('button', { name: 'Nächste/r aufrufen' }).click();
  await wall.page.waitForSelector('.counter-shouts li');
  console.log('on the wall after ms', Date.now() - before);
  await page.screenshot({ path: '/tmp/D10.png', fullPage: true });
  await wall.page.screenshot({ path: '/tmp/D11.png' });
  await page.getByRole('button', { name: 'Bedient und Nächste/r' }).first().click();
  await page.waitForLoadState();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.screenshot({ path: '/tmp/D12.png', fullPage: true });
  console.log(JSON.stringify(faults), JSON.stringify(wall.faults));
}
await b.close();
