// Package absences has the pages for those who tell Lotse who is off: HR desks
// without a system, and whoever looks after what HR systems send. Nobody reads
// why somebody is off, for nobody is told.
package absences

import (
	"embed"
	"net/url"
	"slices"
	"strings"

	"github.com/lotse-hamburg/lotse/services/absence/internal/app"
	"github.com/lotse-hamburg/lotse/services/absence/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/node"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

//go:embed templates texts
var files embed.FS

// Models are the read models that the pages show.
type Models struct {
	Off       *read.WhoIsOff
	Vacancies *read.Vacancies
	Sweeps    *read.Sweeps
}

type web struct {
	Models
	node *node.Node
	app  *app.App
}

// Register adds the pages below /absences/.
func Register(site *pages.Site, n *node.Node, a *app.App, m Models) {
	w := &web{m, n, a}
	p := site.Package(files)
	p.Handle("GET /absences/{$}", w.week)
	p.Live("GET /absences/live", w.weekVersions)
	p.Handle("GET /absences/list", w.list)
	p.Handle("GET /absences/enter", w.enterForm)
	p.Handle("POST /absences/enter", w.enter)
	p.Handle("GET /absences/cancel", w.cancelForm)
	p.Handle("POST /absences/cancel", w.cancel)
	p.Handle("GET /absences/vacancies", w.posts)
	p.Handle("POST /absences/vacancies/open", w.openPost)
	p.Handle("POST /absences/vacancies/fill", w.fillPost)
	p.Handle("GET /absences/imports", w.imports)
	p.Handle("POST /absences/imports", w.upload)
	p.Handle("GET /absences/imports/{id}", w.showImport)
	p.Live("GET /absences/imports/{id}/live", w.importVersions)
	p.Handle("POST /absences/imports/{id}/apply", w.applyImport)
	p.Handle("POST /absences/imports/{id}/discard", w.discardImport)
	p.Handle("GET /absences/sweeps", w.sweeps)
	p.Handle("GET /absences/parked", w.parked)
	p.Handle("GET /absences/parked/{id}", w.showParked)
	p.Handle("POST /absences/parked/{id}/fix", w.fixParked)
	p.Handle("POST /absences/parked/{id}/discard", w.discardParked)
}

// tabs are what whoever asks may open.
func tabs(x *pages.Context) (all []pages.Tab) {
	for _, t := range []struct{ key, href, route string }{
		{"week", "/absences/", "GET /absences/{$}"},
		{"list", "/absences/list", "GET /absences/list"},
		{"enter", "/absences/enter", "GET /absences/enter"},
		{"vacancies", "/absences/vacancies", "GET /absences/vacancies"},
		{"imports", "/absences/imports", "GET /absences/imports"},
		{"sweeps", "/absences/sweeps", "GET /absences/sweeps"},
		{"parked", "/absences/parked", "GET /absences/parked"},
	} {
		if !x.May(t.route) {
			continue
		}
		path := x.R.URL.Path
		all = append(all, pages.Tab{Text: x.Say("tab." + t.key), Href: t.href, Current: path == t.href || t.key != "week" && strings.HasPrefix(path, t.href+"/")})
	}
	return all
}

// mine is what of the absences whoever asks may see.
func mine(x *pages.Context) func(read.Off) bool {
	p, bound := access.Bound(x.R.Context(), access.HRImporter)
	return func(o read.Off) bool { return !bound || access.Owns(p.Sources, sourceOf(o)) }
}

func sourceOf(o read.Off) string {
	source, _, _ := strings.Cut(string(o.Absence), "/")
	return source
}

// sources are what lists can be of, where one may choose: the form's own and
// those that uploads usually have go without saying.
func sources(x *pages.Context) []string {
	if p, bound := access.Bound(x.R.Context(), access.HRImporter); bound && !slices.Contains(p.Sources, access.Any) {
		return p.Sources
	}
	return nil
}

// address is a path with a query, without what is empty.
func address(path string, query ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(query); i += 2 {
		if query[i+1] != "" {
			q.Set(query[i], query[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// refused notes what a refusal says about the fields of a form; false: it is
// none, or not about fields.
func refused(x *pages.Context, f *pages.Form, err error) bool {
	all := fieldsOf(err)
	for _, e := range all {
		name := strings.TrimPrefix(e.Field, "data.")
		f.Wrong(name, sentence(reasons.In(x.Speaker, e.Reason)))
	}
	return len(all) > 0
}

// sentence begins with a capital and ends with a stop.
func sentence(s string) string {
	if s == "" {
		return s
	}
	first, size := strings.ToUpper(string([]rune(s)[:1])), len(string([]rune(s)[:1]))
	if s = first + s[size:]; !strings.HasSuffix(s, ".") {
		s += "."
	}
	return s
}
