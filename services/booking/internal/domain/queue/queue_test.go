package queue

import (
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/decidertest"
)

func TestQueue(t *testing.T) {
	at := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	step := func(k id.Ticket, number int, service id.Service, minutes, waited int) booking.TicketStep {
		return booking.TicketStep{Ticket: k, Centre: "altona", Day: 20788, Number: number, Service: service,
			At: at.Add(time.Duration(minutes) * time.Minute), WaitedSeconds: waited}
	}
	a, b := booking.TicketIssued{TicketStep: step("a", 1, "passport", 0, 0)}, booking.TicketIssued{TicketStep: step("b", 2, "car", 1, 0)}
	calledA := booking.TicketCalled{TicketStep: step("a", 1, "passport", 7, 420)}
	then := func(e ...decider.Event) []decider.Event { return e }
	decidertest.Run(t, Decider, decider.NewCodec(Events()...), []decidertest.Case[Command]{
		{Name: "numbers count up", Given: then(a), When: IssueTicket{"b", "altona", 20788, "car", at.Add(time.Minute)}, Then: then(b)},
		{Name: "who waits longest", Given: then(a, b), When: CallNext{At: at.Add(7 * time.Minute)}, Then: then(calledA), Again: true},
		{Name: "by service", Given: then(a, b), When: CallNext{[]id.Service{"car"}, at.Add(7 * time.Minute)},
			Then: then(booking.TicketCalled{TicketStep: step("b", 2, "car", 7, 360)}), Again: true},
		{Name: "nobody", Given: then(a, calledA), When: CallNext{At: at}, Err: ErrNobodyWaits},
		{Name: "served", Given: then(a, calledA), When: ServeTicket{"a", at.Add(9 * time.Minute)},
			Then: then(booking.TicketServed{TicketStep: step("a", 1, "passport", 9, 420)})},
		{Name: "not called", Given: then(a), When: ServeTicket{"a", at}, Err: ErrNotCalled},
		{Name: "unknown", When: ServeTicket{"a", at}, Err: ErrNoSuchTicket},
	})
}
