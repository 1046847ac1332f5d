package booking

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/internal/access"
)

func asAgent(ctx context.Context) context.Context {
	return access.With(ctx, access.Principal{Subject: "agent", Roles: []access.Role{access.TelephoneAgent}})
}

func TestAnAppointmentIsFoundByItsCode(t *testing.T) {
	w := newWorld(t, nil).city()
	one := w.booked("altona", monday, nine, Contact{Name: "Erika Mustermann"})
	found, err := w.service.app.ByCode(" " + one.Code[:5] + "-" + one.Code[5:])
	w.ok(err)
	if found != one.Appointment {
		t.Fatal(found)
	}
	two := w.booked("altona", monday, nine+15, Contact{})
	moved, _, err := w.service.app.Move(w.ctx, "", two.Appointment, app.Proof{Secret: two.Code}, app.NewPlace{Centre: "wandsbek", Day: monday + 1, At: nine + 60})
	w.ok(err)
	w.step()
	if found, err := w.service.app.ByCode(two.Code); err != nil || found != moved.Appointment {
		t.Fatal(found, err)
	}
	for _, wrong := range []string{"", "12345", "0000000000", one.Code + "0"} {
		if _, err := w.service.app.ByCode(wrong); !errors.Is(err, app.ErrWrongCode) {
			t.Fatalf("%q: %v", wrong, err)
		}
	}
	w.pass(10 * 24 * time.Hour)
	if _, err := w.service.app.ByCode(one.Code); !errors.Is(err, app.ErrWrongCode) {
		t.Fatal("an appointment of last week is found: ", err)
	}
}

func TestAnAppointmentIsFoundByName(t *testing.T) {
	w := newWorld(t, nil).city()
	w.booked("altona", monday, nine, Contact{Name: "Erika Mustermann"})
	w.booked("altona", monday, nine+15, Contact{Name: "Hans Mustermann"})
	names := func(all []app.Match, err error) (said string) {
		w.ok(err)
		for _, m := range all {
			said += m.At.String() + " " + m.Contact.Name + "; "
		}
		return said
	}
	by := func(name string) string {
		return names(w.service.app.ByName(asAgent(w.ctx), "telephone", name, monday, "altona", nil))
	}
	if s := by("mustermann"); s != "09:00 Erika Mustermann; 09:15 Hans Mustermann; " {
		t.Fatal(s)
	}
	if s := by("muster HANS"); s != "09:15 Hans Mustermann; " {
		t.Fatal(s)
	}
	at := nine
	if s := names(w.service.app.ByName(asAgent(w.ctx), "telephone", "muster", monday, "", &at)); s != "09:00 Erika Mustermann; " {
		t.Fatal(s)
	}
	if _, err := w.service.app.ByName(access.With(w.ctx, access.Principal{Subject: "x", Roles: []access.Role{access.Auditor}}), "telephone", "muster", monday, "altona", nil); !errors.Is(err, app.ErrStaffOnly) {
		t.Fatal(err)
	}
	if _, err := w.service.app.ByName(w.ctx, "online", "muster", monday, "altona", nil); !errors.Is(err, app.ErrStaffOnly) {
		t.Fatal(err)
	}
}

// A code is told again to the agents of the day on which it was booked by
// telephone, and to nobody else.
func TestCodesAreReadOutOnTheDayOfBooking(t *testing.T) {
	w := newWorld(t, nil).city()
	wish := w.wish("altona", monday, nine)
	wish.Channel = "telephone"
	one, _, err := w.service.app.Book(asAgent(w.ctx), "", wish, Contact{Name: "Erika"}, false)
	w.ok(err)
	online := w.booked("altona", monday, nine+15, Contact{})
	if code, err := w.service.app.CodeToReadOut(asAgent(w.ctx), one.Appointment); err != nil || code != one.Code {
		t.Fatal(code, err)
	}
	if code, err := w.service.app.CodeToReadOut(asAgent(w.ctx), online.Appointment); err == nil {
		t.Fatal("the code of an online booking was told: ", code)
	}
	w.pass(24 * time.Hour)
	if code, err := w.service.app.CodeToReadOut(asAgent(w.ctx), one.Appointment); err == nil {
		t.Fatal("told a day later: ", code)
	}
}

func TestCallsNameTheCounter(t *testing.T) {
	w := office(t)
	a := w.ticket("passport")
	var n app.Next
	if rec := w.call("POST", "/v1/centres/altona/next", "", `{"counter":"A-12"}`, &n); rec.Code != 200 || n.Ticket.Ticket != a.Ticket || n.Ticket.Counter != "A-12" {
		t.Fatalf("%s", rec.Body)
	}
	w.step()
	if rec := w.call("POST", "/v1/centres/altona/next", "", `{"counter":"Meier"}`, nil); rec.Code != 422 {
		t.Fatalf("a name at a counter: %s", rec.Body)
	}
	x := w.booked("altona", today, nine, Contact{Name: "Erika Mustermann"})
	_, err := w.service.app.CheckIn(w.ctx, "", x.Appointment)
	w.ok(err)
	_, err = w.service.app.CallAppointment(w.ctx, "", x.Appointment, "7")
	w.ok(err)
	w.clock.Advance(time.Minute)
	_, err = w.service.app.CallTicket(w.ctx, "", a.Ticket, "")
	w.ok(err)
	w.step()
	all, err := w.service.app.Shouts("altona", 10)
	w.ok(err)
	said := ""
	for _, s := range all {
		said += fmt.Sprint(s.Number, " ", s.Appointment, " ", s.Counter, "; ")
	}
	if said != "1 false A-12; 1 true 7; " {
		t.Fatal(said)
	}
}
