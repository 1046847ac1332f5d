package wishes

import (
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/network"
)

var catalogue = []network.ServiceType{
	{ID: "id-card", Name: map[string]string{"de": "Personalausweis beantragen", "en": "Apply for an identity card"}, LeiKa: "99008001000000", Share: 0.66},
	{ID: "id-card-lost", Name: map[string]string{"de": "Verlust des Personalausweises melden", "en": "Report a lost identity card"}, Share: 0.06},
	{ID: "pickup", Name: map[string]string{"de": "Ausweis oder Pass abholen", "en": "Collect an identity card or passport"}, Share: 0.15},
	{ID: "passport", Name: map[string]string{"de": "Reisepass beantragen", "en": "Apply for a passport"}, LeiKa: "99085001000000", Share: 0.86},
	{ID: "passport-lost", Name: map[string]string{"de": "Verlust des Reisepasses melden", "en": "Report a lost passport"}, Share: 0.04},
	{ID: "move", Name: map[string]string{"de": "Wohnsitz anmelden", "en": "Register a residence"}, Share: 0.6},
	{ID: "move-family", Name: map[string]string{"de": "Wohnsitz einer Familie anmelden", "en": "Register the residence of a family"}, Share: 0.1},
	{ID: "conduct", Name: map[string]string{"de": "Führungszeugnis beantragen", "en": "Apply for a certificate of good conduct"}, Share: 0.2},
	{ID: "licence", Name: map[string]string{"de": "Internationalen Führerschein ausstellen", "en": "Issue an international driving licence"}, Share: 0.2},
}

func TestServicesAreFoundByWhatPeopleSay(t *testing.T) {
	for text, want := range map[string]string{
		"reise": "passport", "Reisepass": "passport", "perso": "id-card", "ausweis": "pickup", "umzug": "move", "ummelden": "move",
		"passport": "passport", "verlust perso": "id-card-lost", "personalausweis verloren": "id-card-lost", "lost passport": "passport-lost",
		"führungs": "conduct", "fuehrungszeugnis": "conduct", "Fuhrungszeugnis": "conduct", "reisepas": "passport", "resiepass": "passport", "fürhungszeugnis": "conduct",
		"lappen": "licence", "anmelden familie": "move-family", "99085001": "passport", "passport-lost": "passport-lost", "gestohlen reisepass": "passport-lost",
	} {
		found := Services(catalogue, text, "de")
		if len(found) == 0 || string(found[0].ID) != want {
			t.Errorf("%q: %v, not %s", text, found, want)
		}
	}
	for _, text := range []string{"", "  ", "bäckerei", "reisepass bäckerei", "<script>", "x"} {
		if found := Services(catalogue, text, "de"); len(found) > 0 {
			t.Errorf("%q finds %v", text, found[0].ID)
		}
	}
}

var centres = []network.Centre{
	{ID: "altona", Name: "Altona", District: "altona", Address: "Ottenser Marktplatz 10, 22765 Hamburg", Lat: 53.55, Lon: 9.93},
	{ID: "blankenese", Name: "Blankenese", District: "altona", Address: "Oesterleystraße 20, 22587 Hamburg", Lat: 53.57, Lon: 9.80},
	{ID: "rahlstedt", Name: "Rahlstedt", District: "wandsbek", Address: "Rahlstedter Straße 151, 22143 Hamburg", Lat: 53.60, Lon: 10.16},
	{ID: "harburg", Name: "Harburg", District: "harburg", Address: "Harburger Rathausforum 1, 21073 Hamburg", Lat: 53.46, Lon: 9.98},
}

func TestPlaces(t *testing.T) {
	for text, want := range map[string]string{"22765": "altona", "22767": "altona", "22589": "blankenese", "22145": "rahlstedt", "21079": "harburg"} {
		p, found := Place(centres, text)
		if !found || p.Estimated == (text == "22765") {
			t.Fatalf("%s: %+v %v", text, p, found)
		}
		nearest, way := "", 1e9
		for _, c := range centres {
			if d := (c.Lat-p.Point.Lat)*(c.Lat-p.Point.Lat) + (c.Lon-p.Point.Lon)*(c.Lon-p.Point.Lon); d < way {
				nearest, way = string(c.ID), d
			}
		}
		if nearest != want {
			t.Errorf("%s lies at %s", text, nearest)
		}
	}
	if p, found := Place(centres, "rahl"); !found || p.Centre != "rahlstedt" {
		t.Fatal(p)
	}
	if p, found := Place(centres, "wands"); !found || p.District != "wandsbek" || p.Centre != "" {
		t.Fatal(p)
	}
	if p, found := Place(centres, "marktplatz"); !found || p.Centre != "altona" {
		t.Fatal(p)
	}
	for _, text := range []string{"", "80331", "999", "Entenhausen"} {
		if p, found := Place(centres, text); found {
			t.Errorf("%q is %+v", text, p)
		}
	}
}

func TestDays(t *testing.T) {
	today := day.Date(2026, time.November, 24) // a Tuesday
	for text, want := range map[string]string{"heute": "2026-11-24 2026-11-25", "morgen": "2026-11-25 2026-11-26", "übermorgen": "2026-11-26 2026-11-27",
		"tomorrow": "2026-11-25 2026-11-26", "mo": "2026-11-30 2026-12-01", "Dienstag": "2026-12-01 2026-12-02", "fri": "2026-11-27 2026-11-28",
		"24.12.": "2026-12-24 2026-12-25", "7.1": "2027-01-07 2027-01-08", "1.12.26": "2026-12-01 2026-12-02", "2026-12-01": "2026-12-01 2026-12-02",
		"nächste Woche": "2026-11-30 2026-12-07"} {
		from, until, ok := Days(text, today)
		if !ok || from.String()+" "+until.String() != want {
			t.Errorf("%q: %s %s %v", text, from, until, ok)
		}
	}
	for _, text := range []string{"", "31.2.", "29.2.2027", "irgendwann", "99.99.", "32.1.2027"} {
		if from, _, ok := Days(text, today); ok {
			t.Errorf("%q is %s", text, from)
		}
	}
}

func TestTimes(t *testing.T) {
	for text, want := range map[string]string{"9-12": "09:00–12:00", "ab 14": "14:00–24:00", "vor 10:30": "00:00–10:30", "nachmittags": "12:00–24:00",
		"morning": "00:00–12:00", "9": "09:00–10:00", "8.30 - 10": "08:30–10:00", "9 bis 11 uhr": "09:00–11:00", "after 4": "04:00–24:00"} {
		s, ok := Times(text)
		if !ok || s.String() != want {
			t.Errorf("%q: %s %v", text, s, ok)
		}
	}
	for _, text := range []string{"", "25", "12-9", "9:75", "bald"} {
		if s, ok := Times(text); ok {
			t.Errorf("%q is %s", text, s)
		}
	}
}
