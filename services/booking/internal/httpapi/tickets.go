package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/id"
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
	}
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

func (h *api) tickets(s *httpserver.API) {
	huma.Register(s, op(http.MethodPost, "/v1/tickets", "issue-ticket", "A walk-in draws a number", "For today.", http.StatusCreated),
		func(ctx context.Context, in *ticketInput) (*ticketOutput, error) {
			return ticketed(h.app.IssueTicket(ctx, in.IdempotencyKey, in.Body.Centre, in.Body.Service))
		})
	huma.Register(s, op(http.MethodPost, "/v1/tickets/next", "call-next", "Call who has waited longest",
		"Calls another one each time; send an Idempotency-Key to repeat safely.", http.StatusOK),
		func(ctx context.Context, in *callInput) (*ticketOutput, error) {
			return ticketed(h.app.CallNext(ctx, in.IdempotencyKey, in.Body.Centre, in.Body.Services))
		})
	huma.Register(s, op(http.MethodPost, "/v1/tickets/{id}/serve", "serve-ticket", "The walk-in was served", "After it was called.", http.StatusNoContent),
		func(ctx context.Context, in *idInput) (*done, error) {
			return answered(h.app.ServeTicket(ctx, in.IdempotencyKey, id.Ticket(in.ID)))
		})
}
