package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/eventlogtest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/pgtest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/postgres"
)

func unit(stream string, expected int64) eventlog.Unit {
	return eventlog.Unit{Appends: []eventlog.Append{{Stream: stream, Expected: expected, Events: []eventlog.NewEvent{{
		ID: uuid.New(), Type: "lotse.test.fact.v1", Data: []byte(`{"x":1}`), Meta: eventlog.Meta{Time: eventlogtest.Clock()},
	}}}}}
}

func position(tb testing.TB, s *postgres.Store) int64 {
	tb.Helper()
	h, err := s.Head(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	return h.Position
}

func TestConnectionsAreSetUpForTheLog(t *testing.T) {
	o := fresh(t)
	open(t, o)
	conn, err := postgres.Connect(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	for setting, want := range map[string]string{
		"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "jit": "off", "enable_seqscan": "off",
		"statement_timeout": "5s", "lock_timeout": "4s", "idle_in_transaction_session_timeout": "500ms",
	} {
		var got string
		if err := conn.QueryRow(t.Context(), "SHOW "+setting).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q, %v, want %q", setting, got, err, want)
		}
	}
}

func TestLogsShareADatabase(t *testing.T) {
	a, b := open(t, fresh(t)), open(t, fresh(t))
	for i := range int64(3) {
		if out, err := a.Commit(t.Context(), []eventlog.Unit{unit("s", i)}); err != nil || out[0].Err != nil {
			t.Fatal(out, err)
		}
	}
	if position(t, a) != 3 || position(t, b) != 0 {
		t.Errorf("the logs stand at %d and %d, want 3 and 0", position(t, a), position(t, b))
	}
}

func TestReplicasStartTogether(t *testing.T) {
	o := fresh(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			s, err := postgres.Open(context.Background(), o)
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestNewerTablesAreLeftAlone(t *testing.T) {
	o := fresh(t)
	open(t, o)
	conn, err := postgres.Connect(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(t.Context(), `INSERT INTO log_schema (version) VALUES (99)`); err != nil {
		t.Fatal(err)
	}
	if s, err := postgres.Open(t.Context(), o); err == nil || !strings.Contains(err.Error(), "deploy the newer program") {
		t.Errorf("opened %v, %v, want a refusal", s, err)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	good, err := url.Parse(pgtest.Start(t))
	if err != nil {
		t.Fatal(err)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	deaf := free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	const secret = "S3cret/of:mine"
	with := func(change func(u *url.URL)) string {
		u := *good
		change(&u)
		return u.String()
	}
	user := good.User.Username()
	for name, c := range map[string]struct {
		url    string
		schema string
		words  []string
	}{
		"database": {url: with(func(u *url.URL) { u.Path = "/nowhere" }), words: []string{"nowhere", good.Host, "create the database"}},
		"password": {url: with(func(u *url.URL) { u.User = url.UserPassword(user, secret) }), words: []string{good.Host, user, "check user and password"}},
		"host": {url: with(func(u *url.URL) { u.Host, u.User = deaf, url.UserPassword(user, secret) }),
			words: []string{deaf, "check host and port"}},
		"unescaped password": {url: "postgres://lotse:" + secret + "@localhost:x/lotse", words: []string{"percent-encode", "postgres://user:password@host"}},
		"no url":             {url: "host=localhost port=" + secret, words: []string{"postgres://user:password@host"}},
		"schema":             {url: good.String(), schema: `x"; DROP TABLE`, words: []string{"plain lower-case name"}},
	} {
		if c.schema == "" {
			c.schema = "never_made"
		}
		s, err := postgres.Open(t.Context(), postgres.Options{URL: c.url, Schema: c.schema})
		if err == nil {
			_ = s.Close()
			if name == "password" {
				t.Logf("%s: the server asks for no password", name)
				continue
			}
			t.Errorf("%s: opened", name)
			continue
		}
		for _, word := range c.words {
			if !strings.Contains(err.Error(), word) {
				t.Errorf("%s: %q does not say %q", name, err, word)
			}
		}
		password, _ := good.User.Password()
		for _, never := range []string{secret, "S3cret", password} {
			if never != "" && strings.Contains(err.Error(), never) {
				t.Errorf("%s: %q tells the password", name, err)
			}
		}
	}
	if _, err := postgres.Open(t.Context(), postgres.Options{URL: good.String(), Schema: "s", StatementTimeout: time.Second, IdleInTransactionTimeout: 2 * time.Second}); err == nil {
		t.Error("an idle time-out above the statement time-out was accepted")
	}
}

// A session without the log's time-outs, say an administrator's, holds the
// log: commits fail in time and say so, and go on afterwards.
func TestHeldLogIsAnErrorInTime(t *testing.T) {
	o := fresh(t)
	o.StatementTimeout, o.IdleInTransactionTimeout = 400*time.Millisecond, 200*time.Millisecond
	s := open(t, o)
	conn, err := pgx.Connect(t.Context(), o.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(t.Context(), "BEGIN; LOCK TABLE "+o.Schema+".log_head IN EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	_, err = s.Commit(t.Context(), []eventlog.Unit{unit("a", 0)})
	if err == nil || errors.Is(err, eventlog.ErrUnknown) || !strings.Contains(err.Error(), "another session holds the log") {
		t.Errorf("commit on a held log: %v", err)
	}
	if _, err := conn.Exec(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if out, err := s.Commit(t.Context(), []eventlog.Unit{unit("a", 0)}); err != nil || out[0].Position != 1 {
		t.Errorf("afterwards: %+v, %v", out, err)
	}
}

// All pooled connections are cut, as when the server restarts.
func TestCutConnectionsAreReplaced(t *testing.T) {
	o := fresh(t)
	s := open(t, o)
	admin, err := pgx.Connect(t.Context(), o.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = admin.Close(context.Background()) }()
	for i := range int64(5) {
		if _, err := admin.Exec(t.Context(), `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = $1`,
			"lotse eventlog "+o.Schema); err != nil {
			t.Fatal(err)
		}
		out, err := s.Commit(t.Context(), []eventlog.Unit{unit("a", i)})
		if err != nil || out[0].Position != i+1 {
			t.Fatalf("commit %d after the connections were cut: %+v, %v", i, out, err)
		}
	}
}

// The answer to the second pipeline is lost on the way, before or after the
// server got the question.
func TestLostAnswerIsUnknownAndRetriedBlindly(t *testing.T) {
	for _, arrives := range []bool{true, false} {
		t.Run(fmt.Sprintf("commit arrives %v", arrives), func(t *testing.T) {
			o := fresh(t)
			direct := open(t, o)
			u, err := url.Parse(o.URL)
			if err != nil {
				t.Fatal(err)
			}
			p := &proxy{target: u.Host, arrives: arrives}
			u.Host = p.listen(t)
			o.URL = u.String()
			s := open(t, o)
			if out, err := s.Commit(t.Context(), []eventlog.Unit{unit("a", 0)}); err != nil || out[0].Err != nil {
				t.Fatal(out, err)
			}
			p.armed.Store(1)
			doubtful := unit("a", 1)
			_, err = s.Commit(t.Context(), []eventlog.Unit{doubtful})
			if !errors.Is(err, eventlog.ErrUnknown) {
				t.Fatalf("a lost answer: %v, want ErrUnknown", err)
			}
			var out []eventlog.Outcome
			if out, err = s.Commit(t.Context(), []eventlog.Unit{doubtful}); err != nil || out[0].Err != nil || out[0].Position != 2 || len(out[0].Events) != 1 {
				t.Fatalf("the retry: %+v, %v", out, err)
			}
			if out[0].Duplicate != arrives {
				t.Errorf("the retry says duplicate %v, and the commit arrived: %v", out[0].Duplicate, arrives)
			}
			if n := position(t, direct); n != 2 {
				t.Errorf("the log stands at %d, want 2", n)
			}
		})
	}
}

// closeBoth ends both ways of a connection.
func closeBoth(conns ...io.Closer) {
	for _, c := range conns {
		_ = c.Close()
	}
}
