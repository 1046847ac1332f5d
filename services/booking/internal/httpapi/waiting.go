package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app/contact"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/waiting"
	"github.com/lotse-hamburg/lotse/services/booking/internal/httpapi/guard"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
)

type waitInput struct {
	httpserver.CommandInput
	Body struct {
		Proof
		Appointment id.Appointment  `json:"appointment,omitempty" doc:"The one to be replaced by an earlier one; with its code. Else name services"`
		Service     id.Service      `json:"service,omitempty"`
		Persons     int             `json:"persons,omitempty" minimum:"0" maximum:"20"`
		Visit       []Item          `json:"services,omitempty" maxItems:"8"`
		Centres     []id.Centre     `json:"centres,omitempty" maxItems:"100" doc:"Only these; default: all"`
		Districts   []id.District   `json:"districts,omitempty" maxItems:"100"`
		Accessible  bool            `json:"accessible,omitempty"`
		Weekdays    []int           `json:"weekdays,omitempty" maxItems:"7" doc:"1 Monday to 7 Sunday"`
		Times       []day.Span      `json:"times,omitempty" maxItems:"12" doc:"Times of day in which the visit must lie"`
		From        *day.Day        `json:"from,omitempty" doc:"First day"`
		Until       *day.Day        `json:"until,omitempty" doc:"First day that is not wanted any more; default: the day of the appointment"`
		Contact     contact.Contact `json:"contact,omitempty" doc:"Default: the appointment's"`
	}
}

type waitOutput struct {
	httpserver.CommandOutput
	Body onList
}

type onList struct {
	Waiting waiting.ID `json:"waiting"`
	Before  int        `json:"before" doc:"How many stand before it"`
	Code    string     `json:"code,omitempty" doc:"Shows, takes and leaves; told once more only to a repeat of the same command"`
	Offer   *keptSlot  `json:"offer,omitempty" doc:"The slot that is kept at present"`
	Ended   string     `json:"ended,omitempty" enum:"taken,left,over,passed"`
}

func listed(o app.OnList) onList {
	out := onList{Waiting: o.Waiting, Before: o.Before, Code: o.Secret, Ended: o.Ended}
	if s := o.Offer; s != nil {
		out.Offer = &keptSlot{s.Hold, s.Place.Centre, s.Place.Day, s.Place.At, s.Expires}
	}
	return out
}

type waitingInput struct {
	ID   string `path:"id"`
	Code string `query:"code"`
}

type leaveInput struct {
	httpserver.CommandInput
	ID   string `path:"id"`
	Code string `query:"code"`
}

type takeInput struct {
	httpserver.CommandInput
	ID   string `path:"id"`
	Body struct {
		Code string `json:"code"`
	}
}

func (h *api) waiting(s *httpserver.API) {
	huma.Register(s, op(http.MethodPost, "/v1/waiting", "wait-for-earlier", "Ask for an earlier slot",
		"Slots that become free are offered in the list's order, kept for a short time and then passed on. Told by mail.", http.StatusCreated),
		func(ctx context.Context, in *waitInput) (*waitOutput, error) {
			b := in.Body
			e := app.Earlier{Appointment: b.Appointment, Proof: b.app(), Contact: b.Contact, Search: app.Search{Service: b.Service, Persons: b.Persons,
				Centres: b.Centres, Districts: b.Districts, Accessible: b.Accessible, Weekdays: b.Weekdays, Times: b.Times, From: b.From, Until: b.Until, Channel: b.Channel}}
			for _, it := range b.Visit {
				e.Visit = append(e.Visit, app.Item(it))
			}
			o, rec, err := h.app.WaitForEarlier(ctx, in.IdempotencyKey, e)
			if err = guard.Tried(ctx, err); err != nil {
				return nil, problems.From(err)
			}
			return &waitOutput{httpserver.At(rec.Epoch, rec.Position), listed(o)}, nil
		})
	huma.Register(s, op(http.MethodGet, "/v1/waiting/{id}", "show-waiting", "One's place on the waiting list", "With what is kept at present.", 0),
		func(ctx context.Context, in *waitingInput) (*struct{ Body onList }, error) {
			o, err := h.app.OnWaitingList(ctx, waiting.ID(in.ID), in.Code)
			if err = guard.Tried(ctx, err); err != nil {
				return nil, problems.From(err)
			}
			return &struct{ Body onList }{listed(o)}, nil
		})
	huma.Register(s, op(http.MethodPost, "/v1/waiting/{id}/take", "take-earlier", "Take the slot that is kept", "A new appointment, or the old one moved there.", http.StatusCreated),
		func(ctx context.Context, in *takeInput) (*confirmOutput, error) {
			return confirmed(proved(ctx)(h.app.TakeEarlier(ctx, in.IdempotencyKey, waiting.ID(in.ID), in.Body.Code)))
		})
	huma.Register(s, op(http.MethodDelete, "/v1/waiting/{id}", "leave-waiting", "Leave the waiting list", "What was kept is free again.", http.StatusNoContent),
		func(ctx context.Context, in *leaveInput) (*done, error) {
			rec, err := h.app.LeaveWaitingList(ctx, in.IdempotencyKey, waiting.ID(in.ID), in.Code)
			return answered(rec, guard.Tried(ctx, err))
		})
}
