package planning

import (
	"os"
	"testing"
)

func load(t testing.TB, name string) *Instance {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	in, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// golden: the previous plan with the exact best mix, found by HiGHS.
var golden = map[string]float64{"small-1": 19118.7, "small-2": 31172.4, "small-3": 31176.9, "medium-1": 9396.0}

func TestPreviousPlanAgainstExactMix(t *testing.T) {
	for name, exact := range golden {
		in := load(t, name)
		r, err := Evaluate(in, in.Previous())
		if err != nil {
			t.Fatal(err)
		}
		gap := r.Objective/exact - 1
		t.Logf("%s: %.1f, exact %.1f, gap %.2f %%", name, r.Objective, exact, 100*gap)
		if gap < -1e-5 || gap > .04 {
			t.Errorf("%s: gap %.2f %%, want between 0 and 4 %%", name, 100*gap)
		}
	}
}
