package postgres_test

import (
	"context"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/eventlogtest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/pgtest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/postgres"
)

// fresh names a log that is not there yet.
func fresh(tb testing.TB) postgres.Options {
	tb.Helper()
	url := pgtest.Start(tb)
	return postgres.Options{URL: url, Schema: pgtest.Schema(tb, url), Now: eventlogtest.Clock, IdleInTransactionTimeout: 500 * time.Millisecond}
}

// open opens a log and closes it at the end of the test.
func open(tb testing.TB, o postgres.Options) *postgres.Store {
	tb.Helper()
	s, err := postgres.Open(context.Background(), o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

func TestConformance(t *testing.T) {
	for _, mode := range []string{"cache_statement", "simple_protocol"} {
		t.Run(mode, func(t *testing.T) { conformance(t, mode, func(testing.TB, string) string { return "" }) })
	}
}

// Behind a pooler each transaction may get another connection, and what one left
// there another log finds. Fewer connections than stores make sure of it.
func TestConformanceBehindAPooler(t *testing.T) {
	direct := pgtest.Start(t)
	through := pgtest.Pooler(t, direct, 3)
	for _, mode := range []string{"exec", "simple_protocol"} {
		t.Run(mode, func(t *testing.T) { conformance(t, mode, func(testing.TB, string) string { return through }) })
	}
}

// Who is not told of the pooler is told what to do; the URL can tell, too.
func TestOpenBehindAPooler(t *testing.T) {
	o := fresh(t)
	o.URL = pgtest.Pooler(t, o.URL, 2)
	if s, err := postgres.Open(t.Context(), o); err == nil || !strings.Contains(err.Error(), "LOTSE_POSTGRES_EXEC_MODE=exec") {
		t.Errorf("opened %v, %v", s, err)
	}
	o.URL += "&default_query_exec_mode=exec"
	if out, err := open(t, o).Commit(t.Context(), []eventlog.Unit{unit("a", 0)}); err != nil || out[0].Position != 1 {
		t.Errorf("%+v, %v", out, err)
	}
	if have, want, err := postgres.Probe(t.Context(), o); err != nil || have != want {
		t.Errorf("probed %d, %d, %v", have, want, err)
	}
}

// conformance puts a way to run statements to the test; through names the URL
// that the stores use, "" for the server's own.
func conformance(t *testing.T, mode string, through func(testing.TB, string) string) {
	eventlogtest.Run(t, func(tb testing.TB) eventlogtest.Harness {
		o := fresh(tb)
		direct := o
		o.ExecMode = mode
		if u := through(tb, o.URL); u != "" {
			o.URL = u
		}
		return eventlogtest.Harness{
			Store: open(tb, o),
			Other: func(tb testing.TB) eventlog.Store { return open(tb, o) },
			Stall: func(tb testing.TB) <-chan struct{} { return stall(tb, direct) },
			Tamper: func(sql string) error {
				conn, err := postgres.Connect(context.Background(), direct)
				if err != nil {
					return err
				}
				defer func() { _ = conn.Close(context.Background()) }()
				_, err = conn.Exec(context.Background(), sql)
				return err
			},
		}
	})
}

// stall takes the log on a connection as the store's own and then does
// nothing. The channel is closed when the server has hung up.
func stall(tb testing.TB, o postgres.Options) <-chan struct{} {
	ctx := context.Background()
	conn, err := postgres.Connect(ctx, o)
	if err != nil {
		tb.Error(err)
		return nil
	}
	for _, sql := range []string{"BEGIN", postgres.TakeLog} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			tb.Error(err)
		}
	}
	cut := make(chan struct{})
	go func() {
		defer close(cut)
		// Nothing is asked, so only the end of the connection can come.
		waiting, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		_ = conn.PgConn().WaitForNotification(waiting)
		_ = conn.Close(ctx)
	}()
	return cut
}

// TestMain makes property tests shorter here, where each run needs tables of
// its own; -rapid.checks on the command line still wins.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "25"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
