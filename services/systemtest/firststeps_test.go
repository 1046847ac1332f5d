package systemtest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/services/allinone"
)

// What somebody does first to a Lotse that they have just started.
func TestFirstSteps(t *testing.T) {
	w := start(t, allinone.Config{})
	ask := func(method, path, signature, body string) (int, string) {
		t.Helper()
		r, err := http.NewRequest(method, w.url(path), strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		if signature != "" {
			r.Header.Set("X-Frappe-Webhook-Signature", signature)
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		text, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(text)
	}
	if status, text := ask("GET", "/", "", ""); status != 200 || !strings.Contains(text, `href="/book/"`) {
		t.Errorf("the address as it is printed answers %d %s", status, text)
	}
	if status, text := ask("GET", "/nothing", "", ""); status != 404 || !strings.Contains(text, "problems/no-such-path") {
		t.Errorf("an address where nothing is answers %d %s", status, text)
	}
	if status, text := ask("POST", "/booking/v1/holds", "", "{}"); status != 422 || !strings.Contains(text, `"en":"the request is not valid: see errors"`) {
		t.Errorf("a command without fields answers %d %s", status, text)
	}
	secret := "a secret that came after the start"
	if err := os.WriteFile(filepath.Join(w.cfg.Data, "webhook-secrets", "frappe"), []byte(secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	body := `{"name":"HR-LAP-1","doctype":"Leave Application","employee":"e-1","from_date":"2026-12-01","to_date":"2026-12-03","half_day":0,
"status":"Approved","docstatus":1,"creation":"2026-11-01 08:00:00.000000","modified":"2026-11-01 08:00:00.000000","amended_from":null}`
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	if status, text := ask("POST", "/absence/v1/hr/frappe/webhooks/frappe", base64.StdEncoding.EncodeToString(mac.Sum(nil)), body); status/100 != 2 || !strings.Contains(text, "recorded") {
		t.Errorf("a webhook whose secret came after the start: %d %s", status, text)
	}
}
