package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
)

// usualLoad is the demand of a made-up city, as a share of what it can serve.
const usualLoad = .89

// steps of growth with the budget of their search and the goal for the gap to
// the bound, in per cent; 0 for none.
var steps = []step{{"hamburg", goal{10 * time.Second, 0}}, {"x2", goal{15 * time.Second, 0}}, {"x4", goal{20 * time.Second, 1}}, {"x10", goal{120 * time.Second, 2}}}

type step struct {
	size string
	goal
}

// mostMemory is the goal for the memory of a process that plans the largest.
const mostMemory = 2000

// grown is what planning a made-up city took. Seconds are CPU time.
type grown struct {
	Size          string  `json:"size"`
	Districts     int     `json:"districts"`
	Centres       int     `json:"centres"`
	Staff         int     `json:"staff"`
	PersonDays    int     `json:"person_days"`
	Objective     float64 `json:"objective"`
	SearchSeconds float64 `json:"search_seconds"`
	Bound         float64 `json:"bound"`
	BoundSeconds  float64 `json:"bound_seconds"`
	Uncovered     float64 `json:"uncovered_slots"`
	Least         float64 `json:"least_uncovered_slots"`
	MissingHeads  float64 `json:"missing_heads"`
	Moves         int     `json:"moves"`
	Broken        int     `json:"broken"`
	// First is when the first plan stood, after relaxation and rounding and a
	// round of the search.
	FirstSeconds   float64 `json:"first_seconds"`
	FirstObjective float64 `json:"first_objective"`

	goal
	memory int64 // MB at most, of the process that did it all
}

// measureGrowth plans cities of growing size, each in a process of its own, so
// that its memory is what that size needs.
func measureGrowth(steps []step, seed uint64) (all []grown, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	for _, s := range steps {
		cmd := exec.Command(self, "-growth", s.size, "-seed", fmt.Sprint(seed), "-budget", s.budget.String())
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			return nil, fmt.Errorf("growth %s: %w", s.size, err)
		}
		g := grown{goal: s.goal}
		if err := json.Unmarshal(out, &g); err != nil {
			return nil, fmt.Errorf("growth %s: %w", s.size, err)
		}
		if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			g.memory = megabytes(u)
		}
		all = append(all, g)
	}
	return all, nil
}

// printGrowth makes a city up, plans it from scratch and bounds it.
func printGrowth(w io.Writer, name string, seed uint64, load float64, budget time.Duration) error {
	runtime.GOMAXPROCS(1)
	in, err := generate(name, seed, load)
	if err != nil {
		return err
	}
	_, r, err := solve(in, goal{budget: budget}, seed)
	if err != nil {
		return err
	}
	g := grown{Size: name, Districts: len(in.Districts), Centres: len(in.Centres), Staff: len(in.Staff), Objective: r.result.Objective,
		SearchSeconds: r.spent.Seconds(), Moves: r.result.Moves, Broken: r.broken,
		Uncovered: r.result.Parts.Uncovered / in.Weights.UncoveredSlot, MissingHeads: r.result.Parts.MissingHead / in.Weights.MissingHead}
	if len(r.curve) > 0 {
		g.FirstSeconds, g.FirstObjective = r.curve[0].spent.Seconds(), r.curve[0].objective
	}
	for e := range in.Avail {
		for _, m := range in.Avail[e] {
			if m > 0 {
				g.PersonDays++
			}
		}
	}
	begin := cpu()
	if g.Bound, err = flow.LowerBound(in, boundRounds); err != nil {
		return err
	}
	g.BoundSeconds = (cpu() - begin).Seconds()
	if g.Least, err = leastUncovered(in); err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(g)
}

// writeInstance makes an instance up and writes it.
func writeInstance(name string, seed uint64, load float64, file string) error {
	if file == "" {
		return errors.New("-generate needs -out: name a file, .json or .json.gz")
	}
	in, err := generate(name, seed, load)
	if err != nil {
		return err
	}
	data, err := json.Marshal(in)
	if err != nil {
		return err
	}
	if strings.HasSuffix(file, ".gz") {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write(data); err != nil {
			return err
		}
		if err := z.Close(); err != nil {
			return err
		}
		data = b.Bytes()
	}
	return os.WriteFile(file, data, 0o644)
}

// megabytes of memory at the peak.
func megabytes(u *syscall.Rusage) int64 {
	if runtime.GOOS == "darwin" { // bytes there, kilobytes elsewhere
		return u.Maxrss >> 20
	}
	return u.Maxrss >> 10
}
