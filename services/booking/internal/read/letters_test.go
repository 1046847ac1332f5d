package read

import (
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/relocation"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// Of who left no address nothing is remembered, whatever happens to them.
func TestNoBoxWithoutAnAddress(t *testing.T) {
	m := NewLettersOwed(time.UTC)
	about := booking.AppointmentEnded{Appointment: "a", Place: booking.Place{Centre: "altona", Day: day.Date(2026, time.December, 1)}}
	for i, e := range []interface{ EventType() string }{
		booking.AppointmentBooked{Appointment: "a", Place: about.Place}, centreday.AppointmentDetailed{Appointment: "a"},
		booking.AppointmentAtRisk{AppointmentEnded: about}, relocation.SlotsOffered{Appointment: "a", Round: 1},
		booking.AppointmentSecured{AppointmentEnded: about}, relocation.RelocationClosed{Appointment: "a"},
	} {
		m.Apply(eventlog.Event{Position: int64(i + 1)}, e)
	}
	if len(m.boxes)+len(m.owing) > 0 {
		t.Fatalf("%+v", m.boxes)
	}
}
