// Package trial is booking as benchmarks need it: the whole service with its
// log, bus and HTTP API, in a city of a stated size that needs no other service,
// and logs as they are after a year.
package trial

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/booking"
	"github.com/lotse-hamburg/lotse/services/internal/bus"
	"github.com/lotse-hamburg/lotse/services/internal/bus/natsd"
	"github.com/lotse-hamburg/lotse/services/internal/clock"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/pgtest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/postgres"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/sqlite"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// Options of a city on trial.
type Options struct {
	Folder   string // for the log, keys and the bus's files
	Postgres string // URL of a database instead of SQLite
	Schema   string // in that database; what it begins with is dropped at the end
	Size     Size
	Logger   *slog.Logger // nil: none

	names []string // schemas that were made
}

func (o Options) logger() *slog.Logger {
	if o.Logger == nil {
		return slog.New(slog.DiscardHandler)
	}
	return o.Logger
}

func (o *Options) open(ctx context.Context, name string) (eventlog.Store, error) {
	if o.Postgres != "" {
		o.names = append(o.names, o.Schema+"_"+name)
		return postgres.Open(ctx, postgres.Options{URL: o.Postgres, Schema: o.Schema + "_" + name})
	}
	return sqlite.Open(ctx, filepath.Join(o.Folder, name+".db"), sqlite.WithLogger(o.logger()))
}

// service makes booking on a log, without limits: one client is all there is.
func (o Options) service(store eventlog.Store, now func() time.Time) (*booking.Service, error) {
	cfg := booking.DefaultConfig()
	cfg.KeyFile = filepath.Join(o.Folder, "booking.kek")
	cfg.RateReads, cfg.RateCommands, cfg.HoldsPerClient = 0, 0, 0
	return booking.New(booking.Deps{Node: node.Deps{Store: store, Now: now, Logger: o.logger()}, Config: cfg})
}

// City is booking at work.
type City struct {
	options Options
	today   day.Day
	store   eventlog.Store
	service *booking.Service
	listen  net.Listener
	bus     *natsd.Server
	conn    *bus.Conn
	heard   int64 // position of capacity's public log; Offer's alone
	offered map[string]int64

	cancel context.CancelFunc
	ended  chan struct{}
	err    error
}

// Start makes the city, fills its first days, and serves it on a free port of
// the loopback.
func Start(ctx context.Context, o Options) (_ *City, err error) {
	zone, err := clock.Zone(clock.City)
	if err != nil {
		return nil, err
	}
	now := clock.System(zone)
	c := &City{options: o, today: day.Of(now(), zone), offered: map[string]int64{}, ended: make(chan struct{})}
	defer func() {
		if err != nil {
			c.release()
		}
	}()
	if c.listen, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	if c.store, err = c.options.open(ctx, "booking"); err != nil {
		return nil, err
	}
	if c.service, err = o.service(c.store, now); err != nil {
		return nil, err
	}
	if err = c.service.Node().Start(ctx); err != nil {
		return nil, err
	}
	if err = c.build(ctx); err != nil {
		return nil, fmt.Errorf("build the city: %w", err)
	}
	if c.bus, err = natsd.Start(natsd.Options{Dir: filepath.Join(o.Folder, "bus"), Host: "127.0.0.1", Port: natsd.RandomPort, Logger: o.logger()}); err != nil {
		return nil, err
	}
	if c.conn, err = bus.Connect(ctx, bus.Options{InProcess: c.bus.InProcess(), Name: "trial", Logger: o.logger()}); err != nil {
		return nil, err
	}
	c.run()
	return c, nil
}

func (c *City) run() {
	ctx, cancel := context.WithCancel(context.Background())
	c.cancel = cancel
	g, ctx := errgroup.WithContext(ctx)
	mux := http.NewServeMux()
	mux.Handle("/booking/", http.StripPrefix("/booking", c.service.Handler()))
	c.control(mux)
	g.Go(func() error { return c.service.Node().Run(ctx, c.conn) })
	g.Go(func() error { return c.service.MirrorSlots(ctx, c.conn.JetStream()) })
	g.Go(func() error { return httpserver.Serve(ctx, c.listen, mux) })
	go func() {
		defer close(c.ended)
		if err := g.Wait(); err != nil && !errors.Is(err, context.Canceled) {
			c.err = err
		}
		c.release()
	}()
}

// release closes what is open, the last thing first.
func (c *City) release() {
	if c.conn != nil {
		c.conn.Close()
	}
	if c.bus != nil {
		c.bus.Shutdown()
	}
	if c.store != nil {
		c.err = errors.Join(c.err, c.store.Close())
	}
	if c.listen != nil {
		_ = c.listen.Close()
	}
	for _, name := range c.options.names {
		c.err = errors.Join(c.err, drop(c.options.Postgres, name))
	}
}

func drop(url, schema string) error {
	return pgtest.Exec(url, "SET client_min_messages = warning; DROP SCHEMA IF EXISTS "+schema+" CASCADE")
}

// Drop removes a log from Postgres.
func (o Options) Drop() error { return drop(o.Postgres, o.Schema+"_booking") }

// Postgres is the URL of a server for benchmarks: the one that
// LOTSE_TEST_POSTGRES names, or a private one from this machine's binaries that
// ends with the process.
func Postgres() (string, error) { return pgtest.Server() }

// URL is where the city is served; booking's API is below /booking.
func (c *City) URL() string { return "http://" + c.listen.Addr().String() }

// NATSURL is where the bus is.
func (c *City) NATSURL() string { return c.bus.URL() }

// Today in the city.
func (c *City) Today() day.Day { return c.today }

// Close ends the city.
func (c *City) Close() error {
	c.cancel()
	<-c.ended
	return c.err
}

// hear is told something by capacity, as its lane would tell it.
func (c *City) hear(ctx context.Context, e events.Event) error {
	data, err := json.Marshal(e)
	if err != nil {
		return err
	}
	c.heard++
	return c.service.Node().Inbounds()[0].Deliver(ctx, events.Envelope{ID: fmt.Sprint("trial-", c.heard), Source: "lotse/" + capacity.Service,
		Type: e.EventType(), Subject: events.Key(e.EventKey()...), Time: c.service.Node().Now(), Epoch: 1, Position: c.heard, Data: data})
}
