package main

import (
	"context"
	"fmt"
	"syscall"
	"time"

	"github.com/nats-io/nats.go"
	"golang.org/x/sync/errgroup"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/natsaccess"
)

// scene is a mishap, the alerts that must tell of it, and what the runbook says
// to do. begin may go on until its context ends, which it does when all of them fire.
type scene struct {
	alerts     []string
	cause, did string // for the table
	begin, end func(context.Context, *stage) error
	// stays says why an alert is not waited for until it ends.
	stays map[string]string
	large bool // it needs a large town
}

// scenes in an order in which none disturbs the next. An epoch that was raised
// stays, so it comes last.
var scenes = []scene{
	{alerts: []string{"LotseMessagesParked", "LotseParkedForLong"}, cause: "an HR system reports an absence that ends before it begins", did: "`lotse parked list`, `lotse parked discard`", begin: wrongNote, end: discard},
	{alerts: []string{"LotseFetchesOwed"}, cause: "an HR system says that an absence changed and refuses our secret (401)", did: "the new secret in the connector's file", begin: refusedSecret, end: newSecret},
	{alerts: []string{"LotseReplicaGone"}, cause: "one of two replicas of staffing is switched off", did: "started again", begin: off("staffing-1"), end: on("staffing-1")},
	{alerts: []string{"LotseServiceGone"}, cause: "both replicas of staffing are switched off", did: "started again", begin: off("staffing-1", "staffing-2"), end: on("staffing-1", "staffing-2")},
	{alerts: []string{"LotseLeadChangesHands"}, cause: "whoever leads absence is ended, again and again", did: "it is left alone", begin: unrest, end: calm},
	{alerts: []string{"LotseNobodyLeads"}, cause: "a session holds the table of leases of staffing", did: "the session that *Look at* finds is ended", begin: held("lotse_staffing.leases", "ACCESS EXCLUSIVE"), end: endHolders},
	{alerts: []string{"LotseLaneLags"}, cause: "a session holds capacity's log while booking goes on", did: "the session that *Look at* finds is ended", begin: laneStands, end: endHolders},
	{alerts: []string{"LotseRelayLags"}, cause: "two of three NATS servers are switched off, under bookings", did: "the majority is brought back", begin: loaded(30, off("nats-2", "nats-3")), end: on("nats-2", "nats-3")},
	{alerts: []string{"LotseBusAway"}, cause: "all NATS servers are switched off", did: "started again", begin: off("nats-1", "nats-2", "nats-3"), end: on("nats-1", "nats-2", "nats-3")},
	{alerts: []string{"LotseStrangerOnTheBus"}, cause: "somebody publishes into booking's stream with booking's credentials", did: "`lotse nats-config --rotate booking`, servers reloaded, booking restarted; the old credentials are refused then", begin: stranger, end: rotate},
	{alerts: []string{"LotseReadModelsLag"}, cause: "the connection of booking-2 to the database hangs, under bookings", did: "the connection is whole again", begin: cutOff, end: whole},
	{alerts: []string{"LotseCommitsSlow", "LotseSlow"}, cause: "a session holds booking's log for 1.5 s again and again, as a slow disk does, under bookings", did: "the session that *Look at* finds is ended", begin: slowDisk, end: endHolders},
	{alerts: []string{"LotseCommitsFail", "LotseErrors"}, cause: "the database turns read-only, as the old primary after a failover, under bookings", did: "the address leads to one that takes writes", begin: standby, end: primary},
	{alerts: []string{"LotsePlannerSlow"}, cause: "capacity runs with `LOTSE_CAPACITY_REPAIR_TIME=7s` while sick notes come", did: "set to what it was", begin: slowPlanner, end: quickPlanner, large: true},
	{alerts: []string{"LotseAppointmentsUncovered", "LotseManyAppointmentsAtRisk", "LotsePromiseBurnsFast", "LotsePromiseBurnsSlowly", "LotsePromiseBudgetSpent"},
		cause: "by mistake HR reports everybody absent for 90 days", did: "HR takes its notes back", begin: everybodyAbsent, end: takenBack},
	{alerts: []string{"LotseFilesRunOut"}, cause: "booking-2 may open hardly more files than it has open", did: "the limit is raised (`prlimit --nofile`)", begin: fewFiles, end: manyFiles},
	{alerts: []string{"LotseTooManyConnections"}, cause: "a client takes 172 of 200 connections", did: "it lets them go", begin: connections, end: fewerConnections},
	{alerts: []string{"LotseDiskFullInADay", "LotseDiskFills"}, cause: "a file grows until a volume of 48 MiB is 95 % full", did: "the volume is made larger", begin: fill, end: enlarge},
	{alerts: []string{"LotseEpochRaised"}, cause: "the log of absence begins a new epoch, as after a restore, and its replicas are restarted", did: "nothing: it ends by itself", begin: raise, end: calm},
}

func calm(context.Context, *stage) error { return nil }

func off(names ...string) func(context.Context, *stage) error {
	return func(ctx context.Context, s *stage) error { return s.halt(ctx, names...) }
}

func on(names ...string) func(context.Context, *stage) error {
	return func(ctx context.Context, s *stage) error { s.idle(); return s.resume(ctx, names...) }
}

// loaded lets citizens book, so many a second, while something happens.
func loaded(bookings float64, then func(context.Context, *stage) error) func(context.Context, *stage) error {
	return func(ctx context.Context, s *stage) error { s.busy(bookings); return then(ctx, s) }
}

