package measures

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/web/webtest"
	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
	"github.com/lotse-hamburg/lotse/services/internal/pages/pagestest"
)

func TestTexts(t *testing.T) { pagestest.Package(t, files, ".") }

var (
	altona = access.Principal{Subject: "p-altona", Roles: []access.Role{access.DistrictPlanner}, Districts: []string{"altona"}}
	centre = access.Principal{Subject: "p-city", Roles: []access.Role{access.CentralPlanner}}
)

func open(t *testing.T) (*webtest.Town, *pagestest.Browser) {
	t.Helper()
	w := webtest.New(t)
	site := pages.For(w.App.Node(), nil)
	Register(site, w.App)
	b := pagestest.Open(t, site)
	b.As = altona
	return w, b
}

func contains(t *testing.T, w *httptest.ResponseRecorder, code int, want ...string) {
	t.Helper()
	if w.Code != code {
		t.Errorf("status %d, not %d", w.Code, code)
	}
	for _, s := range want {
		if !strings.Contains(w.Body.String(), s) {
			t.Errorf("%q is missing in\n%s", s, w.Body.String())
		}
	}
}

var seen = regexp.MustCompile(`name="seen" value="([0-9a-f]+)"`)

// enter goes the whole way: the effect is shown first.
func enter(t *testing.T, b *pagestest.Browser, form ...string) *httptest.ResponseRecorder {
	t.Helper()
	preview := b.Post("/measures/new", append(form, "step", "preview")...)
	m := seen.FindStringSubmatch(preview.Body.String())
	if m == nil {
		t.Fatalf("no effect is shown: %d\n%s", preview.Code, preview.Body)
	}
	return b.Post("/measures/new", append(form, "step", "enter", "seen", m[1])...)
}

func closure(reason string) []string {
	return []string{"key", "k1", "kind", "closure", "centre", "altona-1", "from", "2026-11-24", "last", "2026-11-25", "reason", reason}
}

func TestAClosureIsSeenBeforeItIsEnteredAndPlannedAroundAtOnce(t *testing.T) {
	w, b := open(t)
	w.Staff("altona-1", "e-1", "e-2")
	w.Load(booking.LoadChanged{Centre: "altona-1", Day: webtest.Monday + 1, Appointments: 20, Booked: map[id.Skill]day.Minutes{"id": 300}, Free: map[id.Skill]int{"id": 5}})
	offered := func() (lines int) {
		w.App.Node().View(func() {
			lines = len(w.App.City.Offerings[read.Place{Centre: "altona-1", Day: webtest.Monday + 1}].Lines)
		})
		return lines
	}
	if offered() == 0 {
		t.Fatal("nothing is on offer")
	}
	preview := b.Post("/measures/new", append(closure("Rohrbruch"), "step", "preview")...)
	contains(t, preview, http.StatusOK, "Etwa 20 von 20 gebuchten Terminen können nicht wie gebucht stattfinden", "8:00 bis 18:00", "geschlossen", "Rohrbruch")
	if offered() == 0 {
		t.Fatal("a look at the effect has closed the office")
	}
	for range 2 { // a double click enters one
		w := enter(t, b, closure("Rohrbruch <script>alert(1)</script>")...)
		contains(t, w, http.StatusSeeOther)
		if got := w.Header().Get("Location"); got != "/measures/closure-k1" {
			t.Fatalf("led to %s", got)
		}
	}
	w.Settle()
	if n := offered(); n != 0 {
		t.Errorf("%d lines are on offer in a closed office", n)
	}
	contains(t, b.Get("/measures/closure-k1"), http.StatusOK, "Schließung: Kundenzentrum Altona", "Rohrbruch &lt;script&gt;", "geplant", "Früher beenden")
	list := b.Get("/measures/")
	contains(t, list, http.StatusOK, "/measures/closure-k1", "24.11.2026 bis 25.11.2026")
	if strings.Count(list.Body.String(), "/measures/closure-") != 1 {
		t.Error("it was entered twice")
	}
	contains(t, b.Post("/measures/closure-k1/end", "key", "k2", "on", "2026-11-20"), http.StatusUnprocessableEntity, "Der Tag ist vorbei")
	contains(t, b.Post("/measures/closure-k1/end", "key", "k3", "on", "2026-11-24"), http.StatusSeeOther)
	w.Settle()
	if offered() == 0 {
		t.Error("the office stays closed")
	}
	contains(t, b.Get("/measures/closure-k1"), http.StatusOK, "nicht begonnen")
}

