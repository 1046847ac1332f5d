package simulate

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// Print writes a table, a run a line, and what each run's logs hash to: the same
// command gives the same hashes.
func Print(w io.Writer, runs []Run) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "policy\tseed\tcitizens\tbooked\tunmet\tmean lead\t≤ 14 d\t≤ 10 d\tuncovered\tmoved days\tproposals\ttook\t")
	for _, r := range runs {
		o := r.Result
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%s d\t%s\t%s\t%d\t%d\t%d\t%s\t\n", r.Policy, r.Seed, o.Citizens, o.Booked, o.Unmet,
			quotient("%.2f", o.SumLead, o.Booked, 1), quotient("%.1f %%", o.Kept14, o.Measured, 100), quotient("%.1f %%", o.Kept10, o.Measured, 100),
			o.Uncovered, o.Moves, o.Proposals, r.Took.Round(100*time.Millisecond))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, r := range runs {
		var logs []string
		for _, name := range slices.Sorted(maps.Keys(r.Result.Logs)) {
			logs = append(logs, name+" "+r.Result.Logs[name])
		}
		if _, err := fmt.Fprintf(w, "logs of %s, seed %d: %s\n", r.Policy, r.Seed, strings.Join(logs, ", ")); err != nil {
			return err
		}
	}
	return nil
}

func quotient(form string, a, b int, scale float64) string {
	if b == 0 {
		return "–"
	}
	return fmt.Sprintf(form, scale*float64(a)/float64(b))
}
