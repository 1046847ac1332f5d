package capacity_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	events_capacity "github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/capacity"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/app/planner"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/overhaul"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/access/accesstest"
)

// shortOf is a city in which west has more booked on Tuesday than its three can
// serve, without anybody ill: nothing calls for the planner but the night.
func shortOf(t *testing.T) *world {
	w := running(t, func(n *capacity.Network) { n.Policy.Planning = &events_capacity.Planning{NightlyRounds: 4} })
	w.booked["west/"+tuesday.String()] = 4 * 480
	w.answer(w.offered("west", tuesday))
	w.settle()
	return w
}

// at makes it so late, by universal time, and lets what is due fall due.
func (w *world) at(d day.Day, hours, minutes int) {
	w.t.Helper()
	zone := w.now.Location()
	w.now = d.At(day.Clock(hours, minutes), zone)
	for range 2 { // the first one begins the day
		if err := w.service.Node().Tick(w.ctx); err != nil {
			w.t.Fatal(err)
		}
		if err := w.service.Node().Fold(w.ctx); err != nil {
			w.t.Fatal(err)
		}
	}
}

func TestByNightTheWholeCityIsPlannedAnew(t *testing.T) {
	w := shortOf(t)
	if n := count[events_capacity.ProposalDrafted](w); n != 0 {
		t.Fatalf("%d proposals by day", n)
	}
	w.at(monday+1, 1, 40) // 02:40 in the city
	w.settle()
	d := must[events_capacity.ProposalDrafted](w)
	if len(d.Causes) != 1 || d.Causes[0] != events_capacity.Reoptimisation || d.Approval != "review" || len(d.Moves) == 0 || d.Gain < 6000 {
		t.Fatalf("%+v", d)
	}
	for _, m := range d.Moves {
		if m.To != "west" || m.Day != tuesday || !strings.Contains(m.Why["de"], "gebuchte Termine") {
			t.Errorf("%+v", m)
		}
	}
	// Once a night; and what is found again the next night is no news.
	w.at(monday+1, 2, 10)
	w.settle()
	w.at(monday+2, 1, 40)
	w.settle()
	if n := count[events_capacity.ProposalDrafted](w); n != 1 || count[events_capacity.ProposalSuperseded](w) != 0 {
		t.Errorf("%d proposals, %d superseded", n, count[events_capacity.ProposalSuperseded](w))
	}
	if err := w.service.Approve(w.ctx, d.Proposal); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if a := must[events_capacity.ProposalApplied](w); a.Proposal != d.Proposal || len(a.Ordered) != len(d.Moves) {
		t.Errorf("%+v", a)
	}
	// The approved moves are the plan now: there is nothing left to gain.
	w.at(monday+3, 1, 40)
	w.settle()
	if n := count[events_capacity.ProposalDrafted](w); n != 1 {
		t.Errorf("%d proposals, the last %+v", n, must[events_capacity.ProposalDrafted](w))
	}
}

func TestAMissedNightIsNotMadeUpForByDay(t *testing.T) {
	w := shortOf(t)
	w.at(monday+1, 7, 30)
	w.settle()
	if n := count[events_capacity.ProposalDrafted](w); n != 0 {
		t.Errorf("%d proposals", n)
	}
}

// A sick note that comes while the city is planned anew is answered between two
// slices, and what the night has found is taken over as far as it still holds.
func TestASickNoteDoesNotWaitForTheNight(t *testing.T) {
	w := shortOf(t)
	w.booked["west/"+(tuesday+1).String()] = 3 * 480
	w.answer(w.offered("west", tuesday+1))
	w.at(monday+1, 1, 40)
	if err := w.service.Node().Fold(w.ctx); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := w.service.React(w.ctx, "planning"); err != nil {
			t.Fatal(err)
		}
	}
	if n := count[events_capacity.ProposalDrafted](w); n != 0 {
		t.Fatal("the night is over already")
	}
	w.ill("west-1", "hr-1", tuesday+1)
	if err := w.service.Node().Fold(w.ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := w.service.React(w.ctx, "offerings"); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(2 * time.Second)
	if _, err := w.service.React(w.ctx, "planning"); err != nil {
		t.Fatal(err)
	}
	w.heard()
	first := must[events_capacity.ProposalDrafted](w)
	if first.Causes[0] != "hr-1" {
		t.Fatalf("%+v", first)
	}
	w.settle()
	if d := must[events_capacity.ProposalDrafted](w); d.Causes[0] != events_capacity.Reoptimisation {
		t.Errorf("%+v", d)
	}
}

