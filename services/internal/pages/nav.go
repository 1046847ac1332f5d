package pages

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/lotse-hamburg/lotse/services/internal/access"
)

// place is one of the faces.
type place struct {
	key, path      string
	service, route string
	staff          bool // never shown to citizens
}

// places in the order of the navigation. A service of its own serves them behind a
// gateway, under the same paths.
var places = []place{
	{"book", "/book/", "booking", "GET /book/{$}", false},
	{"desk", "/desk/", "capacity", "GET /desk/{$}", true},
	{"proposals", "/desk/proposals", "capacity", "GET /desk/proposals", true},
	{"measures", "/measures/", "capacity", "GET /measures/{$}", true},
	{"telephone", "/telephone/", "booking", "GET /telephone/{$}", true},
	{"front", "/front/", "booking", "GET /front/{$}", true},
	{"staff", "/staff/", "staffing", "GET /staff/{$}", true},
	{"absences", "/absences/", "absence", "GET /absences/{$}", true},
	{"parked", "/absences/parked", "absence", "GET /absences/parked", true},
	{"promise", "/promise/", "capacity", "GET /promise/{$}", false},
}

type link struct {
	Key, Href, Text string
	Current         bool
}

// navigation is what whoever asks may open.
func (x *Context) navigation() (all []link) {
	roles := x.Principal().Roles
	best := -1
	for _, p := range places {
		if _, may := access.Allows(p.service, p.route, roles); !may || p.staff && !x.Principal().Known() {
			continue
		}
		if strings.HasPrefix(x.R.URL.Path, p.path) && (best < 0 || len(p.path) > len(all[best].Href)) {
			best = len(all)
		}
		all = append(all, link{Key: p.key, Href: p.path, Text: x.Say("nav." + p.key)})
	}
	if best >= 0 {
		all[best].Current = true
	}
	return all
}

// tongues are the other languages of the same page.
func (x *Context) tongues() (all []link) {
	for _, lang := range Languages {
		if lang == Simple && !x.pack.simple() {
			continue
		}
		all = append(all, link{Key: lang, Href: with(x.here(), "lang", lang), Text: languageNames[lang], Current: lang == x.lang})
	}
	return all
}

var languageNames = map[string]string{German: "Deutsch", English: "English", Simple: "Einfache Sprache"}

// here is the address that shows this page again: of a form that is shown once more,
// the page that sent it.
func (x *Context) here() *url.URL {
	u := x.R.URL
	if x.R.Method != http.MethodGet && x.R.Method != http.MethodHead {
		from, err := url.Parse(x.R.Referer())
		if err != nil || from.Host != x.R.Host {
			return &url.URL{Path: "/"}
		}
		u = from
	}
	// Two slashes would begin the name of another server.
	return &url.URL{Path: "/" + strings.TrimLeft(u.Path, "/"), RawQuery: u.RawQuery}
}

// frame is what the layout shows around a page.
type frame struct {
	*Context
	Page
	Body     any
	Nav      []link
	Tongues  []link
	Said     string
	Stream   string
	HTMLLang string
	Login    string
	LoggedIn bool
}

func (x *Context) frame(page Page, body any) frame {
	f := frame{Context: x, Page: page, Body: body, Said: x.said, Stream: x.live(page.Live), HTMLLang: x.htmlLang(), LoggedIn: x.Principal().Known()}
	if !page.Bare {
		f.Nav, f.Tongues = x.navigation(), x.tongues()
	}
	f.Login = "/auth/login?back=" + url.QueryEscape(x.here().RequestURI())
	return f
}
