package systemtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/absence"
	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/events/lotse"
	"github.com/lotse-hamburg/lotse/events/staffing"
	"github.com/lotse-hamburg/lotse/services/allinone"
	"github.com/lotse-hamburg/lotse/services/internal/clock"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/pgtest"
)

func today(t *testing.T) day.Day {
	t.Helper()
	zone, err := clock.Zone(clock.City)
	if err != nil {
		t.Fatal(err)
	}
	return day.Of(time.Now(), zone)
}

// fill books as many passports at a centre as are asked for, side by side.
func (w *town) fill(c id.Centre, d day.Day, counters int) int {
	w.t.Helper()
	var all []map[string]any
	for at := day.Clock(8, 0); at < day.Clock(18, 0); at += 15 {
		for i := range counters {
			all = append(all, map[string]any{"external_id": fmt.Sprintf("%s-%s-%s-%d", c, d, at, i), "service": "passport",
				"centre": c, "day": d, "at": at, "channel": "telephone"})
		}
	}
	var answer struct {
		Booked  int
		Refused []struct{ Reason string }
	}
	w.call("POST", "/booking/v1/imports/appointments", map[string]any{"appointments": all}, &answer)
	if answer.Booked == 0 {
		w.t.Fatalf("nothing could be booked at %s: %+v", c, answer.Refused)
	}
	w.quiet()
	return answer.Booked
}

func TestASickNoteMovesStaffAndSlots(t *testing.T) {
	for _, log := range []string{"sqlite", "postgres"} {
		t.Run(log, func(t *testing.T) {
			cfg := allinone.Config{}
			if log == "postgres" {
				cfg.Postgres = pgtest.Database(t)
			}
			w := start(t, cfg)
			w.settle(false)
			w.chain("hr-1", today(t)+1)
		})
	}
}

