package allinone

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lotse-hamburg/lotse/events/lotse"
	"github.com/lotse-hamburg/lotse/services/absence"
	"github.com/lotse-hamburg/lotse/services/booking"
	"github.com/lotse-hamburg/lotse/services/capacity"
	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/bus"
	"github.com/lotse-hamburg/lotse/services/internal/bus/natsd"
	"github.com/lotse-hamburg/lotse/services/internal/clock"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/postgres"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/sqlite"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
	"github.com/lotse-hamburg/lotse/services/internal/node"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
	"github.com/lotse-hamburg/lotse/services/internal/pseudonym"
	"github.com/lotse-hamburg/lotse/services/internal/telemetry"
	"github.com/lotse-hamburg/lotse/services/natsaccess"
	"github.com/lotse-hamburg/lotse/services/staffing"
)

// City is a running Lotse.
type City struct {
	cfg     Config
	log     *slog.Logger
	zone    *time.Location
	bus     *natsd.Server
	conns   map[string]*bus.Conn // one per service
	listen  net.Listener
	handler http.Handler

	front       *access.Front
	sessions    *access.Sessions
	development *access.Development // nil: Config.Access says who is believed

	absence  *absence.Service
	staffing *staffing.Service
	capacity *capacity.Service
	booking  *booking.Service

	cancel context.CancelFunc
	ended  chan struct{}
	err    error
	close  []func()
}

// service is what the four have in common for whoever runs them.
type service interface {
	Node() *node.Node
	Handler() http.Handler
	Pages() (map[string]http.Handler, error)
}

func (c *City) services() []service {
	return []service{c.absence, c.staffing, c.capacity, c.booking}
}

// Start brings everything up and returns when it serves. On an error nothing is
// left running.
func Start(ctx context.Context, cfg Config) (_ *City, err error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w: name one that can be written to with --data", err)
	}
	c := &City{cfg: cfg, log: cfg.Logger, ended: make(chan struct{})}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	defer func() {
		if err != nil {
			c.release()
		}
	}()
	for _, step := range []func(context.Context) error{c.believe, c.listenHTTP, c.observe, c.startBus, c.build, func(context.Context) error { return c.routes() }, c.fold} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	c.run()
	return c, nil
}

// onClose has something undone when the city ends, the last thing first.
func (c *City) onClose(undo func()) { c.close = append(c.close, undo) }

func (c *City) release() {
	for i := len(c.close) - 1; i >= 0; i-- {
		c.close[i]()
	}
	c.close = nil
}

// believe prepares who is believed.
func (c *City) believe(context.Context) (err error) {
	var further []access.Tokens
	if c.cfg.Access.Empty() {
		if c.development, err = access.OpenDevelopment(c.cfg.Data, c.cfg.HTTP, rand.Reader); err != nil {
			return err
		}
		further = append(further, c.development)
	}
	c.front, c.sessions, err = c.cfg.Access.Front(time.Now, func(err error) { c.log.Error("tokens stay as they were", "error", err) }, further...)
	if err == nil && c.development != nil {
		if c.sessions, err = c.development.Sessions(time.Now); err == nil {
			c.front = c.front.Using(c.sessions)
		}
	}
	return err
}

// listenHTTP takes the port first: a taken one is the commonest mistake.
func (c *City) listenHTTP(context.Context) (err error) {
	if c.listen, err = net.Listen("tcp", c.cfg.HTTP); err != nil {
		return fmt.Errorf("http address %s cannot be used: %w: end what uses it, or name another with --http", c.cfg.HTTP, err)
	}
	c.onClose(func() { _ = c.listen.Close() })
	return nil
}

// observe sets up traces and metrics, once for all services.
func (c *City) observe(ctx context.Context) error {
	shutdown, err := telemetry.Setup(ctx, telemetry.Options{Service: "lotse", OTLPEndpoint: c.cfg.OTLP, Logger: c.log})
	if err != nil {
		return err
	}
	c.onClose(func() {
		end, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		_ = shutdown(end)
	})
	return nil
}

