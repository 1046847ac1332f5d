package booking

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
)

var radios = regexp.MustCompile(`<input type="radio" name="slot" value="([^"]+)"`)

// form sends a plain HTML form, as a browser without scripts does.
func (w *world) form(path, slot string) *httptest.ResponseRecorder {
	w.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(url.Values{"slot": {slot}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	rec := httptest.NewRecorder()
	w.service.Handler().ServeHTTP(rec, r)
	w.step()
	return rec
}

// The link in a letter leads to a page that moves the appointment, without scripts.
func TestTheLinkMovesAnAppointment(t *testing.T) {
	w, office := withMail(t, nil)
	c := w.booked("altona", monday, nine, erika)
	link := linkIn(t, office.Letters()[0], "move")
	show := w.page(http.MethodGet, strings.TrimSuffix(link, "move")+"show")
	if show.Code != http.StatusOK || !strings.Contains(show.Body.String(), `<a href="move">Termin verschieben</a>`) {
		t.Fatalf("%d %s", show.Code, show.Body)
	}
	page := w.page(http.MethodGet, link)
	body := page.Body.String()
	slots := radios.FindAllStringSubmatch(body, -1)
	if page.Code != http.StatusOK || len(slots) < 20 || slots[0][1] != "altona~"+monday.String()+"~09:15" || strings.Contains(body, "<script") ||
		!strings.Contains(body, "<legend>Montag, 30. November 2026</legend>") || !strings.Contains(body, `<label for="centre">`) {
		t.Fatalf("%d, %d slots: %s", page.Code, len(slots), body)
	}
	for _, m := range []string{http.MethodGet, http.MethodHead} { // mail scanners
		w.page(m, link+"?slot="+url.QueryEscape(slots[0][1]))
		w.page(m, strings.TrimSuffix(link, "move")+"cancel")
	}
	if s := w.shows(c); s.At != "09:00" || s.State != "booked" {
		t.Fatalf("opening a link has changed something: %+v", s)
	}
	narrow := w.page(http.MethodGet, link+"?centre=wandsbek&from="+(monday+1).String()).Body.String()
	if all := radios.FindAllStringSubmatch(narrow, -1); len(all) != 8 || all[0][1] != "wandsbek~"+(monday+1).String()+"~10:00" || !strings.Contains(narrow, `<option value="wandsbek" selected>`) {
		t.Fatalf("%s", narrow)
	}
	// One that just went: the old one stays, others are shown.
	w.booked("wandsbek", monday+1, 10*60, Contact{})
	gone := w.form(link, "wandsbek~"+(monday+1).String()+"~10:00")
	if s := w.shows(c); gone.Code != http.StatusConflict || !strings.Contains(gone.Body.String(), "gilt weiter") || !radios.MatchString(gone.Body.String()) || s.Centre != "altona" || s.At != "09:00" {
		t.Fatalf("%d %+v %s", gone.Code, s, gone.Body)
	}
	for _, nonsense := range []string{"", "x", "altona~tomorrow~09:00"} {
		if rec := w.form(link, nonsense); rec.Code != http.StatusUnprocessableEntity || !strings.Contains(rec.Body.String(), "Bitte wählen") {
			t.Fatalf("%q: %d %s", nonsense, rec.Code, rec.Body)
		}
	}
	if rec := w.form(link, "nonsense~"+monday.String()+"~09:15"); rec.Code != http.StatusConflict {
		t.Fatalf("%d", rec.Code)
	}
	for range 2 { // pressed twice
		moved := w.form(link, "wandsbek~"+(monday+1).String()+"~10:15")
		if moved.Code != http.StatusOK || !strings.Contains(moved.Body.String(), "Ihr Termin ist verschoben") || !strings.Contains(moved.Body.String(), "10:15–10:30") {
			t.Fatalf("%d %s", moved.Code, moved.Body)
		}
	}
	if s := w.shows(c); s.Centre != "wandsbek" || s.At != "10:15" || len(said[booking.AppointmentMoved](w)) != 1 {
		t.Fatalf("%+v", s)
	}
	if _, err := w.service.Hold(w.ctx, "", w.wish("altona", monday, nine)); err != nil {
		t.Fatalf("the old slot is not free: %v", err)
	}
	wantLetters(t, office, "Ihr Termin", "Neuer Termin am Dienstag, 1. Dezember 2026, 10:15")

	// In English, from English letters; a wrong secret tells nothing; what is over cannot move.
	en := w.booked("altona", monday+1, nine, Contact{Email: "max@example.org", Language: "en"})
	english := linkIn(t, office.Letters()[2], "move")
	if rec := w.page(http.MethodGet, english); !strings.Contains(rec.Body.String(), "Move your appointment") || !strings.Contains(rec.Body.String(), "Tuesday, 1 December 2026") || strings.Contains(rec.Body.String(), "Termin ") {
		t.Fatal(rec.Body)
	}
	if rec := w.page(http.MethodGet, "/v1/links/"+string(en.Appointment)+"/wrong/move"); rec.Code != http.StatusForbidden || radios.MatchString(rec.Body.String()) {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	w.call("POST", "/v1/appointments/"+string(en.Appointment)+"/cancel", "", fmt.Sprintf(`{"code":%q}`, en.Code), nil)
	if rec := w.page(http.MethodGet, english); rec.Code != http.StatusConflict || !strings.Contains(rec.Body.String(), "over or cancelled") {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
}

// A page shows a bounded number of slots, and the way to later ones.
func TestTheMovePageLeafs(t *testing.T) {
	w, office := withMail(t, nil)
	for d := monday; d < monday+4; d++ {
		w.offer("altona", d, false, line(8, 20, "pass"))
	}
	w.booked("altona", monday, nine, erika)
	link := linkIn(t, office.Letters()[0], "move")
	seen, path := map[string]bool{}, link+"?centre=altona"
	for range 10 {
		body := w.page(http.MethodGet, path).Body.String()
		for _, m := range radios.FindAllStringSubmatch(body, -1) {
			seen[m[1]] = true
		}
		more := regexp.MustCompile(`<a href="(\?[^"]+)">Spätere`).FindStringSubmatch(body)
		if more == nil {
			break
		}
		path = link + strings.ReplaceAll(more[1], "&amp;", "&")
	}
	if len(seen) != 4*48-1 || seen["altona~"+monday.String()+"~"+day.TimeOfDay(nine).String()] {
		t.Fatalf("%d slots were shown", len(seen))
	}
	late := radios.FindAllStringSubmatch(w.page(http.MethodGet, link+"?centre=altona&time=19:00").Body.String(), -1)
	if len(late) != 4*4 || late[0][1] != "altona~"+monday.String()+"~19:00" || late[4][1] != "altona~"+(monday+1).String()+"~19:00" {
		t.Fatalf("not before seven in the evening: %v", late)
	}
}
