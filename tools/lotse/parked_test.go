package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/lotse-hamburg/lotse/services/allinone"
	"github.com/lotse-hamburg/lotse/tools/demo"
)

// What HR said wrongly over the bus is listed, shown, fixed and discarded from
// the command line, and the audit tells who did it.
func TestParkedAndAuditOfARunningCity(t *testing.T) {
	data := t.TempDir()
	city, err := allinone.Start(t.Context(), allinone.Config{Data: data, HTTP: "127.0.0.1:0", NATS: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := city.Close(); err != nil {
			t.Error(err)
		}
	}()
	nc, err := nats.Connect(city.NATSURL()) // without credentials, as on anybody's machine
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	for i, body := range []string{
		`{"absence_id":"A-1","employee":"e-1","revision":1,"from":"2026-12-05","until":"2026-12-01","reason":"Grippe"}`,
		`{"absence_id":"A-2","employee":"e-2","revision":1,"from":"2026-12-32"}`,
	} {
		note := demo.Note{ID: []string{"m-1", "m-2"}[i], Kind: "reported", Body: []byte(body)}
		r, err := demo.Send(nc, "sap", note, 10*time.Second)
		for deadline := time.After(20 * time.Second); errors.Is(err, nats.ErrNoResponders); { // absence has not subscribed yet
			select {
			case <-deadline:
				t.Fatal(err)
			case <-time.After(10 * time.Millisecond):
				r, err = demo.Send(nc, "sap", note, 10*time.Second)
			}
		}
		if err != nil || r.Status != "refused" {
			t.Fatalf("%+v, %v", r, err)
		}
	}
	ask := func(want int, args ...string) string {
		t.Helper()
		code, out, errs := call(t, "", append(args, "--server", city.URL(), "--data", data)...)
		if code != want {
			t.Fatalf("%v: code %d\n%s%s", args, code, out, errs)
		}
		return out + errs
	}
	var list []parkedMessage
	if err := json.Unmarshal([]byte(ask(0, "parked", "list", "--json")), &list); err != nil || len(list) != 2 || list[0].Service != "absence" {
		t.Fatalf("%+v, %v", list, err)
	}
	if out := ask(0, "parked", "list", "--service", "booking"); !strings.Contains(out, "No message waits") {
		t.Error(out)
	}
	first, second := list[0].ID, list[1].ID
	metric := func(name, value string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, city.URL()+"/metrics", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+city.Token("operator"))
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(line, name+"{") && strings.Contains(line, `service="absence"`) && strings.Contains(line, `source="hr/sap"`) {
				if !strings.HasSuffix(line, "} "+value+"\n") {
					t.Errorf("%s, want %s", line, value)
				}
				return
			}
		}
		t.Errorf("no metric %s of absence in\n%.2000s", name, text)
	}
	metric("lotse_parked_messages", "2")
	shown := ask(0, "parked", "show", "--service", "absence", first)
	if !strings.Contains(shown, `"employee": "e-1"`) || !strings.Contains(shown, "hr/sap") || strings.Contains(shown, "Grippe") || strings.Contains(shown, "became") {
		t.Errorf("%s", shown)
	}
	fix := []string{"parked", "fix", "--service", "absence", first, "--why", "checked with the office", "--patch", `{"until":"2026-12-08"}`, "--idempotency-key", "k-1"}
	ask(exitWrongInput, "parked", "replay", "--service", "absence", first) // it is as wrong as it was
	if out := ask(0, fix...); !strings.Contains(out, "1 message handled") {
		t.Error(out)
	}
	ask(0, fix...)
	if out := ask(exitWrongInput, "parked", "discard", "--service", "absence", first, "--why", "late"); !strings.Contains(out, "409") {
		t.Error(out)
	}
	ask(0, "parked", "discard", "--service", "absence", second, "--why", "sent again by the office")
	if out := ask(0, "parked", "show", "--service", "absence", second); !strings.Contains(out, `"how": "discarded"`) || !strings.Contains(out, `"by": "operator:`) {
		t.Error(out)
	}
	if out := ask(0, "parked", "list"); !strings.Contains(out, "No message waits") {
		t.Error(out)
	}
	metric("lotse_parked_messages", "0")
	metric("lotse_parked_oldest_seconds", "0")
	metric("lotse_parked_handled_total", "1") // the fixed one; the discarded one has a line of its own

	file := filepath.Join(t.TempDir(), "audit.csv")
	ask(0, "audit", "export", "--actor", "operator:", "--format", "csv", "--out", file)
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(raw))).ReadAll()
	if err != nil || len(rows) < 3 {
		t.Fatalf("%v, %v", rows, err)
	}
	said := map[string]bool{}
	for _, r := range rows[1:] {
		if r[0] != "absence" || !strings.HasPrefix(r[3], "operator:") || r[4] == "" {
			t.Errorf("%q", r)
		}
		said[r[7]] = true
	}
	if !said["checked with the office"] || !said["sent again by the office"] || strings.Contains(string(raw), "Grippe") {
		t.Errorf("%s", raw)
	}
	if out := ask(0, "audit", "export", "--from", "2999-01-01"); out != "" {
		t.Errorf("of the future: %s", out)
	}
}

func TestParkedAndAuditSayWhatIsMissing(t *testing.T) {
	const id = "01a20498-1009-76d8-869e-5a426b94bce5"
	for want, args := range map[string][]string{
		"--service is missing": {"parked", "show", id},
		"write one of":         {"parked", "list", "--service", "bokking"},
		"is not the id":        {"parked", "show", "--service", "booking", "x"},
		"one message":          {"parked", "replay", "--service", "booking"},
		"--why is missing":     {"parked", "discard", "--service", "booking", id},
		"either --content":     {"parked", "fix", "--service", "booking", id, "--why", "x"},
		"no JSON document":     {"parked", "fix", "--service", "booking", id, "--why", "x", "--content", "{"},
		"--patch":              {"parked", "fix", "--service", "booking", id, "--why", "x", "--patch", "@/nowhere"},
		"--from":               {"audit", "export", "--from", "gestern"},
		"--format":             {"audit", "export", "--format", "xml"},
		"no command":           {"parked", "lst"},
	} {
		if code, _, errs := call(t, "", args...); code != exitMisused || !strings.Contains(errs, want) {
			t.Errorf("%v: %d, %q lacks %q", args, code, errs, want)
		}
	}
}
