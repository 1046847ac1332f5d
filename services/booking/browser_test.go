package booking

import (
	"html"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/pages"
	"github.com/lotse-hamburg/lotse/services/internal/pages/pagestest"
)

// browser is one without scripts: it keeps cookies, follows redirects and sends the
// forms that it was shown. Each whole page is checked for what no page may lack.
type browser struct {
	*world
	site http.Handler
	jar  http.CookieJar
	lang string
	from string // address
	page *httptest.ResponseRecorder
	at   *url.URL
	seen []string // every address that was asked for
	idle bool     // the service does not react meanwhile
}

func (w *world) browser(lang string) *browser {
	w.Helper()
	jar, err := cookiejar.New(nil)
	w.ok(err)
	return &browser{world: w, site: w.pages(), jar: jar, lang: lang, from: "192.0.2.1:1", at: must(url.Parse("https://lotse.example/"))}
}

// pages serves the pages and the API, as one process does.
func (w *world) pages() http.Handler {
	w.Helper()
	roots, err := w.service.Pages()
	w.ok(err)
	mux := http.NewServeMux()
	for root, h := range roots {
		mux.Handle(root, h)
	}
	mux.Handle("/booking/", http.StripPrefix("/booking", w.service.Handler()))
	return mux
}

func (b *browser) ask(method, to string, form url.Values, header ...string) *httptest.ResponseRecorder {
	b.Helper()
	for range 5 {
		b.at = b.at.ResolveReference(must(url.Parse(to)))
		b.seen = append(b.seen, b.at.String())
		r := httptest.NewRequest(method, b.at.RequestURI(), strings.NewReader(form.Encode()))
		r.RemoteAddr = b.from
		r.Header.Set("Accept-Language", b.lang)
		if method == http.MethodPost {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		for _, c := range b.jar.Cookies(b.at) {
			r.AddCookie(c)
		}
		rec := httptest.NewRecorder()
		b.site.ServeHTTP(rec, r)
		b.jar.SetCookies(b.at, rec.Result().Cookies())
		for _, c := range rec.Result().Cookies() {
			if !strings.Contains(string(pages.NewSpeaker(pages.German, time.UTC).Rich("privacy.body")), c.Name) {
				b.Errorf("the page about privacy does not name the cookie %s", c.Name)
			}
		}
		if !b.idle {
			b.step()
		}
		b.page = rec
		if rec.Code < 300 || rec.Code >= 400 {
			break
		}
		if to = rec.Header().Get("Location"); rec.Code != http.StatusTemporaryRedirect {
			method, form = http.MethodGet, nil
		}
	}
	if t, ok := b.TB.(*testing.T); ok && strings.HasPrefix(b.page.Header().Get("Content-Type"), "text/html") && len(header) == 0 {
		pagestest.Rendered(t, b.at.Path, b.page.Body.String())
		if h := b.page.Header(); h.Get("Cache-Control") != "no-store" || h.Get("Content-Security-Policy") == "" {
			t.Errorf("%s: headers %v", b.at, h)
		}
	}
	return b.page
}

func (b *browser) open(to string) *browser { b.Helper(); b.ask(http.MethodGet, to, nil); return b }

func (b *browser) body() string { return b.page.Body.String() }

// says fails unless the page has this status and all of these.
func (b *browser) says(status int, all ...string) *browser {
	b.Helper()
	if b.page.Code != status {
		b.Fatalf("%s: %d, want %d: %s", b.at, b.page.Code, status, b.main())
	}
	for _, text := range all {
		if !strings.Contains(html.UnescapeString(b.body()), text) {
			b.Fatalf("%s does not say %q: %s", b.at, text, b.main())
		}
	}
	return b
}

func (b *browser) main() string {
	_, rest, _ := strings.Cut(b.body(), "<main")
	return rest
}

var (
	forms    = regexp.MustCompile(`(?s)<form[^>]*>.*?</form>`)
	tags     = regexp.MustCompile(`(?s)<(input|button|select|option)\b([^>]*)>`)
	attr     = regexp.MustCompile(`([a-z-]+)(?:="([^"]*)")?`)
	anchor   = regexp.MustCompile(`(?s)<a\b([^>]*)>(.*?)</a>`)
	anyTag   = regexp.MustCompile(`<[^>]*>`)
	spacings = regexp.MustCompile(`\s+`)
)

func attributes(text string) map[string]string {
	all := map[string]string{}
	for _, m := range attr.FindAllStringSubmatch(text, -1) {
		all[m[1]] = html.UnescapeString(m[2])
	}
	return all
}

// send presses the button that has a text in the first form that has it, with the
// fields as they stand and as they are given; "name=value" chooses a button by that.
func (b *browser) send(button string, fields ...string) *browser {
	b.Helper()
	to, method, sent := b.form(button)
	for i := 0; i+1 < len(fields); i += 2 {
		sent.Set(fields[i], fields[i+1])
	}
	if method == http.MethodGet {
		b.ask(method, to+"?"+sent.Encode(), nil)
		return b
	}
	b.ask(method, to, sent)
	return b
}

// form finds where a button leads and what its form sends.
func (b *browser) form(button string) (to, method string, sent url.Values) {
	b.Helper()
	name, value, byName := strings.Cut(button, "=")
	for _, f := range forms.FindAllString(b.main(), -1) {
		head, _, _ := strings.Cut(f, ">")
		a := attributes(head[len("<form"):])
		to, method, sent = a["action"], strings.ToUpper(a["method"]), url.Values{}
		found, selected := false, ""
		for _, m := range tags.FindAllStringSubmatchIndex(f, -1) {
			kind, x := f[m[2]:m[3]], attributes(f[m[4]:m[5]])
			_, checked := x["checked"]
			_, chosen := x["selected"]
			switch {
			case kind == "select":
				selected = x["name"]
			case kind == "option" && (chosen || !sent.Has(selected)):
				sent.Set(selected, x["value"])
			case kind == "button":
				text, _, _ := strings.Cut(f[m[1]:], "</button>")
				text = spacings.ReplaceAllString(strings.TrimSpace(html.UnescapeString(anyTag.ReplaceAllString(text, ""))), " ")
				if found || byName && (x["name"] != name || !strings.HasPrefix(x["value"], value)) || !byName && text != button {
					continue
				}
				if found = true; x["name"] != "" {
					sent.Set(x["name"], x["value"])
				}
				if x["formaction"] != "" {
					to = x["formaction"]
				}
			case kind == "input" && (x["type"] == "checkbox" || x["type"] == "radio") && !checked:
			case kind == "input" && x["name"] != "":
				sent.Add(x["name"], x["value"])
			}
		}
		if found {
			return to, method, sent
		}
	}
	b.Fatalf("%s has no button %q: %s", b.at, button, b.main())
	return "", "", nil
}

// follow opens the link that has a text.
func (b *browser) follow(text string) *browser {
	b.Helper()
	for _, m := range anchor.FindAllStringSubmatch(b.main(), -1) {
		if html.UnescapeString(strings.TrimSpace(spacings.ReplaceAllString(anyTag.ReplaceAllString(m[2], ""), " "))) == text {
			return b.open(attributes(m[1])["href"])
		}
	}
	b.Fatalf("%s has no link %q: %s", b.at, text, b.main())
	return b
}