func (c *City) startBus(ctx context.Context) (err error) {
	host, port, err := splitAddress(c.cfg.NATS)
	if err != nil {
		return err
	}
	if port == 0 {
		port = natsd.RandomPort
	}
	access := c.BusAccess()
	if _, err := natsaccess.Ensure(access, natsaccess.Wish{Local: natsd.Loopback(host)}); err != nil {
		return fmt.Errorf("access to the bus: %w", err)
	}
	c.bus, err = natsd.Start(natsd.Options{Dir: filepath.Join(c.cfg.Data, "bus"), Host: host, Port: port,
		Access: filepath.Join(access, natsaccess.AccountsFile), Logger: c.log})
	if err != nil {
		return err
	}
	c.onClose(c.bus.Shutdown)
	c.conns = map[string]*bus.Conn{}
	for _, name := range lotse.Services {
		conn, err := bus.Connect(ctx, bus.Options{InProcess: c.bus.InProcess(), Name: "lotse " + name, Logger: c.log,
			CredsFile: natsaccess.Credentials(access, name), InboxPrefix: natsaccess.InboxPrefix(name)})
		if err != nil {
			return err
		}
		c.onClose(conn.Close)
		c.conns[name] = conn
	}
	return nil
}

// BusAccess is the folder of who may do what on the bus: a file of credentials
// per user, in the form that lotse nats-config keeps. Users that are added
// there are known after a restart.
func (c *City) BusAccess() string { return filepath.Join(c.cfg.Data, "nats") }

// openLog opens one service's log.
func (c *City) openLog(ctx context.Context, service string) (store eventlog.Store, err error) {
	if c.cfg.Postgres != "" {
		store, err = postgres.Open(ctx, postgres.Options{URL: c.cfg.Postgres, Schema: "lotse_" + service})
	} else {
		store, err = sqlite.Open(ctx, filepath.Join(c.cfg.Data, service+".db"), sqlite.WithLogger(c.log))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", service, err)
	}
	c.onClose(func() {
		if err := store.Close(); err != nil {
			c.log.Error("log does not close", "service", service, "error", err)
		}
	})
	return store, nil
}

// build makes the four services.
func (c *City) build(ctx context.Context) error {
	var err error
	if c.zone, err = clock.Zone(clock.City); err != nil {
		return err
	}
	now := c.cfg.Now
	if now == nil {
		now = clock.System(c.zone)
	}
	deps := func(name string) (d node.Deps) {
		if err != nil {
			return d
		}
		var store eventlog.Store
		if store, err = c.openLog(ctx, name); err != nil {
			return d
		}
		return node.Deps{Store: store, Now: now, Logger: c.log, SnapshotEvery: c.cfg.SnapshotEvery}
	}
	a, s, k, b := deps("absence"), deps("staffing"), deps("capacity"), deps("booking")
	if err != nil {
		return err
	}
	hr := absence.DefaultConfig()
	hr.WebhookSecrets = filepath.Join(c.cfg.Data, "webhook-secrets") // read anew for each message
	if err := os.MkdirAll(hr.WebhookSecrets, 0o700); err != nil {
		return fmt.Errorf("secrets of webhooks: %w", err)
	}
	staff := staffing.DefaultConfig()
	if c.cfg.StaffNumbers {
		key := filepath.Join(c.cfg.Data, "staff.pseudonym-key")
		if err := pseudonym.WriteKey(key, rand.Reader); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("key of pseudonyms: %w", err)
		}
		hr.Pseudonyms, hr.PseudonymKey = pseudonym.DefaultPolicy, key
		staff.Pseudonyms, staff.PseudonymKey = pseudonym.DefaultPolicy, key
	}
	if c.absence, err = absence.New(absence.Deps{Node: a, Config: changed(hr, c.cfg.Absence)}); err != nil {
		return err
	}
	if c.staffing, err = staffing.New(staffing.Deps{Node: s, Config: changed(staff, c.cfg.Staffing)}); err != nil {
		return err
	}
	if c.capacity, err = capacity.New(capacity.Deps{Node: k, Config: capacity.DefaultConfig()}); err != nil {
		return err
	}
	cfg := booking.DefaultConfig()
	cfg.KeyFile, cfg.Proxies = filepath.Join(c.cfg.Data, "booking.kek"), c.cfg.Access.Proxies
	c.booking, err = booking.New(booking.Deps{Node: b, Config: changed(cfg, c.cfg.Booking)})
	return err
}

