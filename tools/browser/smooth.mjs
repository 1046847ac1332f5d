// How smooth a live page stays while the city changes: opened for some seconds,
// it prints in JSON what came over the line and how the page's own thread fared.
//
//   node smooth.mjs /desk/ 20            (LOTSE_CITY names the city)
import { city as theCity, goto, launch, open } from './lib/browser.mjs'

const [path, seconds] = [process.argv[2], Number(process.argv[3])]
const city = theCity()
const browser = await launch()
try {
  const { context, page, faults } = await open(browser, city, { role: 'central-planner', width: 1440 })
  const cdp = await context.newCDPSession(page)
  await cdp.send('Network.enable')
  await cdp.send('Performance.enable')
  let events = 0
  let fetches = 0
  let bytes = 0
  await goto(page, path)
  await page.waitForTimeout(500)
  cdp.on('Network.eventSourceMessageReceived', () => { events++ })
  cdp.on('Network.requestWillBeSent', (e) => { if (e.type === 'XHR' || e.type === 'Fetch') fetches++ })
  cdp.on('Network.loadingFinished', (e) => { bytes += e.encodedDataLength })
  const heap = async () => Object.fromEntries((await cdp.send('Performance.getMetrics')).metrics.map((m) => [m.name, m.value]))
  const before = await heap()
  const seen = await page.evaluate((ms) => new Promise((done) => {
    const tasks = []
    const frames = []
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map((e) => e.duration))).observe({ type: 'longtask' })
    let last = performance.now()
    const end = last + ms
    const frame = (now) => {
      frames.push(now - last)
      last = now
      if (now < end) requestAnimationFrame(frame)
      else done({ tasks, frames })
    }
    requestAnimationFrame(frame)
  }), seconds * 1000)
  const after = await heap()
  seen.frames.sort((a, b) => a - b)
  const at = (p) => seen.frames[Math.min(seen.frames.length - 1, Math.floor(seen.frames.length * p))] ?? 0
  if (faults.length) throw new Error(faults.join('; '))
  console.log(JSON.stringify({
    Events: events, Fetches: fetches, KB: bytes / 1024,
    LongTasks: seen.tasks.length, LongestTask: Math.max(0, ...seen.tasks), Blocked: seen.tasks.reduce((a, b) => a + b, 0),
    FrameP50: at(0.5), FrameP99: at(0.99), Slowest: at(1),
    HeapBefore: before.JSHeapUsedSize / 2 ** 20, HeapAfter: after.JSHeapUsedSize / 2 ** 20, Nodes: after.Nodes,
  }))
} finally {
  await browser.close()
}
