package pagestest

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// Browser asks a site as somebody. It keeps no cookies.
type Browser struct {
	t    *testing.T
	site *pages.Site
	// As is who asks; the zero Principal is a citizen.
	As access.Principal
	// Lang is the language that the browser prefers; "": German.
	Lang string
}

// Open makes a browser of a site.
func Open(t *testing.T, site *pages.Site) *Browser { return &Browser{t: t, site: site} }

// Get asks for a page, and checks it when it is one.
func (b *Browser) Get(target string, header ...string) *httptest.ResponseRecorder {
	b.t.Helper()
	return b.ask(httptest.NewRequest(http.MethodGet, target, nil), header)
}

// Post sends a form of names and values.
func (b *Browser) Post(target string, form ...string) *httptest.ResponseRecorder {
	b.t.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(form); i += 2 {
		values.Add(form[i], form[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.ask(r, nil)
}

func (b *Browser) ask(r *http.Request, header []string) *httptest.ResponseRecorder {
	b.t.Helper()
	if b.Lang != "" {
		r.Header.Set("Accept-Language", b.Lang)
	}
	r.Header.Set("Accept", "text/html")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	all, err := b.site.Pages()
	if err != nil {
		b.t.Fatal(err)
	}
	first, _, _ := strings.Cut(r.URL.Path[1:], "/")
	h := all["/"+first+"/"]
	if r.URL.Path == "/" {
		h = all["GET /{$}"]
	}
	if h == nil {
		b.t.Fatalf("nothing of this site begins with %s", r.URL.Path)
	}
	if b.As.Known() {
		h = access.As(h, b.As)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code/100 != 3 && strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") && r.Header.Get("HX-Request") == "" {
		Rendered(b.t, r.Method+" "+r.URL.RequestURI(), w.Body.String())
	}
	return w
}

// Position is what Redirect left for the next page, as a Cookie header.
func Position(w *httptest.ResponseRecorder) string {
	for _, c := range w.Result().Cookies() {
		if c.Name == "lotse-said" && c.MaxAge > 0 {
			return c.Name + "=" + c.Value
		}
	}
	return ""
}

var (
	heading = regexp.MustCompile(`<h1[\s>]`)
	ids     = regexp.MustCompile(`\sid="([^"]*)"`)
	refers  = regexp.MustCompile(`\s(?:for|aria-labelledby|aria-describedby|aria-controls)="([^"]*)"`)
	missing = regexp.MustCompile(`⟦[^⟧]*⟧|&lt;no value&gt;|\{[a-z]+\}`)
	images  = regexp.MustCompile(`<img\b[^>]*>`)
	abroad  = regexp.MustCompile(`(?:src|action|hx-get|hx-post)="(?:https?:)?//[^"]*"`)
	ours    = regexp.MustCompile(`\ssrc="/assets/`)
)

// Rendered checks a whole page: what the policy forbids, what screen readers need,
// texts that are missing.
func Rendered(t *testing.T, name, body string) {
	t.Helper()
	if at := inline.FindString(body); at != "" {
		t.Errorf("%s: %q is inline, which the policy forbids", name, at)
	}
	for _, tag := range scripted.FindAllString(body, -1) {
		if !ours.MatchString(tag) {
			t.Errorf("%s: %s is no script of ours", name, tag)
		}
	}
	if n := len(heading.FindAllString(body, -1)); n != 1 {
		t.Errorf("%s has %d h1: one says what the page is", name, n)
	}
	if !strings.Contains(body, "<main") || !regexp.MustCompile(`<html lang="[a-z-]+"`).MatchString(body) || !regexp.MustCompile(`<title>[^<]{4,} – Lotse</title>`).MatchString(body) {
		t.Errorf("%s lacks main, a language or a title", name)
	}
	var all []string
	for _, m := range ids.FindAllStringSubmatch(body, -1) {
		if slices.Contains(all, m[1]) {
			t.Errorf("%s has the id %q twice", name, m[1])
		}
		all = append(all, m[1])
	}
	for _, m := range refers.FindAllStringSubmatch(body, -1) {
		for id := range strings.FieldsSeq(m[1]) {
			if !slices.Contains(all, id) {
				t.Errorf("%s: nothing has the id %q of %s", name, id, strings.TrimSpace(m[0]))
			}
		}
	}
	for _, tag := range images.FindAllString(body, -1) {
		if !strings.Contains(tag, " alt=") {
			t.Errorf("%s: %s has no alt", name, tag)
		}
	}
	if at := missing.FindString(regexp.MustCompile(`(?s)<meta name="htmx-config"[^>]*>|<pre.*?</pre>`).ReplaceAllString(body, "")); at != "" {
		t.Errorf("%s: a text or an argument is missing: %s", name, at)
	}
	if at := abroad.FindString(body); at != "" {
		t.Errorf("%s leaves the server: %s", name, at)
	}
}
