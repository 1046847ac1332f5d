package ical

import (
	"testing"

	"github.com/lotse-hamburg/lotse/events/parsertest"
)

func FuzzRead(f *testing.F) {
	f.Add(string(calendar("", "UID:a\nDTSTAMP:20261201T071200Z\nDTSTART;VALUE=DATE:20261201\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE;COUNT=9\nEXDATE;VALUE=DATE:20261208")))
	f.Add(string(calendar("CANCEL", "UID:a\nSEQUENCE:3\nRECURRENCE-ID;VALUE=DATE:20261208")))
	f.Add(string(calendar("", "UID:a\nDTSTART;TZID=Europe/Berlin:20260701T080000\nDURATION:PT4H30M\nSUMMARY:x")))
	f.Add(string(calendar("", "UID:a\nDTSTART;VALUE=DATE:20261201\nRRULE:FREQ=DAILY;INTERVAL=0;COUNT=999999999")))
	f.Add(string(calendar("", "UID:a\nDTSTART;VALUE=DATE:19700101\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;UNTIL=99991231")))
	f.Fuzz(func(t *testing.T, body string) {
		parsertest.Bounded(t, len(body), func() {
			c, err := Read(options, []byte(body))
			for _, e := range c.Events {
				for _, w := range e.Words {
					if err == nil && w.Command == nil {
						t.Fatal("neither command nor refusal")
					}
				}
			}
		})
	})
}
