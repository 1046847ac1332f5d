package letter

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/outbox"
)

var berlin = func() *time.Location {
	z, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return z
}()

var (
	now    = time.Date(2026, time.November, 23, 7, 12, 0, 0, berlin)
	sender = Sender{"Hamburg Service", "termine@example.org"}
)

func visit() Visit {
	begin := time.Date(2026, time.December, 1, 9, 0, 0, 0, berlin)
	return Visit{Appointment: "altona.2026-12-01.ab", Sequence: 2, Services: []string{"Reisepass × 2", "Führungszeugnis, erweitert; für Vereine"},
		Centre: "Kundenzentrum Altona", Address: "Ottenser Marktplatz 10, 22765 Hamburg", Lat: 53.5503, Lon: 9.9353, Begin: begin, End: begin.Add(35 * time.Minute), Code: "ABC123DEF0",
		Links:   Links{Show: "https://example.org/show", Move: "https://example.org/show", Cancel: "https://example.org/cancel", OptIn: "https://example.org/opt-in", Earlier: "https://example.org/earlier", Leave: "https://example.org/leave"},
		Expires: begin.Add(-time.Hour)}
}

func TestEveryLetterInEveryLanguage(t *testing.T) {
	for _, k := range outbox.Kinds {
		for _, lang := range Languages {
			v := visit()
			v.Offers = []Offer{{"Wandsbek", v.Begin.Add(24 * time.Hour), "https://example.org/take"}}
			m, err := Write(k, lang, v, sender, now)
			if err != nil {
				t.Fatal(err)
			}
			for _, part := range []string{m.Subject, m.Text} {
				if part == "" || strings.Contains(part, "<no value>") || strings.Contains(part, "{{") {
					t.Errorf("%s in %s: %q", k, lang, part)
				}
			}
			if strings.ContainsAny(m.Subject, "\r\n") {
				t.Errorf("%s in %s: the subject has lines: %q", k, lang, m.Subject)
			}
			day := map[string]string{"de": "Dienstag, 1. Dezember 2026", "en": "Tuesday, 1 December 2026"}[lang]
			for _, must := range []string{day, "09:00", "09:35", "Reisepass × 2", "Ottenser Marktplatz 10"} {
				if !strings.Contains(m.Text, must) {
					t.Errorf("%s in %s does not say %q:\n%s", k, lang, must, m.Text)
				}
			}
			link := map[outbox.Kind]string{outbox.OptIn: "opt-in", outbox.Cancelled: "", outbox.AtRisk: "take", outbox.Earlier: "earlier"}
			want, special := link[k]
			if !special {
				want = "cancel"
			}
			if want != "" && !strings.Contains(m.Text, "https://example.org/"+want) {
				t.Errorf("%s in %s lacks the link %s:\n%s", k, lang, want, m.Text)
			}
			if code := strings.Contains(m.Text, v.Code); code != (k == outbox.Confirmation || k == outbox.Moved || k == outbox.Reminder || k == outbox.Secured) {
				t.Errorf("%s in %s: code %v", k, lang, code)
			}
			if (len(m.Calendar) > 0) != (k != outbox.OptIn && k != outbox.AtRisk && k != outbox.Earlier) {
				t.Errorf("%s in %s: calendar file of %d bytes", k, lang, len(m.Calendar))
			}
		}
	}
}

func TestLanguage(t *testing.T) {
	for asked, want := range map[string]string{"": "de", "en": "en", "EN-gb": "en", "de-DE,de;q=0.9,en;q=0.5": "de", "tr": "de"} {
		if got := Language(asked); got != want {
			t.Errorf("%q: %s", asked, got)
		}
	}
}

