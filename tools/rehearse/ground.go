package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// rehearsing is the name of the sessions that are in the way.
const rehearsing = "in the way"

// hold opens a session that holds a table until it is ended.
func (s *stage) hold(ctx context.Context, table, mode string) (*pgx.Conn, error) {
	conn, err := s.admin(ctx)
	if err != nil {
		return nil, err
	}
	for _, statement := range []string{"SET application_name = '" + rehearsing + "'", "BEGIN", "LOCK TABLE " + table + " IN " + mode + " MODE"} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return nil, errors.Join(err, conn.Close(context.WithoutCancel(ctx)))
		}
	}
	return conn, nil
}

func held(table, mode string) func(context.Context, *stage) error {
	return func(ctx context.Context, s *stage) error {
		conn, err := s.hold(ctx, table, mode)
		if err == nil {
			<-ctx.Done()
			runtime.KeepAlive(conn)
		}
		return err
	}
}

// slowDisk holds booking's log for a while, and again.
func slowDisk(ctx context.Context, s *stage) error {
	s.busy(10)
	for ctx.Err() == nil {
		conn, err := s.hold(ctx, "lotse_booking.log_head", "EXCLUSIVE")
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		select {
		case <-time.After(1500 * time.Millisecond):
		case <-ctx.Done():
		}
		if err := conn.Close(context.WithoutCancel(ctx)); err != nil {
			return err
		}
	}
	return nil
}

// endHolders finds in pg_stat_activity who others wait for, and ends them.
func endHolders(ctx context.Context, s *stage) error {
	s.idle()
	return s.sql(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '"+rehearsing+"' AND state LIKE 'idle in transaction%'")
}

// writable says whether the database takes writes, from now on and for everybody.
func (s *stage) writable(ctx context.Context, is bool) error {
	setting := "ALTER DATABASE lotse SET default_transaction_read_only = on"
	if is {
		setting = "ALTER DATABASE lotse RESET default_transaction_read_only"
	}
	return s.sql(ctx, "SET default_transaction_read_only = off", setting, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'lotse' AND pid <> pg_backend_pid() AND usename LIKE 'lotse\\_%'")
}

func standby(ctx context.Context, s *stage) error {
	s.busy(15)
	return s.writable(ctx, false)
}

func primary(ctx context.Context, s *stage) error {
	s.idle()
	if err := s.writable(ctx, true); err != nil {
		return err
	}
	// An alert of a share of requests ends with requests that succeed.
	if err := s.ready(ctx); err != nil {
		return err
	}
	s.busy(5)
	return nil
}

// raise is what a log does that was restored (eventlog.Store.RaiseEpoch).
func raise(ctx context.Context, s *stage) error {
	s.idle()
	if err := s.sql(ctx, "INSERT INTO lotse_absence.epochs (epoch, fork, began_at) SELECT (SELECT max(epoch) + 1 FROM lotse_absence.epochs), public_position, now() FROM lotse_absence.log_head WHERE one"); err != nil {
		return err
	}
	return s.restart(ctx, "absence")
}

// crowd are connections that a client has taken.
var crowd struct {
	sync.Mutex
	all []*pgx.Conn
}

func connections(ctx context.Context, s *stage) error {
	crowd.Lock()
	defer crowd.Unlock()
	for taken, err := s.connected(ctx); taken < 172; taken++ {
		if err != nil {
			return err
		}
		conn, err := s.admin(ctx)
		if err != nil {
			return fmt.Errorf("connection %d: %w", taken, err)
		}
		crowd.all = append(crowd.all, conn)
	}
	return nil
}

func fewerConnections(ctx context.Context, _ *stage) (err error) {
	crowd.Lock()
	defer crowd.Unlock()
	for _, c := range crowd.all {
		err = errors.Join(err, c.Close(ctx))
	}
	crowd.all = nil
	return err
}

func (s *stage) connected(ctx context.Context) (n int, err error) {
	conn, err := s.admin(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	return n, conn.QueryRow(ctx, "SELECT count(*) FROM pg_stat_activity").Scan(&n)
}

// database tells of the database under the names of postgres_exporter, from the
// views that it reads.
func (s *stage) database(w http.ResponseWriter, r *http.Request) {
	conn, err := s.admin(r.Context())
	if err == nil {
		defer func() { _ = conn.Close(context.WithoutCancel(r.Context())) }()
		var taken, most int
		if err = conn.QueryRow(r.Context(), "SELECT (SELECT count(*) FROM pg_stat_activity), current_setting('max_connections')::int").Scan(&taken, &most); err == nil {
			_, _ = fmt.Fprintf(w, "pg_stat_activity_count %d\npg_settings_max_connections %d\n", taken, most)
			return
		}
	}
	http.Error(w, err.Error(), http.StatusServiceUnavailable)
}

// files limits how many booking-2 may open: to so many hundredths of those it has.
func (s *stage) files(ctx context.Context, hundredths int) error {
	for _, p := range s.State().Processes {
		if p.Name != "booking-2" {
			continue
		}
		open, err := os.ReadDir(filepath.Join("/proc", strconv.Itoa(p.PID), "fd"))
		if err != nil {
			return err
		}
		most := len(open) * hundredths / 100
		out, err := exec.CommandContext(ctx, "prlimit", "--pid", strconv.Itoa(p.PID), "--nofile="+strconv.Itoa(most)+":").CombinedOutput()
		if err != nil {
			return fmt.Errorf("prlimit: %w: %s", err, out)
		}
	}
	return nil
}

func fewFiles(ctx context.Context, s *stage) error  { return s.files(ctx, 115) }
func manyFiles(ctx context.Context, s *stage) error { return s.files(ctx, 5000) }

// disk is a small volume of its own, and the node_exporter that looks at it.
type disk struct{ image, device, at string }

// volume makes and mounts one of some MiB; it needs root and loop devices.
func volume(folder string, mib int64) (*disk, error) {
	d := &disk{image: filepath.Join(folder, "disk.img"), at: filepath.Join(folder, "disk")}
	if err := errors.Join(os.WriteFile(d.image, nil, 0o600), os.Truncate(d.image, mib<<20), os.Mkdir(d.at, 0o700)); err != nil {
		return nil, err
	}
	if err := does("mkfs.ext4", "-q", "-m", "0", "-E", "lazy_itable_init=0", d.image); err != nil {
		return nil, err
	}
	out, err := exec.Command("losetup", "--find", "--show", d.image).Output()
	if err != nil {
		return nil, fmt.Errorf("losetup: %w (it needs root and loop devices)", err)
	}
	d.device = strings.TrimSpace(string(out))
	if err := does("mount", d.device, d.at); err != nil {
		return nil, errors.Join(err, does("losetup", "-d", d.device))
	}
	return d, nil
}

func does(name string, args ...string) error {
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(string(out)))
	}
	return nil
}

func (d *disk) close() error {
	if d == nil {
		return nil
	}
	return errors.Join(does("umount", d.at), does("losetup", "-d", d.device))
}

// fill lets a file grow by 500 kB a second.
func fill(ctx context.Context, s *stage) error {
	if s.disk == nil {
		return errors.New("there is no volume")
	}
	f, err := os.Create(filepath.Join(s.disk.at, "grows"))
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for written := 0; ctx.Err() == nil; {
		if written < 38<<20 {
			n, err := f.Write(make([]byte, 500_000))
			if err = errors.Join(err, f.Sync()); err != nil {
				return err
			}
			written += n
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
	return nil
}

// enlarge makes the volume larger, and takes it away for that where the kernel does
// not let us do it under way.
func enlarge(_ context.Context, s *stage) error {
	d := s.disk
	if err := errors.Join(os.Truncate(d.image, 400<<20), does("losetup", "-c", d.device)); err != nil {
		return err
	}
	if does("resize2fs", d.device) == nil {
		return nil
	}
	if err := does("umount", d.at); err != nil {
		return err
	}
	_ = does("e2fsck", "-f", "-y", d.device) // its status tells of what it mended, too; resize2fs asks for it
	return errors.Join(does("resize2fs", d.device), does("mount", d.device, d.at))
}

// wire is a connection to the database that can hang.
type wire struct {
	at    net.Listener
	to    string
	mu    sync.Mutex
	pause chan struct{} // closed: it flows
	conns []net.Conn
}

func newWire(to string) (*wire, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w := &wire{at: l, to: to, pause: make(chan struct{})}
	close(w.pause)
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", to)
			if err != nil {
				_ = in.Close()
				continue
			}
			w.mu.Lock()
			w.conns = append(w.conns, in, out)
			w.mu.Unlock()
			go w.copy(out, in)
			go w.copy(in, out)
		}
	}()
	return w, nil
}

// copy carries bytes on while it flows.
func (w *wire) copy(to, from net.Conn) {
	defer func() { _, _ = to.Close(), from.Close() }()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		w.mu.Lock()
		flows := w.pause
		w.mu.Unlock()
		<-flows
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (w *wire) hang() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pause = make(chan struct{})
}

func (w *wire) flow() {
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.pause)
}

