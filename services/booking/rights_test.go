package booking

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/lotse-hamburg/lotse/services/internal/access"
)

// Desks act for their own centres, and each channel is for its own.
func TestDesksKeepToTheirCentres(t *testing.T) {
	w := newWorld(t, nil).city()
	as := func(role access.Role, centre, method, path, body string) *httptest.ResponseRecorder {
		t.Helper()
		p := access.Principal{Subject: "d-7", Roles: []access.Role{role}, Centres: []string{centre}}
		r, rec := httptest.NewRequest(method, path, strings.NewReader(body)), httptest.NewRecorder()
		r.Header.Set("Content-Type", "application/json")
		access.As(w.service.Handler(), p).ServeHTTP(rec, r)
		w.step()
		return rec
	}
	c := w.booked("altona", monday, nine, Contact{Name: "Erika Mustermann"})
	path := "/v1/appointments/" + string(c.Appointment)
	book := strings.NewReplacer("{", `{"channel":"desk",`, "wandsbek", "altona").Replace(w.holdBody(nine))
	for _, try := range []struct{ method, path, body string }{
		{"GET", path + "?channel=desk", ""}, {"GET", path + "/calendar?channel=desk", ""}, {"POST", path + "/cancel", `{"channel":"desk"}`},
		{"POST", path + "/check-in", ""}, {"POST", path + "/begin", ""}, {"POST", path + "/keep", ""}, {"POST", path + "/miss", ""},
		{"POST", path + "/hardship", `{"hardship":true}`}, {"POST", "/v1/appointments", book}, {"POST", "/v1/holds", book},
		{"POST", path + "/move", fmt.Sprintf(`{"channel":"desk","centre":"altona","day":%q,"at":"09:15"}`, monday)},
		{"POST", "/v1/tickets", `{"centre":"altona","service":"passport"}`}, {"POST", "/v1/tickets/next", `{"centre":"altona"}`}, {"GET", "/v1/centres/altona/queue", ""},
	} {
		rec := as(access.Desk, "wandsbek", try.method, try.path, try.body)
		if rec.Code != 403 || !strings.Contains(rec.Body.String(), "not-yours") || strings.Contains(rec.Body.String(), "Mustermann") {
			t.Errorf("%s %s by another centre: %d %s", try.method, try.path, rec.Code, rec.Body)
		}
	}
	if rec := as(access.Desk, "altona", "GET", path+"?channel=desk", ""); rec.Code != 200 || !strings.Contains(rec.Body.String(), "Mustermann") {
		t.Errorf("their own: %d %s", rec.Code, rec.Body)
	}
	for _, wrong := range []struct {
		role    access.Role
		channel string
	}{{access.TelephoneAgent, "desk"}, {access.Desk, "telephone"}, {access.CentralPlanner, "desk"}, {access.Auditor, "telephone"}, {access.Operator, "desk"}} {
		if rec := as(wrong.role, "altona", "GET", path+"?channel="+wrong.channel, ""); rec.Code != 401 || strings.Contains(rec.Body.String(), "Mustermann") {
			t.Errorf("%s as %s: %d %s", wrong.role, wrong.channel, rec.Code, rec.Body)
		}
	}
	if rec := as(access.Auditor, "*", "GET", path, ""); rec.Code == 200 {
		t.Errorf("an auditor needs no code: %s", rec.Body)
	}
	if rec := as(access.TelephoneAgent, "", "GET", path+"?channel=telephone", ""); rec.Code != 200 {
		t.Errorf("the telephone service: %d %s", rec.Code, rec.Body)
	}
	if rec := as(access.Desk, "altona", "POST", path+"/hardship", `{"hardship":true}`); rec.Code != 204 {
		t.Errorf("their own: %d %s", rec.Code, rec.Body)
	}
}

// Lists of citizens to be told show a desk those of its own centres.
func TestDesksSeeTheirOwnCentresInLists(t *testing.T) {
	w, office := withMail(t, nil)
	office.Deny = map[string]*smtp.SMTPError{erika.Email: {Code: 550, Message: "unknown"}}
	c := w.booked("altona", monday, nine, erika)
	w.pass(time.Second)
	w.offer("altona", monday, false)
	w.pass(time.Second)
	for _, path := range []string{"/v1/at-risk", "/v1/letters/undelivered"} {
		for centre, sees := range map[string]bool{"altona": true, "wandsbek": false, "*": true} {
			rec := httptest.NewRecorder()
			access.As(w.service.Handler(), access.Principal{Subject: "d-7", Roles: []access.Role{access.Desk}, Centres: []string{centre}}).
				ServeHTTP(rec, httptest.NewRequest("GET", path, nil))
			if rec.Code != 200 || strings.Contains(rec.Body.String(), string(c.Appointment)) != sees {
				t.Errorf("%s for %s: %d %s", path, centre, rec.Code, rec.Body)
			}
		}
	}
}
