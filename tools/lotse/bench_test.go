package main

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/tools/bench"
)

// asProgram, when set, makes the test's binary the program itself: benchmarks
// run it again in a process of its own.
const asProgram = "LOTSE_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

func TestBenchBooking(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a city of 60,000 appointments")
	}
	t.Setenv(asProgram, "1")
	code, out, errs := call(t, "", "bench", "booking", "--log", "sqlite", "--searches", "5", "--load", "300ms", "--rounds", "3", "--listeners", "20", "--json")
	if code != 0 {
		t.Fatalf("code %d: %s", code, errs)
	}
	var reports []bench.BookingReport
	if err := json.Unmarshal([]byte(out), &reports); err != nil || len(reports) != 1 {
		t.Fatalf("%v: %s", err, out)
	}
	want := []string{"bare log, 1 ", "bare log, 64 ", "net/http", "one day at all centres, 10 ", "one day at all centres, 100 ", "one day at all centres, ", "in memory",
		"14 days at all centres, 10 ", "14 days at all centres, 100 ", "14 days at all centres, 500 ", "in memory", "nothing free in a month, 0 ", "in memory",
		"durable holds, 8 ", "hold + confirm, 8 ", "hold + confirm, 64 ", "NATS subscriber", "SSE listener", "the last of 20 SSE listeners"}
	figures := reports[0].Figures
	for i, f := range figures {
		if i >= len(want) || !strings.Contains(f.Name, want[i]) {
			t.Errorf("figure %d is %q, want %q", i, f.Name, want)
			break
		}
		if f.P50 <= 0 && f.Rate <= 0 && f.Server <= 0 || f.P99 < f.P50 || f.N == 0 {
			t.Errorf("%+v", f)
		}
	}
	if len(figures) != len(want) {
		t.Errorf("%d figures, want %d", len(figures), len(want))
	}
	var table strings.Builder
	reports[0].Print(&table)
	if !strings.Contains(table.String(), "≥ 3,000/s") {
		t.Errorf("the table is\n%s", table.String())
	}
}

func TestBenchYear(t *testing.T) {
	if testing.Short() {
		t.Skip("writes a log of ten weeks")
	}
	t.Setenv(asProgram, "1")
	code, out, errs := call(t, "", "bench", "year", "--appointments", "2000", "--weeks", "10", "--json")
	if code != 0 {
		t.Fatalf("code %d: %s", code, errs)
	}
	var r bench.YearReport
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if r.Written.Appointments < 2000 || r.Log == 0 || len(r.Started) != 3 {
		t.Fatalf("%+v", r)
	}
	for _, b := range append(r.Started, r.Folded) {
		if b.Took <= 0 || b.Resident <= 0 || b.Events < r.Written.Events || b.Offers != 500 {
			t.Errorf("%+v", b)
		}
	}
}

func TestBenchMisused(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"bench", "booking", "--log", "oracle"}, "name sqlite, postgres or both"},
		{[]string{"bench", "booking", "--only", "lunch"}, `there is no part "lunch"`},
		{[]string{"bench", "booking", "now"}, "takes no arguments"},
		{[]string{"bench", "lunch"}, `there is no command "lunch"`},
	} {
		if code, _, errs := call(t, "", c.args...); code == 0 || !strings.Contains(errs, c.want) {
			t.Errorf("%v: code %d, %s", c.args, code, errs)
		}
	}
}
