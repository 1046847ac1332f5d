// Package promise has the public pages about the promise: is it kept, or not, in
// each district and service group, how was it before, how is it measured; and the
// same as open data.
//
// Whoever asks cannot load the service: what is read from the models is kept until
// something has changed that these pages show, however many ask.
package promise

import (
	"embed"
	"sync"

	"github.com/lotse-hamburg/lotse/services/capacity/internal/app"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

//go:embed templates texts
var files embed.FS

// Options of the open data.
type Options struct {
	// Licence is one of Licences; Publisher names who answers for the figures.
	Licence, Publisher string
	// URL under which the pages are reached from outside, for the metadata.
	URL string
}

// Licences that the data may be given away under, with their addresses.
var Licences = map[string]string{
	"dl-de/by-2-0":   "https://www.govdata.de/dl-de/by-2-0",
	"dl-de/zero-2-0": "https://www.govdata.de/dl-de/zero-2-0",
	"cc-by/4.0":      "https://creativecommons.org/licenses/by/4.0/",
}

type desk struct {
	app  *app.App
	opt  Options
	kept kept
}

// Register serves the pages.
func Register(site *pages.Site, a *app.App, opt Options) {
	d := &desk{app: a, opt: opt}
	pack := site.Package(files)
	pack.Handle("GET /promise/{$}", d.city)
	pack.Handle("GET /promise/districts/{district}", d.district)
	pack.Handle("GET /promise/method", d.method)
	pack.Handle("GET /promise/data.csv", d.csv)
	pack.Handle("GET /promise/data.json", d.json)
}

// kept is what was made of the models, until they change.
type kept struct {
	mu  sync.Mutex
	at  int64
	all map[string]any
}

// mostKept bounds how many answers are kept: addresses are the readers' to choose.
const mostKept = 64

// of is what make makes of the models, once per change; it is called inside
// node.View, by one reader at a time.
func of[T any](d *desk, key string, make func() T) T {
	d.kept.mu.Lock()
	defer d.kept.mu.Unlock()
	var changed int64
	d.app.Node().View(func() { changed = d.app.History.Changed })
	if d.kept.at != changed || len(d.kept.all) >= mostKept {
		d.kept.at, d.kept.all = changed, map[string]any{}
	}
	if v, ok := d.kept.all[key].(T); ok {
		return v
	}
	var v T
	d.app.Node().View(func() { v = make() })
	d.kept.all[key] = v
	return v
}
