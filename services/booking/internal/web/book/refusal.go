package book

import (
	"context"
	"errors"
	"net/http"

	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/waiting"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// refusals is what citizens are told; what the API tells is for who writes clients.
var refusals = []struct {
	err    error
	status int
	text   string
}{
	{centreday.ErrSlotTaken, http.StatusConflict, "refused.taken"},
	{centreday.ErrClosed, http.StatusConflict, "refused.taken"},
	{centreday.ErrNotReleased, http.StatusConflict, "refused.released"},
	{centreday.ErrShareSpent, http.StatusConflict, "refused.taken"},
	{centreday.ErrPast, http.StatusConflict, "refused.past"},
	{centreday.ErrTooSoon, http.StatusConflict, "refused.soon"},
	{centreday.ErrTooFar, http.StatusConflict, "refused.far"},
	{app.ErrMissingHour, http.StatusConflict, "refused.taken"},
	{app.ErrDoubledHour, http.StatusConflict, "refused.taken"},
	{centreday.ErrOffGrid, http.StatusConflict, "refused.taken"},
	{app.ErrUnknownCentre, http.StatusConflict, "refused.taken"},
	{centreday.ErrHoldExpired, http.StatusGone, "refused.expired"},
	{waiting.ErrNoOffer, http.StatusGone, "refused.offer"},
	{waiting.ErrNotWaiting, http.StatusGone, "refused.waiting"},
	{centreday.ErrAlreadyOver, http.StatusConflict, "refused.over"},
	{centreday.ErrExtended, http.StatusConflict, "refused.extended"},
	{app.ErrWrongCode, http.StatusForbidden, "refused.code"},
	{centreday.ErrNoSuchAppointment, http.StatusForbidden, "refused.code"},
	{app.ErrMailNeeded, http.StatusUnprocessableEntity, "refused.mail"},
	{app.ErrTooManyAppointments, http.StatusConflict, "refused.many"},
	{app.ErrTooManyPlaces, http.StatusConflict, "refused.places"},
	{app.ErrTooManyHolds, http.StatusTooManyRequests, "refused.holds"},
	{app.ErrCaptchaNeeded, http.StatusForbidden, "refused.challenge"},
	{app.ErrCaptchaWrong, http.StatusForbidden, "refused.challenge"},
	{journal.ErrReusedKey, http.StatusConflict, "refused.twice"},
}

// refusal is how an error is told; known is false for what is no refusal.
func refusal(x *pages.Context, err error) (status int, text string, known bool) {
	for _, r := range refusals {
		if errors.Is(err, r.err) {
			return r.status, x.Say(r.text), true
		}
	}
	return 0, "", false
}

// solved says to the application who asks: with the solution of the challenge that
// the page's script has found, or as one whose browser runs none.
func (b *book) solved(x *pages.Context, form *pages.Form) context.Context {
	ctx := x.R.Context()
	who, found := app.CallerOf(ctx)
	if !found {
		return ctx
	}
	who.Solution = form.Value("altcha")
	who.Plain = who.Solution == ""
	return app.WithCaller(ctx, who)
}
