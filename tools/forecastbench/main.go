// Command forecastbench holds capacity's forecast of requests against what came:
// from origins that roll through a year that citizens of a scenario make, and
// through the days of Warsaw's offices. It prints a table; -report writes
// docs/forecast-report.md instead (make forecast-report).
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	folder := flag.String("network", "deploy/networks/hamburg", "`folder` of the network")
	scenarios := flag.String("scenarios", "deploy/scenarios", "`folder` of the scenarios")
	counts := flag.String("warsaw", "services/capacity/planning/outlook/testdata/warsaw-2020-01.csv", "`file` of Warsaw's tickets")
	seed := flag.Uint64("seed", 1, "seed of the citizens")
	report := flag.String("report", "", "write this Markdown `file` instead")
	flag.Parse()
	trials, err := trials(*folder, *scenarios, *counts, *seed)
	if err == nil {
		var all []result
		for _, t := range trials {
			all = append(all, t.play())
		}
		err = write(*report, all, *seed)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "forecastbench:", err)
		os.Exit(1)
	}
}
