package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app/contact"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/httpapi/guard"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

type bookInput struct {
	httpserver.CommandInput
	Body struct {
		Wish
		Contact  contact.Contact `json:"contact,omitempty"`
		Hardship bool            `json:"hardship,omitempty" doc:"Spare it when capacity goes"`
	}
}

type readInput struct {
	ID      string `path:"id"`
	Code    string `query:"code" doc:"The code, or the secret of the link"`
	Channel string `query:"channel" enum:"online,telephone,desk" default:"online"`
}

type appointmentOutput struct {
	Body struct {
		Appointment id.Appointment   `json:"appointment"`
		Service     id.Service       `json:"service"`
		Centre      id.Centre        `json:"centre"`
		Day         day.Day          `json:"day"`
		At          day.TimeOfDay    `json:"at"`
		Minutes     day.Minutes      `json:"minutes"`
		Parts       []booking.Part   `json:"parts,omitempty"`
		State       string           `json:"state" enum:"booked,kept,missed,cancelled"`
		AtRisk      bool             `json:"at_risk" doc:"The staff on duty cannot serve it as things stand; it is not dropped"`
		Offers      []keptSlot       `json:"offers,omitempty" doc:"Slots kept for the citizen of an appointment at risk; accept one"`
		CheckedIn   bool             `json:"checked_in"`
		Contact     *contact.Contact `json:"contact,omitempty"`
	}
}

// Proof is how a citizen shows that the appointment is theirs.
type Proof struct {
	Code    string `json:"code,omitempty" doc:"The code, or the secret of the link"`
	Channel string `json:"channel,omitempty" enum:"online,telephone,desk" default:"online"`
}

func (p Proof) app() app.Proof { return app.Proof{Secret: p.Code, Channel: p.Channel} }

type moveInput struct {
	httpserver.CommandInput
	ID   string `path:"id"`
	Body struct {
		Proof
		Centre id.Centre `json:"centre"`
		Day    day.Day   `json:"day"`
		At     ClockTime `json:"at"`
	}
}

type acceptInput struct {
	httpserver.CommandInput
	ID   string `path:"id"`
	Body struct {
		Proof
		Hold centreday.HoldID `json:"hold" doc:"One of the appointment's offers"`
	}
}

type keptSlot struct {
	Hold    centreday.HoldID `json:"hold"`
	Centre  id.Centre        `json:"centre"`
	Day     day.Day          `json:"day"`
	At      day.TimeOfDay    `json:"at"`
	Expires time.Time        `json:"expires"`
}

type cancelInput struct {
	httpserver.CommandInput
	ID   string `path:"id"`
	Body Proof
}

// proved passes an answer on, and notes how the proof was judged.
func proved(ctx context.Context) func(app.Confirmation, journal.Receipt, error) (app.Confirmation, journal.Receipt, error) {
	return func(c app.Confirmation, rec journal.Receipt, err error) (app.Confirmation, journal.Receipt, error) {
		return c, rec, guard.Tried(ctx, err)
	}
}

func (h *api) appointments(s *httpserver.API) {
	huma.Register(s, op(http.MethodPost, "/v1/appointments", "book-appointment", "Book at once, at the telephone or the desk", "Without a hold; the contact may be left out.", http.StatusCreated),
		func(ctx context.Context, in *bookInput) (*confirmOutput, error) {
			wish, err := h.wish(in.Body.Wish)
			if err != nil {
				return nil, problems.From(err)
			}
			c, rec, err := h.app.Book(ctx, in.IdempotencyKey, wish, in.Body.Contact, in.Body.Hardship)
			if err != nil {
				return nil, h.instead(ctx, err, wish)
			}
			return confirmed(c, rec, nil)
		})
	huma.Register(s, op(http.MethodGet, "/v1/appointments/{id}", "show-appointment", "One appointment", "With the citizen's code, or for staff.", 0),
		func(ctx context.Context, in *readInput) (*appointmentOutput, error) {
			v, err := h.app.Appointment(ctx, id.Appointment(in.ID), app.Proof{Secret: in.Code, Channel: in.Channel})
			if err = guard.Tried(ctx, err); err != nil {
				return nil, problems.From(err)
			}
			out := &appointmentOutput{}
			b := &out.Body
			b.Appointment, b.Service, b.Centre, b.Day, b.At, b.Minutes, b.Parts = v.Appointment, v.Service, v.Centre, v.Day, v.At, v.Minutes, v.Parts
			b.State, b.AtRisk, b.CheckedIn = v.Life, v.AtRisk, v.CheckedIn
			for _, s := range v.Offers {
				b.Offers = append(b.Offers, keptSlot{s.Hold, s.Place.Centre, s.Place.Day, s.Place.At, s.Expires})
			}
			if !v.Contact.Empty() {
				b.Contact = &v.Contact
			}
			return out, nil
		})
	huma.Register(s, op(http.MethodPost, "/v1/appointments/{id}/move", "move-appointment", "Take another slot instead",
		"The new slot is taken first and the old one freed in the same commit: if the new one is gone, the old one stays.", http.StatusOK),
		func(ctx context.Context, in *moveInput) (*confirmOutput, error) {
			at, err := h.on(in.Body.Day, in.Body.At)
			if err != nil {
				return nil, problems.From(err)
			}
			to := app.NewPlace{Centre: in.Body.Centre, Day: in.Body.Day, At: at}
			c, rec, err := proved(ctx)(h.app.Move(ctx, in.IdempotencyKey, id.Appointment(in.ID), in.Body.app(), to))
			if err != nil {
				return nil, h.insteadOf(ctx, err, id.Appointment(in.ID), in.Body.app(), to)
			}
			return confirmed(c, rec, nil)
		})
	huma.Register(s, op(http.MethodPost, "/v1/appointments/{id}/accept", "accept-offer", "Take a slot that is kept for an appointment at risk",
		"The appointment moves there; what else was kept is free again.", http.StatusOK),
		func(ctx context.Context, in *acceptInput) (*confirmOutput, error) {
			return confirmed(proved(ctx)(h.app.Accept(ctx, in.IdempotencyKey, id.Appointment(in.ID), in.Body.app(), in.Body.Hold)))
		})
	huma.Register(s, op(http.MethodPost, "/v1/appointments/{id}/cancel", "cancel-appointment", "Cancel", "The slot is free for others at once.", http.StatusNoContent),
		func(ctx context.Context, in *cancelInput) (*done, error) {
			rec, err := h.app.Cancel(ctx, in.IdempotencyKey, id.Appointment(in.ID), in.Body.app())
			return answered(rec, guard.Tried(ctx, err))
		})
}
