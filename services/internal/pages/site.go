package pages

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/node"
	"github.com/lotse-hamburg/lotse/services/internal/problem"
)

// Node is what pages want of a service: where its read models stand.
type Node interface {
	// WaitFor waits, for a moment only, until the models contain a position.
	WaitFor(ctx context.Context, position int64) error
	// Applied is the position that the models contain.
	Applied() int64
	// Changed is closed when they have next taken something in.
	Changed() <-chan struct{}
}

// Options of a Site.
type Options struct {
	// Service whose pages these are, as access.Table names it.
	Service string
	Log     *slog.Logger   // nil: nothing is logged
	Zone    *time.Location // of the city
	Now     func() time.Time
	// Node of the service; nil: its pages show nothing that changes.
	Node Node
	// Problems says how the service's errors are answered.
	Problems problem.Table
}

// Site is the pages of one service.
type Site struct {
	opt   Options
	mux   *http.ServeMux
	roots map[string]bool // "/desk/"
	home  *Package        // of what all sites share
	errs  []error
}

//go:embed templates texts
var own embed.FS

// New makes a site without pages.
func New(opt Options) *Site {
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.Zone == nil {
		opt.Zone = time.UTC
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	s := &Site{opt: opt, mux: http.NewServeMux(), roots: map[string]bool{}}
	s.home = s.Package(nil)
	return s
}

// For makes the site of a service that a node runs.
func For(n *node.Node, problems problem.Table) *Site {
	return New(Options{Service: n.Service(), Log: n.Logger(), Zone: n.Now().Location(), Now: n.Now, Node: n, Problems: problems})
}

// Package is one package of pages: its templates and what it says.
type Package struct {
	site     *Site
	texts    Catalogue
	sets     map[string]*template.Template // by language
	speakers map[string]*Speaker
}

// Package reads templates/*.html and texts/*.yaml of files. A template has the name of
// its file without .html. What is wrong with them Pages tells.
func (s *Site) Package(files fs.FS) *Package {
	p, err := s.read(files)
	if err != nil {
		s.errs = append(s.errs, fmt.Errorf("pages of %s: %w", s.opt.Service, err))
	}
	return p
}

func (s *Site) read(files fs.FS) (p *Package, err error) {
	p = &Package{site: s, sets: map[string]*template.Template{}, speakers: map[string]*Speaker{}}
	var texts []Catalogue
	if files != nil {
		if p.texts, err = ReadCatalogue(files); err != nil {
			return p, err
		}
		texts = append(texts, p.texts)
	}
	for _, lang := range Languages {
		speaker := NewSpeaker(lang, s.opt.Zone, texts...)
		set, err := parseSet(speaker, own, files)
		if err != nil {
			return p, err
		}
		p.sets[lang], p.speakers[lang] = set, speaker
	}
	return p, nil
}

func parseSet(speaker *Speaker, all ...fs.FS) (*template.Template, error) {
	set := template.New("").Funcs(functions(speaker)).Option("missingkey=error")
	for _, files := range all {
		if files == nil {
			continue
		}
		names, err := fs.Glob(files, "templates/*.html")
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			raw, err := fs.ReadFile(files, name)
			if err != nil {
				return nil, err
			}
			short := strings.TrimSuffix(strings.TrimPrefix(name, "templates/"), ".html")
			if _, err := set.New(short).Parse(string(raw)); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return set, nil
}

var shared = sync.OnceValue(func() Catalogue {
	c, err := ReadCatalogue(own)
	if err != nil {
		panic(err) // of this package's own files; a test reads them
	}
	return c
})

// simple reports whether the package has German in plain language.
func (p *Package) simple() bool { return p.texts[Simple] != nil }

// Handle serves a route, "GET /desk/{$}". What serve fails with becomes a page of an
// error (Options.Problems).
func (p *Package) Handle(pattern string, serve func(x *Context) error) {
	p.site.route(pattern, func(w http.ResponseWriter, r *http.Request) {
		x := p.site.context(p, w, r)
		x.settle()
		if err := x.guarded(serve); err != nil {
			x.fail(err)
		}
	})
}

func (s *Site) route(pattern string, serve http.HandlerFunc) {
	_, path, ok := strings.Cut(pattern, " ")
	if !ok || !strings.HasPrefix(path, "/") {
		s.errs = append(s.errs, fmt.Errorf("pattern %q: write method and path, GET /desk/{$}", pattern))
		return
	}
	root := "GET /{$}"
	if first, _, deep := strings.Cut(path[1:], "/"); deep {
		root = "/" + first + "/"
	}
	s.roots[root] = true
	s.mux.HandleFunc(pattern, serve)
}

// Pages are the handlers by the top of their paths, "/desk/". They are served at
// these paths, absolute, wherever the service's API is.
func (s *Site) Pages() (map[string]http.Handler, error) {
	gate := access.Gate{Service: s.opt.Service, Refuse: s.Refuse}.Wrap(s.mux)
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		harden(w.Header())
		gate.ServeHTTP(w, r)
	})
	all := map[string]http.Handler{}
	for root := range s.roots {
		all[root] = h
	}
	return all, errors.Join(s.errs...)
}

// Service is the name of the service whose pages these are.
func (s *Site) Service() string { return s.opt.Service }

// Pattern is the route of a request, for its span; "" for none.
func (s *Site) Pattern(r *http.Request) string {
	_, pattern := s.mux.Handler(r)
	return pattern
}

// Policy is the Content-Security-Policy of pages: everything comes from here,
// nothing stands in the page itself.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

func harden(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", Policy)
	// Not no-referrer: with that, browsers say of a form that it comes from nowhere.
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
	h.Set("Cache-Control", "no-store")
}
