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
	app   *app.App
	opt   Options
	views kept
	files kept
}

func newDesk(a *app.App, opt Options) *desk {
	return &desk{app: a, opt: opt, views: kept{most: 64}, files: kept{most: 8}}
}

// Register serves the pages.
func Register(site *pages.Site, a *app.App, opt Options) {
	d := newDesk(a, opt)
	pack := site.Package(files)
	pack.Handle("GET /promise/{$}", d.city)
	pack.Handle("GET /promise/districts/{district}", d.district)
	pack.Handle("GET /promise/method", d.method)
	pack.Handle("GET /promise/data.csv", d.csv)
	pack.Handle("GET /promise/data.json", d.json)
}

// kept is what was made of the models, until they change; at most so many things,
// since addresses are the readers' to choose.
type kept struct {
	mu   sync.Mutex
	most int
	at   int64
	all  map[string]any
}

// of is what make makes of what look has seen in the models, once per change and
// by one reader at a time. look is called inside node.View and only copies.
func of[S, T any](d *desk, k *kept, key string, look func() S, make func(S) T) T {
	k.mu.Lock()
	defer k.mu.Unlock()
	var changed int64
	d.app.Node().View(func() { changed = d.app.History.Changed })
	if k.at != changed || len(k.all) >= k.most {
		k.at, k.all = changed, map[string]any{}
	}
	if v, ok := k.all[key].(T); ok {
		return v
	}
	var seen S
	d.app.Node().View(func() { seen = look() })
	v := make(seen)
	k.all[key] = v
	return v
}

// same is for what needs nothing more than to be copied.
func same[T any](v T) T { return v }
