package ical

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/absence/internal/domain/absencecase"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
)

var options = func() Options {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return Options{Source: "cal", Employee: "e-1", Zone: zone, From: day.Date(2026, 11, 1), Until: day.Date(2027, 11, 1)}
}()

func calendar(method string, events ...string) []byte {
	b := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y\r\n"
	if method != "" {
		b += "METHOD:" + method + "\r\n"
	}
	for _, e := range events {
		b += "BEGIN:VEVENT\r\n" + strings.ReplaceAll(strings.TrimSpace(e), "\n", "\r\n") + "\r\nEND:VEVENT\r\n"
	}
	return []byte(b + "END:VCALENDAR\r\n")
}

func told(c Calendar) string {
	b := &strings.Builder{}
	for _, e := range c.Events {
		for _, w := range e.Words {
			switch c := w.Command.(type) {
			case absencecase.Cancel:
				fmt.Fprintf(b, "%s cancelled\n", c.Absence)
			case absencecase.Report:
				x, _ := json.Marshal(c.Extent)
				fmt.Fprintf(b, "%s %s %s\n", c.Absence, c.Employee, x)
			}
		}
	}
	return b.String()
}

func TestRead(t *testing.T) {
	const head = "UID:a-1\nDTSTAMP:20261201T071200Z\nSUMMARY:Geheim krank\nDESCRIPTION:geheim\n"
	for _, c := range []struct{ name, method, events, want string }{
		{"whole days end on the first day back", "", head + "DTSTART;VALUE=DATE:20261201\nDTEND;VALUE=DATE:20261204", `cal/a-1 e-1 {"from":"2026-12-01","until":"2026-12-04","planned":false}`},
		{"one day without an end", "", head + "DTSTART;VALUE=DATE:20261201", `cal/a-1 e-1 {"from":"2026-12-01","until":"2026-12-02","planned":false}`},
		{"hours in UTC", "", head + "DTSTART:20261201T080000Z\nDTEND:20261201T110000Z", `cal/a-1 e-1 {"from":"2026-12-01","until":"2026-12-02","from_time":"09:00","to_time":"12:00","planned":false}`},
		{"hours of a zone", "", head + "DTSTART;TZID=Europe/Berlin:20260701T080000\nDURATION:PT4H30M", `cal/a-1 e-1 {"from":"2026-07-01","until":"2026-07-02","from_time":"08:00","to_time":"12:30","planned":false}`},
		{"up to midnight", "", head + "DTSTART:20261201T120000\nDTEND:20261203T000000", `cal/a-1 e-1 {"from":"2026-12-01","until":"2026-12-03","from_time":"12:00","planned":false}`},
		{"a week", "", head + "DTSTART;VALUE=DATE:20261201\nDURATION:P1W", `cal/a-1 e-1 {"from":"2026-12-01","until":"2026-12-08","planned":false}`},
		{"somebody else's", "", head + "X-LOTSE-EMPLOYEE:e-9\nDTSTART;VALUE=DATE:20261201", `cal/a-1 e-9 {"from":"2026-12-01","until":"2026-12-02","planned":false}`},
		{"cancelled by its state", "", head + "STATUS:CANCELLED\nDTSTART;VALUE=DATE:20261201", `cal/a-1 cancelled`},
		{"cancelled by the method", "CANCEL", head, `cal/a-1 cancelled`},
		{"tentative", "", head + "STATUS:TENTATIVE\nDTSTART;VALUE=DATE:20261201", ``},
		{"does not block", "", head + "TRANSP:TRANSPARENT\nDTSTART;VALUE=DATE:20261201", ``},
		{"a series over the change of clocks, with a day left out", "", head + "DTSTART;TZID=Europe/Berlin:20270323T080000\nDTEND;TZID=Europe/Berlin:20270323T120000\nRRULE:FREQ=WEEKLY;COUNT=3\nEXDATE;TZID=Europe/Berlin:20270330T080000",
			"cal/a-1:2027-03-23 e-1 {\"from\":\"2027-03-23\",\"until\":\"2027-03-24\",\"from_time\":\"08:00\",\"to_time\":\"12:00\",\"planned\":false}\ncal/a-1:2027-04-06 e-1 {\"from\":\"2027-04-06\",\"until\":\"2027-04-07\",\"from_time\":\"08:00\",\"to_time\":\"12:00\",\"planned\":false}"},
		{"a series until a day", "", head + "DTSTART;VALUE=DATE:20261201\nRRULE:FREQ=DAILY;INTERVAL=2;UNTIL=20261203", "cal/a-1:2026-12-01 e-1 {\"from\":\"2026-12-01\",\"until\":\"2026-12-02\",\"planned\":false}\ncal/a-1:2026-12-03 e-1 {\"from\":\"2026-12-03\",\"until\":\"2026-12-04\",\"planned\":false}"},
		{"only the window of a series", "", head + "DTSTART;VALUE=DATE:20201101\nRRULE:FREQ=YEARLY", "cal/a-1:2026-11-01 e-1 {\"from\":\"2026-11-01\",\"until\":\"2026-11-02\",\"planned\":false}"},
		{"an instance that moved", "", head + "DTSTART;VALUE=DATE:20261201\nRRULE:FREQ=WEEKLY;COUNT=2|UID:a-1\nDTSTAMP:20261130T071200Z\nRECURRENCE-ID;VALUE=DATE:20261208\nDTSTART;VALUE=DATE:20261209",
			"cal/a-1:2026-12-01 e-1 {\"from\":\"2026-12-01\",\"until\":\"2026-12-02\",\"planned\":false}\ncal/a-1:2026-12-08 e-1 {\"from\":\"2026-12-09\",\"until\":\"2026-12-10\",\"planned\":false}"},
		{"an instance that was cancelled", "CANCEL", head + "RECURRENCE-ID;VALUE=DATE:20261208", "cal/a-1:2026-12-08 cancelled"},
		{"the higher sequence, then the later stamp", "", head + "SEQUENCE:1\nDTSTART;VALUE=DATE:20261205|" + "UID:a-1\nSEQUENCE:0\nDTSTAMP:20271201T071200Z\nDTSTART;VALUE=DATE:20261206", `cal/a-1 e-1 {"from":"2026-12-05","until":"2026-12-06","planned":false}`},
		{"an address as UID is hashed", "", "UID:geheim@example.org\nDTSTART;VALUE=DATE:20261201", `cal/` + uidOf("geheim@example.org") + ` e-1 {"from":"2026-12-01","until":"2026-12-02","planned":false}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Read(options, calendar(c.method, strings.Split(c.events, "|")...))
			if err != nil || strings.TrimSpace(told(got)) != c.want {
				t.Fatalf("%v\n%s\nwant\n%s", err, told(got), c.want)
			}
			kept, _ := json.Marshal(got)
			if strings.Contains(strings.ToLower(string(kept)), "geheim") {
				t.Fatalf("a secret got through: %s", kept)
			}
			if want := 2 * strings.Count(c.events, "SUMMARY"); got.Stripped != (hr.Stripped{Reasons: want}) {
				t.Fatalf("dropped %+v, want %d reasons", got.Stripped, want)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	const ok = "UID:a-1\nDTSTART;VALUE=DATE:20261201\n"
	for event, want := range map[string]string{
		"DTSTART;VALUE=DATE:20261201":                                "event 2, UID: is missing",
		"UID:a":                                                      "event 2, DTSTART: is missing",
		"UID:a\nDTSTART:geheim":                                      "event 2, DTSTART: is not a date",
		"UID:a\nDTSTART:99990101T000000Z":                            "event 2, DTSTART",
		ok + "DTEND;VALUE=DATE:20261201":                             "event 2, DTEND: is not after",
		ok + "DTEND:20261202T000000Z":                                "event 2, DTEND",
		ok + "DURATION:P9999D":                                       "event 2, DURATION",
		ok + "DTEND;VALUE=DATE:20320101":                             "3 years",
		ok + "SEQUENCE:-1":                                           "event 2, SEQUENCE",
		ok + "SEQUENCE:99999999":                                     "event 2, SEQUENCE",
		ok + "X-LOTSE-EMPLOYEE:Geheim Person":                        "employee",
		ok + "RRULE:FREQ=SECONDLY":                                   "event 2, RRULE: has a part",
		ok + "RRULE:FREQ=DAILY;BYSETPOS=3":                           "RRULE",
		ok + "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30":             "not every month",
		ok + "RRULE:FREQ=MONTHLY;BYDAY=5MO":                          "not every month",
		ok + "RECURRENCE-ID:geheim":                                  "RECURRENCE-ID",
		ok + "RDATE;VALUE=DATE:20261209":                             "event 2, RDATE: is not followed",
		ok + "RECURRENCE-ID;VALUE=DATE;RANGE=THISANDFUTURE:20261208": "all later instances",
		ok + "EXDATE:geheim":                                         "EXDATE",
		"UID:c\nDTSTART;VALUE=DATE:20200101\nSTATUS:x\nRRULE:FREQ=DAILY;COUNT=99999": "RRULE",
	} {
		_, err := Read(options, calendar("", ok, event))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(strings.ToLower(err.Error()), "geheim") {
			t.Errorf("%q: %v, want %s", event, err, want)
		}
	}
	for _, body := range []string{"", "geheim", strings.Repeat("x", MaxBytes+1)} {
		if _, err := Read(options, []byte(body)); err == nil || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%.20q: %v", body, err)
		}
	}
}
