// Reads a calendar from standard input with ical.js and says what a calendar
// program would show of it.
import { readFileSync } from 'node:fs';
import ICAL from 'ical.js';

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, 'utf8')));
for (const zone of calendar.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(zone);
const events = calendar.getAllSubcomponents('vevent').map((c) => {
  const e = new ICAL.Event(c, { strictExceptions: true });
  return {
    uid: e.uid, sequence: e.sequence, summary: e.summary, location: e.location, status: c.getFirstPropertyValue('status'),
    stamp: c.getFirstPropertyValue('dtstamp')?.toString() ?? null,
    start: e.startDate.toJSDate().toISOString(), minutes: e.duration.toSeconds() / 60,
  };
});
console.log(JSON.stringify({ version: calendar.getFirstPropertyValue('version'), method: calendar.getFirstPropertyValue('method'), events }));
