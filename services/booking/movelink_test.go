package booking

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/events/booking"
)

// The link in a letter leads to a page that moves the appointment, without scripts.
func TestTheLinkMovesAnAppointment(t *testing.T) {
	w, office := withMail(t, nil)
	c := w.booked("altona", monday, nine, erika)
	link := "/booking" + linkIn(t, office.Letters()[0], "move")
	b := w.browser("de")
	b.open(strings.TrimSuffix(link, "move")+"show").says(http.StatusOK, "Termin verschieben", "Termin absagen")
	b.open(link).says(http.StatusOK, "Er bleibt Ihnen, bis Sie einen neuen gewählt haben", `value="altona~`+monday.String()+`~09:15"`)
	for _, m := range []string{http.MethodGet, http.MethodHead} { // mail scanners
		w.browser("de").ask(m, link+"?slot=altona~"+monday.String()+"~09:15", nil)
		w.browser("de").ask(m, strings.TrimSuffix(link, "move")+"cancel", nil)
	}
	if s := w.shows(c); s.At != "09:00" || s.State != "booked" {
		t.Fatalf("opening a link has changed something: %+v", s)
	}
	b.open(link + "?by=place&centre=wandsbek&day=" + (monday + 1).String())
	b.says(http.StatusOK, `value="wandsbek~`+(monday+1).String()+`~10:00"`)
	if n := strings.Count(b.body(), `name="slot"`); n != 8 {
		t.Fatalf("%d slots: %s", n, b.main())
	}
	// One that just went: the old one stays, others are shown.
	to, _, sent := b.form("slot=wandsbek~" + (monday + 1).String() + "~10:00")
	w.booked("wandsbek", monday+1, 10*60, Contact{})
	b.ask(http.MethodPost, to, sent)
	b.says(http.StatusConflict, "gilt weiter", "Stattdessen frei", `value="wandsbek~`+(monday+1).String()+`~10:15"`)
	if s := w.shows(c); s.Centre != "altona" || s.At != "09:00" {
		t.Fatalf("%+v", s)
	}
	for _, nonsense := range []string{"", "x", "altona~tomorrow~09:00"} {
		sent.Set("slot", nonsense)
		b.ask(http.MethodPost, to, sent)
		b.says(http.StatusUnprocessableEntity, "Bitte wählen")
	}
	sent.Set("slot", "nonsense~"+monday.String()+"~09:15")
	b.ask(http.MethodPost, to, sent)
	b.says(http.StatusConflict)
	sent.Set("slot", "wandsbek~"+(monday+1).String()+"~10:15")
	for range 2 { // pressed twice
		b.ask(http.MethodPost, to, sent)
		b.says(http.StatusOK, "Ihr Termin ist verschoben", "10:15 bis 10:30")
	}
	if s := w.shows(c); s.Centre != "wandsbek" || s.At != "10:15" || len(said[booking.AppointmentMoved](w)) != 1 {
		t.Fatalf("%+v", s)
	}
	if _, err := w.service.Hold(w.ctx, "", w.wish("altona", monday, nine)); err != nil {
		t.Fatalf("the old slot is not free: %v", err)
	}
	wantLetters(t, office, "Ihr Termin", "Neuer Termin am Dienstag, 1. Dezember 2026, 10:15")

	// A form that was opened at the link itself, before there were pages, still works.
	b = w.browser("de")
	b.ask(http.MethodPost, link, map[string][]string{"slot": {"wandsbek~" + (monday + 1).String() + "~10:30"}})
	b.says(http.StatusOK, "10:30 bis 10:45")

	// In English, from English letters; a wrong secret tells nothing; what is over cannot move.
	en := w.booked("altona", monday+1, nine, Contact{Email: "max@example.org", Language: "en"})
	letters := office.Letters()
	english := "/booking" + linkIn(t, letters[len(letters)-1], "move") + "?lang=en"
	if !strings.Contains(letters[len(letters)-1].Text, "/move?lang=en") {
		t.Error("the link does not say that the letter was English")
	}
	b = w.browser("de").open(english)
	if b.says(http.StatusOK, "Move your appointment", "Tuesday, 1 December 2026"); strings.Contains(b.main(), "Termin ") {
		t.Fatal(b.main())
	}
	w.browser("de").open("/booking/v1/links/"+string(en.Appointment)+"/wrong/move").says(http.StatusForbidden, "kein Termin")
	w.call("POST", "/v1/appointments/"+string(en.Appointment)+"/cancel", "", fmt.Sprintf(`{"code":%q}`, en.Code), nil)
	b.open(english).says(http.StatusOK, "The appointment is cancelled")
	b.ask(http.MethodPost, to, sent)
}
