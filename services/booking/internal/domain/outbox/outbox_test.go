package outbox

import (
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/decidertest"
)

func TestOneSendsALetter(t *testing.T) {
	noon := time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)
	two := noon.Add(2 * time.Minute)
	mine := LetterClaimed{"a", "moved-1", "me", two}
	retry := noon.Add(5 * time.Minute)
	failed := LetterFailed{"a", "moved-1", "421", 1, &retry}
	lost := LetterFailed{"a", "moved-1", "550", 1, nil}
	given := func(e ...decider.Event) []decider.Event { return e }
	claim := func(by string, at time.Time) Claim { return Claim{"a", "moved-1", by, at.Add(2 * time.Minute), at} }
	decidertest.Run(t, Decider, decider.NewCodec(Events()...), []decidertest.Case[Command]{
		{Name: "claim", When: claim("me", noon), Then: given(mine)},
		{Name: "another letter", Given: given(LetterClaimed{"a", "other", "me", two}), When: claim("you", noon), Then: given(LetterClaimed{"a", "moved-1", "you", two})},
		{Name: "two at once", Given: given(mine), When: claim("you", noon.Add(time.Minute)), Err: ErrClaimed},
		{Name: "who claimed it has died", Given: given(mine), When: claim("you", two), Then: given(LetterClaimed{"a", "moved-1", "you", two.Add(2 * time.Minute)})},
		{Name: "sent", Given: given(mine), When: NoteSent{"a", "moved-1", noon}, Then: given(LetterSent{"a", "moved-1"})},
		{Name: "not twice", Given: given(mine, LetterSent{"a", "moved-1"}), When: claim("you", two)},
		{Name: "to be tried again", Given: given(mine), When: NoteFailed{"a", "moved-1", "421", retry}, Then: given(failed)},
		{Name: "tried again", Given: given(mine, failed), When: claim("you", retry), Then: given(LetterClaimed{"a", "moved-1", "you", retry.Add(2 * time.Minute)})},
		{Name: "failed again", Given: given(mine, failed, mine), When: NoteFailed{"a", "moved-1", "421", retry}, Then: given(LetterFailed{"a", "moved-1", "421", 2, &retry})},
		{Name: "given up", Given: given(mine), When: NoteFailed{Appointment: "a", Letter: "moved-1", Reason: "550"}, Then: given(lost)},
		{Name: "not tried any more", Given: given(mine, lost), When: claim("you", two)},
	})
}