func TestCalendarFile(t *testing.T) {
	for method, sequence := range map[string]string{Publish: "2", Cancel: "3"} {
		raw := Calendar(method, "de", visit(), sender, now)
		for _, l := range bytes.SplitAfter(raw, []byte("\n")) {
			if len(l) > 0 && !bytes.HasSuffix(l, []byte("\r\n")) || len(l) > 77 {
				t.Errorf("a line of %d octets, or without CRLF: %q", len(l), l)
			}
		}
		cal, err := ics.ParseCalendar(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		e := cal.Events()[0]
		get := func(p ics.ComponentProperty) string {
			if e.GetProperty(p) == nil {
				return ""
			}
			return e.GetProperty(p).Value
		}
		if e.Id() != "altona.2026-12-01.ab@example.org" || get(ics.ComponentPropertySequence) != sequence ||
			get(ics.ComponentPropertyOrganizer) != "mailto:termine@example.org" || get(ics.ComponentPropertyDtstamp) != "20261123T061200Z" {
			t.Errorf("%s: %s", method, raw)
		}
		if status := map[string]string{Publish: "CONFIRMED", Cancel: "CANCELLED"}[method]; get(ics.ComponentPropertyStatus) != status || !strings.Contains(string(raw), "METHOD:"+method+"\r\n") {
			t.Errorf("%s: status %s", method, get(ics.ComponentPropertyStatus))
		}
		if s := ics.FromText(get(ics.ComponentPropertySummary)); s != "Reisepass × 2, Führungszeugnis, erweitert; für Vereine" {
			t.Errorf("summary %q", s)
		}
		if strings.Contains(string(raw), "ABC123DEF0") != (method == Publish) {
			t.Errorf("%s: who cancelled needs no code", method)
		}
	}
}

// The zone's rules in the file give every day's wall clock the instant that the
// zone has, also next to the missing and the doubled hour.
func TestZoneRulesOfTheFile(t *testing.T) {
	cal, err := ics.ParseCalendar(bytes.NewReader(Calendar(Publish, "de", visit(), sender, now)))
	if err != nil {
		t.Fatal(err)
	}
	type change struct {
		month    time.Month
		from, to int
		at       int // o'clock, before the change
	}
	var rules []change
	for _, c := range cal.Timezones()[0].SubComponents() {
		var p []ics.IANAProperty
		switch c := c.(type) {
		case *ics.Standard:
			p = c.Properties
		case *ics.Daylight:
			p = c.Properties
		}
		text := map[string]string{}
		for _, x := range p {
			text[x.IANAToken] = x.Value
		}
		var r change
		var m int
		if _, err := fmt.Sscanf(text["RRULE"], "FREQ=YEARLY;BYMONTH=%d;BYDAY=-1SU", &m); err != nil {
			t.Fatalf("%v: %v", text, err)
		}
		start, err := time.Parse("20060102T150405", text["DTSTART"])
		if err != nil || start.Weekday() != time.Sunday || start.AddDate(0, 0, 7).Month() == start.Month() || int(start.Month()) != m {
			t.Fatalf("the rule does not begin on one of its own days: %v", text)
		}
		r.month, r.at = time.Month(m), start.Hour()
		for field, into := range map[string]*int{"TZOFFSETFROM": &r.from, "TZOFFSETTO": &r.to} {
			if _, err := fmt.Sscanf(text[field], "+%02d00", into); err != nil {
				t.Fatal(err)
			}
		}
		rules = append(rules, r)
	}
	if len(rules) != 2 {
		t.Fatalf("%d rules", len(rules))
	}
	offset := func(wall time.Time) int { // by the rules
		best, since := 0, time.Time{}
		for _, r := range rules {
			for year := wall.Year() - 1; year <= wall.Year(); year++ {
				on := time.Date(year, r.month+1, 1, r.at, 0, 0, 0, time.UTC).AddDate(0, 0, -1)
				for on.Weekday() != time.Sunday {
					on = on.AddDate(0, 0, -1)
				}
				if !wall.Before(on) && on.After(since) {
					best, since = r.to, on
				}
			}
		}
		return best
	}
	for at := time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC); at.Year() < 2032; at = at.AddDate(0, 0, 1) {
		y, m, d := at.Date()
		_, want := time.Date(y, m, d, 8, 0, 0, 0, berlin).Zone()
		if got := offset(at) * 3600; got != want {
			t.Fatalf("%s: the file says %d s, the zone %d s", at, got, want)
		}
	}
}
