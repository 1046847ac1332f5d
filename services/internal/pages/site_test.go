package pages_test

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
	"github.com/lotse-hamburg/lotse/services/internal/pages/pagestest"
	"github.com/lotse-hamburg/lotse/services/internal/problem"
)

var errTaken = errors.New("the slot <b>is taken</b>: choose another")

// fakeNode is a node whose position moves by hand.
type fakeNode struct {
	mu      sync.Mutex
	at      int64
	waited  int64
	changed chan struct{}
}

func (n *fakeNode) WaitFor(_ context.Context, p int64) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.waited = p
	return nil
}

func (n *fakeNode) Applied() int64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.at
}

func (n *fakeNode) Changed() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.changed
}

func (n *fakeNode) step() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.at++
	close(n.changed)
	n.changed = make(chan struct{})
}

var planner = access.Principal{Subject: "p", Roles: []access.Role{access.CentralPlanner}}

// town is a site with a page, its parts and a form.
func town(t testing.TB, parts func(*pages.Context) map[string]string) (*pages.Site, *fakeNode) {
	t.Helper()
	all := []access.Grant{{Role: access.Public}}
	access.Table["town"] = map[string][]access.Grant{"GET /town/{$}": all, "POST /town/{$}": all, "GET /town/live": all, "GET /town/broken": all,
		"GET /town/panic": all, "GET /town/plan": {{Role: access.CentralPlanner}}, "POST /town/plan": {{Role: access.CentralPlanner}}, "GET /town/list.csv": all}
	t.Cleanup(func() { delete(access.Table, "town") })
	node := &fakeNode{at: 7, changed: make(chan struct{})}
	site := pages.New(pages.Options{Service: "town", Node: node, Problems: problem.Table{{Err: errTaken, Status: http.StatusConflict, Type: "taken", De: "Der Termin ist <b>vergeben</b>: Wählen Sie einen anderen."}}})
	pack := site.Package(fstest.MapFS{
		"templates/town.html": {Data: []byte(`<h1 class="kern-heading-large">{{say "title"}}</h1>{{template "ui.errors" .}}<form method="post">{{template "ui.key" .}}{{template "ui.field" (field . "name" (say "name"))}}</form>{{template "news" .}}
{{define "news"}}<section {{live "news"}} aria-label="news">{{.Value "name"}}</section>{{end}}`)},
		"texts/de.yaml":        {Data: []byte("title: Stadt\nname: Name\ndone: \"Getan: {what}.\"\n")},
		"texts/en.yaml":        {Data: []byte("title: Town\nname: Name\ndone: \"Done: {what}.\"\n")},
		"texts/de-simple.yaml": {Data: []byte("title: Unsere Stadt\n")},
	})
	page := func(x *pages.Context, f *pages.Form) pages.Page {
		return pages.Page{Template: "town", Title: x.Say("title"), Data: f, Live: "/town/live", Parts: []string{"news"}}
	}
	show := func(x *pages.Context) error { return x.Show(page(x, x.NewForm("name", `<script>alert("x")</script>`))) }
	pack.Handle("GET /town/{$}", show)
	pack.Handle("GET /town/plan", show)
	pack.Handle("POST /town/plan", show)
	pack.Handle("GET /town/broken", func(*pages.Context) error { return errors.New("a secret of the inside") })
	pack.Handle("GET /town/panic", func(*pages.Context) error { panic("a secret of the inside") })
	pack.Handle("GET /town/list.csv", func(x *pages.Context) error { return x.File("li\"st.csv", "text/csv; charset=utf-8", []byte("a;b")) })
	pack.Handle("POST /town/{$}", func(x *pages.Context) error {
		f, err := x.Form()
		if err != nil {
			return err
		}
		if f.Required("name") == "taken" {
			return x.Again(f, errTaken, page(x, f))
		}
		if !f.OK() {
			return x.Again(f, nil, page(x, f))
		}
		return x.Redirect("/town/", x.Say("done", "what", f.Value("name")+f.Key), 12)
	})
	if parts != nil {
		pack.Live("GET /town/live", parts)
	}
	return site, node
}

