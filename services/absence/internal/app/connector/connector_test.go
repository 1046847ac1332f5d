package connector

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A token is asked for once, with the client's secret, and again when the source
// does not take it any more; errors tell nothing of what was answered.
func TestClientCredentials(t *testing.T) {
	issued, good := 0, "token-1"
	refuse := false
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		id, secret, ok := r.BasicAuth()
		if refuse || !ok || id != "lotse" || secret != "s3cret-of-the-client" || r.FormValue("grant_type") != "client_credentials" || r.FormValue("scope") != "absences:read" {
			http.Error(w, `{"error":"invalid_client","error_description":"geheim"}`, http.StatusUnauthorized)
			return
		}
		issued++
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"access_token":"token-%d","token_type":"Bearer","expires_in":3600}`, issued)
	})
	mux.HandleFunc("GET /absences/{id}", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+good {
			http.Error(w, "no", http.StatusUnauthorized)
			return
		}
		_, _ = fmt.Fprintf(w, `{"id":%q}`, r.PathValue("id"))
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	dir := t.TempDir()
	for name, text := range map[string]string{"secret": "s3cret-of-the-client\n", "hr.json": `{"url":"` + server.URL + `/absences/{id}","oauth":{"token_url":"` + server.URL +
		`/token","client_id":"lotse","scopes":["absences:read"],"secret_file":"` + filepath.Join(dir, "secret") + `"}}`} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	fetch := func() error {
		body, found, err := c.Fetch(context.Background(), "hr", "A-1", "")
		if err == nil && (!found || string(body) != `{"id":"A-1"}`) {
			t.Fatalf("%s %v", body, found)
		}
		return err
	}
	for range 3 {
		if err := fetch(); err != nil || issued != 1 {
			t.Fatalf("%v, %d tokens", err, issued)
		}
	}
	good = "token-2"
	if err := fetch(); err == nil {
		t.Fatal("a token that is not taken any more")
	}
	if err := fetch(); err != nil || issued != 2 {
		t.Fatalf("%v, %d tokens", err, issued)
	}
	good, refuse = "token-3", true
	_ = fetch()
	if err := fetch(); err == nil || strings.Contains(err.Error(), "geheim") || strings.Contains(err.Error(), "s3cret") {
		t.Fatalf("%v", err)
	}
}
