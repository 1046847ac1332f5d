package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"
)

// result is what became of an alert.
type result struct {
	Alert  string   `json:"alert"`
	Cause  string   `json:"cause"`
	Did    string   `json:"did"`
	Fired  float64  `json:"fired_s"` // after; 0: it did not
	Ended  float64  `json:"ended_s"` // after; 0: it did not
	Beside []string `json:"beside,omitempty"`
	Stays  string   `json:"stays,omitempty"`
	Failed string   `json:"failed,omitempty"`
	On     string   `json:"on"`
}

// patience is how long an alert may take to fire, and to end.
const patience = 4 * time.Minute

// play makes a mishap until its alerts fire, does what the runbook says, and sees
// them end.
func (s *stage) play(ctx context.Context, sc scene) []result {
	all := map[string]*result{}
	for _, a := range sc.alerts {
		all[a] = &result{Alert: a, Cause: sc.cause, Did: sc.did, Stays: sc.stays[a], On: time.Now().Format(time.DateOnly)}
	}
	fail := func(which func(*result) bool, err error) {
		for _, r := range all {
			if which(r) && r.Failed == "" {
				r.Failed = err.Error()
			}
		}
	}
	s.say("%s: %s", strings.Join(sc.alerts, ", "), sc.cause)
	mishap, over := context.WithCancel(ctx)
	defer over()
	began, made := time.Now(), make(chan error, 1)
	go func() { made <- sc.begin(mishap, s) }()
	beside := map[string]bool{}
	err := until(ctx, patience, "it does not fire", func() bool {
		select {
		case err := <-made:
			if made <- err; err != nil && ctx.Err() == nil {
				fail(func(*result) bool { return true }, fmt.Errorf("the mishap: %w", err))
				return true
			}
		default:
		}
		now, err := s.watch.firing(ctx)
		if err != nil {
			return false
		}
		missing := 0
		for name, r := range all {
			if r.Fired == 0 && now[name] {
				r.Fired = time.Since(began).Seconds()
				s.say("  %s fires after %.0f s", name, r.Fired)
			}
			if r.Fired == 0 {
				missing++
			}
		}
		for name := range now {
			if all[name] == nil {
				beside[name] = true
			}
		}
		return missing == 0
	})
	if err != nil {
		fail(func(r *result) bool { return r.Fired == 0 }, err)
	}
	over()
	<-made
	mended := time.Now()
	if err := sc.end(ctx, s); err != nil {
		fail(func(*result) bool { return true }, fmt.Errorf("what the runbook says: %w", err))
	}
	err = until(ctx, patience, "it does not end", func() bool {
		now, err := s.watch.firing(ctx)
		if err != nil {
			return false
		}
		open := 0
		for name, r := range all {
			if r.Fired == 0 || r.Stays != "" || r.Ended > 0 {
				continue
			}
			if now[name] {
				open++
				continue
			}
			r.Ended = max(time.Since(mended).Seconds(), .1)
			s.say("  %s has ended after %.0f s", name, r.Ended)
		}
		return open == 0
	})
	if err != nil {
		fail(func(r *result) bool { return r.Fired > 0 && r.Ended == 0 && r.Stays == "" }, err)
	}
	s.idle()
	// The next begins when all is quiet.
	if err := until(ctx, patience/2, "all is quiet", func() bool {
		now, err := s.watch.firing(ctx)
		for name, r := range all {
			if r.Stays != "" || r.Failed != "" {
				delete(now, name)
			}
		}
		return err == nil && len(now) == 0
	}); err != nil {
		now, _ := s.watch.firing(ctx)
		s.say("  still: %s", strings.Join(slices.Sorted(maps.Keys(now)), ", "))
	}
	if err := s.ready(ctx); err != nil {
		fail(func(*result) bool { return true }, err)
	}
	var out []result
	for _, a := range sc.alerts {
		for name := range beside {
			all[a].Beside = append(all[a].Beside, name)
		}
		slices.Sort(all[a].Beside)
		if all[a].Failed != "" {
			s.say("  %s: %v", a, all[a].Failed)
		}
		out = append(out, *all[a])
	}
	return out
}

// table of what came of it.
func table(results []result) string {
	var b strings.Builder
	b.WriteString("| alert | what was done to it | fired after | what ended it | ended after | beside it |\n| --- | --- | ---: | --- | ---: | --- |\n")
	for _, r := range results {
		fired, ended := fmt.Sprintf("%.0f s", r.Fired), fmt.Sprintf("%.0f s", r.Ended)
		switch {
		case r.Fired == 0:
			fired, ended = "**did not**", r.Failed
		case r.Stays != "":
			ended = r.Stays
		case r.Ended == 0:
			ended = "**did not**"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", r.Alert, r.Cause, fired, r.Did, ended, strings.Join(r.Beside, ", "))
	}
	return b.String()
}

// keep merges results into those of earlier runs, in the order of the alerts.
func keep(file string, results []result, alerts []string) (all []result, err error) {
	raw, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(raw, &all)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	by := map[string]result{}
	for _, r := range append(all, results...) {
		by[r.Alert] = r
	}
	all = nil
	for _, a := range alerts {
		if r, ok := by[a]; ok {
			all = append(all, r)
		}
	}
	if raw, err = json.MarshalIndent(all, "", "  "); err != nil {
		return nil, err
	}
	return all, os.WriteFile(file, append(raw, '\n'), 0o644)
}

// page of all results.
func page(all []result, alerts []string) string {
	good := 0
	for _, r := range all {
		if r.Failed == "" {
			good++
		}
	}
	return fmt.Sprintf("# Alerts, rehearsed\n\n"+
		"Written by `make rehearse` from docs/rehearsal.json: **%d of %d alerts fired on a running cluster by what they are about, and ended by what\n"+
		"[the runbook](runbook.md) says.** The cluster is that of `make cluster` with a small city and citizens who book, scraped each second by a real\n"+
		"Prometheus and node_exporter; the two metrics of postgres_exporter are told by the rehearsal itself, from the views that it reads.\n\n"+
		"The rules are those of [deploy/alerts/lotse.yaml](../deploy/alerts/lotse.yaml) with their times shortened by one function: 5 minutes become 15 s, others\n"+
		"follow with the power 0.4 of the ratio (1 minute 8 s, 1 hour 41 s, 6 hours 83 s, 3 days 225 s). Thresholds that are no times are what they are.\n"+
		"*Beside it* are alerts that the same mishap raised, too.\n\n%s", good, len(alerts), table(all))
}
