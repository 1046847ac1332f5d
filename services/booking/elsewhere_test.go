package booking

import (
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
)

// Whoever has an appointment while a centre works elsewhere is written where.
func TestLettersNameThePlaceOfTheDay(t *testing.T) {
	w, office := withMail(t, nil)
	move := capacity.MeasureChanged{Version: 1, Measure: capacity.Measure{ID: "works", District: "altona", Centre: "altona", Kind: capacity.MeasureRelocation,
		Period: day.Period{From: monday, Until: monday + 1}, Reason: "works", Site: &capacity.Site{Name: "Schule am Park", Address: "Schulweg 4, Hamburg", Lat: 53.55, Lon: 10}}}
	w.hear(move)
	closed := move
	closed.ID, closed.Kind, closed.Site = "other", capacity.MeasureClosure, nil
	w.hear(closed)
	w.booked("altona", monday, nine, erika)
	l := office.Letters()[0]
	if !strings.Contains(l.Text, "Schule am Park") || !strings.Contains(l.Text, "Schulweg 4, Hamburg") || !strings.Contains(string(l.Calendar), "Schulweg 4") {
		t.Fatalf("%s\n%s", l.Text, l.Calendar)
	}
	move.Version, move.Ended, move.Until = 2, true, monday
	w.hear(move)
	w.booked("altona", monday, nine+30, erika)
	if l := office.Letters()[1]; strings.Contains(l.Text, "Schulweg") {
		t.Fatalf("it ended, and is still named:\n%s", l.Text)
	}
}
