package pages

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/access"
)

// Context is one request for a page. It speaks the reader's language.
type Context struct {
	*Speaker
	W    http.ResponseWriter
	R    *http.Request
	site *Site
	pack *Package
	at   int64  // position of the models before anything was read
	said string // what the request before this one has left to say
}

func (s *Site) context(p *Package, w http.ResponseWriter, r *http.Request) *Context {
	lang := tongue(w, r)
	if lang == Simple && !p.simple() {
		lang = German
	}
	x := &Context{Speaker: p.speakers[lang], W: w, R: r, site: s, pack: p}
	if s.opt.Node != nil {
		x.at = s.opt.Node.Applied()
	}
	return x
}

// guarded serves; a panic becomes an error, so that the reader gets a page.
func (x *Context) guarded(serve func(*Context) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler {
				panic(p)
			}
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return serve(x)
}

// Principal is who asks.
func (x *Context) Principal() access.Principal { return access.Of(x.R.Context()) }

// May reports whether whoever asks may use a route or an operation of the
// site's service: for what to show, never for what to do.
func (x *Context) May(operation string) bool {
	_, ok := access.Allows(x.site.opt.Service, operation, x.Principal().Roles)
	return ok
}

// Now is the service's clock.
func (x *Context) Now() time.Time { return x.site.opt.Now().In(x.site.opt.Zone) }

// Path is the value of a wildcard in the route's pattern.
func (x *Context) Path(name string) string { return x.R.PathValue(name) }

// Query is a parameter of the address, without space around it, cut after 200 bytes.
func (x *Context) Query(name string) string {
	v := strings.TrimSpace(x.R.URL.Query().Get(name))
	return strings.ToValidUTF8(v[:min(len(v), 200)], "")
}

// Page is what Show shows.
type Page struct {
	// Template of the package, which writes what stands in <main>, with one h1.
	Template string
	Data     any
	// Title is the document's title; " – Lotse" is added.
	Title string
	// Status; 0: 200.
	Status int
	// Live is the address of the stream that tells which parts have changed; "":
	// the page does not change by itself.
	Live string
	// Parts are names of templates with {{live "name"}} in their first element,
	// which may be asked for alone.
	Parts []string
	// Wide uses the whole width, for tables and maps.
	Wide bool
	// Bare has no header and footer, for screens in waiting rooms.
	Bare bool
	// Public may be kept by caches for a minute: it is the same for everybody.
	Public bool
	// Styles are further style sheets of assets, "desk.css".
	Styles []string
	// Scripts are further scripts of assets, without which the page works as well.
	Scripts []string
	// Refresh is after how many seconds browsers without scripts ask again; 0: never.
	Refresh int
}

// Wants reports whether a part of the page is to be rendered: all of them, unless
// the script asks for one.
func (x *Context) Wants(part string) bool {
	asked := x.part()
	return asked == "" || asked == part
}

func (x *Context) part() string {
	if x.R.Header.Get("HX-Request") != "true" {
		return ""
	}
	return x.R.Header.Get("HX-Target")
}

// Show answers with a page, or with the one part of it that was asked for.
func (x *Context) Show(page Page) error {
	if slices.Contains(page.Parts, page.Template) {
		return fmt.Errorf("page %s has a part of that name: asked for the part, it would put itself into itself", page.Template)
	}
	if part := x.part(); slices.Contains(page.Parts, part) {
		return x.Part(part, page.Data)
	}
	body, err := x.render(page.Template, page.Data)
	if err != nil {
		return err
	}
	whole, err := x.render("layout", x.frame(page, template.HTML(body)))
	if err != nil {
		return err
	}
	if page.Public && !x.Principal().Known() && x.said == "" {
		x.W.Header().Set("Cache-Control", "public, max-age=60")
		x.W.Header().Add("Vary", "Cookie, Accept-Language")
	}
	x.W.Header().Set("Content-Language", x.htmlLang())
	return x.write(page.Status, "text/html; charset=utf-8", whole)
}

// Part answers with one template, without the layout.
func (x *Context) Part(name string, data any) error {
	body, err := x.render(name, data)
	if err != nil {
		return err
	}
	x.W.Header().Add("Vary", "HX-Request, HX-Target")
	return x.write(http.StatusOK, "text/html; charset=utf-8", body)
}

// File answers with a file to keep: "promise.csv".
func (x *Context) File(name, contentType string, content []byte) error {
	x.W.Header().Set("Content-Disposition", `attachment; filename="`+strings.Map(plainName, name)+`"`)
	return x.write(http.StatusOK, contentType, content)
}

func plainName(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.", r) {
		return r
	}
	return '-'
}

func (x *Context) render(name string, data any) ([]byte, error) {
	var b bytes.Buffer
	if err := x.pack.sets[x.lang].ExecuteTemplate(&b, name, data); err != nil {
		return nil, fmt.Errorf("template %s: %w", name, err)
	}
	return b.Bytes(), nil
}

// htmlLang is the language as HTML writes it.
func (x *Context) htmlLang() string { return x.lang }

// Redirect sends the browser to another page of ours, by GET. said is told there
// once; position is the command's (Receipt.Position), whose effect the page then
// shows. "" and 0: nothing.
func (x *Context) Redirect(to, said string, position int64) error {
	if position > 0 && x.site.opt.Node != nil {
		_ = x.site.opt.Node.WaitFor(x.R.Context(), position) // the next page waits, too
	}
	x.leave(said, position)
	http.Redirect(x.W, x.R, to, http.StatusSeeOther)
	return nil
}
