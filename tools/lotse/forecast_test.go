package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// ahead stands in for capacity: Friday 2026-11-27 and the four days after it.
func ahead(t *testing.T, query *string) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.URL.Path != "/capacity/v1/forecast" {
			t.Errorf("%s %s", r.Method, r.URL)
		}
		*query = r.URL.Query().Encode()
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"from":"2026-11-27","days":5,"goal_days":7,"limit_days":14,"districts":[{"district":"altona","name":"Altona","no_show":{"share":0.0823,"learned":true},"absent":{"share":0.04,"learned":false},"groups":[
			{"skill":"id","learned":true,"requests":{"low":[30,0,0,50,40],"expected":[40.4,1,0,60,50],"high":[52,3,2,75,64]},"lead":{"low":[3,3,3,4,5],"expected":[4,4,4,5,6],"high":[6,6,6,9,-1]}},
			{"skill":"pass","learned":false,"requests":{"low":[5,0,0,5,5],"expected":[9.6,0,0,8,8],"high":[14,0,0,12,12]},"lead":{"low":[1,1,1,1,1],"expected":[2,2,2,15,2],"high":[3,3,3,20,3]}}]}]}`)
	}))
	t.Cleanup(s.Close)
	return s
}

func TestForecastSumsUpWeeks(t *testing.T) {
	var query string
	s := ahead(t, &query)
	code, out, errs := call(t, "", "forecast", "--server", s.URL, "--data", t.TempDir())
	if code != 0 || query != "days=60" {
		t.Fatalf("%d %s, asked for %s", code, errs, query)
	}
	lines := strings.Split(out, "\n")
	if len(lines) != 8 {
		t.Fatalf("%q", lines)
	}
	for i, want := range []string{"5 days from 2026-11-27 on; the aim is 7 days, the promise 14", "district 2026-11-23 2026-11-30", "altona requests a day* 50 63", "longest lead 4 d (3-6) 15 d (5-none)", "", "district do not come short of staff", "altona 8.2 % 4.0 %*"} {
		if got := strings.Join(strings.Fields(lines[i]), " "); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestForecastListsDays(t *testing.T) {
	var query string
	s := ahead(t, &query)
	code, out, errs := call(t, "", "forecast", "--server", s.URL, "--data", t.TempDir(), "--district", "altona", "--group", "id", "--days", "5")
	if code != 0 || query != "days=5&district=altona&group=id" {
		t.Fatalf("%d %s, asked for %s", code, errs, query)
	}
	flat := strings.Join(strings.Fields(out), " ")
	for _, want := range []string{"altona id 2026-11-27 fri 40.4 30-52 4 d (3-6)", "altona id 2026-12-01 tue 50.0 40-64 6 d (5-none)", "altona pass 2026-11-30 mon 8.0* 5-12 15 d (1-20)"} {
		if !strings.Contains(flat, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if code, out, _ = call(t, "", "forecast", "--server", s.URL, "--data", t.TempDir(), "--json"); code != 0 || !strings.Contains(out, `"learned": true`) {
		t.Errorf("%d %s", code, out)
	}
	if code, _, errs = call(t, "", "forecast", "--days", "0"); code != 2 || !strings.Contains(errs, "give 1 to 366") {
		t.Errorf("%d %s", code, errs)
	}
}
