// Package daemon is the main function of each deployable: configuration from
// the environment, signals, a log, the bus, HTTP, and an exit code.
package daemon

import (
	"cmp"
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
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/bus"
	"github.com/lotse-hamburg/lotse/services/internal/clock"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/postgres"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/sqlite"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
	"github.com/lotse-hamburg/lotse/services/internal/node"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
	"github.com/lotse-hamburg/lotse/services/internal/telemetry"
)

// Config is what every deployable reads from the environment, with the prefix
// LOTSE.
type Config struct {
	HTTP         string `default:"127.0.0.1:8080" desc:"address of the API, host:port"`
	NATS         string `default:"nats://127.0.0.1:4222" desc:"URLs of the bus, separated by commas"`
	NATSCreds    string `split_words:"true" desc:"file with NATS credentials, of lotse nats-config (<user>.nk) or of an operator (.creds); empty: none"`
	NATSInbox    string `split_words:"true" desc:"prefix of the subjects on which answers are heard; empty: _INBOX_<service>, as lotse nats-config allows it"`
	NATSCA       string `envconfig:"NATS_CA" desc:"file of the authority that the NATS server's certificate comes from; empty: the machine's authorities"`
	NATSCert     string `split_words:"true" desc:"file of the certificate shown to the NATS server, with LOTSE_NATS_KEY; empty: none"`
	NATSKey      string `split_words:"true" desc:"file of that certificate's key"`
	Postgres     string `desc:"URL of the database that holds the log; empty: a SQLite file in the data folder"`
	PostgresFile string `split_words:"true" desc:"file that holds the database's URL, instead of LOTSE_POSTGRES"`
	Data         string `default:"lotse-data" desc:"folder for the SQLite log and for keys"`
	OTLP         string `desc:"OpenTelemetry endpoint for traces, http://host:4318; empty: traces are not exported"`
	LogLevel     string `split_words:"true" default:"info" desc:"debug, info, warn or error"`
	FeedbackMail string `split_words:"true" desc:"mail address to which readers of the pages may send feedback; empty: none is named"`
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
	check := flags.Bool("check", false, "check the configuration and exit")
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
	if err := p.run(ctx, *check); err != nil {
		fmt.Fprintf(os.Stderr, "%sd: %v\n", p.Name, err)
		return 1
	}
	return 0
}

func (p Program) prefix() string { return "LOTSE_" + strings.ToUpper(p.Name) }

func (p Program) run(ctx context.Context, checkOnly bool) error {
	var cfg Config
	if err := errors.Join(Read("LOTSE", &cfg), Read(p.prefix(), p.Own)); err != nil {
		return err
	}
	p.warn(os.Stderr)
	level, err := cfg.validate()
	if p.Prepare != nil {
		p.Prepare(cfg)
	}
	front, sessions, unusable := cfg.Front(time.Now, func(err error) { slog.Error("tokens stay as they were", "error", err) })
	err = errors.Join(err, unusable, p.Own.Validate())
	if err != nil || checkOnly {
		return err
	}
	logger := telemetry.Logger(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level}), p.Name)
	shutdown, err := telemetry.Setup(ctx, telemetry.Options{Service: p.Name, OTLPEndpoint: cfg.OTLP, Logger: logger})
	if err != nil {
		return err
	}
	defer func() {
		end, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		_ = shutdown(end)
	}()
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil { // for keys, also where Postgres has the log
		return fmt.Errorf("LOTSE_DATA %s: %w: name a folder that can be written to", cfg.Data, err)
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
	conn, err := bus.Connect(ctx, bus.Options{URL: cfg.NATS, CredsFile: cfg.NATSCreds, Name: p.Name + "d", Logger: logger,
		InboxPrefix: cmp.Or(cfg.NATSInbox, "_INBOX_"+p.Name), CA: cfg.NATSCA, Cert: cfg.NATSCert, Key: cfg.NATSKey})
	if err != nil {
		return err
	}
	defer conn.Close()
	zone, err := clock.Zone(clock.City)
	if err != nil {
		return err
	}
	service, err := p.New(node.Deps{Store: store, Now: clock.System(zone), Logger: logger})
	if err != nil {
		return err
	}
	if cfg.Config.Empty() {
		logger.Warn("nobody but citizens can be recognised: name LOTSE_TOKENS_FILE or LOTSE_OIDC_ISSUER")
	}
	if cfg.TLSCert == "" && !access.Loopback(cfg.HTTP) {
		logger.Warn("tokens and personal data cross the network in clear unless a gateway encrypts them: name LOTSE_TLS_CERT and LOTSE_TLS_KEY", "http", cfg.HTTP)
	}
	served, err := service.Pages()
	if err != nil {
		return err
	}
	served["/"] = service.Handler()
	home := pages.NewHome(pages.HomeOptions{Options: pages.Options{Log: logger, Zone: zone}, FeedbackMail: cfg.FeedbackMail, Sessions: sessions})
	h, err := httpserver.Process(front, sessions, telemetry.MetricsHandler(), home, served)
	if err != nil {
		return err
	}
	return p.serve(ctx, service, conn, func(ctx context.Context) error { return cfg.Serve(ctx, listen, h) }, listen.Addr())
}

func open(ctx context.Context, cfg Config, name string, logger *slog.Logger) (eventlog.Store, error) {
	if cfg.Postgres != "" {
		return postgres.Open(ctx, postgres.Options{URL: cfg.Postgres, Schema: "lotse_" + name})
	}
	return sqlite.Open(ctx, filepath.Join(cfg.Data, name+".db"), sqlite.WithLogger(logger))
}

// serve runs everything until ctx ends; serveHTTP listens on at.
func (p Program) serve(ctx context.Context, s Service, conn *bus.Conn, serveHTTP func(context.Context) error, at net.Addr) error {
	if err := s.Node().Start(ctx); err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return s.Node().Run(ctx, conn) })
	for _, beside := range p.Beside {
		g.Go(func() error { return beside(ctx, s, conn) })
	}
	g.Go(func() error { return serveHTTP(ctx) })
	s.Node().Logger().Info("serving", "http", at.String())
	if err := g.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}
