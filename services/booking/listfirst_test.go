package booking

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
)

// Between the moment when a slot is freed and the next look of the reactor nobody
// overtakes the waiting list: not online, not by telephone, not by a move.
func TestNobodyOvertakesTheWaitingList(t *testing.T) {
	for name, take := range map[string]func(w *world, other Confirmation) error{
		"online": func(w *world, _ Confirmation) error {
			_, err := w.service.Hold(w.ctx, "", w.wish("altona", monday, nine))
			return err
		},
		"by telephone": func(w *world, _ Confirmation) error {
			_, _, err := w.service.app.Book(w.ctx, "", Wish{Service: "passport", Centre: "altona", Day: monday, At: nine, Channel: booking.Telephone}, Contact{}, false)
			return err
		},
		"by a move": func(w *world, other Confirmation) error {
			_, _, err := w.service.app.Move(w.ctx, "", other.Appointment, app.Proof{Secret: other.Code}, app.NewPlace{Centre: "altona", Day: monday, At: nine})
			return err
		},
		"by a move within the day": func(w *world, other Confirmation) error {
			_, _, err := w.service.app.Move(w.ctx, "", other.Appointment, app.Proof{Secret: other.Code}, app.NewPlace{Centre: "altona", Day: monday, At: nine})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, _ := withMail(t, nil)
			freed := full(w)
			w.offer("wandsbek", monday+2, false, line(10, 12, "pass"))
			other := w.booked("wandsbek", monday+2, 10*60, Contact{})
			if name == "by a move within the day" {
				_, _, err := w.service.app.Move(w.ctx, "", other.Appointment, app.Proof{Secret: other.Code}, app.NewPlace{Centre: "wandsbek", Day: monday + 2, At: 10*60 + 15})
				w.ok(err)
			}
			p := w.waits(`{"service":"passport","centres":["altona"],` + contactOf("first") + `}`)
			_, err := w.service.app.Cancel(w.ctx, "", freed.Appointment, app.Proof{Secret: freed.Code})
			w.ok(err)
			if err := take(w, other); !errors.Is(err, centreday.ErrSlotTaken) {
				t.Fatal(err)
			}
			w.step()
			if o := w.onList(p).Offer; o == nil || o.At != "09:00" || o.Centre != "altona" {
				t.Fatalf("%+v", o)
			}
			if s := w.shows(other); s.Centre != "wandsbek" {
				t.Fatalf("%+v", s)
			}
		})
	}
}

// Where more is free than the list wants, who asks gets it in the same commit.
func TestTheListTakesNoMoreThanItWants(t *testing.T) {
	w, _ := withMail(t, nil)
	full(w)
	p := w.waits(`{"service":"passport","centres":["altona"],` + contactOf("first") + `}`)
	w.position++
	w.deliver(capacity.OfferingChanged{Centre: "altona", Day: monday + 1, Version: 2, Lines: []capacity.Line{line(9, 10, "pass"), line(9, 10, "pass")}}, w.position)
	w.ok(w.service.Node().Fold(w.ctx))
	before := must(w.store.Head(w.ctx)).Position
	_, err := w.service.Hold(w.ctx, "", w.wish("altona", monday+1, nine+15))
	w.ok(err)
	kinds := map[string]int{}
	for _, e := range must(w.store.After(w.ctx, before, 100)) {
		kinds[e.Type]++
	}
	if kinds["booking.hold-placed.v1"] != 2 || kinds["booking.waiting-offered.v1"] != 1 {
		t.Fatal(kinds)
	}
	w.step()
	if o := w.onList(p).Offer; o == nil || o.At != "09:00" {
		t.Fatalf("%+v", o)
	}
}

