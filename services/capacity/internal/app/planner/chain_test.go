package planner

import (
	"testing"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
)

// Somebody goes from a to b so that another one may go from b to c, where people are
// missed: nobody is missed at b, and yet the first move is wanted, or the proposal
// would be replaced by its like for ever.
func TestAMoveIsWantedWhereAnotherOfTheProposalLeaves(t *testing.T) {
	move := func(e id.Employee, from, to id.Centre) proposal.Move {
		return proposal.Move{Move: capacity.Move{Employee: e, Day: 100, From: from, To: to}}
	}
	first, second := move("one", "a", "b"), move("two", "b", "c")
	later := second
	later.Day = 101
	missed := read.Place{Centre: "c", Day: 100}
	for name, c := range map[string]struct {
		with []proposal.Move
		of   proposal.Move
		want bool
	}{
		"the last of a chain goes where people are missed": {[]proposal.Move{first, second}, second, true},
		"the first of a chain fills the gap":               {[]proposal.Move{first, second}, first, true},
		"without the second nobody is missed there":        {[]proposal.Move{first}, first, false},
		"the second leaves on another day":                 {[]proposal.Move{first, later}, first, false},
		"back and forth is no chain":                       {[]proposal.Move{first, move("one", "b", "c")}, first, false},
	} {
		city := read.NewCity()
		city.Losses[missed] = map[id.Employee]read.Lost{"ill": {Cause: "hr-1"}}
		r := &run{Question: &Question{City: city}}
		if got := r.wanted(proposal.State{Moves: c.with}, c.of); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
