package pages

import (
	"crypto/tls"
	"net/http/httptest"
	"testing"
)

// A gateway that ends TLS before us must not make cookies go unencrypted.
func TestCookiesKeepToTLS(t *testing.T) {
	for name, c := range map[string]struct {
		tls  bool
		said string
		want bool
	}{"plain": {}, "with us": {tls: true, want: true}, "with the gateway": {said: "https", want: true}, "the gateway has none": {said: "http"}} {
		r := httptest.NewRequest("GET", "/?lang=en", nil)
		if c.tls {
			r.TLS = &tls.ConnectionState{}
		}
		if c.said != "" {
			r.Header.Set("X-Forwarded-Proto", c.said)
		}
		w := httptest.NewRecorder()
		tongue(w, r)
		x := &Context{W: w, R: r, site: New(Options{})}
		x.leave("said", 1)
		all := w.Result().Cookies()
		if len(all) != 2 {
			t.Fatal(all)
		}
		for _, k := range all {
			if k.Secure != c.want || !k.HttpOnly {
				t.Errorf("%s: %s", name, k)
			}
		}
	}
}
