package network_test

import (
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/events/capacity"
	. "github.com/lotse-hamburg/lotse/services/capacity/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/decidertest"
	"pgregory.net/rapid"
)

func TestPolicy(t *testing.T) {
	filed := func(edit func(*capacity.Policy)) capacity.PolicyChanged {
		p := capacity.PolicyChanged{Policy: good().Policy, Districts: []capacity.District{{ID: "d"}}, Holidays: []capacity.Holiday{}}
		p.Automatic.MaxMoves = 4
		if edit != nil {
			edit(&p.Policy)
		}
		return p
	}
	at := func(version int64, p capacity.PolicyChanged) capacity.PolicyChanged {
		p.Version = version
		return p
	}
	moves := func(n int) func(*capacity.Policy) { return func(p *capacity.Policy) { p.Automatic.MaxMoves = n } }
	goal := func(p *capacity.Policy) { p.GoalDays = 8 }
	both := func(p *capacity.Policy) { moves(6)(p); goal(p) }
	season := func(p *capacity.Policy) {
		p.Planning = &capacity.Planning{Seasons: []capacity.Season{{Name: "Sommer", Skill: "id", Factor: 1.4}}}
		p.Planning.Seasons[0].From, p.Planning.Seasons[0].Until = today, today+30
	}
	first := at(1, filed(nil))
	edited := []decider.Event{first, PolicyEdited{2, "more at once"}, at(2, filed(moves(6)))}
	set := func(p capacity.PolicyChanged) PolicyCommand { return SetPolicy{Policy: p} }
	edit := func(p capacity.PolicyChanged, seen int64, why string) PolicyCommand {
		return EditPolicy{p.Policy, seen, why}
	}
	decidertest.Run(t, Policy, codec, []decidertest.Case[PolicyCommand]{
		{Name: "set", When: set(filed(nil)), Then: []decider.Event{first}},
		{Name: "same", Given: []decider.Event{first}, When: set(filed(nil))},
		{Name: "edit", Given: []decider.Event{first}, When: edit(filed(moves(6)), 1, "more at once"), Then: edited[1:]},
		{Name: "edit nothing", Given: []decider.Event{first}, When: edit(filed(nil), 0, "")},
		{Name: "edit before there is one", When: edit(filed(nil), 0, "x"), Err: ErrNoPolicy},
		{Name: "edit without a reason", Given: []decider.Event{first}, When: edit(filed(goal), 1, " "), Err: ErrPolicyReason},
		{Name: "edit what has changed", Given: edited, When: edit(filed(goal), 1, "x"), Err: ErrPolicyChanged},
		{Name: "the same files keep the edit", Given: edited, When: set(filed(nil))},
		{Name: "other files keep the edit", Given: edited, When: set(filed(goal)),
			Then: []decider.Event{PolicyFiled{3, filed(goal).Policy}, at(3, filed(both))}},
		{Name: "and are known then", Given: append(edited[:3:3], PolicyFiled{3, filed(goal).Policy}, at(3, filed(both))), When: set(filed(goal))},
		{Name: "files that clash", Given: edited, When: set(filed(moves(2))), Err: ErrPolicyConflict},
		{Name: "files over the edit", Given: edited, When: SetPolicy{Policy: filed(moves(2)), Over: true}, Then: []decider.Event{at(3, filed(moves(2)))}},
		{Name: "the old files over the edit", Given: edited, When: SetPolicy{Policy: filed(nil), Over: true}, Then: []decider.Event{at(3, filed(nil))}},
		{Name: "the edit is in the files now", Given: edited, When: set(filed(moves(6))), Then: []decider.Event{PolicyFiled{2, filed(moves(6)).Policy}}},
		{Name: "then the files lead again", Given: append(edited[:3:3], PolicyFiled{2, filed(moves(6)).Policy}), When: set(filed(moves(2))),
			Then: []decider.Event{at(3, filed(moves(2)))}},
		{Name: "a season at the desk, a goal in the files", Given: []decider.Event{first, PolicyEdited{2, "x"}, at(2, filed(season))}, When: set(filed(goal)),
			Then: []decider.Event{PolicyFiled{3, filed(goal).Policy}, at(3, filed(func(p *capacity.Policy) { season(p); goal(p) }))}},
	})
	if _, err := Policy.Decide(fold(first), edit(filed(func(p *capacity.Policy) { p.GoalDays = 99 }), 1, "x")); err == nil || !strings.Contains(err.Error(), "goal_days") {
		t.Errorf("a goal beyond the limit: %v", err)
	}
	if got := fold(edited...).Kept(); len(got) != 1 || got[0] != (Change{"automatic.max_moves", "4", "6"}) {
		t.Errorf("kept %+v", got)
	}
}

func fold(all ...decider.Event) (s PolicyState) {
	for _, e := range all {
		s = Policy.Evolve(s, e)
	}
	return s
}

// Whatever the files and the desk change, in any order: fields that only one of
// them has touched have what it said.
func TestTwoMasters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := fold(capacity.PolicyChanged{Version: 1, Policy: good().Policy})
		file, desk := good().Policy, good().Policy
		for range rapid.IntRange(1, 8).Draw(t, "changes") {
			n := rapid.IntRange(1, 9).Draw(t, "n")
			var c PolicyCommand
			if rapid.Bool().Draw(t, "at the desk") {
				desk.Automatic.MaxMoves, desk.WalkInShare = n, float64(n)/10
				p := s.Policy
				p.Automatic.MaxMoves, p.WalkInShare = n, float64(n)/10
				c = EditPolicy{p, s.Version, "x"}
			} else {
				file.GoalDays, file.MinLeadDays = n, 1
				c = SetPolicy{Policy: capacity.PolicyChanged{Policy: file}}
			}
			all, err := Policy.Decide(s, c)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range all {
				s = Policy.Evolve(s, e)
			}
			want := file
			want.Automatic.MaxMoves, want.WalkInShare = desk.Automatic.MaxMoves, desk.WalkInShare
			if d := Differences(want, s.Policy); len(d) > 0 {
				t.Fatalf("after %+v: %+v", c, d)
			}
		}
	})
}
