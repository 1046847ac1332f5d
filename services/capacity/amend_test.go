package capacity_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	events_capacity "github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity"
)

type previewed struct {
	Version int64
	Gain    float64
	Moves   []struct {
		Deployment, Employee, From, To, Rule string
		Added                                bool
		Gain                                 float64
		Words                                map[string]string
	}
	Effects []events_capacity.Effect
	Curves  []struct {
		District      string
		Before, After struct{ Lead, Fill, Uncovered []int }
	}
	Open []struct {
		Centre, Rule string
		Minutes      int
		Words        map[string]string
	}
	Stale map[string]string
}

type chosen struct {
	Candidates []struct {
		Employee, From string
		Gain           float64
		Travel         int `json:"travel_minutes"`
		Person         struct {
			Week int `json:"away_week"`
			Late bool
		}
	}
	More      int
	Forbidden map[string]int
}

// twoIll has a proposal that sends somebody to west, where two are missing.
func twoIll(t *testing.T) (*world, events_capacity.ProposalDrafted, string) {
	w := running(t, nil)
	w.ill("west-1", "hr-1", tuesday)
	w.settle()
	d := must[events_capacity.ProposalDrafted](w)
	return w, d, "/v1/proposals/" + string(d.Proposal)
}

func TestAmendAProposal(t *testing.T) {
	w, d, p := twoIll(t)
	sent := d.Moves[0]
	var who chosen
	add := map[string]any{"drop": []id.Deployment{sent.Deployment}, "to": "west", "day": tuesday}
	if rec := w.call("POST", p+"/candidates", add, &who); rec.Code != 200 || len(who.Candidates) < 2 || who.Candidates[0].From != "east" || who.Candidates[0].Gain < who.Candidates[1].Gain || who.Candidates[0].Travel != 20 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	other := who.Candidates[slices.IndexFunc(who.Candidates, func(c struct {
		Employee, From string
		Gain           float64
		Travel         int `json:"travel_minutes"`
		Person         struct {
			Week int `json:"away_week"`
			Late bool
		}
	}) bool {
		return c.Employee != string(sent.Employee)
	})]
	own := map[string]any{"employee": other.Employee, "day": tuesday, "to": "west"}
	change := map[string]any{"drop": []id.Deployment{sent.Deployment}, "add": []any{own}}
	var before, after previewed
	w.call("POST", p+"/preview", map[string]any{}, &before)
	rec := w.call("POST", p+"/preview", change, &after)
	if rec.Code != 200 || len(after.Moves) != 1 || !after.Moves[0].Added || after.Moves[0].Rule != "" || after.Moves[0].From != "east" || after.Gain <= 0 || after.Stale != nil {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if before.Gain != d.Gain || len(before.Moves) != 1 || before.Moves[0].Added {
		t.Errorf("unchanged it is worth %v, drafted with %v: %+v", before.Gain, d.Gain, before.Moves)
	}
	if len(after.Curves) != 2 || len(after.Curves[0].Before.Lead) == 0 || len(after.Curves[0].After.Fill) != len(after.Curves[0].Before.Uncovered) {
		t.Errorf("curves %+v", after.Curves)
	}
	if at := int(tuesday - monday); after.Curves[0].Before.Uncovered[at] != 480 || after.Curves[0].After.Uncovered[at] != 0 {
		t.Errorf("uncovered at alpha %v → %v", after.Curves[0].Before.Uncovered, after.Curves[0].After.Uncovered)
	}
	if h := rec.Header().Get("ETag"); h == "" {
		t.Error("no ETag")
	} else if rec := w.call("POST", p+"/approve", change, nil, "If-Match", h, "Idempotency-Key", "a"); rec.Code != 204 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	w.heard()
	if rec := w.call("POST", p+"/approve", change, nil, "Idempotency-Key", "b"); rec.Code != 204 {
		t.Errorf("the same again: %d %s", rec.Code, rec.Body)
	}
	w.settle()
	a := must[events_capacity.ProposalApproved](w)
	if len(a.Added) != 1 || string(a.Added[0].Deployment) != string(d.Proposal)+"-own1" || a.Added[0].FromDistrict != "beta" || a.Gain != after.Gain || len(a.Dropped) != 1 {
		t.Errorf("%+v", a)
	}
	// It goes the same way: giver first, then ordered.
	if r := must[events_capacity.DeploymentRequested](w); string(r.Employee) != other.Employee || r.Deployment != a.Added[0].Deployment {
		t.Errorf("%+v", r)
	}
	if x := must[events_capacity.ProposalApplied](w); len(x.Ordered) != 1 || x.Ordered[0] != a.Added[0].Deployment {
		t.Errorf("%+v", x)
	}
	if o := w.offered("west", tuesday); len(o.Lines) != 3 {
		t.Errorf("west offers %+v", o)
	}
	var audit struct {
		Decisions []struct {
			Decision       string
			Added, Dropped []string
		}
	}
	w.call("GET", "/v1/decisions", nil, &audit)
	if x := audit.Decisions[1]; x.Decision != "approved" || !slices.Equal(x.Added, []string{string(a.Added[0].Deployment)}) || !slices.Equal(x.Dropped, []string{string(sent.Deployment)}) {
		t.Errorf("%+v", audit)
	}
	if rec := w.call("POST", p+"/preview", change, nil); rec.Code != 409 || !strings.Contains(rec.Body.String(), "central-planner:test approved") {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if rec := w.call("POST", p+"/undo", map[string]string{"reason": "training"}, nil); rec.Code != 204 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	w.settle()
	if o := w.offered("west", tuesday); len(o.Lines) != 2 {
		t.Errorf("undone, west offers %+v", o)
	}
}

func TestAmendmentsThatAreRefused(t *testing.T) {
	w, d, p := twoIll(t)
	w.hire("north", 0, nil)
	own := func(e string, on day.Day, to string) map[string]any {
		return map[string]any{"add": []any{map[string]any{"employee": e, "day": on, "to": to}}}
	}
	for name, c := range map[string]struct {
		body any
		says string
	}{
		"who is moved already":      {own(string(d.Moves[0].Employee), tuesday, "west"), "drop it"},
		"who is ill":                {own("west-1", tuesday, "east"), "not on duty"},
		"who is not there":          {own("nobody", tuesday, "west"), "move-forbidden"},
		"who is there already":      {own("west-2", tuesday, "west"), "already"},
		"a day without notice":      {own("east-1", monday+1, "west"), "notice"},
		"an unknown centre":         {own("east-1", tuesday, "moon"), "move-forbidden"},
		"a move that is not there":  {map[string]any{"drop": []string{"x"}}, "unknown-move"},
		"dropping all without more": {map[string]any{"drop": []id.Deployment{d.Moves[0].Deployment}}, "nothing-left"},
	} {
		if rec := w.call("POST", p+"/approve", c.body, nil); rec.Code != 422 || !strings.Contains(rec.Body.String(), c.says) {
			t.Errorf("%s: %d %s", name, rec.Code, rec.Body)
		}
	}
	if rec := w.call("POST", p+"/candidates", map[string]any{"to": "moon", "day": tuesday}, nil); rec.Code != 422 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if rec := w.call("POST", p+"/candidates", map[string]any{"to": "west", "day": monday}, nil); rec.Code != 422 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	var soon chosen
	if w.call("POST", p+"/candidates", map[string]any{"to": "west", "day": monday + 1}, &soon); len(soon.Candidates) != 0 || soon.Forbidden["notice"] != 4 {
		t.Errorf("within the notice: %+v", soon)
	}
	var shown previewed
	if rec := w.call("POST", p+"/preview", own("east-1", monday+1, "west"), &shown); rec.Code != 200 || shown.Moves[1].Rule != "notice" || shown.Moves[1].Words["de"] == "" {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	// Nothing was written by any of them.
	if s, _ := last[events_capacity.ProposalApproved](w); s.Proposal != "" {
		t.Errorf("%+v", s)
	}
	// A district planner adds moves of the own districts only.
	if rec := w.as("gamma", "POST", p+"/preview", "{}"); rec.Code != 403 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if rec := w.as("alpha", "POST", p+"/preview", "{}"); rec.Code != 200 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

func TestAStaleProposalSaysWhatItWasWorthAndIs(t *testing.T) {
	w, d, p := twoIll(t)
	// The giver is booked up meanwhile.
	w.booked["east/"+tuesday.String()] = 4 * 480
	w.answer(w.offered("east", tuesday))
	w.settle()
	if rec := w.call("POST", p+"/approve", map[string]any{}, nil); rec.Code != 409 || !strings.Contains(rec.Body.String(), "proposal-stale") {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	var got struct {
		State string
		Found *struct {
			Was, Now float64
			Moves    []struct {
				Was, Now float64
				Rule     string
			}
		}
	}
	w.call("GET", p, nil, &got)
	if got.State != "superseded" || got.Found == nil || got.Found.Was != d.Gain || got.Found.Now != 0 || got.Found.Moves[0].Rule != "would-uncover" || got.Found.Moves[0].Was != d.Moves[0].Gain {
		t.Errorf("%+v", got)
	}
}

func TestPolicyIsEditedAtTheDesk(t *testing.T) {
	w := running(t, nil)
	var have struct {
		Version  int64
		Policy   events_capacity.Policy
		Versions []struct {
			Version int64
			Actor   string
			Reason  string
			Desk    bool
			Changes []struct{ Field, From, To string }
		}
	}
	rec := w.call("GET", "/v1/policy", nil, &have)
	tag := rec.Header().Get("ETag")
	next := have.Policy
	next.Automatic.MaxMoves = 9
	body := map[string]any{"policy": next, "reason": "the night has shown it"}
	if rec := w.call("PUT", "/v1/policy", map[string]any{"policy": next}, nil, "If-Match", tag); rec.Code != 422 || !strings.Contains(rec.Body.String(), "policy-reason-missing") {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if rec := w.call("PUT", "/v1/policy", body, nil, "If-Match", `"7"`); rec.Code != 412 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if rec := w.as("alpha", "PUT", "/v1/policy", "{}"); rec.Code != 403 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if rec := w.call("PUT", "/v1/policy", body, nil, "If-Match", tag, "Idempotency-Key", "a"); rec.Code != 204 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if rec := w.call("PUT", "/v1/policy", body, nil, "If-Match", tag, "Idempotency-Key", "a"); rec.Code != 204 {
		t.Errorf("a repeat: %d %s", rec.Code, rec.Body)
	}
	w.settle()
	w.call("GET", "/v1/policy", nil, &have)
	if v := have.Versions[0]; have.Version != 2 || have.Policy.Automatic.MaxMoves != 9 || !v.Desk || v.Actor != "central-planner:test" || v.Reason == "" || len(v.Changes) != 1 || v.Changes[0].Field != "automatic.max_moves" {
		t.Errorf("%+v", have)
	}
	// The files are applied again, and again with another goal: the edit stays.
	var applied struct {
		Changed []string
		Kept    []struct{ Field, From, To string }
	}
	if w.call("PUT", "/v1/network", town(), &applied); len(applied.Changed) != 0 || len(applied.Kept) != 1 || applied.Kept[0].To != "9" {
		t.Errorf("%+v", applied)
	}
	n := town()
	n.Policy.GoalDays = 9
	if w.call("PUT", "/v1/network", n, &applied); !slices.Equal(applied.Changed, []string{"policy"}) {
		t.Errorf("%+v", applied)
	}
	w.settle()
	if w.call("GET", "/v1/policy", nil, &have); have.Policy.GoalDays != 9 || have.Policy.Automatic.MaxMoves != 9 {
		t.Errorf("%+v", have.Policy)
	}
	// What was changed at both ends is for a person to settle.
	n.Policy.Automatic.MaxMoves = 2
	if rec := w.call("PUT", "/v1/network", n, nil); rec.Code != 409 || !strings.Contains(rec.Body.String(), "automatic.max_moves: 2 in the files, 9 at the desk") {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if rec := w.call("PUT", "/v1/network?policy=files", n, nil); rec.Code != 200 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	w.settle()
	if w.call("GET", "/v1/policy", nil, &have); have.Policy.Automatic.MaxMoves != 2 || have.Versions[0].Desk {
		t.Errorf("%+v", have)
	}
	// What was read can be put back and changes nothing.
	var back json.RawMessage
	w.call("GET", "/v1/network", nil, &back)
	if rec := w.call("PUT", "/v1/network", back, nil); rec.Code != 200 || !strings.Contains(rec.Body.String(), `"changed":[]`) {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

func TestGuardrailsAreTried(t *testing.T) {
	w := running(t, func(n *capacity.Network) { n.Policy.Automatic.Enabled = false })
	w.ill("west-1", "hr-1", tuesday)
	w.settle()
	d := must[events_capacity.ProposalDrafted](w)
	if rec := w.call("POST", "/v1/proposals/"+string(d.Proposal)+"/reject", map[string]string{"reason": "training"}, nil); rec.Code != 204 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	w.settle()
	var trial struct {
		Looked, Would, Did int
		Tried              []struct {
			Proposal, By, Reason, State string
			Would, Did, Against         bool
			Outside                     []string
		}
	}
	rails := events_capacity.Guardrails{Enabled: true, MaxMoves: 4, MaxTravelMinutes: 40, MinGain: 1}
	if w.call("POST", "/v1/policy/dry-run", rails, &trial); trial.Looked == 0 || trial.Would != 1 || trial.Did != 0 {
		t.Fatalf("%+v", trial)
	}
	if x := trial.Tried[len(trial.Tried)-1]; !x.Would || !x.Against || x.By != "central-planner:test" || x.Reason != "training" || x.State != "rejected" {
		t.Errorf("%+v", x)
	}
	rails.MaxTravelMinutes, rails.MobileOnly = 10, true
	if w.call("POST", "/v1/policy/dry-run", rails, &trial); trial.Would != 0 || !slices.Equal(trial.Tried[0].Outside, []string{"max_travel_minutes", "mobile_only"}) {
		t.Errorf("%+v", trial)
	}
	w.now = w.now.AddDate(0, 0, 32)
	if w.call("POST", "/v1/policy/dry-run", rails, &trial); trial.Looked != 0 {
		t.Errorf("%+v", trial)
	}
}
