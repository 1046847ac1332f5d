package absence

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/access"
)

func TestImportersKeepToTheirSources(t *testing.T) {
	w := start(t)
	as := func(source, method, path, kind, body string) *httptest.ResponseRecorder {
		t.Helper()
		p := access.Principal{Subject: "gateway", Roles: []access.Role{access.HRImporter}, Sources: []string{source}}
		r, rec := httptest.NewRequest(method, path, strings.NewReader(body)), httptest.NewRecorder()
		r.Header.Set("Content-Type", kind)
		access.As(w.Handler(), p).ServeHTTP(rec, r)
		if err := w.Node().Step(t.Context()); err != nil {
			t.Fatal(err)
		}
		return rec
	}
	event := `{"specversion":"1.0","id":"ev-1","source":"x","type":"hr.absence.reported.v1","data":` + sick + `}`
	const table = "absence_id;employee;from;last_day\nA;e-4;2026-12-01;2026-12-03\n"
	for _, c := range []struct{ own, method, path, kind, body string }{
		{"paisy", "POST", "/v1/hr/paisy/events", events.StructuredContentType, event},
		{"paisy", "POST", "/v1/hr/paisy/sweeps?as_of=2026-12-01T06:00:00Z&from=2026-12-20", "text/csv", table},
		{"csv", "POST", "/v1/imports/absences", "text/csv", table},
		{"other", "POST", "/v1/imports/absences?source=other", "text/csv", table},
		{"calendar", "POST", "/v1/imports/calendar?employee=e-1", "text/calendar", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n"},
		{"form", "POST", "/v1/absences", "application/json", `{"employee":"e-3","from":"2026-12-01","last_day":"2026-12-02"}`},
		{"form", "DELETE", "/v1/absences/form/e-9-2026-12-01", "", ""},
	} {
		before := len(w.events())
		if rec := as("stranger", c.method, c.path, c.kind, c.body); rec.Code != 403 || !strings.Contains(rec.Body.String(), "not-yours") || len(w.events()) != before {
			t.Errorf("%s %s by another source: %d %s", c.method, c.path, rec.Code, rec.Body)
		}
		if rec := as(c.own, c.method, c.path, c.kind, c.body); rec.Code == 403 || rec.Code == 401 {
			t.Errorf("%s %s by its own source: %d %s", c.method, c.path, rec.Code, rec.Body)
		}
	}
	for source, want := range map[string]string{"form": "form/e-3-2026-12-01", "stranger": `"absences":[]`} {
		if body := as(source, "GET", "/v1/absences", "", "").Body.String(); !strings.Contains(body, want) || strings.Contains(body, "other/") {
			t.Errorf("%s sees %s", source, body)
		}
	}
}