func TestLanguages(t *testing.T) {
	site, _ := town(t, nil)
	b := pagestest.Open(t, site)
	for _, c := range []struct{ target, accept, cookie, html, title string }{
		{"/town/", "", "", "de", "Stadt"}, {"/town/", "en-US,en;q=0.9", "", "en", "Town"}, {"/town/", "fr", "", "de", "Stadt"},
		{"/town/?lang=en", "de", "", "en", "Town"}, {"/town/", "en", "lotse-lang=de-simple", "de-simple", "Unsere Stadt"},
		{"/town/?lang=de", "en", "lotse-lang=en", "de", "Stadt"}, {"/town/?lang=klingon", "de", "lotse-lang=xx", "de", "Stadt"}, {"/town/", "no;such=header=", "", "de", "Stadt"},
	} {
		w := b.Get(c.target, "Accept-Language", c.accept, "Cookie", c.cookie)
		if body := w.Body.String(); !strings.Contains(body, `<html lang="`+c.html+`"`) || !strings.Contains(body, `<h1 class="kern-heading-large">`+c.title+`<`) {
			t.Errorf("%+v: %.300s", c, body)
		}
	}
	if body := b.Get("/town/?day=2026-12-01&lang=de").Body.String(); !strings.Contains(body, `href="/town/?day=2026-12-01&amp;lang=en"`) {
		t.Error("the switch does not keep the address")
	}
}

func TestWhatIsWrittenIsEscaped(t *testing.T) {
	site, _ := town(t, nil)
	if body := pagestest.Open(t, site).Get("/town/").Body.String(); strings.Contains(body, `alert("x")`) || !strings.Contains(body, "&lt;script&gt;") {
		t.Error(body)
	}
}

func TestForms(t *testing.T) {
	site, node := town(t, nil)
	b := pagestest.Open(t, site)
	b.Lang = "en"
	w := b.Post("/town/", "name", " ", "key", "k-1")
	body := w.Body.String()
	if w.Code != 422 || !strings.Contains(body, `href="#f-name"`) || !strings.Contains(body, `aria-invalid="true"`) || !strings.Contains(body, "<title>Error: Town") || !strings.Contains(body, `value="k-1"`) {
		t.Error(w.Code, body)
	}
	if w := b.Post("/town/", "name", "taken"); w.Code != 409 || !strings.Contains(w.Body.String(), "&lt;b&gt;is taken") || !strings.Contains(w.Body.String(), `value="taken"`) {
		t.Error(w.Code, w.Body)
	}
	if w := b.Post("/town/", "name", strings.Repeat("x", pages.FormSize)); w.Code != 413 || !strings.Contains(w.Body.String(), "too much at once") {
		t.Error(w.Code, w.Body)
	}
	if w := b.Post("/town/", "name", strings.Repeat("x", pages.ValueSize+1)); w.Code != 422 {
		t.Error("a long value:", w.Code)
	}
	w = b.Post("/town/", "name", "x <i>", "key", "k-2")
	if w.Code != 303 || w.Header().Get("Location") != "/town/" || node.waited != 12 {
		t.Fatal(w.Code, w.Header(), node.waited)
	}
	node.waited = 0
	w = b.Get("/town/", "Cookie", pagestest.Position(w))
	if !strings.Contains(w.Body.String(), "Done: x &lt;i&gt;k-2.") || node.waited != 12 {
		t.Error("nothing was said, or nobody waited:", node.waited, w.Body)
	}
	if pagestest.Position(w) != "" || !strings.Contains(w.Header().Get("Set-Cookie"), "Max-Age=0") {
		t.Error("it is said again:", w.Header())
	}
	for _, bad := range []string{"lotse-said=x", "lotse-said=9.town.%%%", "lotse-said=-4.x.YQ", "lotse-said=9999999999999999999999.town.YQ"} {
		if w := b.Get("/town/", "Cookie", bad); w.Code != 200 {
			t.Error(bad, w.Code)
		}
	}
}

