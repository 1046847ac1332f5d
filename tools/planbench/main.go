// Command planbench solves the planner's instances in a folder and prints a
// table: objective, bound, gap and CPU seconds. -best names a file of best known
// values. -report writes docs/planning-report.md instead (make plan-report).
// -generate makes an instance up, of Hamburg's size or two, four, ten times that;
// -growth does so and measures it.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/rule"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/search"
)

func main() {
	folder := flag.String("folder", "services/capacity/planning/testdata", "folder of instances, *.json or *.json.gz")
	match := flag.String("match", "", "only instances whose name begins with one of these, by comma")
	best := flag.String("best", "", "JSON file of best known values by instance")
	budget := flag.Duration("budget", 10*time.Second, "CPU time of each search")
	seed := flag.Uint64("seed", 1, "seed of the search")
	rounds := flag.Int("rounds", 0, "rounds of the search, 0 for the default")
	curve := flag.Bool("curve", false, "print every better objective")
	bound := flag.Bool("bound", true, "compute the bound")
	events := flag.Int("events", 0, "then this many absences, each repaired")
	made := flag.String("generate", "", "make up an instance of this `size` (small, medium, hamburg, x2, x4, x10) and -seed, and write it to -out")
	load := flag.Float64("load", usualLoad, "demand of a generated instance, as a share of what its staff can serve")
	out := flag.String("out", "", "`file` for -generate, .json or .json.gz")
	growth := flag.String("growth", "", "make up an instance of this `size` and -seed, plan it within -budget, bound it, and print the figures as JSON")
	profile := flag.String("cpuprofile", "", "write a CPU profile to this `file`")
	report := flag.String("report", "", "write this Markdown `file` about all instances of the folder instead, with budgets of its own")
	flag.Parse()
	if *profile != "" {
		stop, err := profiled(*profile)
		if err != nil {
			fmt.Fprintln(os.Stderr, "planbench:", err)
			os.Exit(1)
		}
		defer stop()
	}
	var err error
	switch {
	case *report != "":
		err = writeReport(*report, *folder, *best, *seed)
	case *made != "":
		err = writeInstance(*made, *seed, *load, *out)
	case *growth != "":
		err = printGrowth(os.Stdout, *growth, *seed, *load, *budget)
	default:
		err = run(*folder, *match, *best, *budget, *seed, *rounds, *curve, *bound, *events)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "planbench:", err)
		os.Exit(1)
	}
}

// profiled writes a CPU profile until stop.
func profiled(file string) (stop func(), err error) {
	f, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, err
	}
	return func() {
		pprof.StopCPUProfile()
		if err := f.Close(); err != nil {
			fmt.Fprintln(os.Stderr, "planbench:", err)
		}
	}, nil
}

// cpu is the CPU time this process has used.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func read(file string) (*planning.Instance, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if strings.HasSuffix(file, ".gz") {
		z, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return nil, err
		}
		if data, err = io.ReadAll(z); err != nil {
			return nil, err
		}
	}
	return planning.Parse(data)
}

// known is what an exact solver knows of an instance: its best plan, and the
// bound that it proved.
type known struct {
	Best, Bound float64
	DoNothing   float64 `json:"do_nothing"`
	Proven      bool
	// Relaxation is the linear programme without caps, counters, heads and
	// fairness; Fair has the fairness term.
	Relaxation float64 `json:"network_relaxation_without_fairness"`
	Fair       float64 `json:"network_relaxation"`
	Booked     *booked
}

// booked is what an exact solver knows of booked appointments and heads.
type booked struct {
	// Of the best plan it found.
	UncoveredSlots   float64 `json:"uncovered_slots"`
	UncoveredMinutes float64 `json:"uncovered_minutes"`
	MissingHeads     float64 `json:"missing_heads"`
	// LeastUncoveredSlots is the least that any plan within the rules leaves,
	// all else being of no account.
	LeastUncoveredSlots float64 `json:"least_uncovered_slots"`
}

