package relocation

import (
	"testing"

	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/decidertest"
)

func TestOffersOfARelocation(t *testing.T) {
	one, two := []Slot{{Hold: "h1"}}, []Slot{{Hold: "h2"}, {Hold: "h3"}}
	given := func(e ...decider.Event) []decider.Event { return e }
	decidertest.Run(t, Decider, decider.NewCodec(Events()...), []decidertest.Case[Command]{
		{Name: "offered", When: Offer{"a", one}, Then: given(SlotsOffered{"a", 1, one})},
		{Name: "the same again", Given: given(SlotsOffered{"a", 1, one}), When: Offer{"a", one}},
		{Name: "others", Given: given(SlotsOffered{"a", 1, one}), When: Offer{"a", two}, Then: given(SlotsOffered{"a", 2, two})},
		{Name: "nothing was found", When: Offer{"a", nil}, Then: given(SlotsOffered{"a", 1, nil})},
		{Name: "nothing is told once", Given: given(SlotsOffered{"a", 1, nil}), When: Offer{"a", nil}},
		{Name: "what was offered has run out", Given: given(SlotsOffered{"a", 1, one}), When: Offer{"a", nil}, Then: given(SlotsOffered{"a", 2, nil})},
		{Name: "closed", Given: given(SlotsOffered{"a", 1, one}), When: Close{"a"}, Then: given(RelocationClosed{"a"})},
		{Name: "nothing to close", When: Close{"a"}},
		{Name: "at risk once more", Given: given(SlotsOffered{"a", 1, one}, RelocationClosed{"a"}), When: Offer{"a", one}, Then: given(SlotsOffered{"a", 1, one})},
	})
}
