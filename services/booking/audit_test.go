package booking

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog/pgtest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/postgres"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/sqlite"
)

func TestAuditAtAPlace(t *testing.T) {
	file, url := filepath.Join(t.TempDir(), "booking.db"), pgtest.Database(t)
	var promises []Promise
	t.Run("in use", func(t *testing.T) {
		onFile := must(sqlite.Open(t.Context(), file))
		t.Cleanup(func() { _ = onFile.Close() })
		w := newWorld(t, onFile).city()
		kept := w.booked("altona", monday, nine, Contact{})
		promises = []Promise{{Appointment: kept.Appointment, State: "booked", Place: kept.Place}}
		if _, err := AuditAt(t.Context(), file, promises); err == nil || !strings.Contains(err.Error(), "another process") {
			t.Errorf("a file in use: %v", err)
		}
	})
	onServer := must(postgres.Open(t.Context(), postgres.Options{URL: url, Schema: "lotse_booking"}))
	t.Cleanup(func() { _ = onServer.Close() })
	other := newWorld(t, onServer).city()
	there := other.booked("altona", monday, nine, Contact{})
	for place, promises := range map[string][]Promise{file: promises, url: {{Appointment: there.Appointment, State: "booked", Place: there.Place}}} {
		if r, err := AuditAt(t.Context(), place, promises); err != nil || len(r.Faults) > 0 || r.Booked != 1 {
			t.Errorf("%s: %+v, %v", place, r, err)
		}
		promises[0].State = "cancelled"
		if r, err := AuditAt(t.Context(), place, promises); err != nil || len(r.Faults) != 1 {
			t.Errorf("%s, a cancellation that was not: %+v, %v", place, r, err)
		}
	}
	if _, err := AuditAt(t.Context(), file+".not", nil); err == nil {
		t.Error("a file that is not there was audited")
	}
}
