package app

import (
	"context"
	"fmt"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/queue"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// IssueTicket draws a number for a walk-in, today.
func (a *App) IssueTicket(ctx context.Context, key string, centre id.Centre, service id.Service) (booking.TicketStep, journal.Receipt, error) {
	if err := a.centre(centre); err != nil {
		return booking.TicketStep{}, journal.Receipt{}, err
	}
	if _, err := a.service(service); err != nil {
		return booking.TicketStep{}, journal.Receipt{}, err
	}
	body := []string{string(centre), string(service)}
	return node.Command(ctx, a.node, prefixed("ticket", key), body, func(tx *journal.Tx) (booking.TicketStep, error) {
		k := centreday.Key{Centre: centre, Day: a.moment(tx.Now()).Day}
		c := queue.IssueTicket{Ticket: id.Ticket(newID(k, tx.NewID())), Centre: centre, Day: k.Day, Service: service, At: tx.Now()}
		return ticketStep(journal.Execute(tx, queues, k.ID(), queue.Command(c)))
	})
}

// CallNext calls who has waited longest for one of the services.
func (a *App) CallNext(ctx context.Context, key string, centre id.Centre, services []id.Service) (booking.TicketStep, journal.Receipt, error) {
	if err := a.centre(centre); err != nil {
		return booking.TicketStep{}, journal.Receipt{}, err
	}
	body := struct {
		Centre   id.Centre
		Services []id.Service
	}{centre, services}
	return node.Command(ctx, a.node, prefixed("call", key), body, func(tx *journal.Tx) (booking.TicketStep, error) {
		k := centreday.Key{Centre: centre, Day: a.moment(tx.Now()).Day}
		return ticketStep(journal.Execute(tx, queues, k.ID(), queue.Command(queue.CallNext{Services: services, At: tx.Now()})))
	})
}

// ServeTicket notes that a walk-in was served.
func (a *App) ServeTicket(ctx context.Context, key string, t id.Ticket) (journal.Receipt, error) {
	k, ok := homeOf(string(t))
	if !ok {
		return journal.Receipt{}, fmt.Errorf("ticket %q: %w", t, queue.ErrNoSuchTicket)
	}
	_, rec, err := node.Command(ctx, a.node, prefixed("serve", key), t, func(tx *journal.Tx) (struct{}, error) {
		_, err := journal.Execute(tx, queues, k.ID(), queue.Command(queue.ServeTicket{Ticket: t, At: tx.Now()}))
		return struct{}{}, err
	})
	return rec, err
}

func ticketStep(say []decider.Event, err error) (s booking.TicketStep, _ error) {
	for _, e := range say {
		switch e := e.(type) {
		case booking.TicketIssued:
			s = e.TicketStep
		case booking.TicketCalled:
			s = e.TicketStep
		}
	}
	return s, err
}
