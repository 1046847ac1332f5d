package staffing

import (
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/id"
)

// What is ordered by hand keeps the rules that proposals keep, travel included, and
// is answered once.
func TestOrdersByHandKeepTheRules(t *testing.T) {
	w := start(t)
	w.importing(list(2, week))
	w.hear(capacity.CentreChanged{Version: 1, Centre: capacity.Centre{ID: "altona", TravelMinutes: map[id.Centre]int{"wandsbek": 20, "bergedorf": 80}}})
	ask := []Order{
		{Deployment: "d1", Employee: "e-000", Day: mon + 1, From: "altona", To: "wandsbek"},
		{Deployment: "d2", Employee: "e-001", Day: mon + 1, From: "altona", To: "bergedorf"},
	}
	before := len(w.events())
	for range 2 { // a repeat says nothing
		if err := w.Order(t.Context(), ask...); err != nil {
			t.Fatal(err)
		}
		w.step()
	}
	said := w.events()[before:]
	if types(said) != "deployment-ordered duties-changed deployment-refused" || !strings.Contains(string(said[2].Data), `"rule":"rest-period"`) {
		t.Fatalf("%s: %s", types(said), said[len(said)-1].Data)
	}
	if days(w.duties("e-000")) != "0@altona 1@wandsbek" || days(w.duties("e-001")) != "0@altona 1@altona" {
		t.Fatalf("%s and %s", days(w.duties("e-000")), days(w.duties("e-001")))
	}
}
