package promise

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/web/webtest"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
	"github.com/lotse-hamburg/lotse/services/internal/pages/pagestest"
)

func TestTexts(t *testing.T) { pagestest.Package(t, files, ".") }

var options = Options{Licence: "dl-de/by-2-0", Publisher: "Freie und Hansestadt Hamburg", URL: "https://termine.example"}

func open(t *testing.T) (*webtest.Town, *pagestest.Browser) {
	t.Helper()
	w := webtest.New(t)
	site := pages.For(w.App.Node(), nil)
	Register(site, w.App, options)
	return w, pagestest.Open(t, site)
}

func contains(t *testing.T, w *httptest.ResponseRecorder, want ...string) {
	t.Helper()
	for _, s := range want {
		if !strings.Contains(w.Body.String(), s) {
			t.Errorf("%q is missing in\n%s", s, w.Body.String())
		}
	}
}

func TestNothingMeasuredIsSaid(t *testing.T) {
	_, b := open(t)
	contains(t, b.Get("/promise/"), "Noch nicht gemessen", "Zurzeit keine.")
	contains(t, b.Get("/promise/districts/altona"), "Noch nicht gemessen")
}

func TestWhereThePromiseIsNotKeptIsSaidPlainly(t *testing.T) {
	w, b := open(t)
	w.Free("altona-1", map[id.Skill]int{"id": 19, "move": 3})
	w.Free("mitte-1", map[id.Skill]int{"id": 10, "move": 12})
	contains(t, b.Get("/promise/"), "zurzeit in 1 von 2 Bezirken nicht gehalten", "<li>Altona: Ausweise (19 Tage)</li>", "Versprechen gehalten, Ziel verfehlt")
	page := b.Get("/promise/districts/altona")
	contains(t, page, "Ausweise: Das Versprechen (14 Tage) wird in Altona zurzeit nicht gehalten", "19 Tage")
	b.Lang = "en"
	contains(t, b.Get("/promise/"), "The promise is at present not kept in 1 of 2 districts.", "Altona: Identity documents (19 days)")
	contains(t, b.Get("/promise/districts/altona?group=move"), "Moving house: the promise is kept at present.", "The third free appointment is in 3 days.")
	w.Free("altona-1", map[id.Skill]int{"id": 9, "move": 3})
	contains(t, b.Get("/promise/"), "The promise is kept in all 2 districts at present.")
	w.Free("altona-1", map[id.Skill]int{"id": 15, "move": 15})
	contains(t, b.Get("/promise/"), "<li>Altona: all service groups (15 days)</li>")
	w.Free("altona-1", map[id.Skill]int{"id": -1, "move": 3})
	contains(t, b.Get("/promise/"), "Altona: Identity documents (nothing free)")
	for _, lang := range []string{"de", "en", "de-simple"} {
		if got := b.Get("/promise/?lang=" + lang).Code; got != http.StatusOK {
			t.Errorf("%s: %d", lang, got)
		}
		b.Get("/promise/method?lang=" + lang)
	}
	for _, none := range []string{"/promise/districts/harburg", "/promise/districts/altona?group=parking"} {
		if got := b.Get(none).Code; got != http.StatusNotFound {
			t.Errorf("%s: %d", none, got)
		}
	}
}

func TestHistoryShowsMonthsAndSmallNumbersAreKept(t *testing.T) {
	w, b := open(t)
	w.Free("altona-1", map[id.Skill]int{"id": 16})
	w.Go(1, day.Clock(9, 0))
	w.Free("altona-1", map[id.Skill]int{"id": 8})
	w.Booked("altona-1", webtest.Monday, "id", [2]int{8, 9}, [2]int{12, 3})
	w.Booked("altona-1", webtest.Monday, "move", [2]int{8, 4})
	w.Go(8, day.Clock(13, 0))
	page := b.Get("/promise/districts/altona?group=id")
	// Booked: 12 in all, 9 of them within 10 days, mean (72+36)/12 = 9.
	contains(t, page, `<svg viewBox`, "An 2 von 3 gemessenen Tagen", "November 2026", "Dezember 2026", "rund 10", "9 Tage", "75\u00a0%", "100\u00a0%")
	contains(t, b.Get("/promise/districts/altona?group=move"), "weniger als 5")
	if strings.Contains(b.Get("/promise/districts/altona?group=move").Body.String(), "8 Tage") {
		t.Error("the mean of four bookings is told")
	}
}

func TestMeasuresAreToldToCitizens(t *testing.T) {
	w, b := open(t)
	today := w.Today()
	enter := func(m capacity.Measure) {
		if _, err := w.App.ReportMeasure(t.Context(), "k-"+string(m.ID), m); err != nil {
			t.Fatal(err)
		}
		w.Settle()
	}
	enter(capacity.Measure{ID: "burst", District: "altona", Centre: "altona-1", Kind: capacity.MeasureClosure, Period: day.Period{From: today, Until: today + 3}, Reason: "Rohrbruch <script>alert(1)</script>"})
	enter(capacity.Measure{ID: "keep", District: "mitte", Centre: "mitte-1", Kind: capacity.MeasureReserve, People: 2, Period: day.Period{From: today, Until: today + 3}, Reason: "Wahl"})
	enter(capacity.Measure{ID: "moved", District: "mitte", Centre: "mitte-1", Kind: capacity.MeasureRelocation, Period: day.Period{From: today + 5, Until: today + 9}, Reason: "Umbau",
		Site: &capacity.Site{Name: "Schule", Address: "Schulweg 4, Hamburg", Lat: 53.55, Lon: 10}})
	page := b.Get("/promise/")
	contains(t, page, "Rohrbruch &lt;script&gt;", "23.11.2026 bis 25.11.2026", "Umgezogen: Schule, Schulweg 4, Hamburg")
	if strings.Contains(page.Body.String(), "Wahl") {
		t.Error("a reserve is no news for citizens")
	}
}