// With the reactors standing still, nothing is lost: each who waits is offered the
// slot once, for its time, and then it is anybody's.
func TestTheListNeedsNoReactor(t *testing.T) {
	w, _ := withMail(t, nil)
	freed := full(w)
	var all []place
	for i := range 2 {
		all = append(all, w.waits(fmt.Sprintf(`{"service":"passport","centres":["altona"],"until":%q,%s}`, monday+1, contactOf(fmt.Sprint("p", i)))))
	}
	_, err := w.service.app.Cancel(w.ctx, "", freed.Appointment, app.Proof{Secret: freed.Code})
	w.ok(err)
	for range all {
		if _, err := w.service.Hold(w.ctx, "", w.wish("altona", monday, nine)); !errors.Is(err, centreday.ErrSlotTaken) {
			t.Fatal(err)
		}
		w.ok(w.service.Node().Fold(w.ctx)) // what Run does, but no reactor
		w.clock.Advance(61 * time.Minute)
	}
	for _, p := range all {
		if w.onList(p).Offer == nil {
			t.Fatal("was never asked")
		}
	}
	if _, err := w.service.Hold(w.ctx, "", w.wish("altona", monday, nine)); err != nil {
		t.Fatal(err)
	}
}

// Also what only time opens, the stage of a release, is the list's first.
func TestTheListComesFirstAtARelease(t *testing.T) {
	w, _ := withMail(t, &capacity.BookingPolicy{Release: []capacity.ReleaseStage{{DaysBefore: 7, At: nine, Share: 1}}})
	p := w.waits(fmt.Sprintf(`{"service":"passport","centres":["altona"],"until":%q,%s}`, monday+1, contactOf("first")))
	wish := w.wish("altona", monday, nine)
	if _, err := w.service.Hold(w.ctx, "", wish); !errors.Is(err, centreday.ErrNotReleased) || w.onList(p).Offer != nil {
		t.Fatal(err)
	}
	w.clock.Set(today.At(nine, berlin)) // to the minute, before any tick
	if _, err := w.service.Hold(w.ctx, "", wish); !errors.Is(err, centreday.ErrSlotTaken) {
		t.Fatal(err)
	}
	if o := w.onList(p).Offer; o == nil || o.At != "09:00" {
		t.Fatalf("%+v", o)
	}
	wish.At += 15
	if _, err := w.service.Hold(w.ctx, "", wish); err != nil {
		t.Fatal(err)
	}
}

// One contact has so many places on the list, whatever client it asks from.
func TestPlacesPerContact(t *testing.T) {
	w, _ := withMail(t, &capacity.BookingPolicy{OpenPerContact: 2})
	full(w)
	n := 0
	ask := func(mail string) (told, place) {
		t.Helper()
		n++
		rec, p := w.from(fmt.Sprintf("192.0.2.%d", n), "POST", "/v1/waiting", fmt.Sprintf(`{"service":"passport","contact":{"email":%q}}`, mail))
		var got place
		if rec.Code == http.StatusCreated {
			w.ok(json.Unmarshal(rec.Body.Bytes(), &got))
		}
		w.step()
		return p, got
	}
	p, first := ask("e@example.org")
	if p.Status != 0 {
		t.Fatalf("%+v", p)
	}
	if p, _ = ask("E+2@example.org"); p.Status != 0 {
		t.Fatalf("%+v", p)
	}
	p, _ = ask("e@example.org")
	w.refusedAs(p, http.StatusConflict, "too-many-waiting")
	if p, _ = ask("f@example.org"); p.Status != 0 {
		t.Fatalf("another contact: %+v", p)
	}
	if rec, _ := w.from("192.0.2.90", "DELETE", "/v1/waiting/"+first.Waiting+"?code="+first.Code, ""); rec.Code != http.StatusNoContent {
		t.Fatal(rec.Body)
	}
	w.step()
	if p, _ = ask("e@example.org"); p.Status != 0 {
		t.Fatalf("one was given up: %+v", p)
	}
	p, _ = ask("e@example.org")
	w.refusedAs(p, http.StatusConflict, "too-many-waiting")
	if rec := w.call("POST", "/v1/waiting", "", `{"service":"passport","contact":{"email":"e@example.org"}}`, nil); rec.Code != http.StatusCreated {
		t.Fatalf("staff: %d %s", rec.Code, rec.Body)
	}
}

