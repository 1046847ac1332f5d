package booking

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/services/internal/access"
)

// reader is a browser without scripts: it keeps cookies and follows redirections.
type reader struct {
	*world
	who   access.Principal
	lang  string
	jar   map[string]string
	all   map[string]http.Handler
	at    string
	body  string
	code  int
	part  string // of a live page, asked for alone
	heads http.Header
}

var (
	agent  = access.Principal{Subject: "agent", Roles: []access.Role{access.TelephoneAgent}}
	deskOf = func(centres ...string) access.Principal {
		return access.Principal{Subject: "desk", Roles: []access.Role{access.Desk}, Centres: centres}
	}
	nobody  = access.Principal{}
	hidden  = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)
	formed  = regexp.MustCompile(`(?s)<form([^>]*)>(.*?)</form>`)
	actions = regexp.MustCompile(`action="([^"]*)"`)
)

func (w *world) reader(who access.Principal, lang string) *reader {
	w.Helper()
	all, err := w.service.Pages()
	w.ok(err)
	return &reader{world: w, who: who, lang: lang, jar: map[string]string{}, all: all}
}

func (r *reader) ask(method, path string, form url.Values) *reader {
	r.Helper()
	for range 5 {
		req := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Accept-Language", r.lang)
		if r.part != "" {
			req.Header.Set("HX-Request", "true")
			req.Header.Set("HX-Target", r.part)
		}
		for k, v := range r.jar {
			req.AddCookie(&http.Cookie{Name: k, Value: v})
		}
		top := "/" + strings.SplitN(strings.Trim(req.URL.Path, "/"), "/", 2)[0] + "/"
		rec := httptest.NewRecorder()
		access.As(r.all[top], r.who).ServeHTTP(rec, req)
		r.step()
		for _, c := range rec.Result().Cookies() {
			if c.MaxAge < 0 {
				delete(r.jar, c.Name)
			} else {
				r.jar[c.Name] = c.Value
			}
		}
		r.at, r.code, r.body, r.heads = path, rec.Code, rec.Body.String(), rec.Header()
		if rec.Code != http.StatusSeeOther {
			return r
		}
		method, path, form = http.MethodGet, rec.Header().Get("Location"), nil
	}
	r.Fatal("redirected for ever, to ", path)
	return r
}

func (r *reader) open(path string) *reader { r.Helper(); return r.ask(http.MethodGet, path, nil) }

// fill finds the form with an action that begins so, keeps its hidden fields, fills
// in others in turn, and sends it.
func (r *reader) fill(action string, pairs ...string) *reader {
	r.Helper()
	for _, m := range formed.FindAllStringSubmatch(r.body, -1) {
		a := actions.FindStringSubmatch(m[1])
		if a == nil || !strings.HasPrefix(html.UnescapeString(a[1]), action) {
			continue
		}
		form := url.Values{}
		for _, h := range hidden.FindAllStringSubmatch(m[2], -1) {
			form.Set(html.UnescapeString(h[1]), html.UnescapeString(h[2]))
		}
		for i := 0; i+1 < len(pairs); i += 2 {
			form.Set(pairs[i], pairs[i+1])
		}
		to := html.UnescapeString(a[1])
		if strings.Contains(m[1], `method="get"`) {
			return r.open(to + "?" + form.Encode())
		}
		return r.ask(http.MethodPost, to, form)
	}
	r.Fatalf("no form to %s on %s:\n%s", action, r.at, r.body)
	return r
}

func (r *reader) sees(status int, texts ...string) *reader {
	r.Helper()
	if r.code != status {
		r.Fatalf("%s answers %d, not %d:\n%s", r.at, r.code, status, r.body)
	}
	for _, text := range texts {
		if !strings.Contains(html.UnescapeString(r.body), text) {
			r.Fatalf("%s does not show %q:\n%s", r.at, text, r.body)
		}
	}
	return r
}

func (r *reader) not(texts ...string) *reader {
	r.Helper()
	for _, text := range texts {
		if strings.Contains(r.body, text) {
			r.Fatalf("%s shows %q:\n%s", r.at, text, r.body)
		}
	}
	return r
}

// button is the value of the n-th button of a name.
func (r *reader) button(name string, n int) string {
	r.Helper()
	all := regexp.MustCompile(`name="`+name+`" value="([^"]*)"`).FindAllStringSubmatch(r.body, -1)
	if n >= len(all) {
		r.Fatalf("%s has %d buttons %s:\n%s", r.at, len(all), name, r.body)
	}
	return html.UnescapeString(all[n][1])
}

func TestPagesOfStaffAreTheirs(t *testing.T) {
	w := office(t)
	for _, c := range []struct {
		who    access.Principal
		path   string
		status int
	}{
		{agent, "/telephone/", 200}, {agent, "/telephone/find", 200}, {agent, "/telephone/calls", 200}, {agent, "/front/altona/", 403},
		{deskOf("altona"), "/telephone/", 403}, {deskOf("altona"), "/front/altona/", 200}, {deskOf("altona"), "/front/wandsbek/", 403},
		{deskOf("*"), "/front/wandsbek/", 200}, {deskOf("*"), "/front/nowhere/", 404}, {deskOf("*"), "/front/", 200},
		{deskOf("wandsbek"), "/front/kiosk/altona", 403}, {deskOf("altona"), "/front/kiosk/altona", 200},
		{nobody, "/front/display/altona", 200}, {nobody, "/front/display/nowhere", 404},
	} {
		if r := w.reader(c.who, "de").open(c.path); r.code != c.status {
			t.Errorf("%v at %s: %d, not %d", c.who, c.path, r.code, c.status)
		}
	}
	// Who is not known is asked to log in.
	all, err := w.service.Pages()
	w.ok(err)
	for _, path := range []string{"/telephone/", "/front/altona/"} {
		rec := httptest.NewRecorder()
		all["/"+strings.Split(path, "/")[1]+"/"].ServeHTTP(rec, httptest.NewRequest("GET", path, nil))
		if rec.Code != 303 || !strings.HasPrefix(rec.Header().Get("Location"), "/auth/login") {
			t.Errorf("%s: %d %s", path, rec.Code, rec.Header())
		}
	}
	// A desk that is bound to one centre needs not choose.
	if r := w.reader(deskOf("altona"), "de").open("/front/"); r.at != "/front/altona/" {
		t.Error(r.at)
	}
}
