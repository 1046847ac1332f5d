// Package daemon is the main function of each deployable: configuration from
// the environment, signals, a log, the bus, HTTP, and an exit code.
package daemon

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/bus"
	"github.com/lotse-hamburg/lotse/services/internal/clock"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
	"github.com/lotse-hamburg/lotse/services/internal/node"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
	"github.com/lotse-hamburg/lotse/services/internal/telemetry"
)

// Config is what every deployable reads from the environment, with the prefix
// LOTSE.
type Config struct {
	HTTP         string        `default:"127.0.0.1:8080" desc:"address of the API, host:port"`
	NATS         string        `default:"nats://127.0.0.1:4222" desc:"URLs of the bus, separated by commas; tls:// where it must be encrypted"`
	NATSCreds    string        `split_words:"true" desc:"file with NATS credentials, of lotse nats-config (<user>.nk) or of an operator (.creds); empty: none"`
	NATSInbox    string        `split_words:"true" desc:"prefix of the subjects on which answers are heard; empty: _INBOX_<service>, as lotse nats-config allows it"`
	NATSCA       string        `envconfig:"NATS_CA" desc:"file of the authority that the NATS server's certificate comes from; empty: the machine's authorities"`
	NATSCert     string        `split_words:"true" desc:"file of the certificate shown to the NATS server, with LOTSE_NATS_KEY; empty: none"`
	NATSKey      string        `split_words:"true" desc:"file of that certificate's key"`
	Postgres     string        `desc:"URL of the database that holds the log; empty: a SQLite file in the data folder"`
	PostgresFile string        `split_words:"true" desc:"file that holds the database's URL, instead of LOTSE_POSTGRES"`
	Data         string        `default:"lotse-data" desc:"folder for the SQLite log and for keys"`
	OTLP         string        `desc:"OpenTelemetry endpoint for traces, http://host:4318; empty: traces are not exported"`
	LogLevel     string        `split_words:"true" default:"info" desc:"debug, info, warn or error"`
	Drain        time.Duration `default:"2s" desc:"how long a process that was asked to end still serves while /readyz says no, so that gateways send nothing more: longer than they take to notice"`
	BusReplicas  int           `split_words:"true" default:"1" desc:"servers of a NATS cluster that keep a copy of what this service says: 1, 3 or 5, and no more than there are"`
	Storage
	ClockOffset  time.Duration `split_words:"true" default:"0s" desc:"by how much the clock of this process is wrong: for rehearsals only"`
	FeedbackMail string        `split_words:"true" desc:"mail address to which readers of the pages may send feedback; empty: none is named"`
	httpserver.ServerConfig
	access.Config
}

func (c *Config) validate() (level slog.Level, err error) {
	var errs []error
	if _, _, err := net.SplitHostPort(c.HTTP); err != nil {
		errs = append(errs, fmt.Errorf("LOTSE_HTTP %q: write it as host:port", c.HTTP))
	}
	if c.Postgres != "" && c.PostgresFile != "" {
		errs = append(errs, errors.New("LOTSE_POSTGRES and LOTSE_POSTGRES_FILE are both set: keep one"))
	}
	if c.PostgresFile != "" {
		raw, err := os.ReadFile(c.PostgresFile)
		if err != nil {
			errs = append(errs, fmt.Errorf("LOTSE_POSTGRES_FILE: %w", err))
		}
		c.Postgres = strings.TrimSpace(string(raw))
	}
	for name, file := range map[string]string{"CREDS": c.NATSCreds, "CA": c.NATSCA, "CERT": c.NATSCert, "KEY": c.NATSKey} {
		if _, err := os.Stat(file); file != "" && err != nil {
			errs = append(errs, fmt.Errorf("LOTSE_NATS_%s: %w", name, err))
		}
	}
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		errs = append(errs, fmt.Errorf("LOTSE_LOG_LEVEL %q: write debug, info, warn or error", c.LogLevel))
	}
	if c.Drain < 0 || c.Drain > 5*time.Minute {
		errs = append(errs, fmt.Errorf("LOTSE_DRAIN is %s: give 0s to 5m", c.Drain))
	}
	if c.BusReplicas != 1 && c.BusReplicas != 3 && c.BusReplicas != 5 {
		errs = append(errs, fmt.Errorf("LOTSE_BUS_REPLICAS is %d: give 1, 3 or 5", c.BusReplicas))
	}
	errs = append(errs, c.Storage.check()...)
	errs = append(errs, c.addresses()...)
	c.ProxiesGiven = c.Proxies
	if err := c.ServerConfig.Validate(); err != nil {
		errs = append(errs, err)
	}
	return level, errors.Join(errs...)
}

// Service is what a deployable runs.
type Service interface {
	Node() *node.Node
	Handler() http.Handler
	Pages() (map[string]http.Handler, error)
}

