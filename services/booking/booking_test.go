package booking

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

func TestOfferingOpensSlotsInTheSameCommit(t *testing.T) {
	w := newWorld(t, nil).city()
	all, err := w.store.After(w.ctx, 0, 1000)
	w.ok(err)
	for i, e := range all {
		if e.Type == "booking.offering-adopted.v1" && e.Stream == "day-altona/"+monday.String() {
			if all[i+1].Type != booking.TypeSlotsChanged || all[i+2].Type != booking.TypeLoadChanged {
				t.Fatalf("followed by %s, %s", all[i+1].Type, all[i+2].Type)
			}
			if all[i+1].Meta.CorrelationID != "sick-note-1" {
				t.Fatalf("correlation %q", all[i+1].Meta.CorrelationID)
			}
		}
	}
	s := said[booking.SlotsChanged](w)[0]
	want := []booking.FreeStarts{{Skill: "car", Minutes: 10, From: nine, Step: 10, Counts: []int{1, 1, 1, 1, 1, 1}},
		{Skill: "pass", Minutes: 15, From: nine, Step: 15, Counts: []int{1, 1, 1, 1}}}
	if len(s.Free) != 2 || !slices.Equal(s.Free[0].Counts, want[0].Counts) || !slices.Equal(s.Free[1].Counts, want[1].Counts) || s.FreeSlots["pass"] != 4 || s.FreeSlots["car"] != 6 {
		t.Fatalf("%+v", s)
	}
}

func TestHoldConfirmAndSearch(t *testing.T) {
	w := newWorld(t, nil).city()
	f, err := w.service.Search(w.ctx, Search{Service: "passport", Limit: 3})
	w.ok(err)
	if len(f.Offers) != 3 || f.Offers[0].Centre != "altona" || f.Offers[0].At != nine || f.Unmet {
		t.Fatalf("%+v", f)
	}
	h, err := w.service.Hold(w.ctx, "k1", w.wish("altona", monday, nine))
	w.ok(err)
	again, err := w.service.Hold(w.ctx, "k1", w.wish("altona", monday, nine))
	w.ok(err)
	if again.Hold != h.Hold {
		t.Fatal("a repeat holds another slot")
	}
	w.step()
	if s := last[booking.SlotsChanged](w); s.Version != 2 || s.FreeSlots["pass"] != 3 {
		t.Fatalf("after the hold %+v", s)
	}
	if _, err := w.service.Hold(w.ctx, "", w.wish("altona", monday, nine)); !errors.Is(err, centreday.ErrSlotTaken) {
		t.Fatalf("the same slot again: %v", err)
	}
	c, err := w.service.Confirm(w.ctx, "k2", h.Hold, Contact{Name: "Erika"})
	w.ok(err)
	c2, err := w.service.Confirm(w.ctx, "k2", h.Hold, Contact{Name: "Erika"})
	w.ok(err)
	c3, err := w.service.Confirm(w.ctx, "", h.Hold, Contact{Name: "Erika"})
	w.ok(err)
	if !reflect.DeepEqual(c, c2) || !reflect.DeepEqual(c, c3) || c.Code == "" {
		t.Fatalf("repeats differ: %+v %+v %+v", c, c2, c3)
	}
	if b := said[booking.AppointmentBooked](w); len(b) != 1 || b[0].BookedOn != today {
		t.Fatalf("%+v", b)
	}
	v, err := w.service.app.Appointment(w.ctx, c.Appointment, app.Proof{Secret: strings.ToLower(c.Code)})
	w.ok(err)
	if v.Contact.Name != "Erika" || v.Life != "booked" {
		t.Fatalf("%+v", v)
	}
	if _, err := w.service.app.Appointment(w.ctx, c.Appointment, app.Proof{Secret: "0000000000"}); !errors.Is(err, app.ErrWrongCode) {
		t.Fatalf("a wrong code: %v", err)
	}
}

func TestHoldRunsOut(t *testing.T) {
	w := newWorld(t, nil).city()
	h, err := w.service.Hold(w.ctx, "", w.wish("altona", monday, nine))
	w.ok(err)
	w.step()
	w.pass(9 * time.Minute)
	if s := last[booking.SlotsChanged](w); s.FreeSlots["pass"] != 3 {
		t.Fatalf("too early: %+v", s.FreeSlots)
	}
	w.pass(time.Minute)
	if s := last[booking.SlotsChanged](w); s.FreeSlots["pass"] != 4 {
		t.Fatalf("not free again: %+v", s.FreeSlots)
	}
	if _, err := w.service.Confirm(w.ctx, "", h.Hold, Contact{}); !errors.Is(err, centreday.ErrHoldExpired) {
		t.Fatalf("confirmed too late: %v", err)
	}
}

