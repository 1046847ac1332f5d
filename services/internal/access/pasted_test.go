package access_test

import (
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/access"
)

// TestATokenIsPasted logs in and out with a development token, as a browser does.
func TestATokenIsPasted(t *testing.T) {
	dir := t.TempDir()
	d, err := access.OpenDevelopment(dir, "127.0.0.1:0", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	process := func() http.Handler {
		s, err := d.Sessions(time.Now)
		if err != nil {
			t.Fatal(err)
		}
		s.Pages(func(w http.ResponseWriter, _ *http.Request, back string, refused error) {
			if refused != nil {
				w.WriteHeader(http.StatusUnprocessableEntity)
			}
			_, _ = w.Write([]byte("paste " + back))
		}, nil)
		front, err := access.NewFront(access.Options{Tokens: []access.Tokens{d}})
		if err != nil {
			t.Fatal(err)
		}
		mux := http.NewServeMux()
		for pattern, serve := range s.Routes() {
			mux.HandleFunc(pattern, serve)
		}
		return front.Using(s).Wrap(access.Gate{Service: access.Process}.Wrap(mux))
	}
	h := process()
	send := func(method, target, form string, cookie *http.Cookie, site string) *http.Response {
		r := httptest.NewRequest(method, target, strings.NewReader(form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", site)
		if cookie != nil {
			r.AddCookie(cookie)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Result()
	}
	form := func(token, back string) string { return url.Values{"token": {token}, "back": {back}}.Encode() }
	token := d.Token("central-planner")
	if res := send("GET", "/auth/login?back=https://evil.example/", "", nil, "none"); res.StatusCode != 200 {
		t.Fatal(res.Status)
	}
	if res := send("POST", "/auth/login", form("wrong", "/desk/"), nil, "same-origin"); res.StatusCode != 422 || len(res.Cookies()) != 0 {
		t.Error("a wrong token:", res.Status, res.Cookies())
	}
	if res := send("POST", "/auth/login", form(token, "/desk/"), nil, "cross-site"); res.StatusCode != 403 || len(res.Cookies()) != 0 {
		t.Error("from another page:", res.Status, res.Cookies())
	}
	if res := send("POST", "/auth/login", form(token, "//evil.example/"), nil, "same-origin"); res.Header.Get("Location") != "/" {
		t.Error("it leads to", res.Header.Get("Location"))
	}
	res := send("POST", "/auth/login", form(" "+token+"\n", "/desk/?x=1"), nil, "same-origin")
	if res.StatusCode != 303 || res.Header.Get("Location") != "/desk/?x=1" || len(res.Cookies()) != 1 {
		t.Fatal(res.Status, res.Header)
	}
	c := res.Cookies()[0]
	if !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || strings.Contains(c.Value, token) {
		t.Error("the cookie:", c)
	}
	h = process() // the key is kept
	if res := send("GET", "/auth/me", "", c, "same-origin"); res.StatusCode != 200 {
		t.Error("after a restart:", res.Status)
	}
	if res := send("POST", "/auth/logout", "", c, "cross-site"); res.StatusCode != 403 {
		t.Error("others log out:", res.Status)
	}
	if res := send("POST", "/auth/logout", "", c, "same-origin"); res.StatusCode != 303 || res.Cookies()[0].MaxAge >= 0 {
		t.Error("log-out:", res.Status)
	}
	if res := send("GET", "/auth/me", "", c, "same-origin"); res.StatusCode != 401 {
		t.Error("after the log-out:", res.Status)
	}
}
