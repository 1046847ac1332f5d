package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lotse-hamburg/lotse/tools/cluster"
	"github.com/lotse-hamburg/lotse/tools/load"
	"github.com/lotse-hamburg/lotse/tools/network"
)

// stage is what scenes play on.
type stage struct {
	*cluster.Cluster
	state  cluster.State
	watch  *watcher
	load   *load.Load
	city   *network.Network
	folder string // of our own, removed at the end
	bin    string // of the programs
	hr     *personnel
	disk   *disk
	slow   int // sick notes for a slow planner
	say    func(format string, args ...any)
}

// idle and busy are paces of the load: citizens that book, a second.
func (s *stage) busy(bookings float64) { s.load.Pace(load.Rates{Bookings: bookings}) }
func (s *stage) idle()                 { s.load.Pace(load.Rates{}) }

// admin is a session on the database.
func (s *stage) admin(ctx context.Context) (*pgx.Conn, error) {
	at, err := s.state.Database("admin")
	if err != nil {
		return nil, err
	}
	return pgx.Connect(ctx, at)
}

// sql runs statements one after the other.
func (s *stage) sql(ctx context.Context, statements ...string) error {
	conn, err := s.admin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	for _, statement := range statements {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// lotse runs the command line as an operator would.
func (s *stage) lotse(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin, "lotse"), args...)
	cmd.Env = append(os.Environ(), "LOTSE_TOKEN="+s.token("all"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("lotse %s: %w: %s", strings.Join(args, " "), err, bytes.TrimSpace(out))
	}
	return string(out), nil
}

func (s *stage) token(role string) string {
	t, _ := s.state.Token(role) // a token that is missing is refused by who is asked
	return t
}

// post sends a JSON document to the front and returns status and answer.
func (s *stage) post(ctx context.Context, path string, body any, head map[string]string) (int, string, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return 0, "", err
	}
	if text, ok := body.(string); ok {
		raw = []byte(text)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.state.URL+path, bytes.NewReader(raw))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+s.token("all"))
	for k, v := range head {
		req.Header.Set(k, v)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	return res.StatusCode, string(text), err
}

// event tells absence what the HR system paisy says.
func (s *stage) event(ctx context.Context, id, what string, body any) error {
	status, text, err := s.post(ctx, "/absence/v1/hr/paisy/events", body, map[string]string{"ce-specversion": "1.0", "ce-id": id, "ce-source": "/hr/paisy", "ce-type": "hr.absence." + what + ".v1"})
	if err == nil && status >= http.StatusInternalServerError {
		err = fmt.Errorf("HR event %s: %d %s", id, status, text)
	}
	return err
}

// restart ends replicas in order, one after the other, and starts them with more in
// their environment.
func (s *stage) restart(ctx context.Context, service string, more ...string) error {
	for _, p := range s.state.Replicas(service) {
		if err := s.Halt(ctx, p.Name, 0); err != nil {
			return err
		}
		if err := s.Resume(p.Name, more...); err != nil {
			return err
		}
		if err := s.ready(ctx); err != nil {
			return err
		}
	}
	return nil
}

// ready waits until all that are not halted are.
func (s *stage) ready(ctx context.Context) error {
	var last error
	err := until(ctx, time.Minute, "all are ready", func() bool { last = s.Ready(ctx); return last == nil })
	if err != nil {
		return fmt.Errorf("%w: %v", err, last)
	}
	return nil
}

// halt ends processes as a machine does that is switched off.
func (s *stage) halt(ctx context.Context, names ...string) error {
	for _, n := range names {
		if err := s.Halt(ctx, n, 0); err != nil {
			return err
		}
	}
	return nil
}

func (s *stage) resume(ctx context.Context, names ...string) error {
	for _, n := range names {
		if err := s.Resume(n); err != nil {
			return err
		}
	}
	return s.ready(ctx)
}

// leader is the process that leads a service.
func (s *stage) leader(ctx context.Context, service string) (string, error) {
	for _, p := range s.state.Replicas(service) {
		v, ok := s.watch.value(ctx, fmt.Sprintf("lotse_leading{service=%q,instance=%q}", service, strings.TrimPrefix(p.URL, "http://")))
		if ok && v == 1 {
			return p.Name, nil
		}
	}
	return "", fmt.Errorf("nobody leads %s", service)
}
