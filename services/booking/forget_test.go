package booking

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/pgtest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/postgres"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/sqlite"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// keyed is a city on a log, with a key file.
func keyed(t *testing.T, store eventlog.Store, keyFile string) *world {
	t.Helper()
	w := newWorld(t, store)
	w.config.KeyFile = keyFile
	w.fromFile()
	return w
}

// fromFile starts the service anew with the key file.
func (w *world) fromFile() {
	w.Helper()
	s, err := New(Deps{Node: node.Deps{Store: w.store, Now: w.now}, Config: w.config})
	w.ok(err)
	w.ok(s.Node().Start(w.ctx))
	w.service = s
}

func (w *world) contactOf(c Confirmation) Contact {
	w.Helper()
	v, err := w.service.app.Appointment(w.ctx, c.Appointment, app.Proof{Secret: c.Code})
	w.ok(err)
	return v.Contact
}

// onBoth runs a test on each kind of log that lasts.
func onBoth(t *testing.T, f func(t *testing.T, open func() eventlog.Store)) {
	t.Run("sqlite", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "booking.db")
		f(t, func() eventlog.Store { return must(sqlite.Open(t.Context(), path)) })
	})
	t.Run("postgres", func(t *testing.T) {
		address := pgtest.Database(t)
		f(t, func() eventlog.Store {
			return must(postgres.Open(t.Context(), postgres.Options{URL: address, Schema: "lotse_booking"}))
		})
	})
}

func TestForget(t *testing.T) {
	onBoth(t, func(t *testing.T, open func() eventlog.Store) {
		store := open()
		t.Cleanup(func() { _ = store.Close() })
		w := keyed(t, store, filepath.Join(t.TempDir(), "booking.kek")).city()
		gerda := Contact{Name: "Gerda Vergessmich", Email: "gerda.v@example.org", Phone: "040 555 666 77"}
		first := w.booked("altona", monday, nine, gerda)
		second := w.booked("altona", monday, nine+15, Contact{Email: "Gerda.V+amt@example.org"})
		other := w.booked("altona", monday, nine+30, Contact{Name: "Hans Bleibhier", Phone: "0405556668"})
		hidden := must(store.PersonalKey(w.ctx, "contact/"+string(first.Appointment)))
		if places := must(store.Search(w.ctx, [][]byte{hidden.Wrapped})); !slices.ContainsFunc(places, func(s eventlog.Searched) bool { return s.Found > 0 }) {
			t.Fatalf("the search does not find a key that lives: %+v", places)
		}
		f, err := w.service.Forget(w.ctx, Whom{IDs: []string{string(first.Appointment)}})
		w.ok(err)
		if len(f.Destroyed) != 1 || !f.Clean || f.Words != 3 || len(f.Searched) < 2 {
			t.Fatalf("%+v", f)
		}
		if w.contactOf(first) != (Contact{}) || w.contactOf(second) == (Contact{}) || w.contactOf(other).Name != "Hans Bleibhier" {
			t.Fatal("the wrong ones are forgotten")
		}
		again, err := w.service.Forget(w.ctx, Whom{IDs: []string{string(first.Appointment)}})
		w.ok(err)
		if len(again.Destroyed) != 0 || len(again.Before) != 1 {
			t.Fatalf("%+v", again)
		}
		byMail, err := w.service.Forget(w.ctx, Whom{Email: "gerda.v@example.org"})
		w.ok(err)
		if len(byMail.Destroyed) != 1 || w.contactOf(second) != (Contact{}) || w.contactOf(other) == (Contact{}) {
			t.Fatalf("%+v", byMail)
		}
		byPhone, err := w.service.Forget(w.ctx, Whom{Phone: "040/555-6668"})
		w.ok(err)
		if len(byPhone.Destroyed) != 1 || w.contactOf(other) != (Contact{}) {
			t.Fatalf("%+v", byPhone)
		}
		if _, err := w.service.Forget(w.ctx, Whom{}); err == nil {
			t.Fatal("nobody was forgotten without an error")
		}
		// The appointments stand.
		if v := must(w.service.app.Appointment(w.ctx, first.Appointment, app.Proof{Secret: first.Code})); v.Life != "booked" {
			t.Errorf("%+v", v)
		}
		list := must(w.service.DestroyedKeys(w.ctx, "", 100))
		if len(list) != 3 {
			t.Errorf("destroyed keys %v", list)
		}
		// A log from before: the list is applied once more.
		late := w.booked("altona", monday, nine+45, gerda)
		n, err := w.service.ForgetAgain(w.ctx, append(list, "contact/"+string(late.Appointment), "contact/unknown"))
		w.ok(err)
		if n != 1 || w.contactOf(late) != (Contact{}) {
			t.Errorf("%d forgotten again", n)
		}
	})
}

