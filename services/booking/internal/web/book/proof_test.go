package book

import (
	"net/http/httptest"
	"testing"
)

// What proves that an appointment is somebody's goes to its own pages only, to no
// script, and not without TLS where a gateway has that.
func TestProofsAreKeptClose(t *testing.T) {
	r := httptest.NewRequest("GET", "/booking/v1/links/altona.2026-12-01.0f/secret/cancel", nil)
	r.Header.Set("X-Forwarded-Proto", "https")
	w := httptest.NewRecorder()
	Proven(w, r, "altona.2026-12-01.0f", "secret", "cancel")
	all := w.Result().Cookies()
	if len(all) != 1 || !all[0].Secure || !all[0].HttpOnly || all[0].Path != "/book/appointment/altona.2026-12-01.0f" || w.Header().Get("Location") != "/book/appointment/altona.2026-12-01.0f/cancel" {
		t.Fatal(all, w.Header())
	}
	for _, strange := range []string{"../../desk", "a/b", "a b", "a;b", "", "a\r\nb"} {
		w := httptest.NewRecorder()
		Proven(w, r, strange, "secret", "cancel")
		if len(w.Result().Cookies()) != 0 || w.Header().Get("Location") != "/book/appointment" {
			t.Errorf("%q: %v", strange, w.Header())
		}
	}
}