var throughWire *wire

// cutOff leads booking-2 over a wire to the database, and lets the wire hang.
func cutOff(ctx context.Context, s *stage) error {
	at, err := s.state.Database("booking")
	if err != nil {
		return err
	}
	u, err := url.Parse(at)
	if err != nil {
		return err
	}
	if throughWire, err = newWire(u.Host); err != nil {
		return err
	}
	u.Host = throughWire.at.Addr().String()
	file := filepath.Join(s.folder, "wire.url")
	if err := os.WriteFile(file, []byte(u.String()+"\n"), 0o600); err != nil {
		return err
	}
	if err := s.Halt(ctx, "booking-2", 0); err != nil {
		return err
	}
	if err := s.Resume("booking-2", "LOTSE_POSTGRES_FILE="+file); err != nil {
		return err
	}
	if err := s.ready(ctx); err != nil {
		return err
	}
	throughWire.hang()
	s.busy(40)
	return nil
}

func whole(_ context.Context, s *stage) error {
	s.idle()
	throughWire.flow()
	return nil
}

// parked are the ids of what absence has parked.
func (s *stage) parked(ctx context.Context) (ids []string, err error) {
	out, err := s.lotse(ctx, "parked", "list", "--server", s.state.URL, "--service", "absence", "--json")
	if err != nil {
		return nil, err
	}
	var all []struct{ ID string }
	err = json.NewDecoder(strings.NewReader(out)).Decode(&all)
	for _, p := range all {
		ids = append(ids, p.ID)
	}
	return ids, err
}
