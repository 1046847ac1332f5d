package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// percentiles sums a series up; it sorts it.
func percentiles(name string, took []time.Duration) Figure {
	slices.Sort(took)
	at := func(p int) float64 { return ms(took[min(len(took)-1, len(took)*p/100)]) }
	return Figure{Name: name, P50: at(50), P99: at(99), N: len(took)}
}

// text reads one string of a JSON object.
func text(object []byte, field string) (string, error) {
	var all map[string]any
	if err := json.Unmarshal(object, &all); err != nil {
		return "", err
	}
	s, ok := all[field].(string)
	if !ok {
		return "", fmt.Errorf("the answer has no text %q: %s", field, object)
	}
	return s, nil
}

// Print writes a table.
func (r BookingReport) Print(out io.Writer) {
	fmt.Fprintf(out, "%s: %s. Milliseconds; \"server\" is what one costs the server in computing time.\n", r.Log, r.City)
	t := tabwriter.NewWriter(out, 2, 0, 2, ' ', 0)
	fmt.Fprintln(t, "figure\tp50\tp99\tper second\tserver\tn\taim\t")
	number := func(v float64, format string) string {
		if v == 0 {
			return ""
		}
		return fmt.Sprintf(format, v)
	}
	for _, f := range r.Figures {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%d\t%s\t%s\n", f.Name, number(f.P50, "%.3f"), number(f.P99, "%.3f"),
			number(f.Rate, "%.0f"), number(f.Server, "%.3f"), f.N, f.Aim, f.Note)
	}
	_ = t.Flush()
}
