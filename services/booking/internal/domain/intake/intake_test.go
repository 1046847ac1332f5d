package intake

import (
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/decidertest"
)

func TestIntake(t *testing.T) {
	at := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	first, second := Noted{"h", at, "k0", []byte("a")}, Noted{"h", at, "k1", []byte("b")}
	then := func(e ...decider.Event) []decider.Event { return e }
	decidertest.Run(t, Decider, decider.NewCodec(Events()...), []decidertest.Case[Command]{
		{Name: "noted", When: Note(first), Then: then(first)},
		{Name: "corrected", Given: then(first), When: Note(second), Then: then(second)},
		{Name: "settled", Given: then(first, second), When: Settle{"h"}, Then: then(Settled{"h", "k1"})},
		{Name: "nothing to settle", When: Settle{"h"}},
		{Name: "settled before", Given: then(first, Settled{"h", "k0"}), When: Settle{"h"}},
	})
}
