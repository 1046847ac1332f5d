package absence

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func vcalendar(method string, events ...string) string {
	b := "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n"
	if method != "" {
		b += "METHOD:" + method + "\n"
	}
	for _, e := range events {
		b += "BEGIN:VEVENT\nUID:a-1\n" + e + "\nEND:VEVENT\n"
	}
	return strings.ReplaceAll(b+"END:VCALENDAR\n", "\n", "\r\n")
}

// All states of one event, oldest first.
var calendars = []string{
	vcalendar("", "DTSTAMP:20261101T000000Z\nSUMMARY:Geheim\nDTSTART;VALUE=DATE:20261201\nRRULE:FREQ=WEEKLY;COUNT=3"),
	vcalendar("", "DTSTAMP:20261102T000000Z\nSEQUENCE:1\nRECURRENCE-ID;VALUE=DATE:20261208\nDTSTART;VALUE=DATE:20261209"),
	vcalendar("", "DTSTAMP:20261103T000000Z\nSEQUENCE:2\nDTSTART;VALUE=DATE:20261201\nRRULE:FREQ=WEEKLY;COUNT=2"),
	vcalendar("CANCEL", "DTSTAMP:20261104T000000Z\nSEQUENCE:3\nRECURRENCE-ID;VALUE=DATE:20261201"),
	vcalendar("", "DTSTAMP:20261105T000000Z\nSEQUENCE:4\nDTSTART;VALUE=DATE:20261202\nDTEND;VALUE=DATE:20261205"),
	vcalendar("CANCEL", "DTSTAMP:20261106T000000Z\nSEQUENCE:5"),
	vcalendar("", "DTSTAMP:20261107T000000Z\nSEQUENCE:6\nDTSTART;VALUE=DATE:20261201\nDURATION:P2D\nRRULE:FREQ=WEEKLY;UNTIL=20261209"),
}

func (w *world) calendar(body string) (int, string) {
	return w.http("POST", "/v1/imports/calendar?employee=e-1", "text/calendar", body)
}

func TestCalendar(t *testing.T) {
	w := start(t)
	for i, want := range []map[string]string{
		{"calendar/a-1:2026-12-01": "12-01 12-02", "calendar/a-1:2026-12-08": "12-08 12-09", "calendar/a-1:2026-12-15": "12-15 12-16"},
		{"calendar/a-1:2026-12-01": "12-01 12-02", "calendar/a-1:2026-12-08": "12-09 12-10", "calendar/a-1:2026-12-15": "12-15 12-16"},
		{"calendar/a-1:2026-12-01": "12-01 12-02", "calendar/a-1:2026-12-08": "12-08 12-09"},
		{"calendar/a-1:2026-12-08": "12-08 12-09"},
		{"calendar/a-1": "12-02 12-05"},
		{},
		{"calendar/a-1:2026-12-01": "12-01 12-03", "calendar/a-1:2026-12-08": "12-08 12-10"},
	} {
		for range 2 {
			if status, body := w.calendar(calendars[i]); status != 200 || strings.Contains(body, "Geheim") {
				t.Fatalf("state %d: %d %s", i, status, body)
			}
			got := w.standing()
			for a, said := range want {
				from, until, _ := strings.Cut(said, " ")
				want[a] = `e-1 {"from":"2026-` + strings.TrimPrefix(from, "2026-") + `","until":"2026-` + until + `","planned":false}`
				if strings.HasPrefix(said, "e-1") {
					want[a] = said
				}
			}
			if !maps.Equal(got, want) {
				t.Fatalf("state %d: stands %v, want %v", i, got, want)
			}
		}
	}
	if reasons, _ := w.Stripped(); reasons["calendar"] != 2 {
		t.Fatalf("dropped %v", reasons)
	}
	for body, status := range map[string]int{"geheim": 400, vcalendar("", "DTSTART:geheim"): 422, strings.Repeat("x", 1<<20+2): 413} {
		if got, says := w.calendar(body); got != status || strings.Contains(says, "geheim") {
			t.Fatalf("%d %s, want %d", got, says, status)
		}
	}
}

// Calendars in any order, and again, end where the newest would.
func TestCalendarsInAnyOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, len(calendars)).Draw(rt, "states")
		played := func(order []int) map[string]string {
			w := start(t)
			for _, i := range order {
				if status, body := w.calendar(calendars[i]); status != 200 {
					rt.Fatalf("state %d: %d %s", i, status, body)
				}
			}
			return w.standing()
		}
		tidy := make([]int, n)
		for i := range tidy {
			tidy[i] = i
		}
		mixed := append([]int{}, tidy...)
		for range rapid.IntRange(0, 3).Draw(rt, "repeats") {
			mixed = append(mixed, rapid.IntRange(0, n-1).Draw(rt, "again"))
		}
		mixed = rapid.Permutation(mixed).Draw(rt, "order")
		if got, want := played(mixed), played(tidy); !maps.Equal(got, want) {
			rt.Fatalf("%s ends as %v, the tidy order as %v", fmt.Sprint(mixed), got, want)
		}
	})
}