func TestWhoMayNotPass(t *testing.T) {
	site, _ := town(t, nil)
	b := pagestest.Open(t, site)
	if w := b.Get("/town/plan?x=1"); w.Code != 303 || w.Header().Get("Location") != "/auth/login?back=%2Ftown%2Fplan%3Fx%3D1" {
		t.Error(w.Code, w.Header())
	}
	if w := b.Post("/town/plan"); w.Code != 401 || !strings.Contains(w.Body.String(), "/auth/login?back=%2F") {
		t.Error("a form of whom we do not know:", w.Code, w.Body)
	}
	b.As = access.Principal{Subject: "a", Roles: []access.Role{access.Auditor}}
	if w := b.Get("/town/plan"); w.Code != 403 || !strings.Contains(w.Body.String(), "Ihre Rolle erlaubt das nicht") || !strings.Contains(w.Body.String(), "Diese Seite ist für: zentrale Planung.") {
		t.Error(w.Code, w.Body)
	}
	b.As = planner
	if w := b.Get("/town/plan"); w.Code != 200 {
		t.Error(w.Code)
	}
	for target, want := range map[string]int{"/town/none": 404, "/town/broken": 500, "/town/panic": 500} {
		w := b.Get(target)
		if w.Code != want || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
}

func TestHeadersAndCompression(t *testing.T) {
	site, _ := town(t, nil)
	b := pagestest.Open(t, site)
	w := b.Get("/town/", "HX-Request", "true", "HX-Target", "news", "Accept-Encoding", "br, gzip;q=0.5")
	if body := w.Body.String(); strings.Contains(body, "<html") || !strings.HasPrefix(body, `<section id="news" hx-get=""`) {
		t.Error("the part is", body)
	}
	w = b.Get("/town/", "HX-Request", "true", "Accept-Encoding", "gzip")
	z, err := gzip.NewReader(w.Body)
	if err != nil || w.Header().Get("Content-Encoding") != "gzip" {
		t.Fatal(err, w.Header())
	}
	if raw, err := io.ReadAll(z); err != nil || !strings.Contains(string(raw), "<html") {
		t.Error(err, string(raw))
	}
	for name, want := range map[string]string{"Content-Security-Policy": pages.Policy, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if w := b.Get("/town/list.csv"); w.Header().Get("Content-Disposition") != `attachment; filename="li-st.csv"` {
		t.Error(w.Header())
	}
}

func TestAssets(t *testing.T) {
	h := pages.NewHome(pages.HomeOptions{})
	b := pagestest.Open(t, h.Site)
	total := 0
	for _, name := range []string{"kern.css", "site.css", "site.js", "htmx-2.0.10.js", "htmx-sse-2.2.4.js", "idiomorph-0.8.0.js", "lotse.svg", "fira-sans-latin-400-normal.woff2", "fira-sans-latin-600-normal.woff2"} {
		w := b.Get(pages.AssetPath(name), "Accept-Encoding", "gzip")
		if w.Code != 200 || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Error(name, w.Code, w.Header())
		}
		total += w.Body.Len()
	}
	if total > 120<<10 {
		t.Errorf("a first load has %d bytes before the page itself", total)
	}
	if w := b.Get("/assets/000000000000/kern.css"); w.Code != 200 || w.Header().Get("Cache-Control") != "no-store" {
		t.Error("of another replica:", w.Code, w.Header())
	}
	if w := b.Get("/assets/000000000000/none.css"); w.Code != 404 {
		t.Error(w.Code)
	}
}

// TestLive has changes come faster than a reader is told of them.
func TestLive(t *testing.T) {
	var mu sync.Mutex
	asked := 0
	site, node := town(t, nil)
	version := func(x *pages.Context) map[string]string {
		mu.Lock()
		defer mu.Unlock()
		asked++
		return map[string]string{"news": time.Duration(node.Applied()).String(), "calm": "still"}
	}
	site.Package(nil).Live("GET /town/live", version)
	all, err := site.Pages()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(all["/town/"])
	t.Cleanup(server.Close) // after the readers have gone
	listen := func(at, last string) (*http.Response, chan string) {
		r, _ := http.NewRequestWithContext(t.Context(), "GET", server.URL+"/town/live?at="+at, nil)
		if last != "" {
			r.Header.Set("Last-Event-ID", last)
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = res.Body.Close() })
		told := make(chan string, 1000)
		go func() {
			defer close(told)
			buf := make([]byte, 4096)
			for {
				n, err := res.Body.Read(buf)
				if n > 0 {
					told <- string(buf[:n])
				}
				if err != nil {
					return
				}
			}
		}()
		return res, told
	}
	next := func(told chan string) string {
		select {
		case s := <-told:
			return s
		case <-time.After(10 * time.Second):
			t.Fatal("nothing came")
			return ""
		}
	}
	res, told := listen("7", "")
	if res.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatal(res.Header)
	}
	if s := next(told); strings.Contains(s, "event:") {
		t.Error("nothing has happened, and it says", s)
	}
	_, late := listen("3", "")
	if s := next(late); !strings.Contains(s, "event: news") || !strings.Contains(s, "event: calm") {
		t.Error("something has happened since, and it says", s)
	}
	_, again := listen("3", "7")
	if s := next(again); strings.Contains(s, "event:") {
		t.Error("the last event counts, and it says", s)
	}
	begun := time.Now()
	for range 200 {
		node.step()
	}
	count := 0
	for last := ""; !strings.Contains(last, "data: 207\n"); {
		last = next(told)
		count += strings.Count(last, "event: news")
		if strings.Contains(last, "calm") {
			t.Error("what stands still is told:", last)
		}
	}
	if most := 2 + int(time.Since(begun)/(400*time.Millisecond)); count > most {
		t.Errorf("%d times in %s", count, time.Since(begun))
	}
	mu.Lock()
	defer mu.Unlock()
	if asked > 20 {
		t.Errorf("the parts were looked at %d times for 200 changes and three readers", asked)
	}
}

