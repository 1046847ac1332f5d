package pages_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/events/parsertest"
)

// Whatever a browser sends, it gets a page or is sent on to one of ours; nothing
// fails inside, and nothing that was sent becomes markup.
func FuzzPages(f *testing.F) {
	site, _ := town(f, nil)
	all, err := site.Pages()
	if err != nil {
		f.Fatal(err)
	}
	f.Add("POST", "lang=en", "name=x&key=k", "lotse-said=3.town.PHE; lotse-lang=en", "en;q=0.5, *", "application/x-www-form-urlencoded", "http://example.com/town/?a=<q")
	f.Add("GET", "lang=<q&at=-1", "", "lotse-said=3.other.!!!", "de-x-simple", "", "//evil.example/")
	f.Add("POST", "%zz", "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\n<q>\r\n--b--", "lotse-lang=de-simple", "\xff", "multipart/form-data; boundary=b", ":")
	f.Fuzz(func(t *testing.T, method, query, body, cookie, accept, contentType, referer string) {
		if method != http.MethodPost {
			method = http.MethodGet
		}
		parsertest.Bounded(t, len(query)+len(body)+len(cookie)+len(accept)+len(contentType)+len(referer)+64<<10, func() {
			r := httptest.NewRequest(method, "/town/", strings.NewReader(body))
			r.URL.RawQuery = query
			r.Header = http.Header{"Cookie": {cookie}, "Accept-Language": {accept}, "Content-Type": {contentType}, "Referer": {referer}}
			w := httptest.NewRecorder()
			all["/town/"].ServeHTTP(w, r)
			if w.Code >= 500 || w.Code == 303 && w.Header().Get("Location") != "/town/" {
				t.Errorf("%d to %q: %s", w.Code, w.Header().Get("Location"), w.Body)
			}
			if text := w.Body.String(); strings.Contains(text, "<q") || strings.Contains(text, `href="//`) {
				t.Errorf("what was sent is markup: %s", text)
			}
		})
	})
}
