package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lotse-hamburg/lotse/events/lotse"
	"github.com/lotse-hamburg/lotse/tools/load"
)

// roll replaces one replica after the other, as a rolling update does, under
// bookings and sick notes, and holds that no command failed: a try that met a
// replica that was ending is a failure, too.
func (s *stage) roll(ctx context.Context) error {
	from := s.load.Now()
	s.load.Pace(load.Rates{Bookings: 10, HR: 2})
	began := time.Now()
	for _, service := range lotse.Services {
		if err := s.restart(ctx, service); err != nil {
			return err
		}
	}
	s.idle()
	waiting, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if err := s.load.Idle(waiting); err != nil {
		return err
	}
	r := s.load.Since(from, s.load.Now())
	s.say("8 replicas replaced one after the other in %.1f s", time.Since(began).Seconds())
	done := 0
	for _, l := range r.Latencies {
		s.say("  %-10s %6d done, p50 %.0f ms, p99 %.0f ms, longest silence %.1f s, failed tries %v", l.Kind, l.N, l.P50, l.P99, r.Silences[l.Kind], r.Failures[l.Kind])
		done += l.N
	}
	if done == 0 {
		return errors.New("nobody came")
	}
	if len(r.Failures) > 0 {
		return fmt.Errorf("commands failed meanwhile: %v", r.Failures)
	}
	return nil
}
