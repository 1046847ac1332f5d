package booking

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app/smtp/smtptest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// withMail is a city whose letters go to a mail server on loopback.
func withMail(t *testing.T, policy *capacity.BookingPolicy) (*world, *smtptest.Office) {
	t.Helper()
	office := &smtptest.Office{}
	w := newWorld(t, nil)
	w.config.SMTPAddress, w.config.SMTPProtect, w.config.MailFrom = office.Open(t), "none", "termine@example.org"
	w.config.PublicURL = "https://example.org/booking/"
	w.start()
	w.city()
	w.hear(capacity.PolicyChanged{Version: 2, Policy: capacity.Policy{GoalDays: 10, LimitDays: 14, HorizonDays: 60, MinLeadDays: 1, HoldMinutes: 10, Booking: policy}})
	return w, office
}

var erika = Contact{Name: "Erika Müller", Email: "erika@example.org"}

// subjects of the letters so far.
func subjects(o *smtptest.Office) (all []string) {
	for _, l := range o.Letters() {
		all = append(all, l.Subject)
	}
	return all
}

func wantLetters(t *testing.T, o *smtptest.Office, want ...string) {
	t.Helper()
	got := subjects(o)
	if len(got) != len(want) {
		t.Fatalf("letters %q, want %q", got, want)
	}
	for i, s := range want {
		if !strings.HasPrefix(got[i], s) {
			t.Fatalf("letters %q, want %q", got, want)
		}
	}
}

var secret = regexp.MustCompile(`https://example\.org/booking(/v1/links/\S+/(\S+)/([a-z-]+))`)

// linkIn finds the link of a kind in a letter, as a path of this API.
func linkIn(t *testing.T, l smtptest.Letter, kind string) string {
	t.Helper()
	for _, m := range secret.FindAllStringSubmatch(l.Text, -1) {
		if m[3] == kind {
			return m[1]
		}
	}
	t.Fatalf("no link to %s in\n%s", kind, l.Text)
	return ""
}

// page is what a link of this API leads a browser without scripts to; a POST is a
// form that it had opened before.
func (w *world) page(method, path string) *httptest.ResponseRecorder {
	w.Helper()
	b := w.browser("de")
	b.idle = true
	return b.ask(method, "/booking"+path, nil)
}

func TestLettersOfAnAppointmentsLife(t *testing.T) {
	w, office := withMail(t, nil)
	c := w.booked("altona", monday, nine, erika)
	wantLetters(t, office, "Ihr Termin am Montag, 30. November 2026, 09:00 Uhr")
	l := office.Letters()[0]
	if l.To != "erika@example.org" || !strings.Contains(l.Text, c.Code) || l.Method != "PUBLISH" || !strings.Contains(string(l.Calendar), "SEQUENCE:0\r\n") {
		t.Fatalf("%+v", l)
	}
	_, _, err := w.service.app.Move(w.ctx, "", c.Appointment, app.Proof{Secret: c.Code}, app.NewPlace{Centre: "wandsbek", Day: monday + 1, At: day.Clock(10, 0)})
	w.ok(err)
	w.step()
	wantLetters(t, office, "Ihr Termin", "Neuer Termin am Dienstag")
	_, _, err = w.service.app.Move(w.ctx, "", c.Appointment, app.Proof{Secret: c.Code}, app.NewPlace{Centre: "wandsbek", Day: monday + 1, At: day.Clock(10, 30)})
	w.ok(err)
	w.step()
	wantLetters(t, office, "Ihr Termin", "Neuer Termin", "Neuer Termin am Dienstag, 1. Dezember 2026, 10:30")
	if l := office.Letters()[2]; !strings.Contains(string(l.Calendar), "SEQUENCE:2\r\n") || !strings.Contains(string(l.Calendar), "20261201T103000") {
		t.Fatalf("%s", l.Calendar)
	}
	w.pass(7 * 24 * time.Hour) // a day before, in the morning
	wantLetters(t, office, "Ihr Termin", "Neuer Termin", "Neuer Termin")
	w.pass(4 * time.Hour) // 24 hours before
	wantLetters(t, office, "Ihr Termin", "Neuer Termin", "Neuer Termin", "Erinnerung")
	w.pass(time.Minute)
	w.start()
	w.step()
	wantLetters(t, office, "Ihr Termin", "Neuer Termin", "Neuer Termin", "Erinnerung")

	// One click in the reminder cancels, but opening the link does not yet.
	cancel := linkIn(t, office.Letters()[3], "cancel")
	if rec := w.page(http.MethodGet, cancel); rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), "Ja, Termin absagen") {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if n := len(said[booking.AppointmentCancelled](w)); n != 0 {
		t.Fatal("a mail scanner that opens links cancels appointments")
	}
	for range 2 {
		if rec := w.page(http.MethodPost, cancel); rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), "abgesagt") {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
	}
	w.step()
	wantLetters(t, office, "Ihr Termin", "Neuer Termin", "Neuer Termin", "Erinnerung", "Abgesagt")
	if l := office.Letters()[4]; l.Method != "CANCEL" || !strings.Contains(string(l.Calendar), "SEQUENCE:3\r\n") {
		t.Fatalf("%s", l.Calendar)
	}
	if n := len(said[booking.AppointmentCancelled](w)); n != 1 {
		t.Fatalf("%d cancelled", n)
	}
	w.pass(48 * time.Hour)
	if n := len(office.Letters()); n != 5 {
		t.Fatalf("%d letters in the end", n)
	}
}

