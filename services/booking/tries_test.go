package booking

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/access"
)

// A token that has nothing to do with citizens must not open a way to try their
// codes at will; who acts for citizens needs none.
func TestATokenTriesCodesNoFasterThanACitizen(t *testing.T) {
	w := newWorld(t, nil).city()
	c := w.booked("altona", monday, nine, Contact{Name: "Erika"})
	for role, slowed := range map[access.Role]bool{access.Monitor: true, access.HRImporter: true, access.Auditor: true, access.TelephoneAgent: false} {
		h := access.As(w.service.Handler(), access.Principal{Subject: "machine", Roles: []access.Role{role}})
		last := 0
		for range 40 {
			r := httptest.NewRequest("GET", "/v1/appointments/"+string(c.Appointment)+"?code=0000000000", nil)
			r.RemoteAddr = "192.0.2.1:1"
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, r)
			last = rec.Code
		}
		if (last == http.StatusTooManyRequests) != slowed {
			t.Errorf("%s: %d after forty wrong codes", role, last)
		}
		w.pass(2 * time.Hour)
	}
}