func TestMoveIsOneCommit(t *testing.T) {
	w := newWorld(t, nil).city()
	c := w.booked("altona", monday, nine, Contact{Email: "erika@example.org"})
	taken := w.booked("wandsbek", monday+1, day.Clock(10, 0), Contact{})
	p := app.Proof{Secret: c.Code}
	if _, _, err := w.service.app.Move(w.ctx, "", c.Appointment, p, app.NewPlace{Centre: "wandsbek", Day: monday + 1, At: day.Clock(10, 0)}); !errors.Is(err, centreday.ErrSlotTaken) {
		t.Fatalf("moved onto another: %v", err)
	}
	v, err := w.service.app.Appointment(w.ctx, c.Appointment, p)
	w.ok(err)
	if v.Centre != "altona" {
		t.Fatal("a refused move lost the old slot")
	}
	before := must(w.store.Head(w.ctx)).Position
	to := app.NewPlace{Centre: "wandsbek", Day: monday + 1, At: day.Clock(10, 15)}
	for range 2 { // the repeat does nothing
		_, rec, err := w.service.app.Move(w.ctx, "", c.Appointment, p, to)
		w.ok(err)
		if rec.Position != before+3 {
			t.Fatalf("the log went from %d to %d", before, rec.Position)
		}
	}
	written, err := w.store.After(w.ctx, before, 10)
	w.ok(err)
	var types []string
	for _, e := range written {
		types = append(types, e.Stream+" "+e.Type)
	}
	slices.Sort(types)
	if want := []string{"day-altona/" + monday.String() + " booking.appointment-moved-out.v1", "day-wandsbek/" + (monday + 1).String() + " booking.appointment-detailed.v1",
		"day-wandsbek/" + (monday + 1).String() + " " + booking.TypeAppointmentMoved}; !slices.Equal(types, want) {
		t.Fatalf("%v", types)
	}
	w.pass(time.Second)
	v, err = w.service.app.Appointment(w.ctx, c.Appointment, p)
	w.ok(err)
	if v.Centre != "wandsbek" || v.At != to.At || v.Contact.Email != "erika@example.org" {
		t.Fatalf("%+v", v)
	}
	f, err := w.service.Search(w.ctx, Search{Service: "passport", Centres: []id.Centre{"altona"}, Limit: 1})
	w.ok(err)
	if f.Offers[0].At != nine || f.Offers[0].Day != monday {
		t.Fatalf("the old slot is not free: %+v", f.Offers)
	}
	// Back again, and within the day, by the same id and code.
	for _, back := range []app.NewPlace{{Centre: "altona", Day: monday, At: nine + 15}, {Centre: "altona", Day: monday, At: nine + 20}} {
		_, _, err = w.service.app.Move(w.ctx, "", c.Appointment, p, back)
		w.ok(err)
		v, err = w.service.app.Appointment(w.ctx, c.Appointment, p)
		w.ok(err)
		if v.Centre != "altona" || v.At != back.At {
			t.Fatalf("%+v", v)
		}
	}
	_, err = w.service.app.Cancel(w.ctx, "", taken.Appointment, app.Proof{Secret: c.Code})
	if !errors.Is(err, app.ErrWrongCode) {
		t.Fatalf("cancelled with another's code: %v", err)
	}
}

