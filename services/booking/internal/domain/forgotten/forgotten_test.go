package forgotten

import (
	"testing"

	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/decidertest"
)

func TestForget(t *testing.T) {
	gone := KeyForgotten{"contact/a", Asked}
	decidertest.Run(t, Decider, decider.NewCodec(Events()...), []decidertest.Case[Forget]{
		{Name: "forgotten", When: Forget{"contact/a", Asked}, Then: []decider.Event{gone}},
		{Name: "again", Given: []decider.Event{gone}, When: Forget{"contact/a", Retention}},
	})
}