// A night's beginning gives way to whoever waits, and ends with a plan although it
// was stopped again and again.
func TestTheBeginningOfANightCanBeStopped(t *testing.T) {
	w := shortOf(t)
	var city *read.City
	w.service.Node().View(func() { city = w.service.City().Still() })
	o := planner.NewOverhaul(overhaul.Began{ID: "x", Day: monday, Reason: overhaul.Nightly}, city)
	asked := 0
	busy := func() bool { asked++; return true }
	for range 8 {
		if done, err := o.Slice(busy); err != nil || done {
			t.Fatal(done, err)
		}
	}
	if asked == 0 {
		t.Fatal("it never asked who waits")
	}
	for range 50 {
		done, err := o.Slice(func() bool { return false })
		if err != nil {
			t.Fatal(err)
		}
		if done {
			return
		}
	}
	t.Error("it does not come to an end")
}

// A night that is bounded by its work plans in one slice, gives way to whoever
// waits, finds the same plan again, and moves nobody beyond the published days.
func TestANightIsBoundedByItsDraws(t *testing.T) {
	w := shortOf(t)
	var city *read.City
	w.service.Node().View(func() { city = w.service.City().Still() })
	began := overhaul.Began{ID: "x", Day: monday, Reason: overhaul.Nightly}
	ends := func(busy bool) (moves []events_capacity.Move) {
		s := planner.NewSession(planner.Options{Terse: true})
		o, err := s.Bounded(began, city, 20_000)
		if err != nil {
			t.Fatal(err)
		}
		if done, err := o.Slice(func() bool { return busy }); err != nil || done == busy {
			t.Fatalf("busy %v: done %v, %v", busy, done, err)
		} else if busy {
			return nil
		}
		a, end, err := s.Conclude(o, planner.Question{At: 1, Today: city.Today, City: city})
		if err != nil || end.Outcome != overhaul.Proposed || end.After >= end.Before {
			t.Fatalf("%+v, %v", end, err)
		}
		return a.Draft.Drafted.Moves
	}
	ends(true)
	first := ends(false)
	if again := ends(false); !reflect.DeepEqual(first, again) {
		t.Errorf("%v\nand again %v", first, again)
	}
	for _, m := range first {
		if m.Day >= city.Today+14 {
			t.Errorf("%v is not published yet", m)
		}
	}
}

