package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

type ticketInput struct {
	httpserver.CommandInput
	Body struct {
		Centre  id.Centre  `json:"centre"`
		Service id.Service `json:"service"`
	}
}

type callInput struct {
	httpserver.CommandInput
	Body struct {
		Centre   id.Centre    `json:"centre"`
		Services []id.Service `json:"services,omitempty" doc:"What the counter can serve; default: anything"`
		Use      string       `json:"use,omitempty" enum:"express,walk-in,appointments," doc:"express: only express tickets; walk-in: all others; appointments: a counter that appointments leave unused, as long as they do; default: any ticket"`
		Counter  string       `json:"counter,omitempty" maxLength:"12" doc:"The counter's sign, such as 7; screens in waiting rooms show it"`
	}
}

type nextInput struct {
	httpserver.CommandInput
	ID   string `path:"id" doc:"The centre"`
	Body struct {
		Services []id.Service `json:"services,omitempty" doc:"What the counter can serve; default: anything"`
		Use      string       `json:"use,omitempty" enum:"express,walk-in,appointments," doc:"What the counter is for; default: anything"`
		Counter  string       `json:"counter,omitempty" maxLength:"12" doc:"The counter's sign, such as 7; screens in waiting rooms show it"`
	}
}

type nextOutput struct {
	httpserver.CommandOutput
	Body app.Next
}

// here is who waits at a centre with an appointment.
type here struct {
	Appointment id.Appointment `json:"appointment"`
	Service     id.Service     `json:"service"`
	Parts       []booking.Part `json:"parts,omitempty"`
	At          day.TimeOfDay  `json:"at"`
	CheckedIn   time.Time      `json:"checked_in"`
	State       string         `json:"state" enum:"due,late,early" doc:"late: was missed and came after all"`
}

type ticketOutput struct {
	httpserver.CommandOutput
	Body booking.TicketStep
}

func ticketed(t booking.TicketStep, rec journal.Receipt, err error) (*ticketOutput, error) {
	if err != nil {
		return nil, problems.From(err)
	}
	return &ticketOutput{httpserver.At(rec.Epoch, rec.Position), t}, nil
}

// queued is a ticket as a screen or a telephone shows it.
type queued struct {
	Ticket  id.Ticket  `json:"ticket"`
	Number  int        `json:"number"`
	Service id.Service `json:"service"`
	Express bool       `json:"express,omitempty"`
	State   string     `json:"state" enum:"waiting,called,parked,served,missed"`
	Issued  time.Time  `json:"issued"`
	Ahead   int        `json:"ahead" doc:"Tickets that are called before it"`
	// Minutes until the call.
	Minutes int `json:"wait_minutes" doc:"Until it is called, estimated; -1: not today as things stand, or not waiting"`
}

func shownTicket(w app.Waiting) queued {
	return queued{w.Ticket.Ticket, w.Number, w.Service, w.Express, w.Life.String(), w.At, w.Ahead, w.Minutes}
}

type queueInput struct {
	httpserver.ReadInput
	ID string `path:"id"`
}

type queueOutput struct {
	Body struct {
		Tickets []queued `json:"tickets" doc:"Those of today that are not over, in the order of their numbers"`
		Present []here   `json:"appointments" doc:"Who is checked in and not called yet, in the order in which they are called"`
	}
}

type oneTicketOutput struct{ Body queued }

type periodInput struct {
	httpserver.ReadInput
	From  string `query:"from" doc:"First day, 2026-12-01; default: 30 days before until"`
	Until string `query:"until" doc:"First day that does not count; default: tomorrow"`
}

// period that was asked for; the last thirty days where none was.
func (h *api) period(in periodInput) (p day.Period, err error) {
	from, err := date("from", in.From)
	if err != nil {
		return p, err
	}
	until, err := date("until", in.Until)
	if err != nil {
		return p, err
	}
	if until == nil {
		today, _ := h.app.Clock(h.app.Node().Now())
		today++
		until = &today
	}
	if from == nil {
		first := *until - 30
		from = &first
	}
	if *until <= *from {
		return p, &events.FieldError{Field: "until", Value: until.String(), Reason: "is not after from: it is the first day that does not count"}
	}
	return day.Period{From: *from, Until: *until}, nil
}

type waitingTimesOutput struct {
	Body struct {
		Centres []read.WaitingTime `json:"centres"`
	}
}

type attendanceOutput struct {
	Body struct {
		Services []read.Attended `json:"services"`
	}
}

