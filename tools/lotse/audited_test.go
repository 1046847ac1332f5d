package main

import (
	"path/filepath"
	"testing"

	"github.com/lotse-hamburg/lotse/services/booking"
)

// audited kills the process and reads the log that booking leaves, event by event:
// so many appointments, none lost or doubled, none beyond the counters.
func audited(t *testing.T, p *process, booked int) {
	t.Helper()
	p.kill()
	report, err := booking.AuditAt(t.Context(), filepath.Join(p.data, "booking.db"), nil)
	if err != nil || len(report.Faults) > 0 || report.Appointments < booked {
		t.Errorf("booking's log, with %d appointments: %+v, %v", booked, report, err)
	}
	t.Logf("audited %d events of %d centre-days, %d appointments, %d at risk", report.Position, report.Days, report.Appointments, report.AtRisk)
}
