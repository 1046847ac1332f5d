package simulate

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/lotse-hamburg/lotse/services/simulation"
	"github.com/lotse-hamburg/lotse/services/simulation/compare"
)

// Print writes how large the city is and what came of runs: each figure by policy, with intervals where there
// are several seeds, the differences to capacity that stays where it is, the claim,
// and what each run's logs hash to: the same command gives the same hashes.
func Print(w io.Writer, runs []Run) error {
	samples := compare.Samples(runs)
	table := compare.TableOf(samples, compare.Unsteered)
	var b strings.Builder
	size(&b, runs)
	few, many := bounds(table.Seeds)
	switch {
	case many == 1:
		fmt.Fprintln(&b, "One seed, so nothing is said about others: --seeds 5 gives intervals.")
	case few == many:
		fmt.Fprintf(&b, "Means over %d seeds ± half the %.0f %% interval (Student's t).\n", many, 100*compare.Confidence)
	default:
		fmt.Fprintf(&b, "Means over %d to %d seeds ± half the %.0f %% interval (Student's t).\n", few, many, 100*compare.Confidence)
	}
	grid(&b, table, "", func(r compare.Row) []compare.Estimate { return r.Policies }, "%.*f")
	if table.Against != "" {
		fmt.Fprintf(&b, "\nDifferences to %s on the same seeds: the same citizens came, the same people were ill.\n", table.Against)
		grid(&b, table, table.Against, func(r compare.Row) []compare.Estimate { return r.Differences }, "%+.*f")
	}
	if c := compare.ClaimOf(samples); c.Known() {
		fmt.Fprintln(&b)
		for _, l := range c.Lines() {
			fmt.Fprintf(&b, "%s: %s (aimed at: %s): %s\n", l.What, l.Figure, l.Aim, l.Verdict)
		}
	}
	fmt.Fprintln(&b)
	for _, r := range runs {
		logs := Hashes(r.Result)
		if logs == "" {
			logs = "none, it was played in a book"
		}
		took := ""
		if r.Took > 0 {
			took = fmt.Sprintf(" (%s)", r.Took.Round(100*time.Millisecond))
		}
		fmt.Fprintf(&b, "logs of %s, seed %d%s: %s\n", r.Policy, r.Seed, took, logs)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// size says how many people work in the city and how many come to it, as means over
// runs: those that ask for an appointment, each counted once however often it asks,
// and those that walk in, whom a book does not have.
func size(b *strings.Builder, runs []Run) {
	if len(runs) == 0 {
		return
	}
	asked, walked, served := 0, 0, 0
	for _, r := range runs {
		asked += r.Result.Citizens
		if len(r.Result.Logs) > 0 {
			walked, served = walked+r.Result.WalkIns.Came, served+1
		}
	}
	first := runs[0].Result
	several := func(sum, runs int) string {
		n := float64(sum) / float64(runs)
		return fmt.Sprintf("%.0f in %d days, %.0f a year at this rate", n, first.Days, n*365/float64(first.Days))
	}
	fmt.Fprintf(b, "%d employees. Citizens who ask for an appointment: %s.\n", first.People, several(asked, len(runs)))
	if walked > 0 {
		fmt.Fprintf(b, "Without one come %s.\n", several(walked, served))
	}
	fmt.Fprintln(b)
}

// Hashes of a run's logs, by service.
func Hashes(r *simulation.Result) string {
	var logs []string
	for _, name := range slices.Sorted(maps.Keys(r.Logs)) {
		logs = append(logs, name+" "+r.Logs[name])
	}
	return strings.Join(logs, ", ")
}

func bounds(seeds []int) (few, many int) { return slices.Min(seeds), slices.Max(seeds) }

// grid writes a row for each figure, with its unit at the end, and a column for each
// policy but one.
func grid(b *strings.Builder, t compare.Table, without string, of func(compare.Row) []compare.Estimate, form string) {
	head := []string{""}
	for _, p := range t.Policies {
		if p != without {
			head = append(head, p)
		}
	}
	rows := [][]string{head}
	units := []string{""}
	for _, r := range t.Rows {
		row := []string{r.Name}
		for i, e := range of(r) {
			if t.Policies[i] != without {
				row = append(row, e.Text(form, r.Digits, " ±"))
			}
		}
		rows, units = append(rows, row), append(units, r.Unit)
	}
	width := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	for n, row := range rows {
		line := fmt.Sprintf("%-*s", width[0], row[0])
		for i, cell := range row[1:] {
			line += fmt.Sprintf("  %*s", width[i+1], cell)
		}
		fmt.Fprintln(b, strings.TrimRight(line+"  "+units[n], " "))
	}
}
