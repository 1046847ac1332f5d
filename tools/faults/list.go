package faults

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lotse-hamburg/lotse/events/lotse"
	"github.com/lotse-hamburg/lotse/tools/cluster"
)

// servers of the bus, as tools/cluster names them.
var servers = []string{"nats-1", "nats-2", "nats-3"}

// All faults, in the order of the table.
func All() (all []Fault) {
	for _, service := range lotse.Services {
		for n := 1; n <= 2; n++ {
			name := fmt.Sprintf("%s-%d", service, n)
			all = append(all, Fault{Key: "kill-" + name, Name: "kill -9 of " + name, Short: n == 1, begin: kill(name)})
		}
	}
	return append(all,
		Fault{Key: "kill-nats", Name: "kill -9 of the NATS server that leads booking's stream", Short: true, begin: killLeader},
		Fault{Key: "kill-postgres", Name: "kill -9 of Postgres", Short: true, begin: kill("postgres")},
		Fault{Key: "stop-follower", Name: "SIGSTOP of a replica of booking that does not lead, 30 s", lasts: 30 * time.Second, begin: freeze("booking", false)},
		Fault{Key: "stop-leader", Name: "SIGSTOP of the replica of booking that leads, 30 s", lasts: 30 * time.Second, begin: freeze("booking", true)},
		Fault{Key: "stop-planner", Name: "SIGSTOP of the replica of capacity that leads, 30 s", lasts: 30 * time.Second, begin: freeze("capacity", true)},
		Fault{Key: "part-bus", Name: "partition between all services and the bus, 20 s", lasts: 20 * time.Second, needs: "net", begin: partAll},
		Fault{Key: "part-leader", Name: "partition between the replica of staffing that leads and the bus, 20 s", lasts: 20 * time.Second, needs: "net", begin: partLeader},
		Fault{Key: "part-nats", Name: "partition between the NATS server that leads booking's stream and the two others, 20 s", lasts: 20 * time.Second, needs: "net", begin: partServers},
		Fault{Key: "part-postgres", Name: "partition between the replica of booking that leads and Postgres, 20 s", lasts: 20 * time.Second, needs: "net", begin: partLog},
		Fault{Key: "wipe-bus", Name: "all NATS servers killed, their data deleted, started again", begin: wipe},
		Fault{Key: "disk-full", Name: "Postgres' disk full, 15 s", lasts: 15 * time.Second, needs: "disk", begin: fill},
		Fault{Key: "disk-slow", Name: "each commit waits 100 ms longer for the disk, 20 s", lasts: 20 * time.Second, begin: slow},
		Fault{Key: "clock-ahead", Name: "the replica of booking that leads has a clock 5 minutes ahead, 20 s", lasts: 20 * time.Second, begin: skew("booking", "5m")},
		Fault{Key: "clock-behind", Name: "the replica of capacity that leads has a clock an hour behind, 20 s", lasts: 20 * time.Second, begin: skew("capacity", "-1h")},
		Fault{Key: "third-planner", Name: "a third capacityd by mistake, and the leading one killed", lasts: 20 * time.Second, begin: third},
	)
}

func kill(name string) func(context.Context, *stage) (string, func(context.Context) error, error) {
	return func(ctx context.Context, s *stage) (string, func(context.Context) error, error) {
		leads := ""
		for _, service := range lotse.Services {
			if strings.HasPrefix(name, service) && s.leader(ctx, service) == name {
				leads = "; it led"
			}
		}
		return "killed, started again after a second" + leads, nil, s.Signal(name, syscall.SIGKILL)
	}
}

// running finds a process of the cluster.
func (s *stage) running(name string) cluster.Running {
	for _, p := range s.State().Processes {
		if p.Name == name {
			return p
		}
	}
	return cluster.Running{}
}

// leader is the replica that holds the service's lease; "" if nobody says so.
func (s *stage) leader(ctx context.Context, service string) string {
	for _, p := range s.State().Replicas(service) {
		var is struct {
			Services []struct{ Leads bool }
		}
		if ask(ctx, p.URL+"/readyz", &is) == nil && len(is.Services) > 0 && is.Services[0].Leads {
			return p.Name
		}
	}
	return ""
}

// two are the replica that leads and another one.
func (s *stage) two(ctx context.Context, service string) (leads, other string, err error) {
	for range 100 {
		if leads = s.leader(ctx, service); leads != "" {
			break
		}
		if err := pause(ctx, between); err != nil {
			return "", "", err
		}
	}
	for _, p := range s.State().Replicas(service) {
		if p.Name != leads && p.PID != 0 {
			other = p.Name
		}
	}
	if leads == "" || other == "" {
		return "", "", fmt.Errorf("%s has no replica that leads and one that does not", service)
	}
	return leads, other, nil
}

func ask(ctx context.Context, url string, into any) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	return json.NewDecoder(res.Body).Decode(into)
}

// streamLeader is the server that leads booking's stream.
func (s *stage) streamLeader(ctx context.Context) (string, error) {
	for _, name := range servers {
		var jsz struct {
			Accounts []struct {
				Streams []struct {
					Name    string
					Cluster struct{ Leader string }
				} `json:"stream_detail"`
			} `json:"account_details"`
		}
		if ask(ctx, s.running(name).URL+"/jsz?streams=true&accounts=true", &jsz) != nil {
			continue
		}
		for _, a := range jsz.Accounts {
			for _, st := range a.Streams {
				if strings.Contains(strings.ToLower(st.Name), "booking") && !strings.HasPrefix(st.Name, "KV_") && st.Cluster.Leader != "" {
					return st.Cluster.Leader, nil
				}
			}
		}
	}
	return "", fmt.Errorf("no server says who leads booking's stream")
}