func TestWhatWasSeenIsWhatIsEntered(t *testing.T) {
	w, b := open(t)
	m := seen.FindStringSubmatch(b.Post("/measures/new", append(closure("Rohrbruch"), "step", "preview")...).Body.String())
	other := append(closure("Rohrbruch"), "step", "enter", "seen", m[1])
	other[9] = "2026-12-24"
	contains(t, b.Post("/measures/new", other...), http.StatusOK, "Das würde die Maßnahme bewirken")
	contains(t, b.Post("/measures/new", append(closure("Rohrbruch"), "step", "enter")...), http.StatusOK, "Das würde die Maßnahme bewirken")
	w.App.Node().View(func() {
		if len(w.App.City.Measures) != 0 {
			t.Error("entered what nobody has seen")
		}
	})
}

func TestErrorsKeepWhatWasWritten(t *testing.T) {
	_, b := open(t)
	for _, c := range []struct {
		form []string
		want string
	}{
		{[]string{"kind", "closure", "centre", "altona-1", "from", "2026-11-24", "last", "2026-11-23", "reason", "Umbau"}, "Der letzte Tag liegt vor dem ersten"},
		{[]string{"kind", "closure", "centre", "altona-1", "from", "2026-11-02", "last", "2026-11-03", "reason", "Umbau"}, "Der Tag ist vorbei"},
		{[]string{"kind", "closure", "centre", "altona-1", "from", "2026-11-24", "last", "2028-11-24", "reason", "Umbau"}, "höchstens 366 Tage"},
		{[]string{"kind", "closure", "centre", "nowhere", "from", "2026-11-24", "last", "2026-11-24", "reason", "Umbau"}, "Dieses Kundenzentrum gibt es nicht"},
		{[]string{"kind", "closure", "centre", "altona-1", "from", "2026-11-24", "last", "2026-11-24"}, "Grund: Bitte füllen Sie dieses Feld aus"},
		{[]string{"kind", "hours", "centre", "altona-1", "from", "2026-11-24", "last", "2026-11-24", "reason", "Umbau"}, "für mindestens einen Tag Zeiten"},
		{[]string{"kind", "hours", "centre", "altona-1", "from", "2026-11-24", "last", "2026-11-24", "reason", "Umbau", "h2-from", "12:00", "h2-to", "10:00"}, "Das Ende liegt nicht nach dem Anfang"},
		{[]string{"kind", "temporary-site", "district", "altona", "from", "2026-11-24", "last", "2026-11-24", "reason", "Umbau", "name", "X", "address", "Y", "counters", "2", "h2-from", "08:00", "h2-to", "18:00", "lat", "north", "lon", "9.9"}, "Grad als Zahl"},
		{[]string{"kind", "reserve", "centre", "altona-1", "from", "2026-11-24", "last", "2026-11-24", "reason", "Umbau", "people", "0"}, "Zahl von 1 bis 500"},
	} {
		w := b.Post("/measures/new", append(c.form, "key", "k")...)
		contains(t, w, http.StatusUnprocessableEntity, c.want, `id="lotse-errors"`)
		if strings.Contains(strings.Join(c.form, " "), "Umbau") {
			contains(t, w, http.StatusUnprocessableEntity, `value="Umbau"`)
		}
	}
}

