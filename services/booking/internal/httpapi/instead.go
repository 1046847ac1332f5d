package httpapi

import (
	"context"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/internal/problem"
)

// instead answers a slot that just went: with others that are free.
func (h *api) instead(ctx context.Context, err error, w app.Wish) error {
	answer := problems.From(err)
	if offers := h.app.Instead(ctx, err, w); len(offers) > 0 {
		return problem.Instead(answer, offers)
	}
	return answer
}

// insteadOf does the same for an appointment that stays where it is. It reads it
// once more, for what it is for; who could not prove that it is theirs gets none.
func (h *api) insteadOf(ctx context.Context, err error, ap id.Appointment, p app.Proof, to app.NewPlace) error {
	if !app.Elsewhere(err) {
		return problems.From(err)
	}
	v, unread := h.app.Appointment(ctx, ap, p)
	if unread != nil {
		return problems.From(err)
	}
	w := app.Wish{Service: v.Service, Centre: to.Centre, Day: to.Day, At: to.At, Channel: p.Channel}
	if len(v.Parts) > 0 {
		w.Service = ""
		for _, part := range v.Parts {
			w.Visit = append(w.Visit, app.Item{Service: part.Service, Persons: part.Persons})
		}
	}
	return h.instead(ctx, err, w)
}