func TestNoMailNeeded(t *testing.T) {
	w, office := withMail(t, &capacity.BookingPolicy{DoubleOptIn: true})
	_, _, err := w.service.app.Book(w.ctx, "", Wish{Service: "passport", Centre: "altona", Day: monday, At: nine, Channel: booking.Telephone}, Contact{Name: "Max", Phone: "040"}, false)
	w.ok(err)
	h, err := w.service.Hold(w.ctx, "", Wish{Service: "passport", Centre: "altona", Day: monday, At: nine + 15, Channel: booking.Telephone})
	w.ok(err)
	c, err := w.service.Confirm(w.ctx, "", h.Hold, Contact{Phone: "040"})
	w.ok(err)
	w.pass(time.Hour)
	if len(office.Letters()) != 0 || c.Expires != nil || c.Code == "" || len(said[booking.AppointmentBooked](w)) != 2 {
		t.Fatalf("%+v, letters %q", c, subjects(office))
	}
}

func TestDoubleOptIn(t *testing.T) {
	w, office := withMail(t, &capacity.BookingPolicy{DoubleOptIn: true, OptInMinutes: 30})
	hold := func() string {
		t.Helper()
		h, err := w.service.Hold(w.ctx, "", w.wish("altona", monday, nine))
		w.ok(err)
		return string(h.Hold)
	}
	h := hold()
	if rec := w.call("POST", "/v1/holds/"+h+"/confirm", "", `{"name":"Erika"}`, nil); rec.Code != http.StatusUnprocessableEntity || !strings.Contains(rec.Body.String(), "mail-needed") {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	for range 2 { // the repeat asks nobody again
		rec := w.call("POST", "/v1/holds/"+h+"/confirm", "", `{"email":"erika@example.org","language":"en"}`, nil)
		if rec.Code != http.StatusCreated || !strings.Contains(rec.Body.String(), `"state":"pending"`) || strings.Contains(rec.Body.String(), `"code"`) {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
		w.step()
	}
	wantLetters(t, office, "Please confirm: appointment on Monday, 30 November 2026")
	w.pass(20 * time.Minute) // longer than a hold
	if n := len(said[booking.AppointmentBooked](w)); n != 0 {
		t.Fatal("booked without the link")
	}
	if rec := w.call("POST", "/v1/holds/"+h+"/opt-in", "", `{"code":"WRONG"}`, nil); rec.Code != http.StatusForbidden {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	link := linkIn(t, office.Letters()[0], "opt-in")
	if rec := w.page(http.MethodGet, link); rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), "Termin bestätigen") || len(said[booking.AppointmentBooked](w)) != 0 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	for range 2 {
		if rec := w.page(http.MethodPost, link); rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), "Ihr Termin ist gebucht") {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
	}
	w.step()
	if n := len(said[booking.AppointmentBooked](w)); n != 1 {
		t.Fatalf("%d booked", n)
	}
	wantLetters(t, office, "Please confirm", "Your appointment on Monday")

	// Not opened in time, the slot is free and the contact forgotten.
	h2, err := w.service.Hold(w.ctx, "", w.wish("altona", monday, nine+15))
	w.ok(err)
	c, err := w.service.Confirm(w.ctx, "", h2.Hold, erika)
	w.ok(err)
	if c.Expires == nil || !c.Expires.Equal(w.clock.Now().Add(30*time.Minute)) {
		t.Fatalf("%+v", c)
	}
	w.step()
	key := "contact/" + string(h2.Hold)
	if _, err := w.store.PersonalKey(w.ctx, key); err != nil {
		t.Fatal(err)
	}
	w.pass(30 * time.Minute)
	if _, err := w.store.PersonalKey(w.ctx, key); err == nil {
		t.Fatal("the contact of who never confirmed is still there")
	}
	if rec := w.page(http.MethodPost, linkIn(t, office.Letters()[2], "opt-in")); rec.Code != http.StatusGone || !strings.Contains(rec.Body.String(), "abgelaufen") {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	var o offered
	w.call("GET", "/v1/slots?service=passport&centre=altona&limit=1", "", "", &o)
	if o.String() != "altona 0 09:15" {
		t.Fatal(o)
	}
}

// The server is away, refuses for a while, or for good: nothing is lost
// silently, and nobody is written to twice.
func TestMailThatDoesNotGoThrough(t *testing.T) {
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listen.Addr().String()
	listen.Close()
	w, _ := withMail(t, nil)
	w.config.SMTPAddress = address
	w.start()
	w.booked("altona", monday, nine, erika)
	w.booked("altona", monday, nine+15, Contact{Email: "gone@example.org"})
	w.booked("altona", monday, nine+30, Contact{Email: "full@example.org"})
	w.pass(time.Minute)
	office := &smtptest.Office{Deny: map[string]*smtp.SMTPError{"gone@example.org": {Code: 550, Message: "gone@example.org"}, "full@example.org": {Code: 452, Message: "full"}}}
	until(t, "the port is free, if somebody took it meanwhile", func() bool {
		listen, err = net.Listen("tcp", address)
		return err == nil
	})
	office.Serve(t, listen)
	w.pass(31 * time.Second)
	wantLetters(t, office, "Ihr Termin")
	for range 12 {
		w.pass(2 * time.Hour)
	}
	wantLetters(t, office, "Ihr Termin")
	var lost struct {
		Letters []struct {
			Kind, Reason string
			Tries        int
		}
	}
	w.call("GET", "/v1/letters/undelivered", "", "", &lost)
	if len(lost.Letters) != 2 {
		t.Fatalf("%+v", lost)
	}
	for _, l := range lost.Letters {
		if l.Kind != "confirmation" || strings.Contains(l.Reason, "@") || l.Reason == "the mail server answered 550" && l.Tries > 5 {
			t.Fatalf("%+v", l)
		}
	}
}

// dying is a log whose process is killed when it notes that a letter was sent.
type dying struct{ eventlog.Store }

func (d dying) Commit(ctx context.Context, units []eventlog.Unit) ([]eventlog.Outcome, error) {
	for _, u := range units {
		for _, a := range u.Appends {
			for _, e := range a.Events {
				if e.Type == "booking.letter-sent.v1" {
					return nil, errors.New("killed")
				}
			}
		}
	}
	return d.Store.Commit(ctx, units)
}

// A process that dies between sending and noting sends again, with the same
// message id, once its claim has run out.
func TestLetterIsSentAgainAfterADeath(t *testing.T) {
	w, office := withMail(t, nil)
	store := w.store
	w.store = dying{store}
	w.start()
	h, err := w.service.Hold(w.ctx, "", w.wish("altona", monday, nine))
	w.ok(err)
	_, err = w.service.Confirm(w.ctx, "", h.Hold, erika)
	w.ok(err)
	if err := w.service.Node().Step(w.ctx); err == nil {
		t.Fatal("the process lives")
	}
	w.store = store
	w.start()
	w.step()
	wantLetters(t, office, "Ihr Termin")
	w.pass(3 * time.Minute)
	wantLetters(t, office, "Ihr Termin", "Ihr Termin")
	if all := office.Letters(); all[0].ID != all[1].ID || all[0].ID == "" {
		t.Fatalf("ids %q and %q", all[0].ID, all[1].ID)
	}
	w.pass(time.Hour)
	wantLetters(t, office, "Ihr Termin", "Ihr Termin")
}

// Of two replicas one sends.
func TestTwoReplicasWriteOnce(t *testing.T) {
	w, office := withMail(t, nil)
	first := w.service
	w.start()
	for i := range 4 {
		h, err := first.Hold(w.ctx, "", w.wish("altona", monday, nine+day.TimeOfDay(15*i)))
		w.ok(err)
		_, err = w.service.Confirm(w.ctx, "", h.Hold, erika)
		w.ok(err)
		w.ok(first.Node().Fold(w.ctx))
		w.ok(w.service.Node().Fold(w.ctx))
		ended := make(chan error, 2)
		for _, s := range []*Service{first, w.service} {
			go func() { ended <- s.Node().Step(context.Background()) }()
		}
		w.ok(<-ended)
		w.ok(<-ended)
	}
	if n := len(office.Letters()); n != 4 {
		t.Fatalf("%d letters for four appointments", n)
	}
}

func TestCalendarFileOverHTTP(t *testing.T) {
	w := newWorld(t, nil).city()
	c := w.booked("altona", monday, nine, Contact{})
	rec := w.call("GET", "/v1/appointments/"+string(c.Appointment)+"/calendar?lang=en&code="+c.Code, "", "", nil)
	if rec.Code != http.StatusOK || rec.Header().Get("Content-Type") != "text/calendar; charset=utf-8" || !strings.HasPrefix(rec.Body.String(), "BEGIN:VCALENDAR\r\n") ||
		!strings.Contains(rec.Body.String(), "DTSTART;TZID=Europe/Berlin:20261130T090000\r\n") {
		t.Fatalf("%d %v %s", rec.Code, rec.Header(), rec.Body)
	}
	if rec := w.call("GET", "/v1/appointments/"+string(c.Appointment)+"/calendar?code=WRONG", "", "", nil); rec.Code != http.StatusForbidden {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	w.call("POST", "/v1/appointments/"+string(c.Appointment)+"/cancel", "", fmt.Sprintf(`{"code":%q}`, c.Code), nil)
	if rec := w.call("GET", "/v1/appointments/"+string(c.Appointment)+"/calendar?code="+c.Code, "", "", nil); !strings.Contains(rec.Body.String(), "METHOD:CANCEL\r\n") {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
}