func TestEachKindIsEntered(t *testing.T) {
	w, b := open(t)
	w.Staff("altona-1", "e-1", "e-2", "e-3")
	base := []string{"from", "2026-11-24", "last", "2026-11-27", "reason", "Umbau"}
	for kind, more := range map[string][]string{
		"hours":          {"centre", "altona-1", "h2-from", "08:00", "h2-to", "12:00"},
		"relocation":     {"centre", "altona-1", "name", "Schule", "address", "Schulweg 4, Hamburg", "counters", "3"},
		"temporary-site": {"district", "altona", "name", "Bürgertreff", "address", "Gefionstraße 3", "counters", "2", "lat", "53,566", "lon", "9,949", "h2-from", "09:00", "h2-to", "15:00"},
		"reserve":        {"centre", "altona-1", "people", "2"},
	} {
		contains(t, b.Get("/measures/new?kind="+kind), http.StatusOK)
		contains(t, enter(t, b, append(append([]string{"key", kind[:3], "kind", kind}, base...), more...)...), http.StatusSeeOther)
		w.Settle()
		contains(t, b.Get("/measures/"+kind+"-"+kind[:3]), http.StatusOK)
	}
	d := webtest.Monday + 1
	w.App.Node().View(func() {
		c := w.App.City
		if got := c.Opening("altona-1", d); len(got) != 1 || got[0].To != day.Clock(12, 0) {
			t.Errorf("Tuesday is open %v", got)
		}
		if got := c.Opening("altona-1", d+1); len(got) != 0 {
			t.Errorf("Wednesday is open %v", got)
		}
		site := c.Centres["site-temporary-site-tem"]
		if site.Name != "Bürgertreff" || site.Lat != 53.566 || len(c.Opening(site.ID, d)) != 1 || site.TravelMinutes["mitte-1"] == 0 {
			t.Errorf("%+v", site)
		}
		if n := c.Reserve(read.Place{Centre: "altona-1", Day: d}); n != 2 {
			t.Errorf("%d people stay", n)
		}
		if m := c.Measures["relocation-rel"]; m.Site.Lat != 53.551 {
			t.Errorf("without coordinates it is where it was: %+v", m.Site)
		}
	})
	contains(t, b.Post("/measures/temporary-site-tem/end", "key", "e", "on", "2026-11-26"), http.StatusSeeOther)
	w.Settle()
	w.App.Node().View(func() {
		if got := w.App.City.Opening("site-temporary-site-tem", d+2); len(got) != 0 {
			t.Errorf("the site is open after its end: %v", got)
		}
	})
	b.Lang = "en"
	contains(t, b.Get("/measures/"), http.StatusOK, "Temporary measures of the districts", "Local reserve", "Additional site")
}

func TestDistrictsEnterTheirOwnOnly(t *testing.T) {
	w, b := open(t)
	foreign := closure("Rohrbruch")
	foreign[5] = "mitte-1"
	contains(t, b.Post("/measures/new", foreign...), http.StatusForbidden)
	if strings.Contains(b.Get("/measures/new").Body.String(), "mitte-1") {
		t.Error("another district's office is offered")
	}
	b.As = centre
	contains(t, b.Get("/measures/new"), http.StatusOK, "mitte-1")
	contains(t, enter(t, b, foreign...), http.StatusSeeOther)
	w.Settle()
	b.As = altona
	page := b.Get("/measures/closure-k1")
	contains(t, page, http.StatusOK, "Kundenzentrum Mitte")
	if strings.Contains(page.Body.String(), "/measures/closure-k1/end") {
		t.Error("it can be ended by another district")
	}
	contains(t, b.Post("/measures/closure-k1/end", "key", "x", "on", "2026-11-24"), http.StatusForbidden)
	b.As = access.Principal{Subject: "a", Roles: []access.Role{access.Auditor}}
	contains(t, b.Get("/measures/"), http.StatusOK, "/measures/closure-k1")
	contains(t, b.Get("/measures/new"), http.StatusForbidden)
}
