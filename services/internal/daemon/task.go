package daemon

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/bus"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/postgres"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/sqlite"
)

// release is set by a release: -ldflags "-X github.com/lotse-hamburg/lotse/services/internal/daemon.release=v1.2.3".
var release string

// Version of the program.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if release == "" && ok && info.Main.Version != "(devel)" {
		return cmp.Or(info.Main.Version, "development")
	}
	return cmp.Or(release, "development")
}

// task is what a program does instead of serving.
type task int

const (
	serving task = iota
	check        // the configuration
	connect      // check, and reach database and bus
	migrate      // bring the database's tables up to date
	version
	table
	ready // ask the process that serves here
)

// check reads what stands behind -check=.
func (t *task) check(value string) error {
	switch value {
	case "true", "config":
		return t.be(check)(value)
	case "connect":
		return t.be(connect)(value)
	}
	return fmt.Errorf("it is %q: write -check, or -check=connect to reach database and bus, too", value)
}

func (t *task) be(what task) func(string) error {
	return func(string) error {
		if *t != serving && *t != what {
			return fmt.Errorf("one thing at a time: give one of -check, -migrate and -version")
		}
		*t = what
		return nil
	}
}

// addresses finds those that cannot be meant. None is quoted that may hold a
// password.
func (c *Config) addresses() (errs []error) {
	for address := range strings.SplitSeq(c.NATS, ",") {
		u, err := url.Parse(strings.TrimSpace(address))
		switch {
		case err != nil || u.Host == "" && !strings.Contains(address, "://"):
			errs = append(errs, fmt.Errorf("LOTSE_NATS has an address that cannot be read: write nats://host:4222 or tls://host:4222"))
		case u.Host == "" || u.Scheme != "nats" && u.Scheme != "tls":
			errs = append(errs, fmt.Errorf("LOTSE_NATS has %s: write nats://host:4222 or tls://host:4222", u.Redacted()))
		}
	}
	if u, err := url.Parse(c.OTLP); c.OTLP != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		errs = append(errs, fmt.Errorf("LOTSE_OTLP is %q: write it as http://host:4318", c.OTLP))
	}
	if c.Postgres != "" {
		if err := postgres.CheckURL(c.Postgres); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", c.postgresFrom(), err))
		}
	}
	return errs
}

func (c *Config) postgresFrom() string {
	if c.PostgresFile != "" {
		return "LOTSE_POSTGRES_FILE"
	}
	return "LOTSE_POSTGRES"
}

// caution warns of what works and should not stay so.
func (c *Config) caution(logger *slog.Logger) {
	if c.Config.Empty() {
		logger.Warn("nobody but citizens can be recognised: name LOTSE_TOKENS_FILE or LOTSE_OIDC_ISSUER")
	}
	if c.TLSCert == "" && !access.Loopback(c.HTTP) {
		logger.Warn("tokens and personal data cross the network in clear unless a gateway encrypts them: name LOTSE_TLS_CERT and LOTSE_TLS_KEY", "http", c.HTTP)
	}
}

// folder makes the data folder.
func folder(cfg Config) error {
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return fmt.Errorf("LOTSE_DATA %s: %w: name a folder that can be written to", cfg.Data, err)
	}
	return nil
}

func open(ctx context.Context, cfg Config, name string, logger *slog.Logger) (eventlog.Store, error) {
	if cfg.Postgres != "" {
		return postgres.Open(ctx, storeOptions(cfg, name, logger))
	}
	return sqlite.Open(ctx, filepath.Join(cfg.Data, name+".db"), sqlite.WithLogger(logger))
}

func (p Program) dial(ctx context.Context, cfg Config, logger *slog.Logger) (*bus.Conn, error) {
	return bus.Connect(ctx, bus.Options{URL: cfg.NATS, CredsFile: cfg.NATSCreds, Name: p.Name + "d", Logger: logger,
		InboxPrefix: cmp.Or(cfg.NATSInbox, "_INBOX_"+p.Name), CA: cfg.NATSCA, Cert: cfg.NATSCert, Key: cfg.NATSKey})
}

// connect reaches database and bus, and changes nothing.
func (p Program) connect(ctx context.Context, cfg Config, logger *slog.Logger) error {
	if cfg.Postgres != "" {
		have, want, err := postgres.Probe(ctx, storeOptions(cfg, p.Name, logger))
		if err != nil {
			return fmt.Errorf("%s: %w", cfg.postgresFrom(), err)
		}
		fmt.Printf("database: it answers; its tables have version %d, this program's %d\n", have, want)
	} else {
		fmt.Printf("database: none is named, the log would be %s\n", filepath.Join(cfg.Data, p.Name+".db"))
	}
	conn, err := p.dial(ctx, cfg, logger)
	if err != nil {
		return fmt.Errorf("LOTSE_NATS: %w", err)
	}
	defer conn.Close()
	fmt.Printf("bus: %s answers\n", conn.NATS().ConnectedUrlRedacted())
	return nil
}

// migrate opens the log, which brings its tables up to date, and closes it.
func (p Program) migrate(ctx context.Context, cfg Config, logger *slog.Logger) error {
	if err := folder(cfg); err != nil {
		return err
	}
	store, err := open(ctx, cfg, p.Name, logger)
	if err != nil {
		return err
	}
	head, err := store.Head(ctx)
	if err != nil {
		_ = store.Close()
		return err
	}
	fmt.Printf("the tables of %s are up to date; its log ends at %d\n", p.Name, head.Position)
	return store.Close()
}