func TestOpenDataIsStableAndPartial(t *testing.T) {
	w, b := open(t)
	w.Free("altona-1", map[id.Skill]int{"id": 16})
	w.Go(1, day.Clock(9, 0))
	w.Booked("altona-1", webtest.Monday, "id", [2]int{8, 9}, [2]int{12, 3})
	w.Booked("altona-1", webtest.Monday, "move", [2]int{1, 2})
	got := b.Get("/promise/data.csv?from=2026-11-23&to=2026-11-23")
	rows, err := csv.NewReader(got.Body).ReadAll()
	if err != nil || !slices.Equal(rows[0], columns) {
		t.Fatalf("%v %v", rows, err)
	}
	for _, want := range []string{
		"2026-11-23,altona,id,true,true,16,true,16,10,14,false,false,false,10,9,0.75,1,true",
		"2026-11-23,altona,move,true,false,,false,,10,14,false,false,true,,,,,true",
	} {
		if !slices.ContainsFunc(rows, func(r []string) bool { return strings.Join(r, ",") == want }) {
			t.Errorf("%s is missing in %v", want, rows)
		}
	}
	if n := strings.Count(b.Get("/promise/data.csv?from=2025-01-01&to=2025-12-31").Body.String(), "\n"); n != 1 {
		t.Errorf("before anything was measured there are %d lines", n)
	}
	tag := got.Header().Get("ETag")
	if again := b.Get("/promise/data.csv?from=2026-11-23&to=2026-11-23", "If-None-Match", tag); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
		t.Errorf("the same again: %d", again.Code)
	}
	w.Free("altona-1", map[id.Skill]int{"id": 3})
	if b.Get("/promise/data.csv", "If-None-Match", b.Get("/promise/data.csv").Header().Get("ETag")).Code != http.StatusNotModified {
		t.Error("nothing has changed in between")
	}
	var set struct {
		Licence string `json:"dct:license"`
		Fields  []struct{ Name string }
		Rows    []map[string]any
		Files   []struct {
			URL string `json:"dcat:accessURL"`
		} `json:"dcat:distribution"`
	}
	if err := json.Unmarshal(b.Get("/promise/data.json").Body.Bytes(), &set); err != nil {
		t.Fatal(err)
	}
	if set.Licence != "https://www.govdata.de/dl-de/by-2-0" || len(set.Fields) != len(columns) || len(set.Rows) < 4 || set.Files[0].URL != "https://termine.example/promise/data.csv" {
		t.Errorf("%+v", set)
	}
	for i, f := range set.Fields {
		if f.Name != columns[i] {
			t.Errorf("field %d is %s, column %s", i, f.Name, columns[i])
		}
	}
	for _, r := range set.Rows {
		for name := range r {
			if !slices.Contains(columns, name) {
				t.Errorf("%s is no documented column", name)
			}
		}
	}
	for _, wrong := range []string{"?from=yesterday", "?from=2020-01-01", "?from=2026-11-25&to=2026-11-23"} {
		if got := b.Get("/promise/data.csv" + wrong); got.Code != http.StatusUnprocessableEntity || !strings.Contains(got.Body.String(), "from") {
			t.Errorf("%s: %d %s", wrong, got.Code, got.Body)
		}
	}
}

// However many ask, the models are read once until something has changed.
func TestReadersCannotLoadTheService(t *testing.T) {
	w, b := open(t)
	w.Free("altona-1", map[id.Skill]int{"id": 16})
	made := 0
	d := newDesk(w.App, options)
	ask := func() { of(d, &d.views, "x", func() int { made++; return made }, same) }
	ask()
	ask()
	if made != 1 {
		t.Fatalf("made %d times", made)
	}
	w.Free("altona-1", map[id.Skill]int{"id": 4})
	ask()
	if made != 2 {
		t.Fatalf("made %d times after a change", made)
	}
	if got := b.Get("/promise/").Header().Get("Cache-Control"); got != "public, max-age=60" {
		t.Errorf("caches are told %q", got)
	}
}

// A year and more of a city, as one file.
func BenchmarkData(b *testing.B) {
	w := webtest.New(b)
	w.Free("altona-1", map[id.Skill]int{"id": 16, "move": 3})
	w.Free("mitte-1", map[id.Skill]int{"id": 9, "move": 12})
	for range mostDays {
		w.Go(1, day.Clock(9, 0))
	}
	today := w.Today()
	for _, what := range []string{"look", "board"} {
		b.Run(what, func(b *testing.B) {
			for b.Loop() {
				d := newDesk(w.App, options)
				switch what {
				case "look":
					w.App.Node().View(func() { d.rows(day.Period{From: today - mostDays + 1, Until: today + 1}) })
				case "board":
					d.board()
				}
			}
		})
	}
}
