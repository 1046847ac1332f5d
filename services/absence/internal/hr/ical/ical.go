// Package ical reads absences from calendars in iCalendar form (RFC 5545, 5546).
//
// One calendar, or one event by its X-LOTSE-EMPLOYEE, belongs to one employee.
// Of two states of an event the one with the higher SEQUENCE counts, then the
// one with the later DTSTAMP. What the event is called, where it is and who
// comes is dropped and counted: people write the reason there.
package ical

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
)

// Bounds of one calendar.
const (
	MaxBytes     = 1 << 20
	MaxEvents    = 5000
	MaxInstances = 500 // of one series within the window
)

// Options say whose calendar it is and how far series are followed.
type Options struct {
	Source   string
	Employee string         // of events that name none
	Zone     *time.Location // of times without one, and of days
	// From and Until bound the days on which instances of a series begin.
	From, Until day.Day
}

// Event is one UID with all that a calendar says of it.
type Event struct {
	// Whole is the absence of an event without recurrence; of a series, what is
	// kept to know which state is the newest, and no absence.
	Whole id.Absence
	// Revision orders the states of the event.
	Revision int64
	// Master: the calendar tells of the whole event. Instances that Words do not
	// have, and that begin in the window, are not.
	Master bool
	Words  []hr.Message
}

// Calendar is what was read.
type Calendar struct {
	Events   []Event
	Stripped hr.Stripped
	Hash     string
}

var taken = []string{"UID", "DTSTAMP", "DTSTART", "DTEND", "DURATION", "RRULE", "EXDATE", "RECURRENCE-ID", "SEQUENCE", "STATUS", "TRANSP",
	"X-LOTSE-EMPLOYEE", "CREATED", "LAST-MODIFIED", "CLASS"}

var reasons = []string{"SUMMARY", "DESCRIPTION", "COMMENT", "CATEGORIES", "X-ALT-DESC", "ATTACH", "STYLED-DESCRIPTION"}

// Read reads a calendar. The error is an *hr.Refusal that names each event at
// fault by its number; nothing of a calendar with an error should be used.
func Read(o Options, data []byte) (Calendar, error) {
	sum := sha256.Sum256(data)
	out := Calendar{Hash: hex.EncodeToString(sum[:])}
	r := &hr.Refusal{}
	if len(data) > MaxBytes {
		r.Malformed = true
		r.Add("body", "", "is longer than 1 MiB: send a calendar per employee")
		return out, r
	}
	var cal *ics.Calendar
	var err error
	head := bytes.TrimPrefix(bytes.TrimSpace(data), []byte("\xef\xbb\xbf"))
	if begins := len(head) > 15 && strings.EqualFold(string(head[:15]), "BEGIN:VCALENDAR"); begins {
		cal, err = ics.ParseCalendar(bytes.NewReader(head))
	}
	if err != nil || cal == nil {
		r.Malformed = true
		r.Add("body", "", "is not a calendar in iCalendar form")
		return out, r
	}
	cancelled := false
	for _, p := range cal.CalendarProperties {
		if p.IANAToken == "METHOD" {
			cancelled = strings.EqualFold(p.Value, "CANCEL")
		}
	}
	all := cal.Events()
	if len(all) > MaxEvents {
		r.Add("body", "", "has more than "+strconv.Itoa(MaxEvents)+" events: send a calendar per employee")
		return out, r
	}
	byUID := map[string][]event{}
	for i, v := range all {
		out.count(v)
		one := &hr.Refusal{}
		e := read(o, v, cancelled, one)
		for _, f := range one.Fields {
			f.Field = "event " + strconv.Itoa(i+1) + ", " + f.Field
			r.Fields = append(r.Fields, f)
		}
		e.number = i + 1
		if !e.skip {
			byUID[e.uid] = append(byUID[e.uid], e)
		}
	}
	if len(r.Fields) > 0 {
		return out, r
	}
	for _, uid := range slices.Sorted(maps.Keys(byUID)) {
		out.Events = append(out.Events, together(o, byUID[uid], r))
	}
	if len(r.Fields) > 0 {
		return out, r
	}
	return out, nil
}

func (c *Calendar) count(v *ics.VEvent) {
	for _, p := range v.Properties {
		name := strings.ToUpper(p.IANAToken)
		switch {
		case slices.Contains(taken, name) || p.Value == "":
		case slices.Contains(reasons, name):
			c.Stripped.Reasons++
		default:
			c.Stripped.Unknown++
		}
	}
}

// together makes the words of one UID out of its newest master and its newest
// exceptions.
func together(o Options, all []event, r *hr.Refusal) Event {
	var master *event
	exceptions := map[day.Day]event{}
	for _, e := range all {
		if e.instance == nil {
			if master == nil || e.revision >= master.revision {
				master = &e
			}
			continue
		}
		if known, ok := exceptions[*e.instance]; !ok || e.revision >= known.revision {
			exceptions[*e.instance] = e
		}
	}
	out := Event{Whole: id.Absence(o.Source + "/" + all[0].uid), Master: master != nil}
	if master != nil {
		out.Revision = master.revision
		days, err := master.days(o)
		if err != "" {
			r.Add("event "+strconv.Itoa(master.number)+", RRULE", "", err)
			return out
		}
		switch {
		case master.rule == "":
			out.Words = append(out.Words, master.word(o, all[0].uid, 0, master.cancelled, r))
		case !master.cancelled:
			for _, d := range days {
				if _, excepted := exceptions[d]; !excepted {
					out.Words = append(out.Words, master.word(o, instanceID(all[0].uid, d), int(d-master.start), false, r))
				}
			}
		}
		if master.cancelled {
			return out
		}
	}
	for _, d := range slices.Sorted(maps.Keys(exceptions)) {
		e := exceptions[d]
		e.revision = max(e.revision, out.Revision)
		out.Words = append(out.Words, e.word(o, instanceID(all[0].uid, d), 0, e.cancelled, r))
	}
	return out
}

// instanceID names one instance of a series by the day on which it would begin.
func instanceID(uid string, d day.Day) string { return uid + ":" + d.String() }

// Instance returns the day that an instance's absence id of an event ends in.
func (e Event) Instance(a id.Absence) (day.Day, bool) {
	rest, ok := strings.CutPrefix(string(a), string(e.Whole)+":")
	if !ok {
		return 0, false
	}
	d, err := day.Parse(rest)
	return d, err == nil
}

var plainUID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$`)

// uidOf is the UID as an absence id. One with other letters may name a person,
// as an address does, and is hashed.
func uidOf(v string) string {
	if plainUID.MatchString(v) {
		return v
	}
	sum := sha256.Sum256([]byte(v))
	return "uid-" + hex.EncodeToString(sum[:16])
}
