package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/postgres"
)

// limited are logs with short time-outs, one for each way to run statements.
func limited(t *testing.T, test func(t *testing.T, o postgres.Options)) {
	for _, mode := range []string{"cache_statement", "exec", "simple_protocol"} {
		t.Run(mode, func(t *testing.T) {
			o := fresh(t)
			o.ExecMode, o.StatementTimeout, o.LockTimeout, o.IdleInTransactionTimeout = mode, 900*time.Millisecond, 500*time.Millisecond, 300*time.Millisecond
			test(t, o)
		})
	}
}

// code is the SQL state of an error.
func code(err error) string {
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) {
		return pgErr.Code
	}
	return ""
}

// However many ask, a store opens no more connections than it may.
// session is a connection of somebody else's to the same server.
func session(t *testing.T, o postgres.Options) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), o.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func TestConnectionsAreLimited(t *testing.T) {
	o := fresh(t)
	o.MaxConns = 3
	s := open(t, o)
	admin := session(t, o)
	var wg sync.WaitGroup
	ctx, stop := context.WithCancel(t.Context())
	for i := range 20 {
		wg.Go(func() {
			for v := int64(0); ctx.Err() == nil; v++ {
				out, err := s.Commit(context.Background(), []eventlog.Unit{unit(fmt.Sprint("s-", i), v)})
				if err != nil || out[0].Err != nil {
					t.Error(err, out)
					return
				}
				if _, err := s.After(context.Background(), 0, 10); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	most, until := 0, time.Now().Add(10*time.Second)
	for seen := 0; seen < 200 && time.Now().Before(until); { // 200 looks from the bound on
		var n int
		if err := admin.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE application_name = $1`, "lotse eventlog "+o.Schema).Scan(&n); err != nil {
			t.Error(err)
			break
		}
		if most = max(most, n); most >= 3 {
			seen++
		}
	}
	stop()
	wg.Wait()
	if most != 3 {
		t.Errorf("at most %d connections at a time, want 3", most)
	}
}

func TestLockTimeout(t *testing.T) {
	limited(t, func(t *testing.T, o postgres.Options) {
		s := open(t, o)
		other := session(t, o)
		if _, err := other.Exec(t.Context(), "BEGIN; SELECT FROM "+o.Schema+".log_head FOR UPDATE"); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		_, err := s.Commit(t.Context(), []eventlog.Unit{unit("a", 0)})
		if code(err) != "55P03" || !strings.Contains(err.Error(), "another session holds the log") {
			t.Errorf("a commit on a held log: %v", err)
		}
		if took := time.Since(begun); took < 450*time.Millisecond {
			t.Errorf("it gave up after %s", took)
		}
		if _, err := s.After(t.Context(), 0, 1); err != nil {
			t.Errorf("who only reads waits for nobody: %v", err)
		}
		if _, err := other.Exec(t.Context(), "ROLLBACK"); err != nil {
			t.Fatal(err)
		}
		if out, err := s.Commit(t.Context(), []eventlog.Unit{unit("a", 0)}); err != nil || out[0].Err != nil {
			t.Error(err, out)
		}
	})
}

func TestStatementTimeout(t *testing.T) {
	limited(t, func(t *testing.T, o postgres.Options) {
		s := open(t, o)
		admin := session(t, o)
		// A disk that takes its time.
		if _, err := admin.Exec(t.Context(), strings.ReplaceAll(`CREATE FUNCTION @.slow() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN PERFORM pg_sleep(20); RETURN NULL; END$$;
			CREATE TRIGGER slow AFTER INSERT ON @.events FOR EACH STATEMENT EXECUTE FUNCTION @.slow()`, "@.", o.Schema+".")); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		if _, err := s.Commit(t.Context(), []eventlog.Unit{unit("a", 0)}); code(err) != "57014" || errors.Is(err, eventlog.ErrUnknown) {
			t.Errorf("a commit that takes too long: %v", err)
		}
		if took := time.Since(begun); took > 10*time.Second {
			t.Errorf("it took %s", took)
		}
		if n := position(t, s); n != 0 {
			t.Errorf("the log ends at %d", n)
		}
	})
}

// A reader without a transaction is bounded as well, where nothing was set for
// its connection, too.
func TestReadTimeout(t *testing.T) {
	limited(t, func(t *testing.T, o postgres.Options) {
		s := open(t, o)
		admin := session(t, o)
		if _, err := admin.Exec(t.Context(), "BEGIN; LOCK TABLE "+o.Schema+".events IN ACCESS EXCLUSIVE MODE"); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		if _, err := s.After(t.Context(), 0, 1); err == nil {
			t.Error("it read a table that is held")
		}
		if took := time.Since(begun); took > 10*time.Second {
			t.Errorf("it took %s", took)
		}
		if _, err := admin.Exec(t.Context(), "ROLLBACK"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.After(t.Context(), 0, 1); err != nil {
			t.Error(err)
		}
	})
}

// A writer that holds the log and does nothing is cut off, whoever set up its
// connection.
func TestIdleInTransactionTimeout(t *testing.T) {
	limited(t, func(t *testing.T, o postgres.Options) {
		s, other := open(t, o), open(t, o)
		err := s.Alone(t.Context(), func(tx pgx.Tx) error {
			for setting, want := range map[string]string{"statement_timeout": "900ms", "lock_timeout": "500ms", "idle_in_transaction_session_timeout": "300ms", "jit": "off"} {
				var is string
				if err := tx.QueryRow(t.Context(), `SELECT current_setting($1)`, setting).Scan(&is); err != nil || is != want {
					t.Errorf("%s is %s, %v, want %s", setting, is, err, want)
				}
			}
			out, err := other.Commit(t.Context(), []eventlog.Unit{unit("a", 0)}) // waits until the log is free
			if err != nil || out[0].Err != nil {
				t.Errorf("behind a stalled writer: %v, %+v", err, out)
			}
			_, err = tx.Exec(t.Context(), `SELECT 1`)
			return err
		})
		if err == nil {
			t.Error("a writer that did nothing kept the log")
		}
		if out, err := s.Commit(t.Context(), []eventlog.Unit{unit("a", 1)}); err != nil || out[0].Err != nil {
			t.Errorf("afterwards: %v, %+v", err, out)
		}
	})
}

func TestTimeoutsThatContradict(t *testing.T) {
	for _, c := range []struct{ statement, lock, idle time.Duration }{{5, 6, 3}, {5, 4, 4}, {5, 4, 5}} {
		err := postgres.CheckTimeouts(c.statement*time.Second, c.lock*time.Second, c.idle*time.Second)
		if err == nil {
			t.Errorf("%v was accepted", c)
		}
	}
	if err := postgres.CheckTimeouts(5*time.Second, 4*time.Second, 3*time.Second); err != nil {
		t.Error(err)
	}
	o := fresh(t)
	o.ExecMode = "describe_exec"
	if s, err := postgres.Open(t.Context(), o); err == nil {
		_ = s.Close()
		t.Error("an exec mode that nobody knows was accepted")
	}
}