func killLeader(ctx context.Context, s *stage) (string, func(context.Context) error, error) {
	name, err := s.streamLeader(ctx)
	if err != nil {
		return "", nil, err
	}
	return name + " killed, started again after a second", nil, s.Signal(name, syscall.SIGKILL)
}

func freeze(service string, leads bool) func(context.Context, *stage) (string, func(context.Context) error, error) {
	return func(ctx context.Context, s *stage) (string, func(context.Context) error, error) {
		name, other, err := s.two(ctx, service)
		if err != nil {
			return "", nil, err
		}
		if !leads {
			name = other
		}
		return name + " stopped, then woken", func(context.Context) error { return s.Signal(name, syscall.SIGCONT) }, s.Signal(name, syscall.SIGSTOP)
	}
}

func partAll(_ context.Context, s *stage) (string, func(context.Context) error, error) {
	var all []string
	for _, service := range lotse.Services {
		for _, p := range s.State().Replicas(service) {
			all = append(all, p.Name)
		}
	}
	return "eight services on one side, three servers on the other", s.net.mend, s.net.part(all, servers)
}

func partLeader(ctx context.Context, s *stage) (string, func(context.Context) error, error) {
	name, _, err := s.two(ctx, "staffing")
	if err != nil {
		return "", nil, err
	}
	return name + " on one side, three servers on the other", s.net.mend, s.net.part([]string{name}, servers)
}

func partServers(ctx context.Context, s *stage) (string, func(context.Context) error, error) {
	name, err := s.streamLeader(ctx)
	if err != nil {
		return "", nil, err
	}
	var others []string
	for _, n := range servers {
		if n != name {
			others = append(others, n)
		}
	}
	return name + " on one side, " + strings.Join(others, " and ") + " on the other; services reach all", s.net.mend, s.net.part([]string{name}, others)
}

func partLog(ctx context.Context, s *stage) (string, func(context.Context) error, error) {
	name, _, err := s.two(ctx, "booking")
	if err != nil {
		return "", nil, err
	}
	return name + " on one side, Postgres on the other", s.net.mend, s.net.part([]string{name}, []string{"postgres"})
}

func wipe(ctx context.Context, s *stage) (string, func(context.Context) error, error) {
	for _, n := range servers {
		if err := s.Halt(ctx, n, syscall.SIGKILL); err != nil {
			return "", nil, err
		}
	}
	for _, n := range servers {
		if err := os.RemoveAll(filepath.Join(s.running(n).Data, "store")); err != nil {
			return "", nil, err
		}
	}
	return "streams and the bucket filled anew from the logs", func(context.Context) error {
		for _, n := range servers {
			if err := s.Resume(n); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

func fill(_ context.Context, s *stage) (string, func(context.Context) error, error) {
	mb, err := s.disk.fill()
	return fmt.Sprintf("the last %d MB of an ext4 file system taken, then given back", mb), func(context.Context) error { return s.disk.free() }, err
}

// slow makes each flush of the write-ahead log wait, by Postgres' own commit_delay,
// which is what a slow disk is to whoever commits.
func slow(ctx context.Context, s *stage) (string, func(context.Context) error, error) {
	return "commit_delay = 100 ms, commit_siblings = 0", func(ctx context.Context) error {
			return s.admin(ctx, "ALTER SYSTEM RESET commit_delay", "ALTER SYSTEM RESET commit_siblings", "SELECT pg_reload_conf()")
		},
		s.admin(ctx, "ALTER SYSTEM SET commit_delay = 100000", "ALTER SYSTEM SET commit_siblings = 0", "SELECT pg_reload_conf()")
}

func (s *stage) admin(ctx context.Context, statements ...string) error {
	url, err := s.State().Database("admin")
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	for _, statement := range statements {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// skew restarts the replica that does not lead with a wrong clock, and kills the
// other, so that the wrong one leads.
func skew(service, by string) func(context.Context, *stage) (string, func(context.Context) error, error) {
	return func(ctx context.Context, s *stage) (string, func(context.Context) error, error) {
		leads, other, err := s.two(ctx, service)
		if err == nil {
			err = s.Halt(ctx, other, 0)
		}
		if err == nil {
			err = s.Resume(other, "LOTSE_CLOCK_OFFSET="+by)
		}
		if err == nil {
			err = s.until(ctx, other)
		}
		if err == nil {
			err = s.Signal(leads, syscall.SIGKILL)
		}
		return other + " started with LOTSE_CLOCK_OFFSET=" + by + ", " + leads + " killed; then " + other + " started anew", func(ctx context.Context) error {
			if err := s.Halt(ctx, other, 0); err != nil {
				return err
			}
			return s.Resume(other)
		}, err
	}
}

// until a process is ready.
func (s *stage) until(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	for {
		var is struct{ Ready bool }
		if ask(ctx, s.running(name).URL+"/readyz", &is) == nil && is.Ready {
			return nil
		}
		if err := pause(ctx, between); err != nil {
			return fmt.Errorf("%s does not get ready: %w", name, err)
		}
	}
}

func third(ctx context.Context, s *stage) (string, func(context.Context) error, error) {
	leads, _, err := s.two(ctx, "capacity")
	if err != nil {
		return "", nil, err
	}
	name, err := s.Join(ctx, "capacity")
	if err == nil {
		err = s.Signal(leads, syscall.SIGKILL)
	}
	return name + " beside two others on the same log, " + leads + " killed", func(ctx context.Context) error { return s.Halt(ctx, name, 0) }, err
}
