package main

import (
	"encoding/json"
	"fmt"
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
		Hours []struct {
			Centre, From, Until string
			People              int
			Weekdays            map[string][]map[string]string
		}
		Policy    map[string]any
		Demand    float64
		Districts []string
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		if err := json.Unmarshal(raw, &asked); err != nil || r.Method != http.MethodPost || r.URL.Path != "/capacity/v1/what-if" {
			t.Errorf("%s %s: %v", r.Method, r.URL, err)
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"from":"2026-12-01","days":60,"damage":120.4,"gain":80,"is":{"limit":14,"kept":{"low":0.8,"expected":0.9,"high":1}},"would":{"limit":12,"kept":{"expected":0.5}},"with":{"limit":12},
			"extra_minutes":90,"districts":[{"district":"altona","is":{"days":3,"uncovered":0,"lead":{"expected":[3,17,5]}},"would":{"days":-1,"uncovered":9,"lead":{"expected":[3,-1]}},"with":{"days":4,"uncovered":2}}],
			"moves":[{"employee":"e-9","day":"2026-12-01","from":"mitte","to":"altona","why":{"en":"It covers 7.","de":"Das deckt 7."}}],"places":[],"unsolved":["Two stay. / Zwei bleiben."],"complete":true}`)
	}))
	defer s.Close()
	code, out, errs := call(t, "", "what-if", "--server", s.URL, "--data", t.TempDir(), "--absent", "e-1", "--absent", "e-2", "--close", "altona", "--hours", "mitte=08:00-12:00",
		"--weekday", "mitte/thu=08:00-20:00", "--weekday", "mitte/fri=closed", "--people", "4", "--policy", "walk_in_share=0.1", "--policy", "automatic.enabled=true", "--policy", "automatic.max_moves=3",
		"--from", "2026-12-01", "--to", "2026-12-03", "--demand", "1.2", "--district", "altona", "--lang", "de")
	if code != 0 {
		t.Fatalf("%d %s", code, errs)
	}
	if len(asked.Absent) != 2 || asked.Absent[1]["employee"] != "e-2" || asked.Absent[1]["until"] != "2026-12-04" || len(asked.Places) != 2 ||
		asked.Places[0].Hours != nil || asked.Places[1].Hours["6"][0]["to"] != "12:00" || asked.Demand != 1.2 || asked.Districts[0] != "altona" {
		t.Errorf("%+v", asked)
	}
	if len(asked.Hours) != 1 || asked.Hours[0].People != 4 || asked.Hours[0].Weekdays["4"][0]["to"] != "20:00" || len(asked.Hours[0].Weekdays["5"]) != 0 || asked.Hours[0].Until != "2026-12-04" ||
		asked.Policy["walk_in_share"] != .1 || fmt.Sprint(asked.Policy["automatic"]) != "map[enabled:true max_moves:3]" {
		t.Errorf("%+v, policy %v", asked.Hours, asked.Policy)
	}
	for _, want := range []string{"damage 120 points", "90 % (80-100)", "within 14 days  →  within 12 days", "17 d", "1.5 hours beyond", "altona", "none", "4 d", "e-9  mitte → altona  Das deckt 7.", "stays: Zwei bleiben."} {
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
		"--weekday \"altona/thursday":    {"--weekday", "altona/thursday=08:00-20:00", "--from", "2026-12-01"},
		"write a time as 08:00-20:00":    {"--weekday", "altona/thu=8", "--from", "2026-12-01"},
		"are given twice":                {"--weekday", "altona/thu=closed", "--weekday", "altona/thu=08:00-12:00", "--from", "2026-12-01"},
		"--people without --weekday":     {"--people", "3", "--demand", "2"},
		"--policy \"goal_days\"":         {"--policy", "goal_days"},
		"--policy \"goal_days=ten\"":     {"--policy", "goal_days=ten"},
		"--district without --demand":    {"--district", "altona"},
		"--lang":                         {"--lang", "fr", "--demand", "2"},
		"--from:":                        {"--close", "altona", "--from", "tomorrow"},
	} {
		if code, _, errs := call(t, "", append([]string{"what-if"}, args...)...); code != 2 || !strings.Contains(errs, want) {
			t.Errorf("%v: %d %s", args, code, errs)
		}
	}
}
