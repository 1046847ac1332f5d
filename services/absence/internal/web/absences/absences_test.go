package absences

import (
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr/ical"
	"github.com/lotse-hamburg/lotse/services/internal/pages/pagestest"
)

func TestTexts(t *testing.T) { pagestest.Package(t, files, ".") }

// Whatever is wrong with a file is said in German, too.
func TestReasonsAreKnownInGerman(t *testing.T) {
	now := time.Date(2026, 12, 1, 7, 12, 0, 0, time.UTC)
	said := func(what string, err error) {
		all := fieldsOf(err)
		if len(all) == 0 {
			t.Errorf("%q: nothing is wrong: %v", what, err)
		}
		for _, f := range all {
			if _, ok := reasons.German(f.Reason); !ok {
				t.Errorf("%q: no German for %q", what, f.Reason)
			}
			if _, ok := places.German(f.Field); !ok {
				t.Errorf("%q: no German for %q", what, f.Field)
			}
		}
	}
	const head = "absence_id;employee;from;until;last_day;expected_until;from_time;to_time;planned;revision;changed_at;cancelled\n"
	for _, table := range []string{"", "a;b\n", "absence_id;absence_id;from\n", head + "\"A;e;1.12.2026\n", head + "A;e\n",
		head + ";;;;;;;;;;;\n", head + "ä;ö;x;x;x;x;x;x;x;x;x;x\n", head + "A;e;2026-12-01;2026-12-01;;;;;;;;\n", head + "A;e;2026-12-01;;2026-11-01;;;;;;;\n",
		head + "A;e;2026-12-01;2026-12-05;2026-12-05;;;;;;;\n", head + "A;e;2026-12-01;2036-12-05;;;;;;;;\n", head + "A;e;9999-12-31;;;;;;;;;\n",
		head + "A;e;2026-12-01;;;;24:00;10:00;;;;\n", head + "A;e;2026-12-01;;2026-12-01;;10:00;09:00;;;;\n", head + "A;e;2026-12-01;;2026-12-01;;;00:00;;-1;;\n",
		head + "A;e;2026-12-01;;2026-12-01;;;;;9999999999999999;;\n"} {
		_, err := hr.ReadTable("csv", now, []byte(table))
		said(table, err)
	}
	o := ical.Options{Source: "calendar", Employee: "e-1", Zone: time.UTC, From: day.Date(2026, 11, 1), Until: day.Date(2027, 11, 1)}
	event := func(lines string) string {
		return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\n" + lines + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	}
	for _, calendar := range []string{"BEGIN:VCALENDAR", event("DTSTART:20261201"), event("UID:a"), event("UID:a\r\nDTSTART:morgen"), event("UID:a\r\nDTSTART:20261201\r\nDTEND:x"),
		event("UID:a\r\nDTSTART:20261201\r\nDTEND:20261101"), event("UID:a\r\nDTSTART:20261201\r\nDURATION:x"), event("UID:a\r\nDTSTART:20261201\r\nRDATE:20261202"),
		event("UID:a\r\nDTSTART:20261201\r\nSEQUENCE:x\r\nDTSTAMP:x"), event("UID:a\r\nDTSTART:20261201\r\nRECURRENCE-ID;RANGE=THISANDFUTURE:20261201\r\nEXDATE:x"),
		event("UID:a\r\nDTSTART:20261201\r\nRRULE:FREQ=SECONDLY"), event("UID:a\r\nDTSTART:20261201\r\nRRULE:FREQ=MONTHLY;BYMONTHDAY=31")} {
		_, err := ical.Read(o, []byte(calendar))
		said(calendar, err)
	}
}
