package app

import (
	"testing"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/internal/access"
)

func TestDistrictsDecideTheirOwnMoves(t *testing.T) {
	move := func(d id.Deployment, from, to id.District, step proposal.Step) proposal.Move {
		return proposal.Move{Move: capacity.Move{Deployment: d, FromDistrict: from, ToDistrict: to}, Step: step}
	}
	altona := access.Principal{Districts: []string{"altona"}}
	s := proposal.State{ID: "p", Moves: []proposal.Move{move("in", "mitte", "altona", "proposed"), move("out", "altona", "nord", "proposed"), move("far", "mitte", "nord", "proposed")}}
	for name, c := range map[string]struct {
		who  access.Principal
		s    proposal.State
		drop []id.Deployment
		may  bool
	}{
		"another's move among them":       {altona, s, nil, false},
		"another's move dropped":          {altona, s, []id.Deployment{"far"}, true},
		"the wrong move dropped":          {altona, s, []id.Deployment{"out"}, false},
		"another's move dropped long ago": {altona, proposal.State{Moves: []proposal.Move{s.Moves[0], move("far", "mitte", "nord", proposal.Dropped)}}, nil, true},
		"all theirs":                      {altona, proposal.State{Moves: s.Moves[:2]}, nil, true},
		"nothing theirs":                  {altona, proposal.State{Moves: s.Moves[2:]}, nil, false},
		"nothing theirs, all dropped":     {altona, proposal.State{Moves: s.Moves[2:]}, []id.Deployment{"far"}, false},
		"nothing at all":                  {altona, proposal.State{}, nil, false},
		"bound to nothing":                {access.Principal{}, s, nil, false},
		"bound to two":                    {access.Principal{Districts: []string{"mitte", "altona"}}, s, nil, true},
		"bound to all":                    {access.Principal{Districts: []string{"*"}}, s, nil, true},
	} {
		if err := mayDecide(c.who, c.s, c.drop); (err == nil) != c.may {
			t.Errorf("%s: %v", name, err)
		}
	}
}
