package httpserver_test

import (
	"crypto/rand"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// TestThePageForTokens logs in as somebody who tries Lotse out does.
func TestThePageForTokens(t *testing.T) {
	d, err := access.OpenDevelopment(t.TempDir(), "127.0.0.1:0", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sessions, err := d.Sessions(time.Now)
	if err != nil {
		t.Fatal(err)
	}
	front, err := access.NewFront(access.Options{Tokens: []access.Tokens{d}})
	if err != nil {
		t.Fatal(err)
	}
	h, err := httpserver.Process(front.Using(sessions), sessions, httpserver.Watched{}, pages.NewHome(pages.HomeOptions{Sessions: sessions}), nil)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(method, target, token, cookie string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, target, strings.NewReader(url.Values{"token": {token}, "back": {"/about/privacy"}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Accept", "text/html")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Cookie", cookie)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	if w := ask("GET", "/auth/login?back=/about/privacy", "", ""); w.Code != 200 || !strings.Contains(w.Body.String(), `type="password"`) || !strings.Contains(w.Body.String(), `name="back" value="/about/privacy"`) {
		t.Error(w.Code, w.Body)
	}
	if w := ask("POST", "/auth/login", "not-a-token", ""); w.Code != 422 || !strings.Contains(w.Body.String(), `href="#f-token"`) || strings.Contains(w.Body.String(), "not-a-token") {
		t.Error(w.Code, w.Body)
	}
	w := ask("POST", "/auth/login", d.Token("desk"), "")
	if w.Code != 303 || w.Header().Get("Location") != "/about/privacy" {
		t.Fatal(w.Code, w.Header())
	}
	c := w.Result().Cookies()[0]
	if body := ask("GET", "/", "", c.Name+"="+c.Value).Body.String(); !strings.Contains(body, `action="/auth/logout"`) || !strings.Contains(body, `href="/front/"`) || strings.Contains(body, `href="/staff/"`) {
		t.Error("a desk that is logged in sees", body)
	}
	for _, href := range regexp.MustCompile(`href="(/[^"#?]*)`).FindAllStringSubmatch(ask("GET", "/", "", "").Body.String(), -1) {
		if route := strings.TrimPrefix(href[1], "/"); !strings.HasPrefix(route, "assets/") && !anyService("GET /"+route) {
			t.Errorf("the first page leads to %s, which is no page", href[1])
		}
	}
	if body := ask("GET", "/", "", "").Body.String(); strings.Contains(body, `href="/front/"`) || !strings.Contains(body, `href="/auth/login?back=%2F"`) {
		t.Error("a citizen sees", body)
	}
}

// anyService reports whether some process or service has a page of this route.
func anyService(route string) bool {
	for service := range access.Table {
		for _, r := range []string{route, route + "{$}"} {
			if len(access.Grants(service, r)) > 0 {
				return true
			}
		}
	}
	return false
}
