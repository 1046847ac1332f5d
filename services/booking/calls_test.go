package booking

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
)

type toCall struct {
	Appointment, Name, Phone, Outcome string
	Due                               bool
	Tries                             int
	Offers                            []struct{ Hold, Centre, Day, At string }
}

func (w *world) callList(query string) []toCall {
	w.Helper()
	var list struct{ Calls []toCall }
	if rec := w.call("GET", "/v1/call-list"+query, "", "", &list); rec.Code != http.StatusOK || strings.Contains(rec.Body.String(), `"code"`) {
		w.Fatalf("%d %s", rec.Code, rec.Body)
	}
	return list.Calls
}

func (w *world) noted(ap, outcome, hold string, status int) string {
	w.Helper()
	rec := w.call("POST", "/v1/call-list/"+ap, "", fmt.Sprintf(`{"outcome":%q,"hold":%q}`, outcome, hold), nil)
	if rec.Code != status {
		w.Fatalf("%s: %d %s", outcome, rec.Code, rec.Body)
	}
	w.step()
	return rec.Body.String()
}

// Whoever is at risk and reads no mail is told by telephone: everybody is told.
func TestCallList(t *testing.T) {
	w, office := withMail(t, nil)
	by := func(at day.TimeOfDay, who Contact) string {
		c, _, err := w.service.app.Book(w.ctx, "", Wish{Service: "passport", Centre: "altona", Day: monday, At: at, Channel: booking.Telephone}, who, false)
		w.ok(err)
		w.step()
		return string(c.Appointment)
	}
	max := by(nine, Contact{Name: "Max", Phone: "040 1234"})
	nobody := by(nine+15, Contact{})
	w.booked("altona", monday, nine+30, erika)
	w.offer("altona", monday, false)
	if l := w.callList("?all=true"); len(l) != 0 {
		t.Fatalf("the planner was given no time: %+v", l)
	}
	w.pass(10 * time.Minute)
	l := w.callList("")
	if len(l) != 2 || l[0].Appointment != max || l[0].Phone != "040 1234" || l[0].Name != "Max" || len(l[0].Offers) != 2 || l[1].Appointment != nobody || l[1].Phone != "" {
		t.Fatalf("%+v", l)
	}
	if n := len(office.Letters()); n != 2 { // Erika's confirmation and what she is offered
		t.Fatalf("%q", subjects(office))
	}
	// Two agents do not call the same citizen.
	w.noted(max, "calling", "", http.StatusNoContent)
	if l := w.callList(""); len(l) != 1 || l[0].Appointment != nobody {
		t.Fatalf("%+v", l)
	}
	w.noted(max, "not-reached", "", http.StatusNoContent)
	w.pass(29 * time.Minute)
	if l := w.callList(""); len(l) != 1 {
		t.Fatalf("%+v", l)
	}
	w.pass(time.Minute)
	if l := w.callList(""); len(l) != 2 || l[0].Tries != 1 || l[0].Outcome != "not-reached" {
		t.Fatalf("%+v", l)
	}
	// Reached: the list is quiet until there is news.
	w.noted(max, "reached", "", http.StatusNoContent)
	if l := w.callList(""); len(l) != 1 {
		t.Fatalf("%+v", l)
	}
	if l := w.callList("?all=true"); len(l) != 2 || l[0].Due || l[0].Tries != 2 {
		t.Fatalf("%+v", l)
	}
	w.pass(25 * time.Hour) // what was kept has run out; others are kept
	l = w.callList("")
	if len(l) != 2 || len(l[0].Offers) == 0 {
		t.Fatalf("%+v", l)
	}
	// Accepted: moved in the unit that notes it.
	if text := w.noted(max, "accepted", "nonsense", http.StatusGone); !strings.Contains(text, "hold-expired") {
		t.Fatal(text)
	}
	offer := l[0].Offers[0]
	w.noted(max, "accepted", offer.Hold, http.StatusNoContent)
	m := last[booking.AppointmentMoved](w)
	if string(m.Appointment) != max || string(m.To.Centre) != offer.Centre || m.To.At.String() != offer.At {
		t.Fatalf("%+v, accepted %+v", m, offer)
	}
	if text := w.noted(max, "reached", "", http.StatusConflict); !strings.Contains(text, "not-at-risk") {
		t.Fatal(text)
	}
	// Declined: keeps the appointment, nothing is kept, nobody calls again.
	kept := l[1].Offers[0].Hold
	w.noted(nobody, "declined", "", http.StatusNoContent)
	w.pass(3 * time.Hour)
	if l := w.callList("?all=true"); len(l) != 1 || l[0].Due || len(l[0].Offers) != 0 {
		t.Fatalf("%+v", l)
	}
	if _, err := w.service.Confirm(w.ctx, "", HoldID(kept), Contact{}); err == nil {
		t.Fatal("what was declined is still kept")
	}
	if n := len(w.open()); n != 2 {
		t.Fatalf("%d at risk: nobody is dropped", n)
	}
	if rec := w.callAs("192.0.2.1", "GET", "/v1/call-list", ""); rec.Code != http.StatusUnauthorized {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	w.noted("altona."+monday.String()+".00", "reached", "", http.StatusNotFound)
	if rec := w.call("POST", "/v1/call-list/"+nobody, "", `{"outcome":"shouted-at"}`, nil); rec.Code != http.StatusUnprocessableEntity {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	// The staff come back: everything is closed and forgotten.
	w.offer("altona", monday, false, line(9, 10, "pass", "car"))
	w.pass(time.Second)
	if l := w.callList("?all=true"); len(l) != 0 {
		t.Fatalf("%+v", l)
	}
	w.offer("altona", monday, false)
	w.pass(11 * time.Minute)
	if l := w.callList(""); len(l) != 1 || l[0].Tries != 0 || len(l[0].Offers) == 0 {
		t.Fatalf("%+v", l)
	}
}

// Whose letters come back is called as well; where no mail is sent at all,
// everybody is.
func TestWhoseLettersComeBackIsCalled(t *testing.T) {
	w, office := withMail(t, nil)
	office.Deny = map[string]*smtp.SMTPError{"gone@example.org": {Code: 550, Message: "gone"}}
	lost := w.booked("altona", monday, nine, Contact{Email: "gone@example.org", Phone: "040"})
	w.booked("altona", monday, nine+15, erika)
	w.offer("altona", monday, false)
	w.pass(11 * time.Minute)
	if l := w.callList(""); len(l) != 1 || l[0].Appointment != string(lost.Appointment) {
		t.Fatalf("%+v", l)
	}
	w.config.SMTPAddress = ""
	w.start()
	if l := w.callList(""); len(l) != 2 {
		t.Fatalf("%+v", l)
	}
}