func TestStaffGoAndComeBack(t *testing.T) {
	w := newWorld(t, nil).city()
	w.offer("altona", monday, false, line(9, 10, "pass"), line(9, 10, "pass"))
	first := w.booked("altona", monday, nine, Contact{})
	w.pass(24 * time.Hour)
	second := w.booked("altona", monday, nine, Contact{})
	w.pass(time.Second)

	w.offer("altona", monday, true, line(9, 10, "pass"))
	l := last[booking.LoadChanged](w)
	if l.OfferingVersion != 3 || l.Uncovered["pass"] != 15 || l.AtRisk != 0 || len(said[booking.AppointmentAtRisk](w)) != 0 {
		t.Fatalf("tentative: %+v", l)
	}
	w.offer("altona", monday, false, line(9, 10, "pass"))
	if r := said[booking.AppointmentAtRisk](w); len(r) != 1 || r[0].Appointment != second.Appointment {
		t.Fatalf("at risk %+v, booked first was %s", r, first.Appointment)
	}
	if l := last[booking.LoadChanged](w); l.AtRisk != 1 || l.Uncovered["pass"] != 15 || l.Appointments != 2 {
		t.Fatalf("%+v", l)
	}
	if page, _ := w.service.app.AtRisk(w.ctx, "", 10); len(page) != 1 || page[0].Appointment != second.Appointment {
		t.Fatalf("%+v", page)
	}
	_, err := w.service.app.Cancel(w.ctx, "", first.Appointment, app.Proof{Secret: first.Code})
	w.ok(err)
	w.pass(time.Second)
	if s := said[booking.AppointmentSecured](w); len(s) != 1 || s[0].Appointment != second.Appointment {
		t.Fatalf("%+v", s)
	}
	if l := last[booking.LoadChanged](w); l.AtRisk != 0 || len(l.Uncovered) != 0 || l.Appointments != 1 {
		t.Fatalf("%+v", l)
	}
	if page, _ := w.service.app.AtRisk(w.ctx, "", 10); len(page) != 0 {
		t.Fatalf("%+v", page)
	}
}

func TestPublicationsAreCoalesced(t *testing.T) {
	w := newWorld(t, nil).city()
	count := func() int { return len(said[booking.SlotsChanged](w)) }
	before := count()
	hold := func(at day.TimeOfDay) {
		t.Helper()
		_, err := w.service.Hold(w.ctx, "", w.wish("altona", monday, at))
		w.ok(err)
		w.step()
	}
	hold(nine)
	if count() != before+1 {
		t.Fatal("not at once when idle")
	}
	hold(nine + 15)
	hold(nine + 30)
	if count() != before+1 {
		t.Fatal("more than one within 100 ms")
	}
	if d := w.service.app.Models().Unpublished.Wait(w.clock.Now()); d != 100*time.Millisecond {
		t.Fatalf("wants to be asked again in %s", d)
	}
	w.clock.Advance(100 * time.Millisecond)
	w.step()
	if s := last[booking.SlotsChanged](w); count() != before+2 || s.FreeSlots["pass"] != 1 {
		t.Fatalf("%d said, last %+v", count()-before, s)
	}
	// What was not said when the process ended is said after a restart.
	hold(nine + 45)
	w.start()
	w.step()
	if s := last[booking.SlotsChanged](w); count() != before+3 || s.FreeSlots["pass"] != 0 {
		t.Fatalf("after the restart %d said, last %+v", count()-before, s)
	}
	head := must(w.store.Head(w.ctx))
	w.start()
	w.step()
	if now := must(w.store.Head(w.ctx)); now != head {
		t.Fatal("a restart without news says something")
	}
}

func TestNewCatalogueIsPublishedEverywhere(t *testing.T) {
	w := newWorld(t, nil).city()
	w.pass(time.Second)
	w.hear(capacity.CatalogueChanged{Version: 2, Services: []capacity.ServiceType{{ID: "passport", Skill: "pass", Minutes: 30, Share: 1}}})
	days := map[string]bool{}
	for _, s := range said[booking.SlotsChanged](w) {
		if len(s.Free) == 1 && s.Free[0].Minutes == 30 {
			days[string(s.Centre)+s.Day.String()] = true
		}
	}
	if len(days) != 4 {
		t.Fatalf("said for %v", days)
	}
}

func TestRepeatsAndOldNewsDoNothing(t *testing.T) {
	w := newWorld(t, nil).city()
	head := must(w.store.Head(w.ctx))
	w.deliver(capacity.OfferingChanged{Centre: "altona", Day: monday, Version: 9}, w.position) // position known
	w.hear(capacity.OfferingChanged{Centre: "altona", Day: monday, Version: 1})                // version known
	w.hear(capacity.CatalogueChanged{Version: 1})                                              // version known
	w.hear(capacity.ProposalApproved{Proposal: "p"})                                           // not for booking
	if now := must(w.store.Head(w.ctx)); now.Position != head.Position {
		t.Fatalf("the log grew from %d to %d", head.Position, now.Position)
	}
}