// What is freed is offered to the list by its reactor in the same moment: nobody
// else sees it in a search.
func TestWhatIsFreedIsNotShownToOthers(t *testing.T) {
	w, _ := withMail(t, nil)
	freed := full(w)
	p := w.waits(`{"service":"passport","centres":["altona"],` + contactOf("first") + `}`)
	_, err := w.service.app.Cancel(w.ctx, "", freed.Appointment, app.Proof{Secret: freed.Code})
	w.ok(err)
	w.step() // and no time passes
	if o := w.onList(p).Offer; o == nil || o.At != "09:00" {
		t.Fatalf("%+v", o)
	}
	if f := must(w.service.Search(w.ctx, app.Search{Service: "passport"})); len(f.Offers) > 0 {
		t.Fatalf("%+v", f.Offers)
	}
}

// An appointment that came by the waiting list counts like any other.
func TestTakenOffersCountForTheirContact(t *testing.T) {
	w, _ := withMail(t, &capacity.BookingPolicy{OpenPerContact: 1})
	freed := []Confirmation{full(w)}
	w.offer("wandsbek", monday+3, false, line(10, 11, "pass"))
	freed = append(freed, w.booked("wandsbek", monday+3, 10*60, Contact{}))
	for at := 10*60 + 15; at < 11*60; at += 15 {
		w.booked("wandsbek", monday+3, day.TimeOfDay(at), Contact{})
	}
	take := func(client string, n int) (told, int, place) {
		t.Helper()
		rec, _ := w.from(client, "POST", "/v1/waiting", `{"service":"passport","contact":{"email":"e@example.org"}}`)
		var p place
		w.ok(json.Unmarshal(rec.Body.Bytes(), &p))
		w.step()
		_, err := w.service.app.Cancel(w.ctx, "", freed[n].Appointment, app.Proof{Secret: freed[n].Code})
		w.ok(err)
		w.step()
		rec, problem := w.from(client, "POST", "/v1/waiting/"+p.Waiting+"/take", fmt.Sprintf(`{"code":%q}`, p.Code))
		w.step()
		return problem, rec.Code, p
	}
	if p, code, _ := take("192.0.2.1", 0); code != http.StatusCreated {
		t.Fatalf("%d %+v", code, p)
	}
	p, _, second := take("192.0.2.2", 1)
	w.refusedAs(p, http.StatusConflict, "too-many-appointments")
	if now := w.onList(second); now.Ended != "" || now.Offer == nil {
		t.Fatalf("it lost its place by asking: %+v", now)
	}
	made := said[booking.AppointmentBooked](w)
	_, err := w.service.app.Cancel(w.ctx, "", made[len(made)-1].Appointment, app.Proof{Channel: booking.Desk})
	w.ok(err)
	if rec, p := w.from("192.0.2.3", "POST", "/v1/waiting/"+second.Waiting+"/take", fmt.Sprintf(`{"code":%q}`, second.Code)); rec.Code != http.StatusCreated {
		t.Fatalf("after the other was cancelled: %+v", p)
	}
}

// Where more wait than are served at once, nobody slips in behind those who were.
func TestALongListIsFirstAsWell(t *testing.T) {
	w, _ := withMail(t, nil)
	full(w)
	var all []place
	for i := range 25 {
		all = append(all, w.waits(`{"service":"passport","centres":["altona"],`+contactOf(fmt.Sprint("p", i))+`}`))
	}
	var lines []capacity.Line
	for range 8 {
		lines = append(lines, line(9, 10, "pass"))
	}
	w.position++
	w.deliver(capacity.OfferingChanged{Centre: "altona", Day: monday + 1, Version: 2, Lines: lines}, w.position)
	w.ok(w.service.Node().Fold(w.ctx)) // 28 are free, and no reactor looks
	offered := func() (n int) {
		w.ok(w.service.Node().Fold(w.ctx))
		for _, p := range all {
			if w.onList(p).Offer != nil {
				n++
			}
		}
		return n
	}
	wish := w.wish("altona", monday+1, nine+45)
	if _, err := w.service.Hold(w.ctx, "", wish); !errors.Is(err, centreday.ErrSlotTaken) || offered() != 20 {
		t.Fatalf("%v, %d offered", err, offered())
	}
	if _, err := w.service.Hold(w.ctx, "", wish); err != nil || offered() != 25 {
		t.Fatalf("%v, %d offered", err, offered())
	}
}
