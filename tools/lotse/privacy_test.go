package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/services/allinone"
	"github.com/lotse-hamburg/lotse/services/booking"
)

func says(t *testing.T, want int, in string, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(context.Background(), args, strings.NewReader(in), &out, &errs); code != want {
		t.Fatalf("lotse %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), code, want, &out, &errs)
	}
	return out.String() + errs.String()
}

// HR gets the column, and the key that was made stays.
func TestPseudonym(t *testing.T) {
	key := filepath.Join(t.TempDir(), "staff.key")
	says(t, 0, "", "pseudonym", "--new-key", key)
	says(t, 1, "", "pseudonym", "--new-key", key)
	says(t, 2, "", "pseudonym")
	table := "\xef\xbb\xbfName;Personalnummer\nErika;4711\nHans;4712\nErika;4711\n"
	out := says(t, 0, table, "pseudonym", "--key", key, "--column", "Personalnummer")
	rows := strings.Split(strings.TrimSpace(out), "\n")
	if len(rows) != 4 || rows[0] != "Name;Personalnummer;pseudonym" || !strings.HasPrefix(rows[1], "Erika;4711;p-") || rows[1] != rows[3] || rows[1][10:] == rows[2][9:] {
		t.Fatalf("%q", rows)
	}
	says(t, 1, table, "pseudonym", "--key", key)
}

// A citizen is forgotten by a Lotse that runs, and on the data folder of one that
// does not; keys are changed in between.
func TestForgetAndRotate(t *testing.T) {
	dir := t.TempDir()
	list := filepath.Join(t.TempDir(), "forgotten.txt")
	cfg := allinone.Config{Data: dir, HTTP: "127.0.0.1:0", NATS: "127.0.0.1:0"}
	city, err := allinone.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	out := says(t, 0, "", "forget", "--email", "nobody@example.org", "--server", city.URL(), "--data", dir, "--list", list)
	if !strings.Contains(out, "Nobody") {
		t.Fatal(out)
	}
	if out := says(t, 0, "", "rotate-keys", "--server", city.URL(), "--data", dir); !strings.Contains(out, "key 1 wraps all") {
		t.Fatal(out)
	}
	res, err := http.Post(city.URL()+"/booking/v1/forget", "application/json", strings.NewReader(`{"ids":["x"]}`))
	if err != nil || res.StatusCode != http.StatusUnauthorized {
		t.Fatalf("a stranger may forget: %v %v", res, err)
	}
	_ = res.Body.Close()
	if err := city.Close(); err != nil {
		t.Fatal(err)
	}
	var rotated booking.Rotated
	if err := json.Unmarshal([]byte(says(t, 0, "", "rotate-keys", "--data", dir, "--add", "--retire", "--json")), &rotated); err != nil || rotated.Newest != "2" || len(rotated.Retired) != 1 {
		t.Fatalf("%+v %v", rotated, err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "booking.kek")); err != nil || !strings.HasPrefix(string(text), "2 ") || strings.Count(string(text), "\n") != 1 {
		t.Fatalf("key file %s, %v", text, err)
	}
	if err := os.WriteFile(list, []byte("contact/unknown\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := says(t, 0, "", "forget", "--again", list, "--data", dir); !strings.Contains(out, "0 keys") {
		t.Fatal(out)
	}
	var f forgot
	if err := json.Unmarshal([]byte(says(t, 0, "", "forget", "unknown", "--data", dir, "--list", list, "--json")), &f); err != nil || !f.Clean || len(f.Searched) < 3 {
		t.Fatalf("%+v %v", f, err)
	}
	says(t, 2, "", "forget")
	says(t, 1, "", "forget", "x", "--data", t.TempDir())
	says(t, 1, "", "rotate-keys", "--add", "--data", t.TempDir())
	if city, err = allinone.Start(t.Context(), cfg); err != nil { // it lives on under the new key
		t.Fatal(err)
	}
	if err := city.Close(); err != nil {
		t.Fatal(err)
	}
}
