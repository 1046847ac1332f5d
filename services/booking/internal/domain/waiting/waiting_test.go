package waiting

import (
	"testing"

	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/decidertest"
)

func TestAPlaceOnTheList(t *testing.T) {
	asked := WaitingAsked{Waiting: "w", Channel: "online", Detail: centreday.Detail{ContactKey: "k", Mail: true}}
	slot := Slot{Hold: "h"}
	offered, passed := WaitingOffered{"w", slot}, WaitingPassed{"w", "h"}
	given := func(e ...decider.Event) []decider.Event { return e }
	decidertest.Run(t, Decider, decider.NewCodec(Events()...), []decidertest.Case[Command]{
		{Name: "asked", When: Ask{Waiting: "w", Channel: "online", Detail: asked.Detail}, Then: given(asked)},
		{Name: "offered", Given: given(asked), When: Offer{"w", slot}, Then: given(offered)},
		{Name: "one at a time", Given: given(asked, offered), When: Offer{"w", Slot{Hold: "other"}}},
		{Name: "to nobody", When: Offer{"w", slot}, Err: ErrNotWaiting},
		{Name: "passed", Given: given(asked, offered), When: Pass{"w", "h"}, Then: given(passed)},
		{Name: "another offer is not passed", Given: given(asked, offered), When: Pass{"w", "other"}},
		{Name: "offered again", Given: given(asked, offered, passed), When: Offer{"w", Slot{Hold: "h2"}}, Then: given(WaitingOffered{"w", Slot{Hold: "h2"}})},
		{Name: "three passes", Given: given(asked, offered, passed, offered, passed, offered), When: Pass{"w", "h"}, Then: given(passed, WaitingEnded{"w", Passed, "k", ""})},
		{Name: "taken", Given: given(asked, offered), When: End{"w", Taken}, Then: given(WaitingEnded{"w", Taken, "k", ""})},
		{Name: "taken before it is passed", Given: given(asked, offered, WaitingEnded{"w", Taken, "k", ""}), When: Pass{"w", "h"}},
		{Name: "nobody waits", When: End{"w", Left}},
	})
}