// A client that finds nothing is counted once a day for each service, wherever it
// looks; and nobody who finds something later than is promised.
func TestWhoFindsNothingIsCountedOnceADay(t *testing.T) {
	w := newWorld(t, nil).city()
	ask := func(client string, s id.Service, d id.District) {
		t.Helper()
		_, err := w.service.app.Search(app.WithCaller(w.ctx, app.Caller{Client: client}), Search{Service: s, Districts: []id.District{d}})
		w.ok(err)
	}
	lost := func() (n int) {
		w.pass(time.Minute)
		for _, u := range said[booking.SearchUnmet](w) {
			n += u.Lost
		}
		return n
	}
	for range 3 {
		ask("anna", "licence", "wandsbek")
		if n := lost(); n != 1 {
			t.Fatalf("%d counted of one client", n)
		}
	}
	ask("ben", "licence", "wandsbek")
	if n := lost(); n != 2 {
		t.Fatalf("%d counted of two clients", n)
	}
	w.pass(24 * time.Hour)
	ask("anna", "licence", "wandsbek")
	if n := lost(); n != 3 {
		t.Fatalf("%d counted, one of them on two days", n)
	}
}

func TestNothingFree(t *testing.T) {
	w := newWorld(t, nil).city()
	until := monday + 1
	ask := func() app.Found {
		t.Helper()
		f, err := w.service.Search(w.ctx, Search{Service: "licence", Districts: []id.District{"wandsbek"}, Until: &until})
		w.ok(err)
		return f
	}
	f := ask()
	if len(f.Offers) != 0 || !f.Unmet || len(f.Elsewhere) == 0 || f.Elsewhere[0].Centre != "altona" || len(f.Later) != 0 {
		t.Fatalf("%+v", f)
	}
	ask()
	w.pass(time.Second)
	ask()
	w.pass(time.Second)
	if u := said[booking.SearchUnmet](w); len(u) != 2 || u[0].District != "wandsbek" || u[0].Skill == "" || u[0].On == nil || u[0].Lost != 2 || u[1].Lost != 1 {
		t.Fatalf("noted %+v", u)
	}
	w.pass(time.Minute)
	ask()
	w.pass(time.Second)
	if u := said[booking.SearchUnmet](w); len(u) != 3 {
		t.Fatalf("noted %+v", u)
	}
	w.clock.Advance(time.Minute)
	ask()
	failing, stop := context.WithCancel(w.ctx)
	stop()
	if err := w.service.Node().Tick(failing); err == nil {
		t.Fatal("the tick did not fail")
	}
	w.pass(time.Second)
	if u := said[booking.SearchUnmet](w); len(u) != 4 || u[3].Lost != 1 {
		t.Fatalf("a tick that failed lost a search: noted %+v", u)
	}
	f, err := w.service.Search(w.ctx, Search{Service: "move-house"})
	w.ok(err)
	if len(f.Online) != 1 || !f.Unmet {
		t.Fatalf("%+v", f)
	}
	_, err = w.service.Search(w.ctx, Search{Service: "unknown"})
	if !errors.Is(err, app.ErrUnknownService) {
		t.Fatal(err)
	}
}

func TestImport(t *testing.T) {
	w := newWorld(t, nil).city()
	row := func(ext string, c id.Centre, at day.TimeOfDay) ImportAppointment {
		return ImportAppointment{External: ext, Service: "passport", Centre: c, Day: monday, At: at}
	}
	all := []ImportAppointment{row("1", "altona", nine), row("2", "altona", nine), row("1", "altona", nine), row("3", "wandsbek", nine),
		row("4", "nowhere", nine), row("5", "wandsbek", day.Clock(10, 0))}
	r, err := w.service.Import(w.ctx, all)
	w.ok(err)
	if r.Booked != 2 || r.Already != 1 || len(r.Refused) != 3 {
		t.Fatalf("%+v", r)
	}
	if r.Refused[0].Index != 1 || !strings.Contains(r.Refused[0].Reason, "no counter is free") || !strings.Contains(r.Refused[1].Reason, "does not serve") || !strings.Contains(r.Refused[2].Reason, "nowhere") {
		t.Fatalf("%+v", r.Refused)
	}
	r, err = w.service.Import(w.ctx, all)
	w.ok(err)
	if r.Booked != 0 || r.Already != 3 {
		t.Fatalf("again: %+v", r)
	}
	w.pass(time.Second)
	if n := len(said[booking.AppointmentBooked](w)); n != 2 {
		t.Fatalf("%d booked", n)
	}
}

