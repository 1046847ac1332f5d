package queue

import (
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/decidertest"
)

var nine = time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)

func after(minutes int) time.Time { return nine.Add(time.Duration(minutes) * time.Minute) }

func step(k id.Ticket, number int, service id.Service, minutes, waited int) booking.TicketStep {
	return booking.TicketStep{Ticket: k, Centre: "altona", Day: 20788, Number: number, Service: service, At: after(minutes), WaitedSeconds: waited}
}

func TestQueue(t *testing.T) {
	a, b := booking.TicketIssued{TicketStep: step("a", 1, "passport", 0, 0)}, booking.TicketIssued{TicketStep: step("b", 2, "car", 1, 0)}
	x := booking.TicketIssued{TicketStep: step("x", 3, "pickup", 2, 0)}
	x.Express = true
	calledA := booking.TicketCalled{TicketStep: step("a", 1, "passport", 7, 420)}
	calledX := booking.TicketCalled{TicketStep: step("x", 3, "pickup", 7, 300)}
	calledX.Express = true
	calledB := booking.TicketCalled{TicketStep: step("b", 2, "car", 7, 360)}
	served := booking.TicketServed{TicketStep: step("a", 1, "passport", 9, 420)}
	served.ServedSeconds = 120
	missed := booking.TicketMissed{TicketStep: step("a", 1, "passport", 9, 420)}
	again := booking.TicketCalled{TicketStep: step("a", 1, "passport", 8, 480)}
	then := func(e ...decider.Event) []decider.Event { return e }
	next := func(only string, services ...id.Service) CallNext {
		return CallNext{Which: Which{services, only}, At: after(7)}
	}
	decidertest.Run(t, Decider, decider.NewCodec(Events()...), []decidertest.Case[Command]{
		{Name: "numbers count up", Given: then(a), When: IssueTicket{Ticket: "b", Centre: "altona", Day: 20788, Service: "car", At: after(1)}, Then: then(b)},
		{Name: "who waits longest", Given: then(a, b, x), When: next(""), Then: then(calledA), Again: true},
		{Name: "by service", Given: then(a, b), When: next("", "car"), Then: then(calledB), Again: true},
		{Name: "express does not wait", Given: then(a, b, x), When: next("express"), Then: then(calledX), Again: true},
		{Name: "a counter for walk-ins", Given: then(x, a), When: next("walk-in"), Then: then(calledA), Again: true},
		{Name: "nobody", Given: then(a, calledA), When: next(""), Err: ErrNobodyWaits},
		{Name: "no express", Given: then(a), When: next("express"), Err: ErrNobodyWaits},
		{Name: "by a borrowed counter", Given: then(a), When: CallNext{Borrow: "h", At: after(7)}, Then: then(calledA, CounterBorrowed{"a", "h"}), Again: true},
		{Name: "served", Given: then(a, calledA), When: ServeTicket{"a", after(9)}, Then: then(served)},
		{Name: "served after a second call", Given: then(a, calledA, TicketRecalled{"a", after(8), "4"}), When: ServeTicket{"a", after(9)},
			Then: then(func() booking.TicketServed { s := served; s.ServedSeconds, s.Counter = 60, "4"; return s }())},
		{Name: "not called", Given: then(a), When: ServeTicket{"a", nine}, Err: ErrNotCalled},
		{Name: "unknown", When: ServeTicket{"a", nine}, Err: ErrNoSuchTicket},
		{Name: "called once more", Given: then(a, calledA), When: Recall{"a", after(8), "4"}, Then: then(TicketRecalled{"a", after(8), "4"})},
		{Name: "called once more, from the same counter", Given: then(a, calledA, TicketRecalled{"a", after(8), "4"}), When: Recall{Ticket: "a", At: after(9)}, Then: then(TicketRecalled{"a", after(9), "4"})},
		{Name: "parked before it was called", Given: then(a), When: Park{"a", after(1)}, Then: then(TicketParked{"a"})},
		{Name: "parked is not called", Given: then(a, TicketParked{"a"}, b), When: next(""), Then: then(calledB), Again: true},
		{Name: "but may be, by number", Given: then(a, TicketParked{"a"}), When: Recall{Ticket: "a", At: after(8)}, Then: then(again)},
		{Name: "resumed", Given: then(a, TicketParked{"a"}), When: Resume{"a", after(3)}, Then: then(TicketResumed{"a"})},
		{Name: "at its old place", Given: then(a, b, TicketParked{"a"}, TicketResumed{"a"}), When: next(""), Then: then(calledA), Again: true},
		{Name: "missed", Given: then(a, calledA), When: MissTicket{"a", after(9)}, Then: then(missed)},
		{Name: "has left before", Given: then(a), When: MissTicket{"a", after(9)}, Then: then(booking.TicketMissed{TicketStep: step("a", 1, "passport", 9, 0)})},
		{Name: "missed is over", Given: then(a, calledA, missed), When: ServeTicket{"a", after(10)}, Err: ErrTicketOver},
		{Name: "served is over", Given: then(a, calledA, served), When: Recall{Ticket: "a", At: after(10)}, Err: ErrTicketOver},
	})
}
