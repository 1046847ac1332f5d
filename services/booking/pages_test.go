package booking

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
)

// The pages behind links obey what is said of pages: no scripts, no style but
// their own, in no frame, kept by nobody, and their address goes nowhere.
func TestLinkPagesSayWhatBrowsersMustNotDo(t *testing.T) {
	w := newWorld(t, nil).city()
	rec, _ := w.from("192.0.2.1", "GET", "/v1/links/x/y/opt-in", "", "Accept", "text/html")
	h := rec.Header()
	for header, must := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "X-Robots-Tag": "noindex"} {
		if h.Get(header) != must {
			t.Errorf("%s: %q", header, h.Get(header))
		}
	}
	csp := h.Values("Content-Security-Policy")
	if len(csp) != 1 || strings.Contains(csp[0], "unsafe") || strings.Contains(csp[0], "script-src") {
		t.Fatalf("%q", csp)
	}
	_, rest, _ := strings.Cut(rec.Body.String(), "<style>")
	style, _, ok := strings.Cut(rest, "</style>")
	sum := sha256.Sum256([]byte(style))
	for _, must := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'", "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"} {
		if !strings.Contains(csp[0], must) {
			t.Errorf("%q misses %s", csp[0], must)
		}
	}
	if page := rec.Body.String(); !ok || strings.Contains(page, "<script") || strings.Contains(page, " style=") || strings.Contains(page, " onclick") {
		t.Error("scripts or styles in the page")
	}
}
