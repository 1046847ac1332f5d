package main

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// Times get shorter and keep their order; thresholds that are no times stay.
func TestExpressionsAreShortened(t *testing.T) {
	for expr, want := range map[string]string{
		`avg_over_time(x:share[6h])`:                                     `avg_over_time(x:share[83s])`,
		`count(a offset 1h) unless count(a)`:                             `count(a offset 41s) unless count(a)`,
		`max by (source) (lotse_parked_oldest_seconds) > 14400`:          `max by (source) (lotse_parked_oldest_seconds) > 71`,
		`sum by (service) (changes(lotse_leading[15m])) > 8`:             `sum by (service) (changes(lotse_leading[60s])) > 8`,
		`predict_linear(b{c!~"d"}[6h], 86400) < 0`:                       `predict_linear(b{c!~"d"}[83s], 145) < 0`,
		`max(lotse_booking_at_risk_appointments) > 200`:                  `max(lotse_booking_at_risk_appointments) > 200`,
		`histogram_quantile(0.99, sum by (le) (rate(a_bucket[5m]))) > 1`: `histogram_quantile(0.99, sum by (le) (rate(a_bucket[15s]))) > 1`,
	} {
		if got := expression(expr); got != want {
			t.Errorf("%s, wanted %s", got, want)
		}
	}
	last := time.Duration(-1)
	for _, d := range []time.Duration{0, time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, time.Hour, 6 * time.Hour, 72 * time.Hour} {
		if s := short(d); s <= last {
			t.Errorf("%s becomes %s", d, s)
		} else {
			last = s
		}
	}
}

// Every alert of the file has a scene and every scene its alerts, and no range of
// the file is forgotten.
func TestEveryAlertHasAScene(t *testing.T) {
	text, err := os.ReadFile("../../deploy/alerts/lotse.yaml")
	if err != nil {
		t.Fatal(err)
	}
	short, alerts, err := shortened(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, long := range []string{"m])", "h])", "d])", "m],", "h],", "offset 1h", "14400", "86400"} {
		if strings.Contains(string(short), long) {
			t.Errorf("%s is still there", long)
		}
	}
	small, err1 := choose("", alerts, false)
	large, err2 := choose("", alerts, true)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	var played []string
	for _, s := range append(small, large...) {
		played = append(played, s.alerts...)
	}
	slices.Sort(played)
	slices.Sort(alerts)
	if !slices.Equal(played, alerts) {
		t.Errorf("played are %v, alerts %v", played, alerts)
	}
	if _, err := choose("", append(alerts, "LotseNew"), false); err == nil || !strings.Contains(err.Error(), "LotseNew has no scene") {
		t.Errorf("an alert without a scene: %v", err)
	}
}
