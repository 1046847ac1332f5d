package letter

import (
	"fmt"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
)

// Methods of calendar files (RFC 5546): a citizen's calendar takes an event in,
// or replaces the one with the same UID and a lower SEQUENCE; or removes it.
const (
	Publish = string(ics.MethodPublish)
	Cancel  = string(ics.MethodCancel)
)

// zoneID is the city's zone; its rules stand in the file.
const zoneID = "Europe/Berlin"

// local is the form of a time that TZID gives a zone.
const local = "20060102T150405"

// Calendar makes an iCalendar file (RFC 5545) of one appointment. Begin and end
// are wall-clock times of Europe/Berlin, with the zone's rules beside them.
// A cancelled appointment has one sequence more than its last change.
func Calendar(method, language string, v Visit, s Sender, at time.Time) []byte {
	cal := ics.NewCalendar()
	cal.SetMethod(ics.Method(method))
	cal.SetProductId("-//Lotse//Booking//" + strings.ToUpper(language))
	cal.SetCalscale("GREGORIAN")
	addBerlin(cal)
	e := cal.AddEvent(uid(v, s))
	e.SetDtStampTime(at.UTC())
	sequence := v.Sequence
	e.SetProperty(ics.ComponentPropertyDtStart, v.Begin.Format(local), ics.WithTZID(zoneID))
	e.SetProperty(ics.ComponentPropertyDtEnd, v.End.Format(local), ics.WithTZID(zoneID))
	e.SetSummary(strings.Join(v.Services, ", "))
	e.SetLocation(strings.TrimSuffix(v.Centre+", "+v.Address, ", "))
	if v.Lat != 0 || v.Lon != 0 {
		e.SetGeo(fmt.Sprintf("%.5f", v.Lat), fmt.Sprintf("%.5f", v.Lon))
	}
	if s.From != "" {
		e.SetOrganizer("mailto:"+s.From, ics.WithCN(plainName(s.Name)))
	}
	if method == Cancel {
		sequence++
		e.SetStatus(ics.ObjectStatusCancelled)
	} else {
		e.SetStatus(ics.ObjectStatusConfirmed)
		e.SetClass(ics.ClassificationPrivate)
		e.SetDescription(describe(language, v))
		if v.Links.Show != "" {
			e.SetURL(v.Links.Show)
		}
	}
	e.SetSequence(sequence)
	return []byte(cal.Serialize(ics.WithNewLineWindows))
}

// plainName leaves out what a parameter may only have in quotes (RFC 5545, 3.2);
// the library escapes it instead, which other readers take for part of the name.
func plainName(name string) string {
	return strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune(`"\:;,`, r) }), " ")
}

func uid(v Visit, s Sender) string { return string(v.Appointment) + "@" + Domain(s.From) }

// Domain of an address; "localhost" without one.
func Domain(address string) string {
	if i := strings.LastIndexByte(address, '@'); i >= 0 {
		return address[i+1:]
	}
	return "localhost"
}

func describe(language string, v Visit) string {
	if v.Code == "" {
		return ""
	}
	if language == "en" {
		return "Code: " + v.Code + "\nMove or cancel: " + v.Links.Show
	}
	return "Code: " + v.Code + "\nVerschieben oder absagen: " + v.Links.Show
}

// addBerlin writes the rules that hold since 1996 (directive 2000/84/EC): summer
// time from the last Sunday of March, 01:00 UTC, to that of October.
func addBerlin(cal *ics.Calendar) {
	zone := cal.AddTimezone(zoneID)
	rule := func(c *ics.ComponentBase, from, to, name, start, month string) {
		c.SetProperty(ics.ComponentProperty(ics.PropertyTzoffsetfrom), from)
		c.SetProperty(ics.ComponentProperty(ics.PropertyTzoffsetto), to)
		c.SetProperty(ics.ComponentProperty(ics.PropertyTzname), name)
		c.SetProperty(ics.ComponentPropertyDtStart, start)
		c.SetProperty(ics.ComponentPropertyRrule, "FREQ=YEARLY;BYMONTH="+month+";BYDAY=-1SU")
	}
	summer := &ics.Daylight{}
	rule(&summer.ComponentBase, "+0100", "+0200", "CEST", "19960331T020000", "3")
	zone.Components = append(zone.Components, summer)
	rule(&zone.AddStandard().ComponentBase, "+0200", "+0100", "CET", "19961027T030000", "10")
}
