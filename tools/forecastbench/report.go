package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
)

// write prints, or writes the report.
func write(path string, all []result, seed uint64) error {
	if path == "" {
		table(os.Stdout, all)
		fmt.Println()
		tableOfSums(os.Stdout, all)
		return nil
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, head, seed, rolls, ahead, young)
	table(&b, all)
	b.WriteString(together)
	tableOfSums(&b, all)
	return os.WriteFile(path, b.Bytes(), 0o644)
}

const head = `# Forecast of requests, held against what came

Written by ` + "`go run ./tools/forecastbench -report docs/forecast-report.md`" + ` (` + "`make forecast-report`" + `); every figure below is
computed there, of seed %d.

How many citizens ask for an appointment is learned from how many have asked (` + "`services/capacity/planning/outlook`" + `, the method
stands in its documentation). Here it is played back: at each of many days, the origins, only what was counted until then is
known, and each of the next days is forecast for every district and service group.

- *Years of a scenario*: the citizens that ` + "`lotse simulate`" + ` would send, found or not, two years before the scenario and the scenario itself;
  an origin every %d days, %d days ahead. *Its seasons named beforehand*: the factors of its special seasons stand in the policy, as a city may
  write them there; without that nobody can know that they will begin. *Its last months alone*: %d
  days are known at the first origin, and no year to look back to.
- *Warsaw*: tickets drawn in its offices on fourteen working days (` + "`services/capacity/planning/outlook/testdata/README.md`" + `), by office and
  queue; each day is an origin, a week ahead, nothing expected beforehand. The last day, on which far fewer tickets were drawn
  than a week before, is in one row and left out of the other.

The naive forecasts say that a day will be as the same weekday last week, or 52 weeks ago; their intervals are made of the errors that this
had before the origin. Loss is the mean pinball loss of the quantiles 0.1, 0.5 and 0.9 in requests (Koenker and Bassett 1978; less is better);
only days are scored that every naive forecast has an answer for. The interval is that between 0.1 and 0.9. Aimed at: a loss at least 15 %%
below the better naive forecast, and 75 to 85 %% of the counts within the interval.

What Warsaw's counts allow is in its last rows: a forecast that was told each day's tickets of the whole city beforehand, and has only
to say which queue they are drawn in. The method was changed while looking at Warsaw's counts, though none of its numbers were
fitted to them; citizens of other seeds than the report's were used for the scenarios.

`

const together = `
## Days together

Where lead times go depends on what is asked for until a day. What days ahead have in common is learned from the errors of the last months; here
the requests of a district and service group in the next days, together, are held against their interval, four of five of which should lie within. The last
column is what it would be if days were off by chance alone, each for itself, with the dispersion that a policy has if it says none (1.5): that is
how bands of lead times were made before anything was learned. How much days have in common before it was learned
was chosen while looking at these figures.

`

func table(w io.Writer, all []result) {
	fmt.Fprintln(w, "| counts | days ahead | forecasts | mean count | loss | last week's weekday | last year's weekday | below the better | within | better naive: within | median's error |")
	fmt.Fprintln(w, "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
	for _, r := range all {
		for b := range bands {
			o := r.ours[b]
			if o.n == 0 {
				continue
			}
			year := "–"
			if len(r.naive) > 1 {
				year = fmt.Sprintf("%.3f", r.naive[1][b].loss())
			}
			fmt.Fprintf(w, "| %s | %s | %.0f | %.1f | %.3f | %.3f | %s | %.1f %% | %.1f %% | %.1f %% | %.1f %% |\n", r.name, bandNames[b], o.n, o.counted/o.n,
				o.loss(), r.naive[0][b].loss(), year, 100*r.gain(b), 100*o.coverage(), 100*r.naive[r.best()][b].coverage(), 100*o.absolute/o.counted)
		}
	}
}
