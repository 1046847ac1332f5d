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
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// Wish is a slot as a client names it.
type Wish struct {
	Service id.Service `json:"service,omitempty" doc:"What the citizen comes for, or services"`
	Persons int        `json:"persons,omitempty" minimum:"0" maximum:"20" doc:"Default 1"`
	Visit   []Item     `json:"services,omitempty" maxItems:"8" doc:"Several services in one visit"`
	Centre  id.Centre  `json:"centre"`
	Day     day.Day    `json:"day" doc:"2026-12-01, a date in the city's zone"`
	At      ClockTime  `json:"at"`
	Channel string     `json:"channel,omitempty" enum:"online,telephone,desk" default:"online"`
	// Wanted is the district that the citizen asked for.
	Wanted id.District `json:"wanted,omitempty" doc:"The district that the citizen asked for, wherever the slot is: where requests arise is learned from it. None: any"`
}

// Item is one of several things to come for.
type Item struct {
	Service id.Service `json:"service"`
	Persons int        `json:"persons,omitempty" minimum:"0" maximum:"20" doc:"Default 1"`
}

func (h *api) wish(w Wish) (app.Wish, error) {
	at, err := h.on(w.Day, w.At)
	var visit []app.Item
	for _, it := range w.Visit {
		visit = append(visit, app.Item(it))
	}
	return app.Wish{Service: w.Service, Persons: w.Persons, Visit: visit, Centre: w.Centre, Day: w.Day, At: at, Channel: w.Channel, Wanted: w.Wanted}, err
}

type holdInput struct {
	httpserver.CommandInput
	Body Wish
}

type holdOutput struct {
	httpserver.CommandOutput
	Body struct {
		Hold    centreday.HoldID `json:"hold"`
		Service id.Service       `json:"service"`
		Centre  id.Centre        `json:"centre"`
		Day     day.Day          `json:"day"`
		At      day.TimeOfDay    `json:"at"`
		Minutes day.Minutes      `json:"minutes"`
		Parts   []booking.Part   `json:"parts,omitempty"`
		Expires time.Time        `json:"expires" doc:"Confirm before"`
	}
}

type confirmInput struct {
	httpserver.CommandInput
	ID   string `path:"id"`
	Body contact.Contact
}

type confirmOutput struct {
	httpserver.CommandOutput
	Body confirmation
}

type confirmation struct {
	Appointment id.Appointment `json:"appointment"`
	Service     id.Service     `json:"service"`
	Centre      id.Centre      `json:"centre"`
	Day         day.Day        `json:"day"`
	At          day.TimeOfDay  `json:"at"`
	Minutes     day.Minutes    `json:"minutes"`
	Parts       []booking.Part `json:"parts,omitempty"`
	Code        string         `json:"code,omitempty" doc:"Proves that the appointment is the citizen's; told once more only to a repeat of the same command"`
	Link        string         `json:"link,omitempty" doc:"Path with a secret, for seeing, moving and cancelling"`
	// State is pending while the link in a mail must still be opened.
	State   string     `json:"state" enum:"booked,pending" doc:"pending: it becomes an appointment when the link in the mail is opened, before expires"`
	Expires *time.Time `json:"expires,omitempty"`
}

func confirmed(c app.Confirmation, rec journal.Receipt, err error) (*confirmOutput, error) {
	if err != nil {
		return nil, problems.From(err)
	}
	out := &confirmOutput{httpserver.At(rec.Epoch, rec.Position), confirmation{Appointment: c.Appointment, Service: c.Service, Centre: c.Centre, Day: c.Day, At: c.At,
		Minutes: c.Minutes, Parts: c.Parts, State: "pending", Expires: c.Expires}}
	if c.Expires == nil {
		out.Body.State, out.Body.Code = "booked", c.Code
		out.Body.Link = "/v1/appointments/" + string(c.Appointment) + "?code=" + c.Link
	}
	return out, nil
}

type optInInput struct {
	httpserver.CommandInput
	ID   string `path:"id"`
	Body struct {
		Code string `json:"code" doc:"The secret of the link in the mail"`
	}
}

type idInput struct {
	httpserver.CommandInput
	ID string `path:"id"`
}

func (h *api) holds(s *httpserver.API) {
	huma.Register(s, op(http.MethodPost, "/v1/holds", "hold-slot", "Keep a slot", "The slot is kept until expires; confirm makes it an appointment.", http.StatusCreated),
		func(ctx context.Context, in *holdInput) (*holdOutput, error) {
			wish, err := h.wish(in.Body)
			if err != nil {
				return nil, problems.From(err)
			}
			held, rec, err := h.app.Hold(ctx, in.IdempotencyKey, wish)
			if err != nil {
				return nil, h.instead(ctx, err, wish)
			}
			out := &holdOutput{CommandOutput: httpserver.At(rec.Epoch, rec.Position)}
			b := &out.Body
			b.Hold, b.Service, b.Centre, b.Day, b.At, b.Minutes, b.Parts, b.Expires = held.Hold, held.Service, held.Centre, held.Day, held.At, held.Minutes, held.Parts, held.Expires
			return out, nil
		})
	huma.Register(s, op(http.MethodPost, "/v1/holds/{id}/confirm", "confirm-hold", "Make a hold an appointment",
		"The contact is stored encrypted; each of its fields may be left out: send {} for none.", http.StatusCreated),
		func(ctx context.Context, in *confirmInput) (*confirmOutput, error) {
			return confirmed(h.app.Confirm(ctx, in.IdempotencyKey, centreday.HoldID(in.ID), in.Body))
		})
	huma.Register(s, op(http.MethodPost, "/v1/holds/{id}/opt-in", "opt-in", "Confirm by the link in the mail",
		"Where the policy asks for it, an online booking becomes an appointment only so.", http.StatusOK),
		func(ctx context.Context, in *optInInput) (*confirmOutput, error) {
			return confirmed(proved(ctx)(h.app.OptIn(ctx, centreday.HoldID(in.ID), in.Body.Code)))
		})
	huma.Register(s, op(http.MethodDelete, "/v1/holds/{id}", "release-hold", "Give a hold back", "A hold that is not there any more is no matter.", http.StatusNoContent),
		func(ctx context.Context, in *idInput) (*done, error) {
			return answered(h.app.Release(ctx, in.IdempotencyKey, centreday.HoldID(in.ID)))
		})
}
