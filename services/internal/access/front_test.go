package access_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/access/accesstest"
)

// who answers with the principal.
var who = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	p := access.Of(r.Context())
	_, _ = fmt.Fprintf(w, "%s %v %s", p.Subject, p.Roles, p.From())
})

func front(t *testing.T, o access.Options) http.Handler {
	t.Helper()
	f, err := access.NewFront(o)
	if err != nil {
		t.Fatal(err)
	}
	return f.Wrap(who)
}

func ask(h http.Handler, method, target string, header ...string) *httptest.ResponseRecorder {
	r, rec := httptest.NewRequest(method, target, nil), httptest.NewRecorder()
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	h.ServeHTTP(rec, r)
	return rec
}

func list(t *testing.T, lines ...string) *access.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tokens")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := access.OpenFile(path, time.Now, func(error) {})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func hash(token string) string { return fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(token))) }

func TestWhoAsks(t *testing.T) {
	h := front(t, access.Options{Tokens: []access.Tokens{list(t, "# machines", "", hash("secret")+" scraper monitor", hash("desk")+" d1 desk centres=altona,mitte")},
		Proxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}})
	for _, c := range []struct {
		name, target string
		header       []string
		status       int
		want         string
	}{
		{"nobody", "/", nil, 200, " [] "},
		{"a token", "/", []string{"Authorization", "Bearer secret"}, 200, "scraper [monitor] token 192.0.2.0/24"},
		{"in small letters", "/", []string{"Authorization", "bearer secret"}, 200, "scraper [monitor] token 192.0.2.0/24"},
		{"behind a gateway", "/", []string{"Authorization", "Bearer secret", "X-Forwarded-For", "1.2.3.4, 2001:db8:1:2:3::4"}, 200, "scraper [monitor] token 2001:db8:1::/48"},
		{"another scheme is somebody else's", "/", []string{"Authorization", "Basic c2VjcmV0"}, 200, " [] "},
		{"a wrong token", "/", []string{"Authorization", "Bearer guess"}, 401, "token-invalid"},
		{"no token after all", "/", []string{"Authorization", "Bearer "}, 401, "token-invalid"},
		{"two tokens", "/", []string{"Authorization", "Bearer secret", "Authorization", "Bearer desk"}, 401, "token-invalid"},
		{"the hash", "/", []string{"Authorization", "Bearer " + hash("secret")[7:]}, 401, "token-invalid"},
		{"in the address", "/?access_token=secret", nil, 401, "token-in-address"},
		{"in the address, escaped", "/?access%5Ftoken=secret&x=token", nil, 401, "token-in-address"},
		{"a cookie of nobody", "/", []string{"Cookie", "__Host-lotse=secret"}, 200, " [] "},
		{"another origin changes", "POST /", []string{"Origin", "https://evil.example"}, 403, "cross-origin"},
		{"another site changes, with a token", "POST /", []string{"Sec-Fetch-Site", "cross-site", "Authorization", "Bearer secret"}, 403, "cross-origin"},
		{"a sister changes", "POST /", []string{"Sec-Fetch-Site", "same-site"}, 403, "cross-origin"},
		{"another site reads", "/", []string{"Sec-Fetch-Site", "cross-site"}, 200, " [] "},
		{"a page of ours", "POST /", []string{"Sec-Fetch-Site", "same-origin"}, 200, " [] "},
		{"no browser", "POST /", nil, 200, " [] "},
	} {
		method, target, two := strings.Cut(c.target, " ")
		if !two {
			method, target = http.MethodGet, c.target
		}
		rec := ask(h, method, target, c.header...)
		if rec.Code != c.status || !strings.Contains(rec.Body.String(), c.want) {
			t.Errorf("%s: %d %s", c.name, rec.Code, rec.Body)
		}
		if c.status == 401 && rec.Header().Get("WWW-Authenticate") == "" {
			t.Errorf("%s: does not say how", c.name)
		}
	}
}

func TestListsThatCannotBeUsed(t *testing.T) {
	for line, want := range map[string]string{
		"token scraper monitor":                         "must not stand in the file",
		"sha256:abc scraper monitor":                    "64 hex digits",
		hash("x") + " scraper":                          "line 1",
		hash("x") + " scraper boss":                     `role "boss"`,
		hash("x") + " scraper public":                   `role "public"`,
		hash("x") + " d desk centre=altona":             "write districts=, centres= or sources=",
		hash("x") + " d district-planner districts=a,":  "write districts=, centres= or sources=",
		"cert: d desk":                                  "needs a name",
		hash("x") + " a auditor\n" + hash("y") + " b x": "line 2",
	} {
		path := filepath.Join(t.TempDir(), "tokens")
		if err := os.WriteFile(path, []byte(line), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := access.OpenFile(path, time.Now, func(error) {}); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), hash("x")[7:]) {
			t.Errorf("%q: %v", line, err)
		}
	}
}

