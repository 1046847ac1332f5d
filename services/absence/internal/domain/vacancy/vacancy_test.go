package vacancy

import (
	"testing"

	"github.com/lotse-hamburg/lotse/events/absence"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/decidertest"
)

func TestTable(t *testing.T) {
	d1, d2, d0 := day.Date(2026, 12, 1), day.Date(2027, 2, 1), day.Date(2026, 11, 1)
	open := func(d day.Day) Open { return Open{Post: "p1", Centre: "altona", From: d} }
	opened := absence.VacancyOpened{Post: "p1", Centre: "altona", From: d1}
	filled := absence.VacancyFilled{Post: "p1", Centre: "altona", Employee: "e1", From: d2}
	given := func(e ...decider.Event) []decider.Event { return e }
	decidertest.Run(t, Decider(), decider.NewCodec(Events()...), []decidertest.Case[Command]{
		{Name: "opened", When: open(d1), Then: given(opened)},
		{Name: "opened twice", Given: given(opened), When: open(d1)},
		{Name: "corrected", Given: given(opened), When: open(d2), Then: given(absence.VacancyOpened{Post: "p1", Centre: "altona", From: d2})},
		{Name: "filled", Given: given(opened), When: Fill{Post: "p1", Employee: "e1", From: d2}, Then: given(filled)},
		{Name: "the old list again does not open it", Given: given(opened, filled), When: open(d1)},
		{Name: "filled by another", Given: given(opened, filled), When: Fill{Post: "p1", Employee: "e2", From: d2}, Err: ErrFilled},
		{Name: "the day of filling corrected", Given: given(opened, filled), When: Fill{Post: "p1", Employee: "e1", From: d2 + 7},
			Then: given(absence.VacancyFilled{Post: "p1", Centre: "altona", Employee: "e1", From: d2 + 7})},
		{Name: "filled but unknown", When: Fill{Post: "p1", Employee: "e1", From: d2}, Err: ErrUnknownPost},
		{Name: "filled before it was vacant", Given: given(opened), When: Fill{Post: "p1", Employee: "e1", From: d0}, Err: ErrTooEarly},
	})
}