// What readers see differently is not mixed, nobody waits for what others look at,
// and what somebody saw who has gone is not told to anybody else.
func TestLiveViewsAreApart(t *testing.T) {
	var mu sync.Mutex
	looks := map[string]int{}
	held, gone := make(chan struct{}), make(chan struct{})
	site, node := town(t, nil)
	site.Package(nil).Live("GET /town/live", func(x *pages.Context) map[string]string {
		switch x.Query("of") {
		case "slow":
			<-held
		case "brief":
			if x.R.Header.Get("Gone") != "" {
				close(gone)
				<-x.R.Context().Done()
				return map[string]string{"news": "too early"}
			}
		}
		mu.Lock()
		defer mu.Unlock()
		looks[x.Query("of")+x.Lang()]++
		return map[string]string{"news": x.Lang()}
	})
	all, err := site.Pages()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(all["/town/"])
	t.Cleanup(server.Close)
	ask := func(ctx context.Context, of string, header ...string) (*http.Response, error) {
		r, _ := http.NewRequestWithContext(ctx, "GET", server.URL+"/town/live?at=7&of="+of, nil)
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		return http.DefaultClient.Do(r)
	}
	hello := func(of string, header ...string) {
		t.Helper()
		ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
		t.Cleanup(stop)
		res, err := ask(ctx, of, header...)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = res.Body.Close() })
		if _, err := res.Body.Read(make([]byte, 100)); err != nil {
			t.Fatal(of, header, err)
		}
	}
	go func() {
		if res, err := ask(t.Context(), "slow"); err == nil {
			_ = res.Body.Close()
		}
	}()
	hello("x", "Accept-Language", "de") // while the slow one is looked at
	hello("x", "Accept-Language", "en")
	hello("x", "Accept-Language", "en")
	close(held)
	leaving, leave := context.WithCancel(t.Context())
	left := make(chan struct{})
	go func() {
		defer close(left)
		if res, err := ask(leaving, "brief", "Gone", "yes"); err == nil {
			_ = res.Body.Close()
		}
	}()
	<-gone
	leave()
	<-left
	hello("brief")
	mu.Lock()
	defer mu.Unlock()
	if looks["xde"] != 1 || looks["xen"] != 1 || looks["briefde"] != 1 || node.Applied() != 7 {
		t.Errorf("looks of the same position: %v", looks)
	}
}

func TestDatesAreReadAsOneWritesThem(t *testing.T) {
	for text, want := range map[string]string{"2026-12-01": "2026-12-01", "1.12.2026": "2026-12-01", "01.12.26": "2026-12-01", "1. 12. 2026": "2026-12-01",
		"29.2.2028": "2028-02-29", "29.2.2026": "", "1.12.2026x": "", "1.12.": "", "1.13.2026": "", "0.1.2026": "", "1.12.202": ""} {
		x := &pages.Context{Speaker: pages.NewSpeaker(pages.German, time.UTC)}
		f := x.NewForm("on", text)
		d := f.Day("on")
		if f.OK() != (want != "") || f.OK() && d.String() != want {
			t.Errorf("%q is read as %s: %v", text, d, f.Problems)
		}
	}
}
