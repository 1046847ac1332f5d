package simulate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/simulation/scenario"
	"github.com/lotse-hamburg/lotse/tools/simulate"
)

// Where nobody watches a quarter of a run is a line; what is left is reckoned by
// policy.
func TestProgressInLines(t *testing.T) {
	now := time.Unix(0, 0)
	var jobs []simulate.Job
	for _, p := range policies(t, "none", "none", "pooled") {
		jobs = append(jobs, simulate.Job{Scenario: scenario.Scenario{Name: "year", Days: 8}, Policy: p, Seed: 1})
	}
	play := func(terminal bool) string {
		var out strings.Builder
		now = time.Unix(0, 0)
		teller := simulate.NewTeller(&out, terminal, jobs, 1, func() time.Time { return now })
		for i := range jobs {
			for day := range 9 {
				teller.Tell(simulate.Progress{Job: i, Day: day})
				if day > 0 && i < 2 {
					now = now.Add(10 * time.Second)
				}
			}
			teller.Tell(simulate.Progress{Job: i, Day: 8, Done: true})
		}
		teller.Clear()
		return out.String()
	}
	want := `year, none, seed 1: day 4 of 8, 50 %; 0 of 3 done, 30s, about 1m31s left
year, none, seed 1: day 6 of 8, 75 %; 0 of 3 done, 50s, about 1m25s left
year, none, seed 1: 8 days in 1m20s; 1 of 3 done, 1m20s, about 1m22s left
`
	got := play(false)
	if !strings.HasPrefix(got, want) || strings.Contains(got, "\r") || strings.Count(got, "\n") != 9 || !strings.HasSuffix(got, "all 3 done, 2m40s\n") {
		t.Errorf("told:\n%s", got)
	}
	if got := play(true); strings.Count(got, "\n") != 3 || !strings.Contains(got, "\rnone 1: day 2 of 8, 25 %; 0 of 3 done, 10s, about 1m11s left") {
		t.Errorf("told on a terminal:\n%q", got)
	}
}
