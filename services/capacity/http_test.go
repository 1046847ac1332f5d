package capacity_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	events_capacity "github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/services/internal/access/accesstest"
)

// call makes a request and decodes the answer.
func (w *world) call(method, path string, body any, out any, header ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	var b bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&b).Encode(body); err != nil {
			w.t.Fatal(err)
		}
	}
	r := httptest.NewRequest(method, path, &b)
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	accesstest.Staff(w.service.Handler()).ServeHTTP(rec, r)
	if out != nil {
		if err := json.Unmarshal(rec.Body.Bytes(), out); err != nil {
			w.t.Fatalf("%s %s: %d %s", method, path, rec.Code, rec.Body)
		}
	}
	return rec
}

func TestNetworkOverHTTP(t *testing.T) {
	w := newWorld(t)
	var dry, applied struct{ Changed, Removed []string }
	if rec := w.call("PUT", "/v1/network?dry_run=true", town(), &dry); rec.Code != 200 || len(dry.Changed) != 4 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if h, _ := w.store.Head(w.ctx); h.Position != 0 {
		t.Fatalf("a dry run wrote %d events", h.Position)
	}
	rec := w.call("PUT", "/v1/network", town(), &applied)
	if rec.Code != 200 || len(applied.Changed) != 4 || rec.Header().Get("Lotse-Position") == "" {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	w.settle()
	var again struct{ Changed, Removed []string }
	if w.call("PUT", "/v1/network", town(), &again); len(again.Changed)+len(again.Removed) != 0 {
		t.Errorf("the same again changed %+v", again)
	}
	var back map[string]any
	if rec := w.call("GET", "/v1/network", nil, &back, "Lotse-Position", rec.Header().Get("Lotse-Position")); rec.Code != 200 || len(back["centres"].([]any)) != 2 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if rec := w.call("PUT", "/v1/network", back, nil); rec.Code != 200 || !strings.Contains(rec.Body.String(), `"changed":[]`) {
		t.Errorf("what was read cannot be applied: %d %s", rec.Code, rec.Body)
	}
	less := town()
	less.Centres = less.Centres[:1]
	if w.call("PUT", "/v1/network", less, &again); len(again.Removed) != 1 || again.Removed[0] != "east" {
		t.Errorf("%+v", again)
	}
	short := town()
	short.Centres[0].Hours[3] = nil
	if rec := w.call("PUT", "/v1/network", short, nil); rec.Code != 422 || !strings.Contains(rec.Body.String(), "Wednesday") {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if rec := w.call("PUT", "/v1/network", map[string]any{"centers": []any{}}, nil); rec.Code != 422 || !strings.Contains(rec.Body.String(), "data.centers") {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

func TestMeasuresOverHTTP(t *testing.T) {
	w := running(t, nil)
	m := events_capacity.Measure{ID: "water", District: "alpha", Centre: "west", Kind: events_capacity.MeasureClosure, Reason: "water damage"}
	m.From, m.Until = tuesday, tuesday+2
	rec := w.call("POST", "/v1/measures", m, nil, "Idempotency-Key", "k1")
	if rec.Code != http.StatusNoContent {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	w.settle()
	if o := w.offered("west", tuesday); len(o.Lines) != 0 {
		t.Errorf("closed, but offers %+v", o)
	}
	if rec := w.call("POST", "/v1/measures/water/end", map[string]string{"on": tuesday.String()}, nil); rec.Code != http.StatusNoContent {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	w.settle()
	if o := w.offered("west", tuesday); len(o.Lines) != 3 {
		t.Errorf("open again, but offers %+v", o)
	}
	m.District = "beta"
	if rec := w.call("POST", "/v1/measures", m, nil); rec.Code != 422 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if rec := w.call("POST", "/v1/measures/nothing/end", map[string]string{"on": tuesday.String()}, nil); rec.Code != 404 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

func TestProposalsOverHTTP(t *testing.T) {
	w := running(t, nil)
	w.ill("west-1", "hr-1", tuesday)
	w.settle()
	var list struct {
		Proposals []struct {
			Proposal string
			State    string
			Moves    []struct{ Deployment, Step string }
		}
	}
	w.call("GET", "/v1/proposals?state=drafted", nil, &list)
	if len(list.Proposals) != 1 || list.Proposals[0].Moves[0].Step != "proposed" {
		t.Fatalf("%+v", list)
	}
	p := "/v1/proposals/" + list.Proposals[0].Proposal
	tag := w.call("GET", p, nil, nil).Header().Get("ETag")
	if rec := w.call("POST", p+"/approve", nil, nil, "If-Match", `"99"`); rec.Code != 412 {
		t.Errorf("a version never seen: %d %s", rec.Code, rec.Body)
	}
	if rec := w.call("POST", p+"/approve", map[string]any{"drop": []string{"nothing"}}, nil); rec.Code != 422 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if rec := w.call("POST", p+"/approve", nil, nil, "If-Match", tag, "Idempotency-Key", "a"); rec.Code != 204 || rec.Header().Get("Lotse-Position") == "" {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if rec := w.call("POST", p+"/approve", nil, nil, "If-Match", tag, "Idempotency-Key", "a"); rec.Code != 204 {
		t.Errorf("a repeat: %d %s", rec.Code, rec.Body)
	}
	w.settle()
	var audit struct {
		Decisions []struct{ Decision, Actor string }
	}
	w.call("GET", "/v1/decisions", nil, &audit)
	if len(audit.Decisions) != 3 || audit.Decisions[1].Decision != "approved" || audit.Decisions[1].Actor != "central-planner:test" {
		t.Errorf("%+v", audit)
	}
	if rec := w.call("POST", p+"/reject", map[string]string{"reason": "late"}, nil); rec.Code != 409 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if rec := w.call("POST", p+"/undo", map[string]string{"reason": "training"}, nil); rec.Code != 204 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if rec := w.call("GET", "/v1/proposals/none", nil, nil); rec.Code != 404 || !strings.Contains(rec.Header().Get("Content-Type"), "problem+json") {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	w.settle()
	var city struct {
		Today     string
		Districts []struct {
			District     string
			Missing      int
			OnDutyToday  int              `json:"on_duty_today"`
			Uncovered    int              `json:"uncovered_minutes"`
			LeadTimes    []map[string]any `json:"lead_times"`
			MissingToday int              `json:"missing_today"`
		}
	}
	w.call("GET", "/v1/city", nil, &city)
	if a := city.Districts[0]; a.Missing != 1 || a.OnDutyToday != 3 || a.Uncovered != 480 || len(a.LeadTimes) != 1 || a.LeadTimes[0]["kept"] != true {
		t.Errorf("%+v", city)
	}
	var offered struct {
		Offerings []events_capacity.OfferingChanged
		Next      string `json:"next_cursor"`
	}
	w.call("GET", "/v1/offerings?centre=west&from="+tuesday.String()+"&until="+(tuesday+3).String()+"&limit=2", nil, &offered)
	if len(offered.Offerings) != 2 || offered.Next == "" || offered.Offerings[0].Day != tuesday || len(offered.Offerings[0].Lines) != 2 {
		t.Errorf("%+v", offered)
	}
	var hurt struct {
		Damages []struct {
			Cause, Proposal string
			Uncovered       int `json:"uncovered_minutes"`
			Unsolved        []string
		}
		Next string `json:"next_cursor"`
	}
	w.call("GET", "/v1/damages?limit=1", nil, &hurt)
	if len(hurt.Damages) != 1 || hurt.Damages[0].Cause != "hr-1" || hurt.Damages[0].Uncovered != 480 || hurt.Damages[0].Unsolved == nil || hurt.Next != "" {
		t.Errorf("%+v", hurt)
	}
	var promise struct{ Promise []map[string]any }
	if w.call("GET", "/v1/promise", nil, &promise); len(promise.Promise) != 2 {
		t.Errorf("%+v", promise)
	}
	if rec := w.call("GET", "/openapi.json", nil, nil); rec.Code != 200 || !strings.Contains(rec.Body.String(), `"3.1.0"`) {
		t.Errorf("openapi: %d", rec.Code)
	}
}
