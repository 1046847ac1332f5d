package compare

import (
	"math"
	"slices"
	"time"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/simulation"
)

// Run is one policy on one seed.
type Run struct {
	Policy string             `json:"policy"`
	Seed   uint64             `json:"seed"`
	Result *simulation.Result `json:"result"`
	// Took is what it cost by the wall clock, the others playing beside it. It is
	// the only figure that another run with the same seed may not repeat.
	Took time.Duration `json:"-"`
}

// Sample is what is compared of a run. What cannot be said of it is left out.
type Sample struct {
	Policy  string             `json:"policy"`
	Seed    uint64             `json:"seed"`
	Figures map[string]float64 `json:"figures"`
	// Districts is the share of promises kept within 14 days in each, in percent.
	Districts map[id.District]float64 `json:"districts"`
}

// Sample of a run.
func (r Run) Sample() Sample {
	s := Sample{Policy: r.Policy, Seed: r.Seed, Figures: map[string]float64{}, Districts: map[id.District]float64{}}
	for _, f := range simulation.Figures {
		if x := f.Of(r.Result); !math.IsNaN(x) && !math.IsInf(x, 0) {
			s.Figures[f.Name] = x
		}
	}
	for d, k := range r.Result.Districts {
		if k.Measured > 0 {
			s.Districts[d] = 100 * float64(k.Kept14) / float64(k.Measured)
		}
	}
	return s
}

// Samples of runs.
func Samples(runs []Run) (all []Sample) {
	for _, r := range runs {
		all = append(all, r.Sample())
	}
	return all
}

// Table is all figures of some policies.
type Table struct {
	Policies []string `json:"policies"`
	// Seeds of each policy, in Policies' order.
	Seeds []int `json:"seeds"`
	// Against is the policy that differences are taken to; "" where it was not
	// played.
	Against string `json:"against,omitempty"`
	Rows    []Row  `json:"rows"`
}

// Row is a figure under each policy.
type Row struct {
	Name  string `json:"figure"`
	Unit  string `json:"unit,omitempty"`
	Means string `json:"means"`
	// Digits worth reading, and what is Better, as of simulation.Figure.
	Digits int `json:"digits"`
	Better int `json:"better"`
	// Policies has a mean for each of the table's; Differences those to the policy
	// Against on the same seeds. The same citizens come and the same people are
	// ill, so much of what chance does is not in them.
	Policies    []Estimate `json:"policies"`
	Differences []Estimate `json:"differences,omitempty"`
}

// TableOf samples, policies in the order in which they come first.
func TableOf(all []Sample, against string) Table {
	var t Table
	for _, s := range all {
		if !slices.Contains(t.Policies, s.Policy) {
			t.Policies = append(t.Policies, s.Policy)
		}
	}
	if slices.Contains(t.Policies, against) && len(t.Policies) > 1 {
		t.Against = against
	}
	for _, p := range t.Policies {
		t.Seeds = append(t.Seeds, len(of(all, p)))
	}
	for _, f := range simulation.Figures {
		row := Row{Name: f.Name, Unit: f.Unit, Means: f.Means, Digits: f.Digits, Better: f.Better}
		figure := func(s Sample) float64 {
			if x, known := s.Figures[f.Name]; known {
				return x
			}
			return math.NaN()
		}
		for _, p := range t.Policies {
			var numbers []float64
			for _, s := range of(all, p) {
				numbers = append(numbers, figure(s))
			}
			row.Policies = append(row.Policies, Of(numbers))
			if t.Against != "" {
				row.Differences = append(row.Differences, Of(differences(all, p, t.Against, figure)))
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// of a policy, by rising seeds.
func of(all []Sample, policy string) (some []Sample) {
	for _, s := range all {
		if s.Policy == policy {
			some = append(some, s)
		}
	}
	slices.SortFunc(some, func(a, b Sample) int { return int(int64(a.Seed) - int64(b.Seed)) })
	return some
}

// differences on the seeds that both policies were played on, by rising seeds.
func differences(all []Sample, policy, against string, figure func(Sample) float64) (out []float64) {
	other := map[uint64]Sample{}
	for _, s := range of(all, against) {
		other[s.Seed] = s
	}
	for _, s := range of(all, policy) {
		if o, both := other[s.Seed]; both {
			out = append(out, figure(s)-figure(o))
		}
	}
	return out
}
