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
		{Name: "noted", When: Note{"altona", travel, "a", "A"}, Then: []decider.Event{Noted{"altona", travel, "a", "A"}}},
		{Name: "noted again", Given: []decider.Event{Noted{"altona", travel, "a", "A"}}, When: Note{"altona", map[id.Centre]int{"wandsbek": 32}, "a", "A"}},
		{Name: "noted before districts were", Given: []decider.Event{Noted{"altona", travel, "", ""}}, When: Note{"altona", travel, "a", "A"}, Then: []decider.Event{Noted{"altona", travel, "a", "A"}}},
		{Name: "without travel", When: Note{"altona", nil, "", ""}},
	})
}
