package capacity_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	events_capacity "github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/services/internal/access"
)

// Two planners who want the same get the same; but who was second hears who was first,
// and who only clicked twice does not.
func TestTheSecondOfTwoPlannersIsToldWhoWasFirst(t *testing.T) {
	w, p := steered(t)
	at := "/desk/proposals/" + string(p.Proposal)
	other := access.Principal{Subject: "p-9", Roles: []access.Role{access.CentralPlanner}}
	const first, second = "Genehmigt. Die Umsetzung läuft.", "Zentrale Planung (p-1) hat den Vorschlag am Montag, 23. November 2026"
	for _, step := range []struct {
		who       access.Principal
		key, says string
	}{{central, "k1", first}, {central, "k1", first}, {other, "k2", second}, {other, "k2", second}, {central, "k3", first}} {
		rec := w.page(step.who, "POST", at+"/approve", "de", url.Values{"key": {step.key}, "seen": {"2"}})
		if rec.Code != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", step.key, rec.Code, rec.Body)
		}
		w.settle()
		cookies := []string{}
		for _, c := range rec.Result().Cookies() {
			cookies = append(cookies, c.Name+"="+c.Value)
		}
		shows(t, w.page(step.who, "GET", at, "de", nil, "Cookie", strings.Join(cookies, "; ")).Body.String(), step.says)
	}
	if n := count[events_capacity.ProposalApproved](w); n != 1 {
		t.Errorf("approved %d times", n)
	}
}
