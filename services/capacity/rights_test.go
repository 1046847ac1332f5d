package capacity_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	events_capacity "github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/services/internal/access"
)

// as asks in the name of a planner of one district.
func (w *world) as(district, method, path, body string) *httptest.ResponseRecorder {
	w.t.Helper()
	p := access.Principal{Subject: "7f3a", Roles: []access.Role{access.DistrictPlanner}, Districts: []string{district}, Way: "oidc", Network: "192.0.2.0/24"}
	r, rec := httptest.NewRequest(method, path, strings.NewReader(body)), httptest.NewRecorder()
	r.Header.Set("Content-Type", "application/json")
	access.As(w.service.Handler(), p).ServeHTTP(rec, r)
	return rec
}

func TestDistrictPlannersKeepToTheirDistricts(t *testing.T) {
	w := running(t, nil)
	closure := `{"id":"water","district":"alpha","centre":"west","kind":"closure","from":"` + (tuesday + 9).String() + `","until":"` + (tuesday + 10).String() + `","reason":"water damage"}`
	elsewhere := strings.NewReplacer(`"alpha"`, `"beta"`, `"west"`, `"east"`).Replace(closure)
	end := `{"on":"` + (tuesday + 9).String() + `"}`
	for _, c := range []struct {
		name, district, method, path, body string
		status                             int
	}{
		{"another's measure", "beta", "POST", "/v1/measures", closure, 403},
		{"their own", "alpha", "POST", "/v1/measures", closure, 204},
		{"another's measure, under its id", "beta", "POST", "/v1/measures", elsewhere, 403},
		{"ending another's", "beta", "POST", "/v1/measures/water/end", end, 403},
		{"ending none", "beta", "POST", "/v1/measures/none/end", end, 404},
		{"ending their own", "alpha", "POST", "/v1/measures/water/end", end, 204},
		{"the network", "alpha", "PUT", "/v1/network", "{}", 403},
		{"the audit", "alpha", "GET", "/v1/decisions", "", 403},
	} {
		if rec := w.as(c.district, c.method, c.path, c.body); rec.Code != c.status {
			t.Errorf("%s: %d %s", c.name, rec.Code, rec.Body)
		}
		w.settle()
	}
	w.ill("west-1", "hr-1", tuesday)
	w.settle()
	var list struct{ Proposals []struct{ Proposal string } }
	w.call("GET", "/v1/proposals?state=drafted", nil, &list)
	if len(list.Proposals) != 1 {
		t.Fatalf("%+v", list)
	}
	path := "/v1/proposals/" + list.Proposals[0].Proposal
	if rec := w.as("gamma", "GET", "/v1/proposals", ""); rec.Code != 200 || strings.Contains(rec.Body.String(), list.Proposals[0].Proposal) {
		t.Errorf("a third district sees %s", rec.Body)
	}
	if rec := w.as("beta", "GET", "/v1/proposals", ""); rec.Code != 200 || !strings.Contains(rec.Body.String(), list.Proposals[0].Proposal) {
		t.Errorf("the giving district sees %s", rec.Body)
	}
	for _, c := range []struct {
		district, method, path, body string
		status                       int
	}{
		{"gamma", "GET", path, "", 403}, {"gamma", "POST", path + "/approve", "{}", 403}, {"gamma", "POST", path + "/reject", `{"reason":"no"}`, 403},
		{"alpha", "GET", path, "", 200}, {"alpha", "POST", "/v1/proposals/none/approve", "{}", 404},
		{"alpha", "POST", path + "/approve", "{}", 204}, {"gamma", "POST", path + "/undo", `{"reason":"no"}`, 403}, {"beta", "POST", path + "/undo", `{"reason":"training"}`, 204},
	} {
		if rec := w.as(c.district, c.method, c.path, c.body); rec.Code != c.status || c.status == 403 && !strings.Contains(rec.Body.String(), "not-yours") {
			t.Errorf("%s %s as %s: %d %s", c.method, c.path, c.district, rec.Code, rec.Body)
		}
	}
	// Who decided, and from where, stands in the log.
	all, err := w.store.After(w.ctx, 0, 10000)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, e := range all {
		if e.Type == events_capacity.TypeProposalApproved || e.Type == events_capacity.TypeMeasureChanged {
			if found++; e.Meta.Actor != "district-planner:7f3a" || e.Meta.From != "oidc 192.0.2.0/24" {
				t.Errorf("%s: %+v", e.Type, e.Meta)
			}
		}
	}
	if found < 3 {
		t.Errorf("%d decisions", found)
	}
}