// chain lets two of north's four fall ill on a nearly full day and follows what
// comes of it to the end. Everything said carries the sick note's id.
func (w *town) chain(note string, d day.Day) {
	t := w.t
	t.Helper()
	booked := w.fill(north, d, 3)
	began := w.mark()
	if r := w.report(note, "reported", map[string]any{"absence_id": note, "employee": "n-0", "from": d, "until": d + 1, "revision": 1}); r["status"] != "recorded" {
		t.Fatalf("receipt %v", r)
	}
	_, h := until(w, began, "absence recorded", func(e absence.AbsenceRecorded) bool { return e.Employee == "n-0" })
	trace := traceOf(t, h)
	same := func(what string, h heard) {
		t.Helper()
		if h.envelope.CorrelationID != note {
			t.Errorf("%s has correlation id %q, want the sick note's %q", what, h.envelope.CorrelationID, note)
		}
		if traceOf(t, h) != trace {
			t.Errorf("%s is in another trace", what)
		}
	}
	_, h = until(w, began, "duties without the day", func(e staffing.DutiesChanged) bool { return e.Employee == "n-0" && !onDuty(e, d) })
	same("duties-changed", h)
	closed, h := until(w, began, "north's offering without the person", func(e capacity.OfferingChanged) bool { return e.Centre == north && e.Day == d })
	same("offering-changed", h)
	if len(closed.Lines) != 3 {
		t.Errorf("north offers %d counters after one of four fell ill", len(closed.Lines))
	}
	_, h = until(w, began, "north's slots closed", func(e booking.SlotsChanged) bool {
		return e.Centre == north && e.Day == d && e.OfferingVersion >= closed.Version
	})
	same("slots-changed", h)

	// One more, and booked appointments cannot be served any longer.
	second := note + "-b"
	w.report(second, "reported", map[string]any{"absence_id": second, "employee": "n-1", "from": d, "until": d + 1, "revision": 1})
	risk, _ := until(w, began, "appointments at risk", func(e booking.AppointmentAtRisk) bool { return e.Centre == north && e.Day == d })
	draft, h := until(w, began, "a proposal", func(e capacity.ProposalDrafted) bool { return len(e.Causes) > 0 && contains(e.Causes, second) })
	if h.envelope.CorrelationID != second {
		t.Errorf("the proposal's correlation id is %q, want %q", h.envelope.CorrelationID, second)
	}
	if len(draft.Moves) == 0 || draft.Approval != "review" {
		t.Fatalf("draft %+v", draft)
	}
	move := draft.Moves[0]
	if move.From != south || move.To != north || move.FromDistrict != "sued" || move.ToDistrict != "nord" || move.Why["de"] == "" || move.Why["en"] == "" {
		t.Errorf("move %+v", move)
	}
	w.call("POST", "/capacity/v1/proposals/"+string(draft.Proposal)+"/approve", map[string]any{}, nil)
	tentative, a := until(w, began, "south's tentative offering", func(e capacity.OfferingChanged) bool {
		return e.Tentative && e.Centre == south && e.Day == d
	})
	_, b := until(w, began, "booking's answer to it", func(e booking.LoadChanged) bool {
		return e.Centre == south && e.Day == d && e.OfferingVersion >= tentative.Version
	})
	_, c := until(w, began, "the request to staffing", func(e capacity.DeploymentRequested) bool { return e.Deployment == move.Deployment })
	_, o := until(w, began, "the order", func(e staffing.DeploymentOrdered) bool { return e.Deployment == move.Deployment })
	for i, pair := range [][2]heard{{a, b}, {b, c}, {c, o}} {
		if pair[1].at.Before(pair[0].at) {
			t.Errorf("giver first is broken at step %d", i)
		}
	}
	_, _ = until(w, began, "north's slots with the person", func(e booking.SlotsChanged) bool {
		return e.Centre == north && e.Day == d && e.OfferingVersion > closed.Version+1
	})
	until(w, began, "the appointment is secured", func(e booking.AppointmentSecured) bool { return e.Appointment == risk.Appointment })
	until(w, began, "the proposal is applied", func(e capacity.ProposalApplied) bool {
		return e.Proposal == draft.Proposal && len(e.Ordered) == len(draft.Moves)
	})
	w.quiet()
	load, _ := last[booking.LoadChanged](w, func(e booking.LoadChanged) bool { return e.Centre == north && e.Day == d })
	if load.Appointments != booked {
		t.Errorf("%d appointments were booked, %d are left", booked, load.Appointments)
	}
}

func last[E events.Event](w *town, is func(E) bool) (found E, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, h := range w.heard {
		if e, fits := h.event.(E); fits && is(e) {
			found, ok = e, true
		}
	}
	return found, ok
}

func traceOf(t *testing.T, h heard) string {
	t.Helper()
	parts := strings.Split(h.envelope.TraceParent, "-")
	if len(parts) != 4 {
		t.Fatalf("%s has traceparent %q", h.envelope.Type, h.envelope.TraceParent)
	}
	return parts[1]
}

func onDuty(e staffing.DutiesChanged, d day.Day) bool {
	for _, duty := range e.Duties {
		if duty.Day == d {
			return true
		}
	}
	return false
}

func contains(all []string, s string) bool {
	for _, a := range all {
		if a == s {
			return true
		}
	}
	return false
}

func TestGuardrailsApproveWithoutAPlanner(t *testing.T) {
	w := start(t, allinone.Config{})
	w.settle(true)
	d := today(t) + 1
	w.fill(north, d, 3)
	began := w.mark()
	for i, who := range []string{"n-0", "n-1"} {
		w.report(fmt.Sprint("hr-", i), "reported", map[string]any{"absence_id": fmt.Sprint("a-", i), "employee": who, "from": d, "until": d + 1, "revision": 1})
	}
	approved, _ := until(w, began, "an automatic approval", func(e capacity.ProposalApproved) bool { return e.Automatic })
	until(w, began, "it is carried out", func(e capacity.ProposalApplied) bool { return e.Proposal == approved.Proposal })
}