// A place on the waiting list and a contact that waits with a hold go, too.
func TestForgetWhoWaits(t *testing.T) {
	w := newWorld(t, nil).city()
	full(w)
	p := w.waits(`{"service":"passport",` + contactOf("wartend") + `}`)
	f, err := w.service.Forget(w.ctx, Whom{Email: "wartend@example.org"})
	w.ok(err)
	if len(f.Destroyed) != 1 || f.Destroyed[0] != "contact/"+p.Waiting || !f.Clean {
		t.Fatalf("%+v", f)
	}
}

func TestRotateKeys(t *testing.T) {
	onBoth(t, func(t *testing.T, open func() eventlog.Store) {
		store := open()
		t.Cleanup(func() { _ = store.Close() })
		file := filepath.Join(t.TempDir(), "booking.kek")
		w := keyed(t, store, file).city()
		who := Contact{Name: "Gerda Bleibsicher", Email: "gerda.b@example.org"}
		c := w.booked("altona", monday, nine, who)
		head := must(store.Head(w.ctx))
		if name := must(AddKey(w.ctx, w.config)); name != "2" {
			t.Fatal(name)
		}
		r := must(w.service.RotateKeys(w.ctx))
		if r.Newest != "2" || r.Rewrapped != r.Keys || r.Keys < 2 || !slices.Equal(r.Retired, []string{"1"}) {
			t.Fatalf("%+v", r)
		}
		if again := must(w.service.RotateKeys(w.ctx)); again.Rewrapped != 0 || again.Keys != r.Keys {
			t.Fatalf("%+v", again)
		}
		if now := must(store.Head(w.ctx)); now != head {
			t.Errorf("the log was touched: %+v, was %+v", now, head)
		}
		later := w.booked("altona", monday, nine+15, who)
		old := must(os.ReadFile(file))
		if gone := must(RetireKeys(w.ctx, w.config)); !slices.Equal(gone, []string{"1"}) {
			t.Fatal(gone)
		}
		w.fromFile()
		if w.contactOf(c) != who || w.contactOf(later) != who {
			t.Error("contacts cannot be read without the old key")
		}
		// What the old key wrapped is gone from the store: nobody can read with it.
		w.ok(os.WriteFile(file, []byte(strings.SplitAfter(string(old), "\n")[0]), 0o600))
		if _, err := New(Deps{Node: node.Deps{Store: w.store, Now: w.now}, Config: w.config}); err == nil || !strings.Contains(err.Error(), "belong") {
			t.Errorf("the old key still opens: %v", err)
		}
	})
}

// broken fails after some keys were wrapped anew.
type broken struct {
	eventlog.Store
	left int
}

func (b *broken) Rewrap(ctx context.Context, keys []eventlog.Key) (int, error) {
	if b.left -= len(keys); b.left < 0 {
		return 0, errors.New("the power is gone")
	}
	return b.Store.Rewrap(ctx, keys)
}

// RotateKeys may break off anywhere: both keys unwrap what is theirs, and asking
// again ends it.
func TestRotationBreaksOff(t *testing.T) {
	path := filepath.Join(t.TempDir(), "booking.db")
	store := &broken{must(sqlite.Open(t.Context(), path)), 0}
	t.Cleanup(func() { _ = store.Store.Close() })
	w := keyed(t, store, filepath.Join(t.TempDir(), "booking.kek")).city()
	who := Contact{Name: "Gerda"}
	c := w.booked("altona", monday, nine, who)
	must(AddKey(w.ctx, w.config))
	if _, err := w.service.RotateKeys(w.ctx); err == nil {
		t.Fatal("it did not break off")
	}
	w.fromFile() // the next process
	if w.contactOf(c) != who {
		t.Fatal("a contact is lost")
	}
	store.left = 1000
	if r := must(w.service.RotateKeys(w.ctx)); r.Rewrapped != r.Keys || len(r.Retired) != 1 {
		t.Fatalf("%+v", r)
	}
}

