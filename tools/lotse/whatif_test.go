package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestWhatIfAsksAndTells(t *testing.T) {
	var asked struct {
		Absent []map[string]string
		Places []struct {
			Centre, From, Until string
			Hours               map[string][]map[string]string
		}
		Demand    float64
		Districts []string
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		if err := json.Unmarshal(raw, &asked); err != nil || r.Method != http.MethodPost || r.URL.Path != "/capacity/v1/what-if" {
			t.Errorf("%s %s: %v", r.Method, r.URL, err)
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"damage":120.4,"gain":80,"districts":[{"district":"altona","is":{"days":3,"uncovered":0},"would":{"days":-1,"uncovered":9},"with":{"days":4,"uncovered":2}}],
			"moves":[{"employee":"e-9","day":"2026-12-01","from":"mitte","to":"altona","why":{"en":"It covers 7.","de":"Das deckt 7."}}],"places":[],"unsolved":["Two stay. / Zwei bleiben."],"complete":true}`)
	}))
	defer s.Close()
	code, out, errs := call(t, "", "what-if", "--server", s.URL, "--data", t.TempDir(), "--absent", "e-1", "--absent", "e-2", "--close", "altona", "--hours", "mitte=08:00-12:00",
		"--from", "2026-12-01", "--to", "2026-12-03", "--demand", "1.2", "--district", "altona", "--lang", "de")
	if code != 0 {
		t.Fatalf("%d %s", code, errs)
	}
	if len(asked.Absent) != 2 || asked.Absent[1]["employee"] != "e-2" || asked.Absent[1]["until"] != "2026-12-04" || len(asked.Places) != 2 ||
		asked.Places[0].Hours != nil || asked.Places[1].Hours["6"][0]["to"] != "12:00" || asked.Demand != 1.2 || asked.Districts[0] != "altona" {
		t.Errorf("%+v", asked)
	}
	for _, want := range []string{"damage 120 points", "altona", "none", "4 d", "e-9  mitte → altona  Das deckt 7.", "stays: Zwei bleiben."} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

func TestWhatIfNamesTheFlagThatIsWrong(t *testing.T) {
	for want, args := range map[string][]string{
		"nothing is supposed":            nil,
		"--from is missing":              {"--absent", "e-1"},
		"--to 2026-11-30 lies before":    {"--absent", "e-1", "--from", "2026-12-01", "--to", "2026-11-30"},
		"--hours \"altona\"":             {"--hours", "altona", "--from", "2026-12-01"},
		"--hours \"altona=12:00-08:00\"": {"--hours", "altona=12:00-08:00", "--from", "2026-12-01"},
		"--district without --demand":    {"--district", "altona"},
		"--lang":                         {"--lang", "fr", "--demand", "2"},
		"--from:":                        {"--close", "altona", "--from", "tomorrow"},
	} {
		if code, _, errs := call(t, "", append([]string{"what-if"}, args...)...); code != 2 || !strings.Contains(errs, want) {
			t.Errorf("%v: %d %s", args, code, errs)
		}
	}
}