// What absence does not understand is parked with its reason, refused with the
// field's name, and does not disturb what comes after.
func TestMalformedNotesAreRefusedAndParked(t *testing.T) {
	w := start(t, allinone.Config{})
	w.settle(false)
	d := today(t) + 2
	began := w.mark()
	r := w.report("bad-1", "reported", map[string]any{"absence_id": "x", "employee": "n-0", "from": d, "until": d - 3, "revision": 1, "reason": "influenza"})
	if r["status"] != "refused" || !strings.Contains(fmt.Sprint(r), "until") || strings.Contains(fmt.Sprint(r), "influenza") {
		t.Fatalf("receipt %v", r)
	}
	if r := w.report("ok-1", "reported", map[string]any{"absence_id": "y", "employee": "n-0", "from": d, "until": d + 1, "revision": 1, "note": "influenza"}); r["status"] != "recorded" {
		t.Fatalf("receipt %v", r)
	}
	if r := w.report("ok-1", "reported", map[string]any{"absence_id": "y", "employee": "n-0", "from": d, "until": d + 1, "revision": 1}); r["status"] != "duplicate" && r["status"] != "unchanged" {
		t.Fatalf("a repeat was answered %v", r)
	}
	until(w, began, "the good one is recorded", func(e absence.AbsenceRecorded) bool { return e.From == d })
	var parked struct {
		Parked []map[string]any `json:"parked"`
	}
	w.call("GET", "/absence/v1/parked", nil, &parked)
	if len(parked.Parked) != 1 || !strings.Contains(fmt.Sprint(parked.Parked[0]["reason"]), "until") {
		t.Fatalf("parked: %v", parked)
	}
	w.quiet()
	w.down()
	grepForbidden(t, w.cfg.Data, "influenza")
}

// grepForbidden looks for a word in every file below a folder.
func grepForbidden(t *testing.T, dir, word string) {
	t.Helper()
	files := 0
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		files++
		raw, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(raw), word) {
			t.Errorf("%s holds %q", path, word)
		}
		return err
	})
	if err != nil || files == 0 {
		t.Fatalf("%d files, %v", files, err)
	}
}

// The bus may lose everything: after a restart without it the streams hold what
// the logs hold, once, and the next sick note goes its way.
func TestTheBusMayLoseEverything(t *testing.T) {
	w := start(t, allinone.Config{})
	w.settle(false)
	w.chain("before", today(t)+1)
	before := w.streams()
	w.down()
	if err := os.RemoveAll(filepath.Join(w.cfg.Data, "bus")); err != nil {
		t.Fatal(err)
	}
	w.up()
	w.quiet()
	after := w.streams()
	for service, n := range before {
		if after[service] < n {
			t.Errorf("%s: the stream held %d events, after the loss %d", service, n, after[service])
		}
	}
	w.chain("after", today(t)+2)
	w.streams()
}

// streams counts the events of each service on the bus and checks that none is
// missing or doubled.
func (w *town) streams() map[string]uint64 {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	all := map[string]uint64{}
	for _, service := range lotse.Services {
		nc, err := nats.Connect(w.city.NATSURL(), as(w.t, w.city.BusAccess(), service)...)
		if err != nil {
			w.t.Fatal(err)
		}
		defer nc.Close()
		js, err := jetstream.New(nc)
		if err != nil {
			w.t.Fatal(err)
		}
		s, err := js.Stream(ctx, events.StreamName(service))
		if err != nil {
			w.t.Fatal(err)
		}
		info, err := s.Info(ctx)
		if err != nil {
			w.t.Fatal(err)
		}
		ids := map[string]bool{}
		for seq := uint64(1); seq <= info.State.LastSeq; seq++ {
			m, err := s.GetMsg(ctx, seq)
			if err != nil {
				w.t.Fatalf("%s: message %d of %d: %v", service, seq, info.State.LastSeq, err)
			}
			e, err := events.ParseMessage(m.Header, m.Data)
			if err != nil || uint64(e.Position) != seq || ids[e.ID] {
				w.t.Fatalf("%s: message %d: position %d, doubled %v, %v", service, seq, e.Position, ids[e.ID], err)
			}
			ids[e.ID] = true
		}
		all[service] = info.State.LastSeq
	}
	return all
}
