package absence

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// refused lets HR send something bad and returns what was parked.
func (w *world) refused(id, kind, body string) eventlog.Parked {
	w.t.Helper()
	if _, err := w.receive(id, kind, body); err == nil || !IsRefusal(err) {
		w.t.Fatalf("%s was not refused: %v", body, err)
	}
	all, err := w.store.ParkedRecords(w.t.Context(), false, 100)
	if err != nil || len(all) == 0 {
		w.t.Fatalf("%+v, %v", all, err)
	}
	return all[len(all)-1]
}

func (w *world) fix(p eventlog.Parked, d node.Decision) (node.Handled, error) {
	w.t.Helper()
	d.Why = "checked with the office"
	h, err := w.Node().Fix(w.t.Context(), p.ID, d)
	if serr := w.Node().Step(w.t.Context()); serr != nil {
		w.t.Fatal(serr)
	}
	return h, err
}

func TestARefusedMessageIsCorrected(t *testing.T) {
	w := start(t)
	p := w.refused("ev-1", hr.TypeReported, `{"absence_id":"A-1","employee":"e-17","revision":1,"from":"2026-12-05","until":"2026-12-01","reason":"Grippe","note":"ruft an"}`)
	for _, bad := range []string{`{"until":"2026-12-03"}`, `{"until":"bald"}`, `{"employee":""}`} {
		if _, err := w.fix(p, node.Decision{Patch: json.RawMessage(bad)}); !IsRefusal(err) {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if off := w.WhoIsOff(day.Date(2026, 12, 5)); len(off) != 0 {
		t.Fatalf("%+v", off)
	}
	done, err := w.fix(p, node.Decision{Patch: json.RawMessage(`{"until":"2026-12-08","reason":"Grippe"}`)})
	if err != nil || done.Replayed != 1 {
		t.Fatalf("%+v, %v", done, err)
	}
	if off := w.WhoIsOff(day.Date(2026, 12, 5)); len(off) != 1 || off[0].Employee != "e-17" {
		t.Fatalf("%+v", off)
	}
	h, _, err := w.Node().Became(t.Context(), p.ID)
	if err != nil || h.How != node.Fixed || !strings.Contains(string(h.Data), "2026-12-08") {
		t.Fatalf("%+v, %v", h, err)
	}
	for _, e := range w.events() {
		if strings.Contains(string(e.Data), "Grippe") {
			t.Errorf("the reason is in the log: %s", e.Data)
		}
	}
	if _, err := w.fix(p, node.Decision{Patch: json.RawMessage(`{"until":"2026-12-09"}`)}); !errors.Is(err, node.ErrHandled) {
		t.Errorf("twice: %v", err)
	}
	// The sender says the same again, rightly: nothing new.
	if r, err := w.receive("ev-1b", hr.TypeReported, `{"absence_id":"A-1","employee":"e-17","revision":1,"from":"2026-12-05","until":"2026-12-08"}`); err != nil || r.Status != "unchanged" {
		t.Errorf("%+v, %v", r, err)
	}
}

// Of a body that is no JSON nothing is kept but its hash: the whole content is
// to be given, and its type where that was wrong, too.
func TestWhatCouldNotBeReadIsGivenInWhole(t *testing.T) {
	w := start(t)
	p := w.refused("ev-2", "nonsense", `{"absence_id":`)
	if _, err := w.fix(p, node.Decision{Data: json.RawMessage(sick)}); !IsRefusal(err) {
		t.Fatalf("without its type: %v", err)
	}
	if _, err := w.fix(p, node.Decision{Data: json.RawMessage(sick), Type: hr.TypeReported}); err != nil {
		t.Fatal(err)
	}
	if off := w.WhoIsOff(day.Date(2026, 12, 1)); len(off) != 1 {
		t.Fatalf("%+v", off)
	}
}
