package booking

import (
	"net/http"
	"strings"
	"testing"
)

// A link of a letter leads on at once: its secret stands in no page's address, is kept
// by nobody on the way, and goes to nobody else.
func TestLinksOfLettersLeadOn(t *testing.T) {
	w := newWorld(t, nil).city()
	for what, to := range map[string]string{"show": "/book/appointment/altona.2026-12-01.00", "cancel": "/book/appointment/altona.2026-12-01.00/cancel", "earlier": "/book/waiting/altona.2026-12-01.00/earlier",
		"take?hold=x.y": "/book/appointment/altona.2026-12-01.00/take?hold=x.y", "nonsense": "/book/appointment"} {
		rec, _ := w.from("192.0.2.1", "GET", "/v1/links/altona.2026-12-01.00/SECRET/"+what, "", "Accept", "text/html")
		h := rec.Header()
		for header, must := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "X-Robots-Tag": "noindex", "Location": to} {
			if h.Get(header) != must {
				t.Errorf("%s: %s is %q", what, header, h.Get(header))
			}
		}
		if rec.Code != http.StatusSeeOther {
			t.Errorf("%s: %d", what, rec.Code)
		}
		path, _, _ := strings.Cut(strings.TrimSuffix(to, "/"+what), "?")
		path = strings.TrimSuffix(path, "/take")
		if c := h.Get("Set-Cookie"); what != "nonsense" && (!strings.HasPrefix(c, "lotse-proof=SECRET; Path="+path+";") || !strings.Contains(c, "HttpOnly") || !strings.Contains(c, "SameSite=Lax")) {
			t.Errorf("%s: %q", what, c)
		}
	}
	rec, _ := w.from("192.0.2.1", "GET", "/v1/links/a%0d%0aSet-Cookie:%20x/y/show", "", "Accept", "text/html")
	if rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != "/book/appointment" || rec.Header().Get("Set-Cookie") != "" {
		t.Errorf("%d %v", rec.Code, rec.Header())
	}
}
