package booking

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
)

func TestVisitsSparedAreCounted(t *testing.T) {
	w := newWorld(t, nil).city()
	w.offer("altona", monday, false, line(9, 10, "resident", "pass"))
	for _, key := range []string{"a", "a", "b"} { // a repeat counts once
		rec := w.call("POST", "/v1/services/move-house/online", key, `{"channel":"telephone"}`, nil)
		if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), "https://example.org/move") {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
	}
	for service, status := range map[string]int{"passport": http.StatusConflict, "nonsense": http.StatusNotFound} {
		if rec := w.call("POST", "/v1/services/"+service+"/online", "", `{}`, nil); rec.Code != status {
			t.Errorf("%s: %d %s", service, rec.Code, rec.Body)
		}
	}
	for i, services := range []string{`[{"service":"move-house"}]`, `[{"service":"passport"},{"service":"move-house","persons":2}]`, `[{"service":"passport"}]`} {
		rec := w.call("POST", "/v1/appointments", "", fmt.Sprintf(`{"services":%s,"centre":%q,"day":%q,"at":%q,"channel":"desk"}`,
			services, []string{"altona", "altona", "wandsbek"}[i], monday, []string{"09:00", "09:10", "10:00"}[i]), nil)
		if rec.Code != http.StatusCreated {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
	}
	w.start() // counted from the log
	var got struct {
		Services []struct {
			Service         string
			Taken, Declined int
		}
	}
	count := func(from, until day.Day) {
		w.call("GET", fmt.Sprintf("/v1/visits-spared?from=%s&until=%s", from, until), "", "", &got)
	}
	if count(today, today+1); len(got.Services) != 1 || got.Services[0].Taken != 2 || got.Services[0].Declined != 2 {
		t.Fatalf("%+v", got)
	}
	if count(today+1, today+2); len(got.Services) != 0 {
		t.Fatalf("on another day: %+v", got)
	}
	if e := said[booking.OnlineTaken](w); len(e) != 2 || e[0].Channel != "telephone" || e[0].On != today {
		t.Fatalf("%+v", e)
	}
}
