package post

import (
	"testing"

	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/decidertest"
)

func TestTable(t *testing.T) {
	vacant, filled := Note{Post: "p", Centre: "altona", From: 20000}, Note{Post: "p", Centre: "altona", Employee: "e1", From: 20030}
	decidertest.Run(t, Decider(), decider.NewCodec(Noted{}), []decidertest.Case[Command]{
		{Name: "vacant", When: vacant, Then: []decider.Event{Noted(vacant)}},
		{Name: "vacant again", Given: []decider.Event{Noted(vacant)}, When: vacant},
		{Name: "filled", Given: []decider.Event{Noted(vacant)}, When: filled, Then: []decider.Event{Noted(filled)}},
	})
}
