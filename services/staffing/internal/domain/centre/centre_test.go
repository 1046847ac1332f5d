package centre

import (
	"testing"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/decidertest"
)

func TestTable(t *testing.T) {
	travel := map[id.Centre]int{"wandsbek": 32}
	decidertest.Run(t, Decider(), decider.NewCodec(Noted{}), []decidertest.Case[Command]{
		{Name: "noted", When: Note{"altona", travel}, Then: []decider.Event{Noted{"altona", travel}}},
		{Name: "noted again", Given: []decider.Event{Noted{"altona", travel}}, When: Note{"altona", map[id.Centre]int{"wandsbek": 32}}},
		{Name: "without travel", When: Note{"altona", nil}},
	})
}