func wrongNote(ctx context.Context, s *stage) error {
	e := s.city.Employees[0].ID
	return s.event(ctx, "wrong-1", "reported", map[string]any{"absence_id": "wrong-1", "employee": e, "from": "2027-01-10", "until": "2027-01-05", "revision": 1})
}

// unrest ends whoever leads absence, until told to stop.
func unrest(ctx context.Context, s *stage) error {
	for ctx.Err() == nil {
		name, err := s.leader(ctx, "absence")
		if err != nil {
			continue // between two: value asks over HTTP, so this does not spin
		}
		if err := s.Signal(name, syscall.SIGTERM); err != nil {
			continue
		}
		_ = until(ctx, 20*time.Second, "another leads", func() bool { now, err := s.leader(ctx, "absence"); return err == nil && now != name })
	}
	return nil
}

func laneStands(ctx context.Context, s *stage) error {
	s.busy(30)
	return held("lotse_capacity.log_head", "EXCLUSIVE")(ctx, s)
}

// stranger publishes what no relay wrote, as whoever has a service's seed could.
func stranger(ctx context.Context, s *stage) error {
	nc, err := s.asBooking()
	if err != nil {
		return err
	}
	defer nc.Close()
	js, err := nc.JetStream(nats.Context(ctx))
	if err != nil {
		return err
	}
	return until(ctx, 30*time.Second, "the stream takes it", func() bool {
		_, err = js.Publish(events.Subject(booking.SlotsChanged{}.EventType(), "nowhere.2027-01-01"), []byte(`{"made":"up"}`))
		return err == nil
	})
}

// asBooking connects with the seed that the first call has read.
func (s *stage) asBooking() (*nats.Conn, error) {
	key, err := nats.NkeyOptionFromSeed(natsaccess.Credentials(s.state.Credentials, "booking"))
	if err != nil {
		return nil, err
	}
	return nats.Connect(s.state.NATS[0], key, nats.RootCAs(s.state.CA), nats.CustomInboxPrefix(natsaccess.InboxPrefix("booking")))
}

// rotate gives booking other credentials, and holds that the old ones open nothing.
func rotate(ctx context.Context, s *stage) error {
	old, err := nats.NkeyOptionFromSeed(natsaccess.Credentials(s.state.Credentials, "booking"))
	if err != nil {
		return err
	}
	if _, err := s.lotse(ctx, "nats-config", "--out", s.state.Credentials, "--rotate", "booking"); err != nil {
		return err
	}
	for _, server := range []string{"nats-1", "nats-2", "nats-3"} {
		if err := s.Signal(server, syscall.SIGHUP); err != nil { // nats-server --signal reload
			return err
		}
	}
	if err := s.restart(ctx, "booking"); err != nil {
		return err
	}
	nc, err := nats.Connect(s.state.NATS[0], old, nats.RootCAs(s.state.CA))
	if err == nil {
		nc.Close()
		return fmt.Errorf("the old credentials of booking still open the bus")
	}
	return nil
}

// slowPlanner has capacity look for long, and gives it something to look for.
func slowPlanner(ctx context.Context, s *stage) error {
	if err := s.restart(ctx, "capacity", "LOTSE_CAPACITY_REPAIR_TIME=7s"); err != nil {
		return err
	}
	for n := 0; ctx.Err() == nil; n++ {
		s.slow = n + 1
		e := s.city.Employees[n%len(s.city.Employees)].ID
		from := day.Of(time.Now(), time.Local) + 5 + day.Day(3*(n/len(s.city.Employees)))
		if err := s.event(ctx, fmt.Sprintf("slow-%d", n), "reported", map[string]any{"absence_id": fmt.Sprintf("slow-%d", n), "employee": e, "from": from, "until": from + 3, "revision": 1}); err != nil && ctx.Err() == nil {
			return err
		}
		select {
		case <-time.After(2 * time.Second):
		case <-ctx.Done():
		}
	}
	return nil
}

func quickPlanner(ctx context.Context, s *stage) error {
	for n := range s.slow {
		if err := s.event(ctx, fmt.Sprintf("quick-%d", n), "cancelled", map[string]any{"absence_id": fmt.Sprintf("slow-%d", n), "revision": 2}); err != nil {
			return err
		}
	}
	return s.restart(ctx, "capacity")
}

// everybody tells of all employees, some at a time.
func (s *stage) everybody(ctx context.Context, what string, revision int) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(8)
	from := day.Of(time.Now(), time.Local) + 1
	for _, e := range s.city.Employees {
		body := map[string]any{"absence_id": "all-" + string(e.ID), "revision": revision}
		if what == "reported" {
			body["employee"], body["from"], body["until"] = e.ID, from, from+90
		}
		g.Go(func() error { return s.event(ctx, fmt.Sprintf("all-%s-%d", e.ID, revision), what, body) })
	}
	return g.Wait()
}

func everybodyAbsent(ctx context.Context, s *stage) error { return s.everybody(ctx, "reported", 1) }
func takenBack(ctx context.Context, s *stage) error       { return s.everybody(ctx, "cancelled", 2) }

func discard(ctx context.Context, s *stage) error {
	parked, err := s.parked(ctx)
	for _, id := range parked {
		if _, err := s.lotse(ctx, "parked", "discard", id, "--server", s.state.URL, "--service", "absence", "--why", "rehearsal"); err != nil {
			return err
		}
	}
	if err == nil && len(parked) == 0 {
		err = fmt.Errorf("nothing is parked")
	}
	return err
}