func TestContactsAreNowhereInTheLog(t *testing.T) {
	w := newWorld(t, nil).city()
	who := Contact{Name: "Zacharias Geheim", Email: "zg@example.org", Phone: "040-123123123"}
	c := w.booked("altona", monday, nine, who)
	d, _, err := w.service.app.Book(w.ctx, "key-1", Wish{Service: "passport", Centre: "altona", Day: monday, At: nine + 15, Channel: booking.Telephone}, who, true)
	w.ok(err)
	all, err := w.store.After(w.ctx, 0, 100000)
	w.ok(err)
	r, err := w.store.IdempotencyResult(w.ctx, node.ResultKey("book:key-1"))
	w.ok(err)
	k, err := w.store.PersonalKey(w.ctx, "contact/"+string(c.Appointment))
	w.ok(err)
	texts := []string{string(r.Data), r.BodyHash, string(k.Wrapped)}
	for _, e := range all {
		texts = append(texts, string(e.Data), e.Stream, e.Meta.Key, e.Meta.Actor)
	}
	for _, text := range texts {
		for _, secret := range []string{"Zacharias", "Geheim", "zg@example", "123123123", c.Code, c.Link, d.Code, d.Link} {
			if strings.Contains(text, secret) {
				t.Fatalf("%q can be read in %s", secret, text)
			}
		}
	}
	// Without the key the contact is gone, the appointment stands.
	if _, err := w.service.Node().Do(w.ctx, forget("contact/"+string(c.Appointment))); err != nil {
		t.Fatal(err)
	}
	v, err := w.service.app.Appointment(w.ctx, c.Appointment, app.Proof{Secret: c.Code})
	w.ok(err)
	if !v.Contact.Empty() || v.Life != "booked" {
		t.Fatalf("%+v", v)
	}
}

func TestYesterdayIsNotPublishedAgain(t *testing.T) {
	w := newWorld(t, nil).city()
	w.clock.Advance(8 * 24 * time.Hour) // Tuesday
	before := len(said[booking.SlotsChanged](w))
	w.hear(capacity.CatalogueChanged{Version: 2, Services: []capacity.ServiceType{{ID: "passport", Skill: "pass", Minutes: 30, Share: 1}}})
	for _, s := range said[booking.SlotsChanged](w)[before:] {
		if s.Day != monday+1 {
			t.Fatalf("%s was said on %s", s.Day, monday+1)
		}
	}
	if n := len(said[booking.SlotsChanged](w)) - before; n != 2 {
		t.Fatalf("%d centre-days were said", n)
	}
	if w.service.app.Models().Unpublished.Wait(w.clock.Now()) != 0 {
		t.Fatal("something is still waiting")
	}
}

// A deployment that was undone: the tentative offering is followed by the old
// one, and nobody was ever at risk.
func TestWithdrawalThatWasRefused(t *testing.T) {
	w := newWorld(t, nil).city()
	c := w.booked("altona", monday, nine, Contact{})
	h, err := w.service.Hold(w.ctx, "", w.wish("altona", monday, nine+15))
	w.ok(err)
	w.offer("altona", monday, true)
	if s := last[booking.SlotsChanged](w); s.FreeSlots["pass"] != 0 {
		t.Fatalf("still open: %+v", s)
	}
	if _, err := w.service.Confirm(w.ctx, "", h.Hold, Contact{}); !errors.Is(err, centreday.ErrHoldExpired) {
		t.Fatalf("a hold outlived its counter: %v", err)
	}
	if l := last[booking.LoadChanged](w); l.OfferingVersion != 2 || l.Uncovered["pass"] != 15 {
		t.Fatalf("%+v", l)
	}
	w.offer("altona", monday, false, line(9, 10, "pass", "car"))
	if l := last[booking.LoadChanged](w); l.OfferingVersion != 3 || len(l.Uncovered) != 0 || l.AtRisk != 0 {
		t.Fatalf("%+v", l)
	}
	if n := len(said[booking.AppointmentAtRisk](w)) + len(said[booking.AppointmentSecured](w)); n != 0 {
		t.Fatalf("%d marks", n)
	}
	if s := last[booking.SlotsChanged](w); s.FreeSlots["pass"] != 3 {
		t.Fatalf("%+v", s)
	}
	if v, err := w.service.app.Appointment(w.ctx, c.Appointment, app.Proof{Secret: c.Code}); err != nil || v.AtRisk {
		t.Fatalf("%+v %v", v, err)
	}
}