// Program describes one deployable.
type Program struct {
	Name string // of the service
	// Own is a pointer to the service's own configuration; its prefix is
	// LOTSE_<NAME>.
	Own interface{ Validate() error }
	// Prepare fills what follows from the common configuration; nil: nothing does.
	Prepare func(Config)
	New     func(deps node.Deps) (Service, error)
	// Beside runs what the service has beside its node, until ctx ends.
	Beside []func(ctx context.Context, s Service, conn *bus.Conn) error
}

// Main runs a deployable and returns its exit code.
func Main(p Program) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	flags := flag.NewFlagSet(p.Name+"d", flag.ContinueOnError)
	var only task
	flags.BoolFunc("check", "", only.check)
	flags.BoolFunc("migrate", "", only.be(migrate))
	flags.BoolFunc("ready", "", only.be(ready))
	flags.BoolFunc("version", "", only.be(version))
	flags.BoolFunc("table", "", only.be(table))
	flags.SetOutput(io.Discard)
	err := flags.Parse(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		p.usage(os.Stdout)
		return 0
	}
	if err == nil && flags.NArg() > 0 {
		err = fmt.Errorf("it takes no arguments, and %q is one", flags.Arg(0))
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%sd: %v\nSee %sd -help.\n", p.Name, err, p.Name)
		return 2
	}
	switch only {
	case version:
		fmt.Printf("%sd %s\n", p.Name, Version())
		return 0
	case table:
		p.table(os.Stdout)
		return 0
	}
	if err := p.run(ctx, only, stop); err != nil {
		fmt.Fprintf(os.Stderr, "%sd: %v\n", p.Name, err)
		return 1
	}
	return 0
}

func (p Program) prefix() string { return "LOTSE_" + strings.ToUpper(p.Name) }

// run does one task, or serves until ctx ends. asked is called when that is
// heard, so that who asks again is obeyed at once.
func (p Program) run(ctx context.Context, only task, asked func()) error {
	var cfg Config
	if err := errors.Join(Read("LOTSE", &cfg), Read(p.prefix(), p.Own)); err != nil {
		return err
	}
	if only == ready {
		return askReady(ctx, cfg)
	}
	p.warn(os.Stderr)
	level, err := cfg.validate()
	if p.Prepare != nil {
		p.Prepare(cfg)
	}
	front, sessions, unusable := cfg.Front(time.Now, func(err error) { slog.Error("tokens stay as they were", "error", err) })
	if err := errors.Join(err, unusable, p.Own.Validate()); err != nil || only == check {
		return err
	}
	logger := telemetry.Logger(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level}), p.Name)
	slog.SetDefault(logger) // what libraries say
	switch only {
	case connect:
		return p.connect(ctx, cfg, logger)
	case migrate:
		return p.migrate(ctx, cfg, logger)
	}
	shutdown, err := telemetry.Setup(ctx, telemetry.Options{Service: p.Name, Version: Version(), OTLPEndpoint: cfg.OTLP, Logger: logger})
	if err != nil {
		return err
	}
	defer func() {
		end, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		_ = shutdown(end)
	}()
	if err := folder(cfg); err != nil { // for keys, also where Postgres has the log
		return err
	}
	listen, err := net.Listen("tcp", cfg.HTTP)
	if err != nil {
		return fmt.Errorf("LOTSE_HTTP %s cannot be used: %w", cfg.HTTP, err)
	}
	defer func() { _ = listen.Close() }()
	store, err := open(ctx, cfg, p.Name, logger)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	conn, err := p.dial(ctx, cfg, logger)
	if err != nil {
		return err
	}
	defer conn.Close()
	zone, err := clock.Zone(clock.City)
	if err != nil {
		return err
	}
	service, err := p.New(node.Deps{Store: store, Now: cfg.clock(zone, logger), Logger: logger, StreamReplicas: cfg.BusReplicas, ArchiveAfter: cfg.ArchiveAfter})
	if err != nil {
		return err
	}
	cfg.caution(logger)
	served, err := service.Pages()
	if err != nil {
		return err
	}
	served["/"] = service.Handler()
	home := pages.NewHome(pages.HomeOptions{Options: pages.Options{Log: logger, Zone: zone}, FeedbackMail: cfg.FeedbackMail, Sessions: sessions})
	l := &life{drain: cfg.Drain, asked: asked}
	l.state.Store(httpserver.Starting)
	watched := httpserver.Watched{Metrics: telemetry.MetricsHandler(), Ready: httpserver.Ready(l.is, service.Node().Health)}
	h, err := httpserver.Process(front, sessions, watched, home, served)
	if err != nil {
		return err
	}
	return p.serve(ctx, service, conn, l, func(ctx context.Context) error { return cfg.Serve(ctx, listen, l.gate(h)) }, listen.Addr())
}