// A token that is taken off the list ends within a second; a list that cannot be
// read leaves things as they are.
func TestAListIsReadAgain(t *testing.T) {
	path, c, told := filepath.Join(t.TempDir(), "tokens"), newClock(), 0
	put := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c.pass(2 * time.Second)
	}
	put(hash("a") + " a auditor")
	f, err := access.OpenFile(path, c.now, func(error) { told++ })
	if err != nil {
		t.Fatal(err)
	}
	knows := func(token string) bool { _, err := f.Bearer(context.Background(), token); return err == nil }
	if !knows("a") || knows("bb") {
		t.Fatal("the first list")
	}
	put(hash("bb") + " bb auditor")
	if knows("a") || !knows("bb") {
		t.Fatal("the second list")
	}
	put("nonsense")
	if !knows("bb") || told == 0 {
		t.Fatal("a list that cannot be read", told)
	}
}

func TestDevelopmentTokens(t *testing.T) {
	dir := t.TempDir()
	for _, outside := range []string{"0.0.0.0:8080", ":8080", "[::]:8080", "192.0.2.1:80", "lotse.example:80", ""} {
		if _, err := access.OpenDevelopment(dir, outside, strings.NewReader(strings.Repeat("x", 1000))); err == nil {
			t.Errorf("served on %q", outside)
		}
	}
	d, err := access.OpenDevelopment(dir, "127.0.0.1:0", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(d.Path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatal(info.Mode(), err)
	}
	again, err := access.OpenDevelopment(dir, "localhost:80", strings.NewReader(""))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range access.Developers() {
		p, err := again.Bearer(t.Context(), d.Token(name))
		if err != nil || !p.Known() || name != access.All && (len(p.Roles) != 1 || string(p.Roles[0]) != name) {
			t.Errorf("%s: %+v %v", name, p, err)
		}
	}
	if _, err := d.Bearer(t.Context(), ""); err == nil {
		t.Error("nothing is a token")
	}
}

// TestSessions logs in as a browser does.
func TestSessions(t *testing.T) {
	idp, c := accesstest.NewProvider(t), newClock()
	idp.LogIn = accesstest.Claims{"sub": "p-7", "realm_access": map[string]any{"roles": []string{"district-planner"}}, "lotse_districts": []string{"altona"}}
	p := provider(t, idp, c)
	mux := http.NewServeMux()
	server := httptest.NewTLSServer(mux)
	defer server.Close()
	s, err := access.NewSessions(access.SessionOptions{Provider: p, ClientID: "desk-pages", URL: server.URL, Key: []byte(strings.Repeat("k", 32)), Life: time.Hour, Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	f, err := access.NewFront(access.Options{Sessions: s})
	if err != nil {
		t.Fatal(err)
	}
	for pattern, h := range s.Routes() {
		mux.Handle(pattern, f.Wrap(h))
	}
	mux.Handle("/", f.Wrap(who))
	browser := func() *http.Client {
		jar, _ := cookiejar.New(nil)
		b := *server.Client()
		b.Jar = jar
		return &b
	}
	b := browser()
	get := func(b *http.Client, method, path string, header ...string) (int, string, http.Header) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		res, err := b.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		var body strings.Builder
		buf := make([]byte, 4096)
		for {
			n, err := res.Body.Read(buf)
			body.Write(buf[:n])
			if err != nil {
				break
			}
		}
		return res.StatusCode, body.String(), res.Header
	}
	if status, body, _ := get(b, "GET", "/auth/login?back=/plan"); status != 200 || !strings.HasPrefix(body, "p-7 [district-planner] session") {
		t.Fatalf("%d %s", status, body)
	}
	at, _ := url.Parse(server.URL)
	if all := b.Jar.Cookies(at); len(all) != 1 || all[0].Name != "__Host-lotse" || strings.Contains(all[0].Value, "p-7") {
		t.Fatalf("%v", all)
	}
	var me access.Principal
	if _, body, h := get(b, "GET", "/auth/me"); json.Unmarshal([]byte(body), &me) != nil || me.Subject != "p-7" || h.Get("Cache-Control") != "no-store" {
		t.Fatal(body)
	}
	// CSRF
	for name, c := range map[string]struct {
		header []string
		status int
	}{
		"says nothing of itself": {nil, 403}, "another site": {[]string{"Sec-Fetch-Site", "cross-site"}, 403}, "another origin": {[]string{"Origin", "https://evil.example"}, 403},
		"a form in a frame": {[]string{"Origin", "null"}, 403}, "ours": {[]string{"Sec-Fetch-Site", "same-origin"}, 200}, "ours, an old browser": {[]string{"Origin", server.URL}, 200},
	} {
		if status, body, _ := get(b, "POST", "/v1/x", c.header...); status != c.status {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	// What is not ours.
	cookie := b.Jar.Cookies(at)[0]
	for name, value := range map[string]string{"changed": cookie.Value[:len(cookie.Value)-4] + "AAAA", "cut": cookie.Value[:20], "plain": `{"p":{"sub":"x","roles":["operator"]}}`, "empty": ""} {
		if _, body, _ := get(server.Client(), "GET", "/", "Cookie", "__Host-lotse="+value); strings.Contains(body, "planner") || strings.Contains(body, "operator") {
			t.Errorf("%s: %s", name, body)
		}
	}
	stolen := "__Host-lotse-login=" + cookie.Value
	if status, _, _ := get(server.Client(), "GET", "/auth/callback?code=x&state=", "Cookie", stolen); status != 401 {
		t.Errorf("a session as a log-in: %d", status)
	}
	if status, _, _ := get(browser(), "GET", "/auth/callback?code=code-0&state=guess"); status != 401 {
		t.Errorf("a log-in that was not begun here: %d", status)
	}
	for _, back := range []string{"https://evil.example", "//evil.example", "/\\evil.example", "evil"} {
		if status, body, _ := get(browser(), "GET", "/auth/login?back="+url.QueryEscape(back)); status != 200 || !strings.HasPrefix(body, "p-7") {
			t.Errorf("led away to %s: %d", back, status)
		}
	}
	// Log-out ends the session, also for who has kept the cookie.
	if status, _, _ := get(b, "POST", "/auth/logout", "Sec-Fetch-Site", "same-origin"); status != 200 {
		t.Error("log-out", status)
	}
	if _, body, _ := get(server.Client(), "GET", "/", "Cookie", cookie.Name+"="+cookie.Value); strings.Contains(body, "p-7") {
		t.Error("the cookie outlives the log-out")
	}
	get(b, "GET", "/auth/login")
	c.pass(61 * time.Minute)
	if _, body, _ := get(b, "GET", "/"); strings.Contains(body, "p-7") {
		t.Error("the session outlives its life")
	}
}

func TestCookiesAreStrict(t *testing.T) {
	idp, c := accesstest.NewProvider(t), newClock()
	s, err := access.NewSessions(access.SessionOptions{Provider: provider(t, idp, c), ClientID: "x", URL: "https://lotse.example", Key: make([]byte, 32), Life: time.Hour, Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	rec := ask(s.Routes()["GET /auth/login"], "GET", "/auth/login")
	set := rec.Header().Get("Set-Cookie")
	for _, must := range []string{"__Host-", "Path=/", "Secure", "HttpOnly", "SameSite=Lax", "Max-Age=600"} {
		if !strings.Contains(set, must) {
			t.Errorf("%s misses %s", set, must)
		}
	}
	if to := rec.Header().Get("Location"); rec.Code != 303 || !strings.Contains(to, "code_challenge_method=S256") || !strings.Contains(to, "nonce=") || rec.Header().Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("%d %v", rec.Code, rec.Header())
	}
	for field, o := range map[string]access.SessionOptions{
		"LOTSE_SESSION_KEY_FILE": {URL: "https://a.example", Life: time.Hour, Key: make([]byte, 16)}, "LOTSE_SESSION_LIFE": {URL: "https://a.example", Key: make([]byte, 32)},
		"LOTSE_SESSION_URL": {URL: "http://a.example", Life: time.Hour, Key: make([]byte, 32)},
	} {
		if _, err := access.NewSessions(o); err == nil || !strings.HasPrefix(err.Error(), field) {
			t.Errorf("%s: %v", field, err)
		}
	}
}
