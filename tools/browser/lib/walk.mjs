// What walks through the pages have in common: steps that are told, conditions
// that are waited for, and HR's messages.
import assert from 'node:assert/strict'
import { city as theCity, launch } from './browser.mjs'

export { assert }

// walk runs one with a browser of its own. Every page's faults are faults of
// the walk: the pages that it opened with open() are to be given to clean().
export async function walk(name, go) {
  const browser = await launch()
  const began = Date.now()
  const step = (text) => console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${text}`)
  try {
    await go({ browser, city: theCity(), step })
    step(`${name}: done`)
  } finally {
    await browser.close()
  }
}

// clean fails if one of these pages did what no page may.
export function clean(...opened) {
  assert.deepEqual(opened.flatMap((o) => o.faults), [], 'no errors, no foreign requests, nothing that fails')
}

// until asks again and again until the answer is true.
export async function until(what, ask, within = 20_000) {
  const end = Date.now() + within
  for (;;) {
    const answer = await ask()
    if (answer) return answer
    if (Date.now() > end) assert.fail(`it never comes to pass that ${what}`)
    await new Promise((done) => setTimeout(done, 50))
  }
}

// stay marks the document, and later says whether it is still the same one: a
// page that was loaded anew has lost the mark.
export async function stay(page) {
  await page.evaluate(() => { globalThis.theSameDocument = true })
  return () => page.evaluate(() => globalThis.theSameDocument === true)
}

// hr sends one message as an HR system does over HTTP.
export async function hr(city, note, source = 'paisy') {
  const answer = await fetch(`${city.url}/absence/v1/hr/${source}/events`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${city.tokens['hr-importer']}`,
      'Content-Type': 'application/json',
      'ce-specversion': '1.0', 'ce-id': note.id, 'ce-source': source, 'ce-type': `hr.absence.${note.kind}.v1`,
    },
    body: JSON.stringify(note.body),
  })
  const text = await answer.text()
  assert.ok(answer.ok, `HR: ${answer.status} ${text}`)
  return JSON.parse(text)
}

// api reads JSON from the city with all rights.
export async function api(city, path, body) {
  const answer = await fetch(city.url + path, {
    method: body ? 'POST' : 'GET',
    headers: { Authorization: `Bearer ${city.tokens.all}`, ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  assert.ok(answer.ok, `${path}: ${answer.status} ${text}`)
  return text ? JSON.parse(text) : null
}