// changed is a configuration after somebody else's hand.
func changed[C any](cfg C, by func(*C)) C {
	if by != nil {
		by(&cfg)
	}
	return cfg
}

// fold replays the logs, side by side.
func (c *City) fold(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, s := range c.services() {
		g.Go(func() error { return s.Node().Start(ctx) })
	}
	return g.Wait()
}

// run puts the goroutines around the services.
func (c *City) run() {
	ctx, cancel := context.WithCancel(context.Background())
	c.cancel = cancel
	g, ctx := errgroup.WithContext(ctx)
	for _, s := range c.services() {
		g.Go(func() error { return s.Node().Run(ctx, c.conns[s.Node().Service()]) })
	}
	g.Go(func() error {
		stop, err := c.absence.ServeHR(ctx, c.conns["absence"].NATS())
		if err != nil {
			return fmt.Errorf("absence: receive from HR: %w", err)
		}
		<-ctx.Done()
		stop()
		return nil
	})
	g.Go(func() error { return c.booking.MirrorSlots(ctx, c.conns["booking"].JetStream()) })
	g.Go(func() error { return c.cfg.Server.Serve(ctx, c.listen, c.handler) })
	go func() {
		defer close(c.ended)
		if err := g.Wait(); err != nil && !errors.Is(err, context.Canceled) {
			c.err = err
		}
		c.release()
	}()
}

// routes makes what is served: APIs below the services' names, pages at their own
// paths.
func (c *City) routes() error {
	all := map[string]http.Handler{}
	for _, s := range c.services() {
		served, err := s.Pages()
		if err != nil {
			return err
		}
		maps.Copy(all, served)
		prefix := "/" + s.Node().Service()
		all[prefix+"/"] = http.StripPrefix(prefix, s.Handler())
	}
	var health []func(context.Context) node.Health
	for _, s := range c.services() {
		health = append(health, s.Node().Health)
	}
	home := pages.NewHome(pages.HomeOptions{Options: pages.Options{Log: c.log, Zone: c.zone}, FeedbackMail: c.cfg.FeedbackMail, Sessions: c.sessions})
	var err error
	c.handler, err = httpserver.Process(c.front, c.sessions, httpserver.Watched{Metrics: telemetry.MetricsHandler(), Ready: httpserver.Ready(func() string { return httpserver.Serving }, health...)}, home, all)
	return err
}

// URL is where the APIs are, "http://127.0.0.1:8080".
func (c *City) URL() string {
	scheme := "http://"
	if c.cfg.Server.TLSCert != "" {
		scheme = "https://"
	}
	return scheme + c.listen.Addr().String()
}

// AllRoles names the development token that may do everything.
const AllRoles = access.All

// Roles are the names of the development tokens.
func Roles() []string { return access.Developers() }

// Token is the development token of a role, or of AllRoles: Authorization: Bearer. It is empty where Config.Access says who is believed.
func (c *City) Token(role string) string {
	if c.development == nil {
		return ""
	}
	return c.development.Token(role)
}

// TokensFile is where the development tokens are kept; empty: there are none.
func (c *City) TokensFile() string {
	if c.development == nil {
		return ""
	}
	return c.development.Path
}

// NATSURL is where the bus is, "nats://127.0.0.1:4222".
func (c *City) NATSURL() string { return c.bus.URL() }

// Done is closed when the city has ended, by Close or by itself.
func (c *City) Done() <-chan struct{} { return c.ended }

// Close ends everything and returns what ended it before, if anything did.
func (c *City) Close() error {
	c.cancel()
	<-c.ended
	return c.err
}
