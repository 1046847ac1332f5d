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
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/relocation"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
)

type callListInput struct {
	httpserver.ReadInput
	All    bool   `query:"all" doc:"Also those whom nobody needs to call now: reached, declined, or to be tried again later"`
	Cursor string `query:"cursor" doc:"next of the page before"`
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"200"`
}

// called is one line of the call list.
type called struct {
	Appointment id.Appointment `json:"appointment"`
	Service     id.Service     `json:"service"`
	Parts       []booking.Part `json:"parts,omitempty"`
	Centre      id.Centre      `json:"centre"`
	Day         day.Day        `json:"day"`
	At          day.TimeOfDay  `json:"at"`
	Minutes     day.Minutes    `json:"minutes"`
	Since       time.Time      `json:"since" doc:"At risk since"`
	Name        string         `json:"name,omitempty"`
	Phone       string         `json:"phone,omitempty" doc:"Missing where none was left: the citizen learns of it at the desk"`
	Language    string         `json:"language,omitempty"`
	Offers      []keptSlot     `json:"offers" doc:"Kept for the citizen until expires; may be none"`
	Due         bool           `json:"due"`
	Tries       int            `json:"tries"`
	Outcome     string         `json:"outcome,omitempty" enum:"calling,not-reached,reached,declined,accepted" doc:"Of the last call"`
	NotedAt     *time.Time     `json:"noted_at,omitempty"`
	Retry       *time.Time     `json:"retry,omitempty" doc:"Nobody calls before"`
}

type callListOutput struct {
	Body struct {
		Calls []called `json:"calls"`
		Next  string   `json:"next,omitempty" doc:"Cursor of the next page"`
	}
}

type noteCallInput struct {
	httpserver.CommandInput
	ID   string `path:"id" doc:"The appointment"`
	Body struct {
		Outcome relocation.Outcome `json:"outcome" enum:"calling,not-reached,reached,declined,accepted" doc:"calling: nobody else calls for ten minutes; not-reached: tried again after 30 minutes, then 1, 2 and 4 hours; reached: thinks about it, what is kept stays kept; declined: keeps the appointment at risk and wants nothing else; accepted: is moved into hold"`
		Hold    centreday.HoldID   `json:"hold,omitempty" doc:"The offer that was accepted"`
	}
}

func (h *api) calls(s *httpserver.API) {
	huma.Register(s, op(http.MethodGet, "/v1/call-list", "list-calls", "Citizens at risk whom no letter reaches",
		"For telephone agents, by day and time: who has left no mail address, or whose letters could not be delivered. With what is kept for them. Codes are not shown.", 0),
		func(ctx context.Context, in *callListInput) (*callListOutput, error) {
			if err := h.wait(ctx, in.ReadInput); err != nil {
				return nil, err
			}
			page, next, err := h.app.CallList(ctx, in.All, in.Cursor, in.Limit)
			if err != nil {
				return nil, problems.From(err)
			}
			out := &callListOutput{}
			out.Body.Calls, out.Body.Next = []called{}, next
			for _, c := range page {
				out.Body.Calls = append(out.Body.Calls, line(c))
			}
			return out, nil
		})
	huma.Register(s, op(http.MethodPost, "/v1/call-list/{id}", "note-call", "What became of a call", "In one commit with what the citizen decided.", http.StatusNoContent),
		func(ctx context.Context, in *noteCallInput) (*done, error) {
			return answered(h.app.NoteCall(ctx, in.IdempotencyKey, id.Appointment(in.ID), in.Body.Outcome, in.Body.Hold))
		})
}

func line(c app.ToCall) called {
	w, last := c.What, c.Last
	l := called{Appointment: w.Appointment, Service: w.Service, Parts: w.Parts, Centre: w.Centre, Day: w.Day, At: w.At, Minutes: w.Minutes, Since: c.Since,
		Name: c.Contact.Name, Phone: c.Contact.Phone, Language: c.Contact.Language, Offers: []keptSlot{}, Due: c.Due, Tries: last.Tries, Outcome: string(last.Outcome), Retry: last.Retry}
	if !last.At.IsZero() {
		l.NotedAt = &last.At
	}
	for _, s := range c.Slots {
		l.Offers = append(l.Offers, keptSlot{s.Hold, s.Place.Centre, s.Place.Day, s.Place.At, s.Expires})
	}
	return l
}
