package pages_test

import (
	"math"
	"testing"
	"testing/fstest"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

func TestSpeaking(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	texts, err := pages.ReadCatalogue(fstest.MapFS{
		"texts/de.yaml":        {Data: []byte(`{a: {b: "Hallo {name}"}, slots: {one: "{n} Termin am {day}", other: "{n} Termine am {day}"}, odd: "offen { bleibt", link: "siehe <a href=\"{to}\">hier</a>"}`)},
		"texts/en.yaml":        {Data: []byte(`{a.b: "Hello {name}", slots: {one: "{n} slot on {day}", other: "{n} slots on {day}"}, odd: "open { stays", link: "see <a href=\"{to}\">here</a>"}`)},
		"texts/de-simple.yaml": {Data: []byte(`{a: {b: "Guten Tag {name}"}}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	de, en, simple := pages.NewSpeaker(pages.German, zone, texts), pages.NewSpeaker(pages.English, zone, texts), pages.NewSpeaker(pages.Simple, zone, texts)
	monday := day.Date(2026, time.November, 23)
	at := time.Date(2026, 11, 23, 7, 15, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{de.Day(monday), "Montag, 23. November 2026"}, {en.Day(monday), "Monday, 23 November 2026"},
		{de.Moment(at), "Montag, 23. November 2026, 8:15\u00a0Uhr"}, {en.Moment(at), "Monday, 23 November 2026, 08:15"},
		{de.Moment(at.AddDate(0, -4, 0)), "Donnerstag, 23. Juli 2026, 9:15\u00a0Uhr"},
		{de.Date(monday), "23.11.2026"}, {en.Date(monday), "23 Nov 2026"}, {de.DateShort(monday), "Mo 23.11."}, {en.DateShort(monday), "Mon 23 Nov"},
		{de.Clocks(day.Clock(8, 0), day.Clock(8, 40)), "8:00 bis 8:40\u00a0Uhr"}, {en.Clocks(day.Clock(8, 0), day.Clock(18, 5)), "08:00 to 18:05"},
		{de.Span(monday, monday+4), "23.11.2026 bis 27.11.2026"}, {en.Span(monday, monday), "23 Nov 2026"},
		{de.Number(1234.5), "1.234,5"}, {en.Number(1234.5), "1,234.5"}, {de.Number(-7), "-7"}, {en.Number(1000000), "1,000,000"},
		{de.Percent(0.934, 1), "93,4\u00a0%"}, {en.Percent(1, 0), "100%"}, {de.Decimal(math.NaN(), 1), "–"},
		{de.Minutes(85), "1 Stunde 25 Minuten"}, {en.Minutes(120), "2 hours"}, {de.Duration(9 * time.Second), "9 Sekunden"}, {en.Duration(-time.Minute), "1 minute"}, {de.Minutes(5 * 1440), "5 Tage"},
		{de.Say("a.b", "name", "Käthe"), "Hallo Käthe"}, {en.Say("a.b", "name", 1500), "Hello 1,500"}, {simple.Say("a.b", "name", "x"), "Guten Tag x"},
		{simple.Say("slots", "n", 1, "day", monday), "1 Termin am Montag, 23. November 2026"}, {en.Say("slots", "n", 0, "day", monday), "0 slots on Monday, 23 November 2026"},
		{de.Say("slots", "n", 1.5, "day", monday), "1,5 Termine am Montag, 23. November 2026"}, {de.Say("slots", "n", 1200, "day", monday), "1.200 Termine am Montag, 23. November 2026"},
		{de.Say("odd"), "offen { bleibt"}, {de.Say("a.b"), "Hallo {name}"}, {de.Say("none"), "⟦none⟧"},
		{string(en.Rich("link", "to", `"><script>`)), `see <a href="&#34;&gt;&lt;script&gt;">here</a>`},
		{de.Pick("ja", "yes"), "ja"}, {en.Pick("ja", "yes"), "yes"}, {en.Pick("ja", ""), "ja"}, {de.Pick("", "yes"), "yes"},
	} {
		if c.got != c.want {
			t.Errorf("%q, not %q", c.got, c.want)
		}
	}
}
