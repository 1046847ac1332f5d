// Package report has the monthly reports for the districts' committees: whether the
// promise was kept, how long people waited, who helped whom, what was decided, what
// was uncovered, and the temporary measures with their state. Each is there as a
// page, which is the accessible form, as PDF for the files and as CSV.
//
// What a report says is worked out once (document.go) and set three times.
package report

import (
	"embed"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/app"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

//go:embed templates texts
var files embed.FS

type desk struct {
	app  *app.App
	url  string // of the pages, from outside
	mu   sync.Mutex
	seen map[string]kept[read.Month]

	printing sync.Mutex // takes longer: who reads a page does not wait for it
	pdf      map[string]kept[[]byte]
}

// kept is what was made, and when.
type kept[T any] struct {
	made T
	at   time.Time
}

// How long a thing is good for, and how many are kept: 7 districts, a year, two
// languages.
const (
	goodFor  = time.Minute
	mostKept = 200
)

// lately is what was made within the last minute, or what make makes: however many
// ask, little of one processor is busy. It is called with the lock held.
func lately[T any](all map[string]kept[T], key string, now time.Time, make func() (T, error)) (T, error) {
	if k, ok := all[key]; ok && now.Sub(k.at) < goodFor {
		return k.made, nil
	}
	v, err := make()
	if err != nil {
		return v, err
	}
	if len(all) >= mostKept {
		clear(all)
	}
	all[key] = kept[T]{v, now}
	return v, nil
}

// Register serves the pages. url is where they are reached from outside, for links
// in files; "": there are none.
func Register(site *pages.Site, a *app.App, url string) {
	d := &desk{app: a, url: url, seen: map[string]kept[read.Month]{}, pdf: map[string]kept[[]byte]{}}
	pack := site.Package(files)
	pack.Handle("GET /promise/reports/{$}", d.list)
	pack.Handle("GET /promise/reports/{district}/{file}", d.report)
}

// months are those of which something was measured, the newest first.
func (d *desk) months() (districts []capacity.District, months []day.Day) {
	d.app.Node().View(func() {
		districts = d.app.City.Policy.Districts
		first := d.app.History.First()
		for m := read.MonthOf(d.app.History.Today); first > 0 && m.Until > first; m = read.MonthOf(m.From - 1) {
			months = append(months, m.From)
		}
	})
	return districts, months
}

func (d *desk) list(x *pages.Context) error {
	districts, months := d.months()
	t := pages.Table{ID: "reports", Caption: x.Say("list.title"), Hidden: true, Head: []pages.Cell{{Text: x.Say("word.month")}}, Empty: x.Say("list.none")}
	for _, r := range districts {
		t.Head = append(t.Head, pages.Cell{Text: r.Name})
	}
	for _, m := range months {
		row := []pages.Cell{{Text: x.Month(m)}}
		for _, r := range districts {
			row = append(row, pages.Cell{Text: x.Say("list.read"), Href: address(r.ID, m, ""), Spoken: x.Say("list.of", "district", r.Name, "month", x.Month(m))})
		}
		t.Rows = append(t.Rows, row)
	}
	return x.Show(pages.Page{Template: "list", Title: x.Say("list.title"), Data: t, Public: true, Wide: true})
}

// address of a report; ending is "", ".pdf" or ".csv".
func address(r id.District, month day.Day, ending string) string {
	return "/promise/reports/" + string(r) + "/" + month.String()[:7] + ending
}

func (d *desk) report(x *pages.Context) error {
	name, ending := x.Path("file"), ""
	if i := strings.IndexByte(name, '.'); i >= 0 {
		name, ending = name[:i], name[i:]
	}
	from, err := day.Parse(name + "-01")
	if err != nil || !slices.Contains([]string{"", ".pdf", ".csv"}, ending) {
		return pages.ErrNotFound
	}
	m, err := d.month(id.District(x.Path("district")), read.MonthOf(from), x.Now())
	if err != nil {
		return err
	}
	file := "lotse-" + string(m.District.ID) + "-" + name
	switch ending {
	case ".csv":
		b, err := CSV(m)
		if err != nil {
			return err
		}
		return x.File(file+".csv", "text/csv; charset=utf-8; header=present", b)
	case ".pdf":
		b, err := d.print(x.Speaker, m, x.Now())
		if err != nil {
			return err
		}
		h := x.W.Header()
		h.Set("Content-Disposition", `inline; filename="`+file+`.pdf"`)
		h.Set("Content-Type", "application/pdf")
		h.Set("Content-Language", x.Lang())
		_, err = x.W.Write(b)
		return err
	}
	doc := Write(x.Speaker, m)
	return x.Show(pages.Page{Template: "report", Title: doc.Title, Public: true, Data: struct {
		Document
		PDF, CSV string
	}{doc, address(m.District.ID, from, ".pdf"), address(m.District.ID, from, ".csv")}})
}

// month of a district; there is none before anything was measured.
func (d *desk) month(r id.District, whole day.Period, now time.Time) (read.Month, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return lately(d.seen, string(r)+whole.String(), now, func() (m read.Month, err error) {
		ok := false
		d.app.Node().View(func() {
			if first := d.app.History.First(); first > 0 && whole.Until > first {
				m, ok = d.app.History.Month(d.app.City, r, whole)
			}
		})
		if !ok {
			return m, pages.ErrNotFound
		}
		return m, nil
	})
}

// print makes a PDF, one at a time.
func (d *desk) print(s *pages.Speaker, m read.Month, now time.Time) ([]byte, error) {
	d.printing.Lock()
	defer d.printing.Unlock()
	return lately(d.pdf, string(m.District.ID)+m.Period.String()+s.Lang(), now, func() ([]byte, error) {
		return PDF(Write(s, m), s.German(), m.Until, d.url+address(m.District.ID, m.From, ""))
	})
}

// madeOn is the moment that files of a month carry, so that they are the same
// whenever they are made.
func madeOn(until day.Day) time.Time { return until.At(0, time.UTC) }
