package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/lotse-hamburg/lotse/services/allinone"
)

const upHelp = `Runs the four services, their logs and a NATS server in one process.

Everything is kept in --data: SQLite files (or, with --postgres, only the keys and
the bus's files). A restart goes on where the last run ended, however it ended.

Who may do what stands in docs/rights.md. Without LOTSE_TOKENS_FILE and
LOTSE_OIDC_ISSUER development tokens are made, one per role, and --http must be an
address of this machine. LOTSE_TLS_CERT and LOTSE_TLS_KEY serve by TLS.`

type upFlags struct {
	data, http, nats, postgres string
	numbers                    bool
	verbose                    bool
	quiet                      slog.Level // what is logged without --verbose
}

func (f *upFlags) register(cmd *cobra.Command, data, http, nats string) {
	cmd.Flags().StringVar(&f.data, "data", data, "`folder` for the logs, keys and the bus's files")
	cmd.Flags().StringVar(&f.http, "http", http, "`address` of the pages and APIs; port 0 takes a free one")
	cmd.Flags().StringVar(&f.nats, "nats", nats, "`address` of the bus; port 0 takes a free one")
	cmd.Flags().StringVar(&f.postgres, "postgres", "", "`URL` of a Postgres database for the logs, instead of SQLite")
	cmd.Flags().BoolVar(&f.numbers, "staff-numbers", false, "HR and staff lists send personnel numbers: keep pseudonyms of them, made with a key in --data (lotse pseudonym tells HR which)")
	cmd.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "log what the services do")
}

// start brings a city up; logs go to errs.
func (f *upFlags) start(ctx context.Context, errs io.Writer) (*allinone.City, error) {
	level := f.quiet
	if f.verbose {
		level = slog.LevelDebug
	}
	logger := slog.New(slog.NewTextHandler(errs, &slog.HandlerOptions{Level: level}))
	cfg := allinone.Config{Data: f.data, HTTP: f.http, NATS: f.nats, Postgres: f.postgres, StaffNumbers: f.numbers, Logger: logger}
	if err := cfg.FromEnvironment(); err != nil {
		return nil, err
	}
	city, err := allinone.Start(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("start: %w", err)
	}
	return city, nil
}

// Where up keeps and serves things, as apply and its like expect it.
const upData, upAddress = "lotse-data", "127.0.0.1:8080"

func newUp() *cobra.Command {
	var f upFlags
	cmd := &cobra.Command{
		Use:     "up",
		Short:   "Run Lotse in one process",
		Long:    upHelp,
		Example: "  lotse up --data ./lotse-data\n  lotse apply --dir deploy/networks/hamburg",
		Args:    none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f.quiet = slog.LevelWarn
			city, err := f.start(cmd.Context(), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			printAddresses(cmd.OutOrStdout(), city, f)
			where := ""
			if address := city.URL(); address != "http://"+upAddress || f.data != upData {
				where = fmt.Sprintf(" --server %s --data %s", address, f.data)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "A city is brought in, or brought up to date, from another terminal: lotse apply --dir deploy/networks/hamburg%s\n", where)
			return wait(cmd.Context(), city)
		},
	}
	f.register(cmd, upData, upAddress, "127.0.0.1:4222")
	return cmd
}

// wait returns when the user ends the city, or when it ends by itself.
func wait(ctx context.Context, city *allinone.City) error {
	select {
	case <-ctx.Done():
		return city.Close()
	case <-city.Done():
		return errors.Join(errors.New("lotse ended by itself"), city.Close())
	}
}

func printAddresses(out io.Writer, city *allinone.City, f upFlags) {
	logs := "SQLite files in " + f.data
	if f.postgres != "" {
		logs = "Postgres; keys and bus files in " + f.data
	}
	fmt.Fprintf(out, `Lotse is up.
  pages  %s/  (citizens: /book/, everybody: /promise/, staff: log in at /auth/login)
  APIs   %s/{absence,staffing,capacity,booking}/v1/…  (OpenAPI at /<service>/openapi.json, metrics at /metrics)
  bus    %s  (HR publishes on hr.absence.v1.<source>.>, everyone reads lotse.>)
         %s
  logs   %s
`, city.URL(), city.URL(), city.NATSURL(), busAccess(f.nats, city.BusAccess()), logs)
	if file := city.TokensFile(); file != "" {
		fmt.Fprintf(out, "  rights development tokens, for this machine only (pasted at /auth/login, or Authorization: Bearer; kept in %s):\n", file)
		for _, role := range allinone.Roles() {
			fmt.Fprintf(out, "         %-17s%s\n", role, city.Token(role))
		}
	}
	fmt.Fprintln(out, "End it with Ctrl-C.")
}

// busAccess says who may do that.
func busAccess(address, folder string) string {
	more := "users and their credentials: lotse nats-config --out " + folder
	if host, _, err := net.SplitHostPort(address); err == nil && host != "" && (host == "localhost" || net.ParseIP(host).IsLoopback()) {
		return "on this machine without credentials; " + more
	}
	return "with credentials only; " + more
}

// findUp looks for a path here and in the folders above.
func findUp(path string) (string, error) {
	if filepath.IsAbs(path) {
		return path, nil
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, path)); err == nil {
			return filepath.Join(dir, path), nil
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		return "", fmt.Errorf("%s is neither here nor in a folder above: run this in the project's folder, or name it", path)
	}
}