func readKnown(file string) (map[string]known, error) {
	values := map[string]known{}
	if file == "" {
		return values, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	for name, v := range raw {
		var k known
		if json.Unmarshal(v, &k) == nil {
			values[name] = k
		}
	}
	return values, nil
}

// boundRounds of fairness multipliers; more change little.
const boundRounds = 30

// leastUncovered is how many booked slots every plan leaves uncovered, at least:
// the relaxation with no price but that of booked slots.
func leastUncovered(in *planning.Instance) (slots float64, err error) {
	own := *in
	own.Weights = planning.Weights{UncoveredSlot: 1}
	least, err := flow.LowerBound(&own, 0)
	return max(0, least), err
}

// broken counts breaches of hard rules, by package rule and anew by package
// search.
func broken(in *planning.Instance, p planning.Plan) int {
	return len(rule.New(in).Broken(p)) + len(search.Broken(in, p))
}

func nameOf(file string) string {
	return strings.TrimSuffix(strings.TrimSuffix(filepath.Base(file), ".gz"), ".json")
}

func run(folder, match, best string, budget time.Duration, seed uint64, rounds int, curve, bound bool, events int) error {
	values, err := readKnown(best)
	if err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.json*"))
	if err != nil {
		return err
	}
	fmt.Printf("%-15s %11s %11s %7s %11s %8s %7s %7s %7s %6s %7s %s\n", "instance", "objective", "best known", "above", "bound", "gap", "cpu s",
		"bound s", "rounds", "tries", "moves", "broken")
	for _, file := range files {
		if !strings.HasSuffix(file, ".json") && !strings.HasSuffix(file, ".json.gz") {
			continue
		}
		name := nameOf(file)
		if match != "" && !slices.ContainsFunc(strings.Split(match, ","), func(p string) bool { return strings.HasPrefix(name, p) }) {
			continue
		}
		in, err := read(file)
		if err != nil || len(in.Staff) == 0 {
			if match == "" {
				continue
			}
			return fmt.Errorf("%s: %w", file, err)
		}
		if err := bench(name, in, values[name], budget, seed, rounds, curve, bound, events); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

func bench(name string, in *planning.Instance, k known, budget time.Duration, seed uint64, rounds int, curve, bound bool, events int) error {
	begin := cpu()
	p, err := search.New(in)
	if err != nil {
		return err
	}
	o := search.Options{Seed: seed, Rounds: rounds, Stop: func() bool { return cpu()-begin > budget }}
	last := 0.0
	if curve {
		o.Progress = func(p search.Progress) {
			if p.Objective != last {
				fmt.Printf("  %8.3f s round %3d tries %6d %.2f\n", (cpu() - begin).Seconds(), p.Round, p.Tries, p.Objective)
				last = p.Objective
			}
		}
	}
	out, err := p.Solve(o)
	if err != nil {
		return err
	}
	spent := cpu() - begin
	begin = cpu()
	least := 0.0
	if bound {
		if least, err = flow.LowerBound(in, boundRounds); err != nil {
			return err
		}
	}
	above, gap := "", ""
	if k.Best > 0 {
		above = fmt.Sprintf("%.3f%%", 100*(out.Result.Objective/k.Best-1))
	}
	if least > 0 {
		gap = fmt.Sprintf("%.3f%%", 100*(out.Result.Objective/least-1))
	}
	fmt.Printf("%-15s %11.2f %11.2f %7s %11.2f %8s %7.2f %7.2f %7d %6d %7d %d\n", name, out.Result.Objective, k.Best, above, least, gap,
		spent.Seconds(), (cpu() - begin).Seconds(), out.Rounds, out.Tries, out.Result.Moves, broken(in, out.Plan))
	if os.Getenv("PARTS") != "" {
		fmt.Printf("%+v late %v\n", out.Result.Parts, out.Result.LateSlotDays)
	}
	if events == 0 {
		return nil
	}
	e, err := absences(p, in, seed, events, 10*time.Second)
	if err != nil {
		return err
	}
	e.print()
	return nil
}
