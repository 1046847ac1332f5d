package booking

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
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

// The answer that an Idempotency-Key remembers holds the appointment's code: who
// asks again must prove the same as who asked first.
func TestARememberedAnswerNeedsItsProof(t *testing.T) {
	w := newWorld(t, nil).city()
	c := w.booked("altona", monday, nine, Contact{Name: "Erika"})
	path := "/v1/appointments/" + string(c.Appointment) + "/move"
	move := func(code string) string {
		return fmt.Sprintf(`{"code":%q,"centre":"altona","day":%q,"at":"09:15"}`, code, monday)
	}
	first, _ := w.from("192.0.2.1", "POST", path, move(c.Code), "Idempotency-Key", "move-1")
	again, _ := w.from("192.0.2.1", "POST", path, move(c.Code), "Idempotency-Key", "move-1")
	if first.Code != http.StatusOK || again.Body.String() != first.Body.String() {
		t.Fatalf("%d %s\n%d %s", first.Code, first.Body, again.Code, again.Body)
	}
	for _, code := range []string{"0000000000", ""} {
		rec, p := w.from("192.0.2.2", "POST", path, move(code), "Idempotency-Key", "move-1")
		if rec.Code < 400 || strings.Contains(rec.Body.String(), c.Code) {
			t.Errorf("code %q: %d %s", code, rec.Code, rec.Body)
		}
		w.refusedAs(p, http.StatusForbidden, "wrong-code")
	}
	h := access.As(w.service.Handler(), access.Principal{Subject: "d-7", Roles: []access.Role{access.Desk}, Centres: []string{"wandsbek"}})
	r := httptest.NewRequest("POST", path, strings.NewReader(strings.Replace(move(""), "{", `{"channel":"desk",`, 1)))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", "move-1")
	rec := httptest.NewRecorder()
	if h.ServeHTTP(rec, r); rec.Code < 400 || strings.Contains(rec.Body.String(), c.Code) {
		t.Errorf("another centre's desk: %d %s", rec.Code, rec.Body)
	}
}

// Answers may hold a name and an address: nothing on the way keeps them.
func TestAnswersAreNotKeptOnTheWay(t *testing.T) {
	w := newWorld(t, nil).city()
	c := w.booked("altona", monday, nine, Contact{Name: "Erika"})
	for _, path := range []string{"/v1/appointments/" + string(c.Appointment) + "?code=" + c.Code, "/v1/services", "/v1/nothing"} {
		if rec, _ := w.from("192.0.2.1", "GET", path, ""); rec.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: Cache-Control %q", path, rec.Header().Get("Cache-Control"))
		}
	}
}
