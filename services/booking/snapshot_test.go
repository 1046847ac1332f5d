package booking

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/node"
	"github.com/lotse-hamburg/lotse/services/internal/snapshot/snapshottest"
)

// models are those of a service that has heard nothing yet.
func (w *world) models() (all []node.Model) {
	s := must(New(Deps{Node: node.Deps{Store: memory.New(), Now: w.now}, Config: w.config, Master: bytes.Repeat([]byte{1}, 32)}))
	fields := reflect.ValueOf(s.app.Models())
	for i := range fields.NumField() {
		all = append(all, fields.Field(i).Interface().(node.Model))
	}
	return all
}

// wholeLog reads everything.
func (w *world) wholeLog() (all []eventlog.Event) {
	w.Helper()
	for {
		page, err := w.store.After(w.ctx, int64(len(all)), 10000)
		w.ok(err)
		if all = append(all, page...); len(page) == 0 {
			return all
		}
	}
}

// restores checks the read models against snapshots at some places of the log
// that a test has written; every test's world does so at its end, so that what
// a new model forgets is found by the tests of what it is for. The log is audited
// too.
func (w *world) restores() {
	w.Helper()
	if w.Failed() || w.Skipped() {
		return
	}
	log := w.wholeLog()
	places := []int{len(log)}
	dice := rand.New(rand.NewPCG(uint64(len(log)), 4))
	for range min(3, 20000/(len(log)+1)) {
		places = append(places, dice.IntN(len(log)+1))
	}
	snapshottest.Restores(w, app.Codec, w.models, log, places...)
	report, err := Audit(w.ctx, w.store, nil)
	w.ok(err)
	for _, fault := range report.Faults {
		w.Error(fault)
	}
}

func TestSnapshotsAtEveryPlaceOfALog(t *testing.T) {
	w, _ := withMail(t, nil)
	first := w.booked("altona", monday, nine, erika)
	w.booked("wandsbek", monday, nine+60, Contact{Name: "N"})
	must(w.service.Hold(w.ctx, "", w.wish("altona", monday+1, nine)))
	w.offer("altona", monday, false) // everybody gone: at risk, told, slots offered
	w.pass(0)
	_, _, err := w.service.app.Move(w.ctx, "", first.Appointment, app.Proof{Channel: booking.Desk}, app.NewPlace{Centre: "wandsbek", Day: monday + 1, At: nine + 60})
	w.ok(err)
	w.step()
	w.pass(24 * 3600e9)
	log := w.wholeLog()
	places := make([]int, len(log)+1)
	for i := range places {
		places[i] = i
	}
	snapshottest.Restores(t, app.Codec, w.models, log, places...)
}

// A restart from a snapshot answers as before and decides as before, also at a
// centre-day whose state was kept.
func TestRestartFromASnapshot(t *testing.T) {
	w := newWorld(t, nil).city()
	c := w.booked("altona", monday, nine, Contact{Name: "N"})
	w.ok(w.service.Node().SaveSnapshot(w.ctx))
	w.booked("altona", monday, nine+15, Contact{Name: "N"})
	ask := func() Found { return must(w.service.Search(w.ctx, Search{Service: "passport", Limit: 100})) }
	before := ask()
	w.start()
	if after := ask(); !reflect.DeepEqual(after, before) || len(before.Offers) == 0 {
		t.Errorf("before the restart\n%+v\nafter it\n%+v", before, after)
	}
	if _, err := w.service.Hold(w.ctx, "", w.wish("altona", monday, nine)); err == nil {
		t.Error("a slot that was taken before the snapshot was given away again")
	}
	if _, err := w.service.Hold(w.ctx, "", w.wish("altona", monday, nine+15)); err == nil {
		t.Error("a slot that was taken after the snapshot was given away again")
	}
	v, err := w.service.app.Appointment(w.ctx, c.Appointment, app.Proof{Secret: c.Code})
	if err != nil || v.Contact.Name != "N" {
		t.Errorf("the appointment is %+v, %v", v, err)
	}
}
