package simulation_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/planningtest"
	"github.com/lotse-hamburg/lotse/services/simulation"
)

func play(t *testing.T, policy string, seed uint64, days int) *simulation.Result {
	t.Helper()
	p, err := simulation.PolicyOf(policy)
	if err != nil {
		t.Fatal(err)
	}
	out, err := simulation.Run(t.Context(), simulation.Options{City: town(t), Scenario: quietYear(days), Seed: seed, Policy: p})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The same seed gives the same run, to the last figure and the last event of each
// log; another seed another one.
func TestARunIsRepeatable(t *testing.T) {
	planningtest.InOneGoroutine(t)
	for _, policy := range []string{"none", "lotse-auto"} {
		a, again, other := play(t, policy, 1, 14), play(t, policy, 1, 14), play(t, policy, 2, 14)
		if !reflect.DeepEqual(a, again) {
			t.Errorf("%s: seed 1 gives %+v and %+v", policy, a, again)
		}
		if a.Logs["booking"] == other.Logs["booking"] || a.Logs["booking"] == "" {
			t.Errorf("%s: seeds 1 and 2 give the same logs: %v", policy, a.Logs)
		}
	}
}

// Whatever the policy, the same citizens come; each is booked or goes away, and
// Lotse moves people where it may.
func TestPoliciesMeetTheSameCitizens(t *testing.T) {
	planningtest.InOneGoroutine(t)
	none, auto := play(t, "none", 3, 21), play(t, "lotse-auto", 3, 21)
	for name, r := range map[string]*simulation.Result{"none": none, "lotse-auto": auto} {
		if r.Asked == 0 || r.Booked == 0 || r.Booked+r.Unmet != r.Asked {
			t.Errorf("%s: %d asked, %d booked, %d found nothing", name, r.Asked, r.Booked, r.Unmet)
		}
		if r.Uncovered == 0 || r.Asked < r.Citizens+r.Uncovered {
			t.Errorf("%s: %d asked, of %d citizens and %d who had come in vain", name, r.Asked, r.Citizens, r.Uncovered)
		}
		if len(r.Refusals) > 0 {
			t.Errorf("%s: refused %v", name, r.Refusals)
		}
	}
	if none.Citizens != auto.Citizens || none.Messages != auto.Messages {
		t.Errorf("%d and %d citizens, %d and %d messages", none.Citizens, auto.Citizens, none.Messages, auto.Messages)
	}
	if none.Moves != 0 || none.Proposals != 0 || auto.Moves == 0 {
		t.Errorf("moves %d and %d, proposals %d without planning", none.Moves, auto.Moves, none.Proposals)
	}
	if 10*auto.Uncovered > 11*none.Uncovered { // within what chance makes of so few
		t.Errorf("%d appointments had nobody with Lotse, %d without", auto.Uncovered, none.Uncovered)
	}
}

// Whoever decides, the same citizens come. Under local nobody crosses a border;
// under review planners answer, and what they approve is done.
func TestPlannersAndDistricts(t *testing.T) {
	planningtest.InOneGoroutine(t)
	auto, review, local := play(t, "lotse-auto", 3, 21), play(t, "lotse-review", 3, 21), play(t, "local", 3, 21)
	if auto.Citizens != review.Citizens || auto.Citizens != local.Citizens || auto.Messages != review.Messages {
		t.Errorf("%d, %d and %d citizens", auto.Citizens, review.Citizens, local.Citizens)
	}
	if review.Decisions == 0 || review.Decisions > review.Proposals || review.Moves == 0 {
		t.Errorf("review: %d decisions of %d proposals, %d moves", review.Decisions, review.Proposals, review.Moves)
	}
	if auto.Decisions >= review.Decisions {
		t.Errorf("planners decided %d times although the guardrails do, and %d times where they do all", auto.Decisions, review.Decisions)
	}
	if auto.Across == 0 || local.Across != 0 || local.Moves == 0 {
		t.Errorf("%d moves across borders with Lotse, %d of %d moves where each district helps itself", auto.Across, local.Across, local.Moves)
	}
}

func TestAScenarioIsChecked(t *testing.T) {
	s := quietYear(14)
	s.Citizens.Cancelled, s.HR.Source = 1.2, ""
	_, err := simulation.Run(t.Context(), simulation.Options{City: town(t), Scenario: s})
	if err == nil || !strings.Contains(err.Error(), "citizens.cancelled is 1.2") || !strings.Contains(err.Error(), "hr.source") {
		t.Errorf("error %v", err)
	}
}
