package report

import (
	"bytes"
	"encoding/csv"
	"flag"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ledongthuc/pdf"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/web/webtest"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
	"github.com/lotse-hamburg/lotse/services/internal/pages/pagestest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestTexts(t *testing.T) { pagestest.Package(t, files, ".") }

// told is a town in which something has happened, in December.
func told(t *testing.T) (*webtest.Town, *pagestest.Browser) {
	t.Helper()
	w := webtest.New(t)
	site := pages.For(w.App.Node(), nil)
	Register(site, w.App, "https://termine.example")
	w.Free("altona-1", map[id.Skill]int{"id": 19, "move": 3})
	w.Free("mitte-1", map[id.Skill]int{"id": 9, "move": 12})
	enter := func(m capacity.Measure) {
		if _, err := w.App.ReportMeasure(t.Context(), "k-"+string(m.ID), m); err != nil {
			t.Fatal(err)
		}
	}
	d := webtest.Monday
	enter(capacity.Measure{ID: "burst", District: "altona", Centre: "altona-1", Kind: capacity.MeasureClosure, Period: day.Period{From: d + 2, Until: d + 4}, Reason: "Rohrbruch <script>alert(1)</script>"})
	enter(capacity.Measure{ID: "hall", District: "altona", Kind: capacity.MeasureSite, Period: day.Period{From: d + 3, Until: d + 30}, Reason: "Andrang vor den Feiertagen",
		Site: &capacity.Site{Name: "Bürgertreff", Address: "Gefionstraße 3, Hamburg", Lat: 53.566, Lon: 9.949, Counters: 2}})
	enter(capacity.Measure{ID: "later", District: "altona", Centre: "altona-1", Kind: capacity.MeasureReserve, People: 2, Period: day.Period{From: d + 7, Until: d + 9}, Reason: "Wahl"})
	w.Load(booking.LoadChanged{Centre: "altona-1", Day: d + 1, Appointments: 40, AtRisk: 3, Booked: map[id.Skill]day.Minutes{"id": 600}, Uncovered: map[id.Skill]day.Minutes{"id": 45}})
	w.Booked("altona-1", d, "id", [2]int{8, 9}, [2]int{12, 3})
	w.Booked("altona-1", d, "move", [2]int{8, 4})
	for range 5 {
		w.Go(1, day.Clock(8, 0))
	}
	w.Free("altona-1", map[id.Skill]int{"id": -1, "move": 3})
	w.Go(1, day.Clock(8, 0))
	w.Free("altona-1", map[id.Skill]int{"id": 8, "move": 2})
	if _, err := w.App.EndMeasure(t.Context(), "end", "hall", d+6); err != nil {
		t.Fatal(err)
	}
	w.Go(4, day.Clock(9, 0)) // the third of December
	return w, pagestest.Open(t, site)
}

var tags = regexp.MustCompile(`(?s)<svg.*?</svg>|<[^>]*>`)

// words are what a page says in its main part, a line each.
func words(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	_, body, _ := strings.Cut(w.Body.String(), "<main")
	body, _, _ = strings.Cut(body, "</main>")
	var lines []string
	for l := range strings.SplitSeq(tags.ReplaceAllString(strings.NewReplacer("</th>", " | ", "</td>", " | ").Replace(body[strings.IndexByte(body, '>')+1:]), ""), "\n") {
		if l = strings.TrimSpace(html.UnescapeString(l)); l != "" {
			lines = append(lines, l)
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is\n%s\nnot\n%s", name, got, want)
	}
}

func TestReportsSayWhatTheMonthWas(t *testing.T) {
	_, b := told(t)
	for _, lang := range []string{"de", "en"} {
		b.Lang = lang
		golden(t, "altona-2026-11."+lang+".txt", []byte(words(t, b.Get("/promise/reports/altona/2026-11"))))
		golden(t, "mitte-2026-12."+lang+".txt", []byte(words(t, b.Get("/promise/reports/mitte/2026-12"))))
		golden(t, "list."+lang+".txt", []byte(words(t, b.Get("/promise/reports/"))))
	}
	golden(t, "altona-2026-11.csv", b.Get("/promise/reports/altona/2026-11.csv").Body.Bytes())
	for _, none := range []string{"altona/2026-10", "altona/2027-01", "harburg/2026-11", "altona/2026-11.doc", "altona/2026", "altona/2026-13"} {
		if got := b.Get("/promise/reports/" + none).Code; got != http.StatusNotFound {
			t.Errorf("%s: %d", none, got)
		}
	}
}

// What is printed can be read back by others: pages, words, language, title.
func TestPDF(t *testing.T) {
	_, b := told(t)
	for lang, want := range map[string][]string{
		"de": {"BerichtAltona,November2026", "Ausweise", "Rohrbruch", "vorzeitigbeendet", "Bürgertreff", "Seite1von"},
		"en": {"ReportAltona,November2026", "Identitydocuments", "endedearly", "Page1of"},
	} {
		b.Lang = lang
		w := b.Get("/promise/reports/altona/2026-11.pdf")
		raw := w.Body.Bytes()
		if w.Header().Get("Content-Type") != "application/pdf" || !bytes.HasPrefix(raw, []byte("%PDF-")) {
			t.Fatalf("%v %.20q", w.Header(), raw)
		}
		if !bytes.Equal(raw, b.Get("/promise/reports/altona/2026-11.pdf").Body.Bytes()) {
			t.Error("the same report gives other bytes")
		}
		r, err := pdf.NewReader(bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			t.Fatal(err)
		}
		if n := r.NumPage(); n < 1 || n > 3 {
			t.Errorf("%d pages", n)
		}
		if got := r.Trailer().Key("Root").Key("Lang").Text(); got != map[string]string{"de": "de-DE", "en": "en-GB"}[lang] {
			t.Errorf("language %q", got)
		}
		if got := r.Trailer().Key("Info").Key("Title").Text(); !strings.Contains(got, "Altona, November 2026") {
			t.Errorf("title %q", got)
		}
		plain, err := r.GetPlainText()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(plain)
		if err != nil {
			t.Fatal(err)
		}
		dense := strings.Join(strings.Fields(string(text)), "")
		for _, s := range want {
			if !strings.Contains(dense, s) {
				t.Errorf("%s: %q is missing in %s", lang, s, text)
			}
		}
	}
}

func TestLongTablesGoOnWithTheirHead(t *testing.T) {
	table := pages.Table{Head: []pages.Cell{{Text: "Kopfzeile"}, {Text: "Zahl", Number: true}}}
	for range 120 {
		table.Rows = append(table.Rows, []pages.Cell{{Text: strings.Repeat("Wort ", 30)}, {Text: "7", Number: true}})
	}
	raw, err := PDF(Document{Title: "Bericht", Sections: []Section{{Title: "Lang", Table: &table}}}, true, webtest.Monday, "")
	if err != nil {
		t.Fatal(err)
	}
	r, err := pdf.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	if r.NumPage() < 4 {
		t.Fatalf("%d pages", r.NumPage())
	}
	for n := 1; n <= r.NumPage(); n++ {
		text, err := r.Page(n).GetPlainText(nil)
		if err != nil || strings.Count(text, "Kopfzeile") != 1 {
			t.Errorf("page %d: %v %s", n, err, text)
		}
	}
}

// Planners write reasons and places in their own words: no report may fail by them.
func TestHostileWords(t *testing.T) {
	w, b := told(t)
	d := webtest.Monday
	for i, hostile := range []string{"Umzug 🎉 {nb} \x00\u202e", strings.Repeat("Donaudampfschifffahrt", 14), "=HYPERLINK(\"http://x\")", "+49 40", "@x", "-1"} {
		m := capacity.Measure{ID: id.Measure("hostile-" + strconv.Itoa(i)), District: "altona", Kind: capacity.MeasureSite, Period: day.Period{From: d + 4, Until: d + 6}, Reason: hostile,
			Site: &capacity.Site{Name: "Haus 🎪", Address: strings.Repeat("x", 200), Lat: 53.566, Lon: 9.949, Counters: 2}}
		if _, err := w.App.ReportMeasure(t.Context(), "k-"+string(m.ID), m); err != nil {
			t.Fatal(err)
		}
	}
	w.Go(0, day.Clock(9, 1))
	got := b.Get("/promise/reports/altona/2026-11.pdf")
	if got.Code != http.StatusOK {
		t.Fatal(got.Code, got.Body)
	}
	r, err := pdf.NewReader(bytes.NewReader(got.Body.Bytes()), int64(got.Body.Len()))
	if err != nil || r.NumPage() > 6 {
		t.Fatal(err, r.NumPage())
	}
	rows, err := csv.NewReader(b.Get("/promise/reports/altona/2026-11.csv").Body).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, row := range rows {
		for _, cell := range row {
			if strings.ContainsAny(cell[:min(1, len(cell))], "=+@") || strings.HasPrefix(cell, "-1") {
				t.Errorf("a spreadsheet reckons with %q", cell)
			}
			if strings.Contains(cell, "HYPERLINK") {
				seen++
			}
		}
	}
	if seen != 1 {
		t.Error("the reason stands there", seen, "times")
	}
}

// However many print, pages are read meanwhile.
func TestPagesDoNotWaitForPrinters(t *testing.T) {
	w, _ := told(t)
	d := &desk{app: w.App, seen: map[string]kept[read.Month]{}, pdf: map[string]kept[[]byte]{}}
	d.printing.Lock() // somebody prints
	defer d.printing.Unlock()
	done := make(chan error)
	go func() {
		_, err := d.month("altona", read.MonthOf(webtest.Monday), time.Unix(0, 0))
		done <- err
	}()
	select {
	case err := <-done:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it waits")
	}
}

func TestStates(t *testing.T) {
	m := func(from, until day.Day, ended bool) capacity.MeasureChanged {
		return capacity.MeasureChanged{Measure: capacity.Measure{Period: day.Period{From: from, Until: until}}, Ended: ended}
	}
	for want, m := range map[string]capacity.MeasureChanged{
		read.MeasurePlanned: m(101, 105, false), read.MeasureInForce: m(100, 101, false), read.MeasureEnded: m(90, 100, false), read.MeasureCut: m(90, 100, true),
	} {
		if got := read.StateOf(m, 100); got != want {
			t.Errorf("%v: %s, want %s", m.Period, got, want)
		}
	}
}