func (h *api) tickets(s *httpserver.API) {
	huma.Register(s, op(http.MethodPost, "/v1/tickets", "issue-ticket", "A walk-in draws a number", "For today, at a kiosk or the desk.", http.StatusCreated),
		func(ctx context.Context, in *ticketInput) (*ticketOutput, error) {
			return ticketed(h.app.IssueTicket(ctx, in.IdempotencyKey, in.Body.Centre, in.Body.Service))
		})
	huma.Register(s, op(http.MethodPost, "/v1/tickets/next", "call-next", "Call who has waited longest",
		"Calls another one each time; send an Idempotency-Key to repeat safely.", http.StatusOK),
		func(ctx context.Context, in *callInput) (*ticketOutput, error) {
			return ticketed(h.app.CallNext(ctx, in.IdempotencyKey, app.Call{Centre: in.Body.Centre, Services: in.Body.Services, Use: in.Body.Use, Counter: in.Body.Counter}))
		})
	for _, step := range []struct{ word, summary, doc string }{
		{app.Recall, "Call a ticket once more", "Also one that is parked, by its number."},
		{app.Park, "Set a ticket aside", "It is not called and keeps its place."},
		{app.Resume, "Put a parked ticket back", "At its place."},
		{app.MissTicket, "The walk-in did not come, or has left", "Its number is not called any more."},
		{app.Serve, "The walk-in was served", "After it was called."},
	} {
		huma.Register(s, op(http.MethodPost, "/v1/tickets/{id}/"+step.word, step.word+"-ticket", step.summary, step.doc, http.StatusNoContent),
			func(ctx context.Context, in *idInput) (*done, error) {
				return answered(h.app.TicketStep(ctx, in.IdempotencyKey, step.word, id.Ticket(in.ID)))
			})
	}
	huma.Register(s, op(http.MethodGet, "/v1/tickets/{id}", "show-ticket", "One ticket of today", "With the estimated wait, for the walk-in's own telephone.", 0),
		func(ctx context.Context, in *queueInput) (*oneTicketOutput, error) {
			if err := h.wait(ctx, in.ReadInput); err != nil {
				return nil, err
			}
			w, err := h.app.Ticket(id.Ticket(in.ID))
			if err != nil {
				return nil, problems.From(err)
			}
			return &oneTicketOutput{shownTicket(w)}, nil
		})
	huma.Register(s, op(http.MethodGet, "/v1/centres/{id}/queue", "show-queue", "Who waits at a centre today", "With estimated waits.", 0),
		func(ctx context.Context, in *queueInput) (*queueOutput, error) {
			if err := h.wait(ctx, in.ReadInput); err != nil {
				return nil, err
			}
			if err := access.Centre(ctx, in.ID); err != nil {
				return nil, err
			}
			all, err := h.app.Queue(id.Centre(in.ID))
			if err != nil {
				return nil, problems.From(err)
			}
			out := &queueOutput{}
			out.Body.Tickets = []queued{}
			for _, w := range all {
				out.Body.Tickets = append(out.Body.Tickets, shownTicket(w))
			}
			out.Body.Present = h.present(id.Centre(in.ID))
			return out, nil
		})
	huma.Register(s, op(http.MethodPost, "/v1/centres/{id}/next", "next-at-centre", "Call who comes next, appointment or ticket",
		"One order: appointments whose time has come, by their time; then tickets by arrival; then who is early for an appointment. A counter set aside for walk-ins calls tickets first, an express counter express tickets only. "+
			"Calls another one each time; send an Idempotency-Key to repeat safely.", http.StatusOK),
		func(ctx context.Context, in *nextInput) (*nextOutput, error) {
			n, rec, err := h.app.NextAt(ctx, in.IdempotencyKey, app.Call{Centre: id.Centre(in.ID), Services: in.Body.Services, Use: in.Body.Use, Counter: in.Body.Counter})
			if err != nil {
				return nil, problems.From(err)
			}
			return &nextOutput{httpserver.At(rec.Epoch, rec.Position), n}, nil
		})
	h.measured(s)
}

// present lists who is checked in at a centre, in the order of calls.
func (h *api) present(c id.Centre) []here {
	all := []here{}
	due, early := h.app.Present(c)
	for i, x := range append(due, early...) {
		state := "due"
		if x.Late {
			state = "late"
		}
		if i >= len(due) {
			state = "early"
		}
		all = append(all, here{x.ID, x.Service, x.Parts, x.At, x.CheckedIn, state})
	}
	return all
}

func (h *api) measured(s *httpserver.API) {
	huma.Register(s, op(http.MethodGet, "/v1/waiting-times", "measure-waiting-times", "How long walk-ins have waited", "Per centre, against the promise of waiting times.", 0),
		func(ctx context.Context, in *periodInput) (*waitingTimesOutput, error) {
			if err := h.wait(ctx, in.ReadInput); err != nil {
				return nil, err
			}
			p, err := h.period(*in)
			if err != nil {
				return nil, problems.From(err)
			}
			out := &waitingTimesOutput{}
			out.Body.Centres = h.app.WaitingTimes(p)
			return out, nil
		})
	huma.Register(s, op(http.MethodGet, "/v1/attendance", "count-attendance", "Who came, and how long it took", "Kept, missed and cancelled appointments per service, with no-show rates and mean times.", 0),
		func(ctx context.Context, in *periodInput) (*attendanceOutput, error) {
			if err := h.wait(ctx, in.ReadInput); err != nil {
				return nil, err
			}
			p, err := h.period(*in)
			if err != nil {
				return nil, problems.From(err)
			}
			out := &attendanceOutput{}
			out.Body.Services = h.app.Attendance(p)
			return out, nil
		})
}