// Contacts are forgotten by themselves so many days after the visit; one that was
// moved to a later day is kept until then.
func TestContactsAreKeptAsLongAsThePolicySays(t *testing.T) {
	w := newWorld(t, nil).city()
	w.hear(capacity.PolicyChanged{Version: 2, Policy: capacity.Policy{GoalDays: 10, LimitDays: 14, HorizonDays: 60, MinLeadDays: 1, HoldMinutes: 10,
		Booking: &capacity.BookingPolicy{ContactDays: 3}}})
	who := Contact{Name: "Gerda", Email: "gerda@example.org"}
	kept := w.booked("altona", monday, nine, who)
	cancelled := w.booked("altona", monday, nine+15, who)
	moved := w.booked("altona", monday, nine+30, who)
	elsewhere := w.booked("wandsbek", monday, nine+60, who)
	_, err := w.service.app.Cancel(w.ctx, "", cancelled.Appointment, app.Proof{Secret: cancelled.Code})
	w.ok(err)
	_, _, err = w.service.app.Move(w.ctx, "", moved.Appointment, app.Proof{Channel: booking.Telephone}, app.NewPlace{Centre: "altona", Day: monday + 1, At: nine})
	w.ok(err)
	at := func(days int) {
		t.Helper()
		w.clock.Set(begin.AddDate(0, 0, 7+days))
		w.pass(time.Minute)
	}
	all := []Confirmation{kept, cancelled, moved, elsewhere}
	known := func(want ...bool) {
		t.Helper()
		for i, c := range all {
			if has := w.contactOf(c) != (Contact{}); has != want[i] {
				t.Errorf("appointment %d: contact known: %v, want %v", i, has, want[i])
			}
		}
	}
	at(3)
	known(true, true, true, true)
	at(4)
	known(false, false, true, false)
	at(5)
	known(false, false, false, false)
	if n := len(must(w.service.DestroyedKeys(w.ctx, "", 100))); n != 4 {
		t.Errorf("%d keys destroyed", n)
	}
}

// A contact whose key encryption key is lost is forgotten like any other, and is
// in nobody's way; the secrets of codes and links are no contact.
func TestForgetWhatNobodyCanRead(t *testing.T) {
	w := keyed(t, nil, filepath.Join(t.TempDir(), "booking.kek")).city()
	lost := w.booked("altona", monday, nine, Contact{Name: "Gerda Vergessmich", Email: "gerda.v@example.org"})
	must(AddKey(w.ctx, w.config))
	must(w.service.RotateKeys(w.ctx))
	other := w.booked("altona", monday, nine+15, Contact{Email: "hans@example.org"})
	key := must(w.store.PersonalKey(w.ctx, "contact/"+string(lost.Appointment)))
	for i := range key.Wrapped[len(key.Wrapped)-8:] {
		key.Wrapped[len(key.Wrapped)-8+i] ^= 1
	}
	must(w.store.Rewrap(w.ctx, []eventlog.Key{key}))
	f, err := w.service.Forget(w.ctx, Whom{Email: "hans@example.org"})
	w.ok(err)
	if len(f.Destroyed) != 1 || w.contactOf(other) != (Contact{}) {
		t.Fatalf("%+v", f)
	}
	f, err = w.service.Forget(w.ctx, Whom{IDs: []string{string(lost.Appointment)}})
	w.ok(err)
	if len(f.Destroyed) != 1 || !f.Clean || w.contactOf(lost) != (Contact{}) {
		t.Fatalf("%+v", f)
	}
	if n, err := w.service.ForgetAgain(w.ctx, []string{"contact/x", "secrets"}); err == nil || n != 0 {
		t.Fatalf("the secrets of all codes: %d, %v", n, err)
	}
	must(w.store.PersonalKey(w.ctx, "secrets"))
}
