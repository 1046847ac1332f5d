package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReportsAreWritten(t *testing.T) {
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path+" "+r.Header.Get("Accept-Language"))
		switch {
		case r.URL.Path == "/promise/data.json":
			_, _ = w.Write([]byte(`{"districts":{"nord":"Hamburg-Nord","altona":"Altona"}}`))
		case strings.HasPrefix(r.URL.Path, "/promise/reports/altona/2026-11"), strings.HasPrefix(r.URL.Path, "/promise/reports/nord/2026-11"):
			_, _ = w.Write([]byte("report of " + r.URL.Path))
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	dir := filepath.Join(t.TempDir(), "reports")
	code, out, errs := call(t, "", "report", "--server", server.URL, "--month", "2026-11", "--lang", "en", "--out", dir, "--json")
	if code != 0 {
		t.Fatalf("%d %s %s", code, out, errs)
	}
	var told reported
	if err := json.Unmarshal([]byte(out), &told); err != nil || len(told.Files) != 6 {
		t.Fatalf("%v %s", err, out)
	}
	for file, want := range map[string]string{"lotse-altona-2026-11.html": "report of /promise/reports/altona/2026-11", "lotse-nord-2026-11.pdf": "report of /promise/reports/nord/2026-11.pdf"} {
		if got, err := os.ReadFile(filepath.Join(dir, file)); err != nil || string(got) != want {
			t.Errorf("%s: %q %v", file, got, err)
		}
	}
	if asked[1] != "/promise/reports/altona/2026-11 en" {
		t.Errorf("asked %q", asked)
	}
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--month", "2026-13"}, 2, "write it as 2026-11"},
		{[]string{"--format", "doc"}, 2, "html, pdf, csv"},
		{[]string{"--lang", "fr"}, 2, "de or en"},
		{[]string{"--month", "2026-10"}, 3, "there is no report of 2026-10 for altona"},
	} {
		code, _, errs := call(t, "", append([]string{"report", "--server", server.URL, "--out", dir}, c.args...)...)
		if code != c.code || !strings.Contains(errs, c.want) {
			t.Errorf("%v: %d %s", c.args, code, errs)
		}
	}
}