func TestANightIsResumedAfterARestart(t *testing.T) {
	w := shortOf(t)
	w.at(monday+1, 1, 40)
	if err := w.service.Node().Fold(w.ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := w.service.React(w.ctx, "planning"); err != nil {
		t.Fatal(err)
	}
	w.start()
	w.settle()
	if d := must[events_capacity.ProposalDrafted](w); d.Causes[0] != events_capacity.Reoptimisation {
		t.Errorf("%+v", d)
	}
}

// What a night finds is approved as anything else is: without a planner where it keeps
// within the guardrails; and who tries guardrails is told so.
func TestGuardrailsHoldByNight(t *testing.T) {
	rails := events_capacity.Guardrails{Enabled: true, MaxMoves: 20, MaxTravelMinutes: 90}
	w := running(t, func(n *capacity.Network) {
		n.Policy.Planning, n.Policy.Automatic = &events_capacity.Planning{NightlyRounds: 4}, rails
	})
	w.booked["west/"+tuesday.String()] = 4 * 480
	w.answer(w.offered("west", tuesday))
	w.settle()
	w.at(monday+1, 1, 40)
	w.settle()
	d := must[events_capacity.ProposalDrafted](w)
	if d.Causes[0] != events_capacity.Reoptimisation || d.Approval != planner.Automatic || !must[events_capacity.ProposalApproved](w).Automatic {
		t.Fatalf("%+v", d)
	}
	var trial struct{ Looked, Would, Did int }
	if w.call("POST", "/v1/policy/dry-run", rails, &trial); trial.Looked != 1 || trial.Would != 1 || trial.Did != 1 {
		t.Errorf("tried as they are: %+v", trial)
	}
	rails.MaxMoves = 0
	if w.call("POST", "/v1/policy/dry-run", rails, &trial); trial.Would != 0 {
		t.Errorf("none may be moved: %+v", trial)
	}
}

// Whoever is missed comes first: what only a re-optimisation wants binds nobody,
// and ends when its people are needed.
func TestAReoptimisationBindsNobody(t *testing.T) {
	w := shortOf(t)
	w.at(monday+1, 1, 40)
	w.settle()
	re := must[events_capacity.ProposalDrafted](w)
	w.ill("west-1", "hr-1", tuesday)
	w.ill("west-2", "hr-1", tuesday)
	w.settle()
	d := must[events_capacity.ProposalDrafted](w)
	if d.Causes[0] != "hr-1" || len(d.Moves) != 2 {
		t.Fatalf("%+v", d)
	}
	if err := w.service.Approve(w.ctx, d.Proposal); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if s := must[events_capacity.ProposalSuperseded](w); s.Proposal != re.Proposal || s.Why["de"] == "" {
		t.Errorf("%+v", s)
	}
}

func TestSuggestionsAreShownAndTakenUp(t *testing.T) {
	w := shortOf(t)
	w.booked["east/"+tuesday.String()] = 4 * 480
	w.answer(w.offered("east", tuesday))
	w.at(monday+1, 1, 40)
	w.settle()
	h := accesstest.Staff(w.service.Handler())
	call := func(method, path string, body any, into any) int {
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(method, path, bytes.NewReader(raw))
		r.Header.Set("Content-Type", "application/json")
		out := httptest.NewRecorder()
		h.ServeHTTP(out, r)
		if into != nil {
			if err := json.Unmarshal(out.Body.Bytes(), into); err != nil {
				t.Fatalf("%s: %s", path, out.Body)
			}
		}
		return out.Code
	}
	var list struct {
		Suggestions []struct {
			events_capacity.Suggestion
			Accepted bool   `json:"accepted"`
			Note     string `json:"note"`
		} `json:"suggestions"`
	}
	if code := call(http.MethodGet, "/v1/suggestions", nil, &list); code != 200 || len(list.Suggestions) == 0 {
		t.Fatalf("%d, %+v", code, list)
	}
	for i, s := range list.Suggestions {
		if s.Gain <= 0 || s.Why["de"] == "" || s.Why["en"] == "" || len(s.Days) == 0 || s.Centre == "" || s.Accepted {
			t.Errorf("%+v", s)
		}
		if i > 0 && s.Gain > list.Suggestions[i-1].Gain {
			t.Error("not the greatest gain first")
		}
	}
	first := "/v1/suggestions/" + list.Suggestions[0].ID + "/accept"
	if code := call(http.MethodPost, first, map[string]any{"note": "two people stay longer"}, nil); code != 204 {
		t.Errorf("accepting: %d", code)
	}
	if code := call(http.MethodPost, first, map[string]any{"note": "another note"}, nil); code != 409 {
		t.Errorf("accepting once more: %d", code)
	}
	if code := call(http.MethodPost, "/v1/suggestions/nothing/accept", map[string]any{}, nil); code != 404 {
		t.Errorf("accepting the unknown: %d", code)
	}
	w.settle()
	list.Suggestions = nil
	call(http.MethodGet, "/v1/suggestions", nil, &list)
	if s := list.Suggestions[0]; !s.Accepted || s.Note != "two people stay longer" {
		t.Errorf("%+v", s)
	}
}

func TestDriftSetsAnOverhaulGoing(t *testing.T) {
	w := shortOf(t)
	w.booked["west/"+(monday+1).String()] = 3 * 480
	w.answer(w.offered("west", monday+1))
	w.settle()
	w.ill("west-1", "hr-1", monday+1) // tomorrow: too late for anybody to be sent
	w.settle()
	began := func() (b overhaul.State) {
		w.service.Node().View(func() { b = w.service.City().Overhaul })
		return b
	}
	for range 2 {
		w.now = w.now.Add(9 * time.Minute)
		if began().Began.ID != "" {
			t.Fatal("it begins while sick notes still come")
		}
		if err := w.service.Node().Tick(w.ctx); err != nil {
			t.Fatal(err)
		}
		if err := w.service.Node().Fold(w.ctx); err != nil {
			t.Fatal(err)
		}
	}
	if b := began(); b.Began.Reason != overhaul.Drift || b.Ended != nil {
		t.Fatalf("%+v: nothing has been mended, and nobody was ill for a while", b)
	}
	w.settle()
	b := began()
	if b.Ended == nil || b.Ended.Outcome != overhaul.Proposed {
		t.Fatalf("%+v", b)
	}
	d := must[events_capacity.ProposalDrafted](w)
	if d.Causes[0] != events_capacity.Reoptimisation || len(d.Moves) == 0 {
		t.Errorf("%+v", d)
	}
	// It has looked: the same damage does not set off another one.
	w.now = w.now.Add(time.Hour)
	if err := w.service.Node().Tick(w.ctx); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if again := began(); again.Began.ID != b.Began.ID {
		t.Errorf("%+v follows %+v", again, b)
	}
}

// Whoever works at a centre that a district closes may help elsewhere: the plan
// follows within the day, and what is closed again is not planned for.
func TestAClosureSetsAnOverhaulGoing(t *testing.T) {
	w := shortOf(t) // west is booked out on Tuesday
	if n := count[events_capacity.ProposalDrafted](w); n != 0 {
		t.Fatalf("%d proposals before", n)
	}
	m := events_capacity.Measure{ID: "water", District: "beta", Centre: "east", Kind: events_capacity.MeasureClosure, Reason: "water damage"}
	m.From, m.Until = tuesday, tuesday+1
	if rec := w.call("POST", "/v1/measures", m, nil); rec.Code != http.StatusNoContent {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	w.settle()
	if o := w.offered("east", tuesday); len(o.Lines) != 0 {
		t.Fatalf("closed, but offers %+v", o)
	}
	began := func() (b overhaul.State) {
		w.service.Node().View(func() { b = w.service.City().Overhaul })
		return b
	}
	tick := func() {
		w.now = w.now.Add(time.Minute)
		if err := w.service.Node().Tick(w.ctx); err != nil {
			t.Fatal(err)
		}
		w.settle()
	}
	tick()
	b := began()
	if b.Began.Reason != overhaul.Measure || b.Ended == nil || b.Ended.Outcome != overhaul.Proposed {
		t.Fatalf("%+v", b)
	}
	d := must[events_capacity.ProposalDrafted](w)
	fromClosed := 0
	for _, x := range d.Moves {
		if x.To == "east" {
			t.Errorf("somebody is sent to the closed centre: %+v", x)
		}
		if x.From == "east" && x.Day == tuesday {
			fromClosed++
		}
	}
	if fromClosed == 0 {
		t.Fatalf("nobody of the closed centre helps elsewhere: %+v", d.Moves)
	}
	tick()
	if again := began(); again.Began.ID != b.Began.ID {
		t.Errorf("%+v follows %+v", again, b)
	}
	// They really go: the closed centre gives them without uncovering anything.
	if err := w.service.Approve(w.ctx, d.Proposal); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if a := must[events_capacity.ProposalApplied](w); len(a.Ordered) != len(d.Moves) {
		t.Errorf("%+v", a)
	}
}
