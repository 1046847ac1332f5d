package faults

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Repeat is the line that plays a story again, from the root of the repository.
func Repeat(o Options) string {
	line := fmt.Sprintf("go run ./tools/lotse simulate --faults --seed %d --trace", o.Seed)
	if o.Steps > 0 {
		line += fmt.Sprintf(" --steps %d", o.Steps)
	}
	if len(o.Keep) > 0 {
		kept := make([]string, len(o.Keep))
		for i, k := range o.Keep {
			kept[i] = strconv.Itoa(k)
		}
		line += " --keep " + strings.Join(kept, ",")
	}
	return line
}

// Minimal is a story from which no step can be left out (at the sizes tried)
// without its finding becoming none.
type Minimal struct {
	Outcome
	Keep []int `json:"keep"` // steps that are left, by index
}

// Minimize leaves steps out of a story that finds something, chunk by chunk and
// at last one by one, as long as something is still found. told hears of each
// round; nil: nobody does. The error says so when nothing is found.
func Minimize(ctx context.Context, o Options, told func(left, of int)) (Minimal, error) {
	o.Trace = nil
	first, err := Run(ctx, o)
	if err != nil {
		return Minimal{}, err
	}
	if first.Violation == "" {
		return Minimal{}, fmt.Errorf("seed %d finds nothing: there is nothing to minimize", o.Seed)
	}
	keep := o.Keep
	if keep == nil {
		for i := range first.Steps {
			keep = append(keep, i)
		}
	}
	keep = slices.DeleteFunc(slices.Clone(keep), func(i int) bool { return i > first.At })
	best := Minimal{Outcome: first, Keep: keep}
	o.Steps = first.Steps
	for chunk := max(1, len(keep)/2); ; chunk /= 2 {
		for from := 0; from < len(best.Keep); {
			o.Keep = slices.Delete(slices.Clone(best.Keep), from, min(from+chunk, len(best.Keep)))
			out, err := Run(ctx, o)
			switch {
			case err != nil:
				return best, err
			case out.Violation != "":
				best = Minimal{Outcome: out, Keep: o.Keep}
			default:
				from += chunk
			}
		}
		if told != nil {
			told(len(best.Keep), first.Steps)
		}
		if chunk <= 1 {
			return best, nil
		}
	}
}
