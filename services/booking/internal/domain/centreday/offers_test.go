package centreday

import (
	"testing"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/decidertest"
)

// Slots that are kept for somebody are taken by nobody else, and what an
// acceptance frees goes to the appointment that accepts.
func TestOffers(t *testing.T) {
	one := adopted(1, line(9, 10, "pass"))
	offer := placed("o", nine+15)
	offer.For = "a"
	ask := asked("o", nine+15)
	ask.For = "a"
	events := func(e ...decider.Event) []decider.Event { return e }
	into := func(a string, h HoldID) MoveIn {
		return MoveIn{Key: altona, Hold: h, Appointment: "a", From: booking.Place{Centre: "wandsbek", Day: altona.Day, At: nine, Minutes: 15}, Slot: slot(nine+15, "pass"), At: noon, Limits: limits}
	}
	came := events(HoldEnded{Hold: "o", Why: HoldTaken},
		booking.AppointmentMoved{Appointment: "a", From: into("a", "o").From, To: place(nine + 15), Service: "passport", Skill: "pass"},
		AppointmentDetailed{Appointment: "a"})
	strangers := into("a", "o")
	strangers.Appointment = "b"
	half := booked("w", nine+15, 0)
	half.Minutes = 30
	decidertest.Run(t, Decider, codec, []decidertest.Case[Command]{
		{Name: "kept", Given: events(one), When: ask, Then: events(offer)},
		{Name: "not for others", Given: events(one, offer), When: asked("h", nine+15), Err: ErrSlotTaken},
		{Name: "not an appointment of its own", Given: events(one, offer), When: Confirm{Hold: "o", At: noon}, Err: ErrHoldExpired},
		{Name: "unless they confirm it whom it is kept for", Given: events(one, offer), When: Confirm{Hold: "o", For: "a", BookedOn: today.Day, At: noon},
			Then: events(booked("o", nine+15, 0), AppointmentDetailed{Appointment: "o", Hold: "o", BookedOn: today.Day})},
		{Name: "accepted", Given: events(one, offer), When: into("a", "o"), Then: came},
		{Name: "by a stranger", Given: events(one, offer), When: strangers, Err: ErrHoldExpired},
		{Name: "too late", Given: events(one), When: into("a", "o"), Err: ErrHoldExpired},
		{Name: "within the day", Given: events(one, booked("a", nine, 0), offer), When: Reschedule{Appointment: "a", To: nine + 15, At: noon, Limits: limits, Hold: "o"},
			Then: events(HoldEnded{Hold: "o", Why: HoldTaken}, booking.AppointmentMoved{Appointment: "a", From: place(nine), To: place(nine + 15), Service: "passport", Skill: "pass"})},
		// w waits for half an hour of which the offer is one half; what accepting
		// frees for a moment is not given to w.
		{Name: "who waits for a counter does not come between", Given: events(adopted(1, line(9, 10, "pass"), line(9, 10, "pass")), booked("x", nine+30, 5), half, adopted(2, line(9, 10, "pass")),
			booking.AppointmentAtRisk{AppointmentEnded: booking.AppointmentEnded{Appointment: "w", Place: half.Place, Service: "passport", Skill: "pass"}}, offer,
			booking.AppointmentCancelled{AppointmentEnded: about("x", nine+30)}), When: into("a", "o"), Then: came},
	})
}
