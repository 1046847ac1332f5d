package relocation

import (
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/decidertest"
)

func TestOffersOfARelocation(t *testing.T) {
	at := time.Date(2026, time.November, 23, 7, 12, 0, 0, time.UTC)
	in := func(d time.Duration) *time.Time { t := at.Add(d); return &t }
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
		{Name: "somebody calls", When: NoteCall{"a", Calling, at}, Then: given(CallNoted{"a", Calling, 0, at, in(10 * time.Minute)})},
		{Name: "noted twice", Given: given(CallNoted{"a", Calling, 0, at, in(10 * time.Minute)}), When: NoteCall{"a", Calling, at}},
		{Name: "not reached", Given: given(CallNoted{"a", Calling, 0, at, in(10 * time.Minute)}), When: NoteCall{"a", NotReached, at}, Then: given(CallNoted{"a", NotReached, 1, at, in(30 * time.Minute)})},
		{Name: "not reached for the fourth time", Given: given(CallNoted{"a", NotReached, 3, at, in(time.Hour)}), When: NoteCall{"a", NotReached, at.Add(time.Second)},
			Then: given(CallNoted{"a", NotReached, 4, at.Add(time.Second), in(4*time.Hour + time.Second)})},
		{Name: "reached", Given: given(SlotsOffered{"a", 1, one}), When: NoteCall{"a", Reached, at}, Then: given(CallNoted{"a", Reached, 1, at, nil})},
		{Name: "closed after a call alone", Given: given(CallNoted{"a", Reached, 1, at, nil}), When: Close{"a"}, Then: given(RelocationClosed{"a"})},
		{Name: "closed after an offer and a call", Given: given(SlotsOffered{"a", 1, one}, CallNoted{"a", Declined, 1, at, nil}), When: Close{"a"}, Then: given(RelocationClosed{"a"})},
		{Name: "at risk once more", Given: given(SlotsOffered{"a", 1, one}, RelocationClosed{"a"}), When: Offer{"a", one}, Then: given(SlotsOffered{"a", 1, one})},
	})
}
