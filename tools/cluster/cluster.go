package cluster

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// Options of a cluster.
type Options struct {
	// Data is the folder of everything; "" makes one that is removed at the end.
	Data string
	// State is the file that tells what runs where.
	State string
	// HTTP is the front's address, host:port, on loopback.
	HTTP string
	// Bin is the folder of the four deployables and nats-server.
	Bin string
	// Deploy is the project's folder deploy.
	Deploy string
	// Sources are HR systems that get credentials for the bus.
	Sources []string
	// OTLP is where traces go, http://host:port; "": nowhere.
	OTLP string
	// Net gives each process a network of its own, so that they can be parted;
	// nil: all share this machine's loopback.
	Net Net
	// Leave dead processes dead; else they are started again after a second, as
	// compose.yaml has it.
	Leave bool
	// Said is told what happens, from several goroutines.
	Said func(format string, args ...any)
}

// Cluster is what runs.
type Cluster struct {
	opt     Options
	secrets secrets

	mu            sync.Mutex // guards state
	state         State
	all           []*process
	postgres      *process
	freshDatabase bool
	roles         func(context.Context) error
	web           *http.Server
	front         atomic.Pointer[front]
	risen         atomic.Bool // the state file says that there is a cluster
	stopped       context.Context
	stop          context.CancelFunc
	lives         sync.WaitGroup
}

// Start brings everything up, each part when those below it are ready, and
// writes the state file. Whatever fails, nothing stays behind.
func Start(ctx context.Context, o Options) (*Cluster, error) {
	if before, err := Load(o.State); err == nil {
		return nil, fmt.Errorf("a cluster is running already, process %d at %s: end it first, or name another --state", before.PID, before.URL)
	}
	c := &Cluster{opt: o}
	c.stopped, c.stop = context.WithCancel(context.Background())
	began := time.Now()
	for _, step := range []func(context.Context) error{c.folders, c.listen, c.database, func(context.Context) error { return c.bus() }, func(context.Context) error { return c.services() }, c.rise} {
		if err := step(ctx); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	c.opt.Said("ready after %.1f s", time.Since(began).Seconds())
	return c, nil
}

// folders makes them, and the secrets.
func (c *Cluster) folders(context.Context) (err error) {
	for _, program := range []string{"absenced", "staffingd", "capacityd", "bookingd", "nats-server"} {
		if _, err := os.Stat(filepath.Join(c.opt.Bin, program)); err != nil {
			return fmt.Errorf("%s is not in %s: make cluster builds it, or name the folder with --bin", program, c.opt.Bin)
		}
	}
	if err := os.MkdirAll(filepath.Dir(c.opt.State), 0o755); err != nil {
		return err
	}
	c.state.PID = os.Getpid()
	if c.state.Data = c.opt.Data; c.opt.Data == "" {
		if c.state.Data, err = os.MkdirTemp("", "lotse-cluster-"); err != nil {
			return err
		}
	}
	for _, path := range []*string{&c.state.Data, &c.opt.Bin, &c.opt.Deploy, &c.opt.State} {
		if *path, err = filepath.Abs(*path); err != nil {
			return err
		}
	}
	c.state.Logs = filepath.Join(c.state.Data, "logs")
	for _, dir := range []string{filepath.Join(c.state.Data, "secrets"), c.state.Logs} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	// Postgres may run as somebody else, who has to pass.
	if err := os.Chmod(c.state.Data, 0o711); err != nil {
		return err
	}
	c.secrets = secrets(filepath.Join(c.state.Data, "secrets"))
	c.state.Tokens, c.state.TokenList, c.state.KeyFile = c.secrets.path("tokens"), c.secrets.path("tokens.list"), c.secrets.path("booking.kek")
	c.state.Sources = c.opt.Sources
	return c.secrets.prepare(c.opt.Sources, c.host)
}

// listen takes the front's port first: a taken one is the commonest mistake.
func (c *Cluster) listen(ctx context.Context) error {
	host, _, err := net.SplitHostPort(c.opt.HTTP)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("--http is %q: write an address of this machine only, such as 127.0.0.1:8080", c.opt.HTTP)
	}
	l, err := net.Listen("tcp", c.opt.HTTP)
	if err != nil {
		return fmt.Errorf("--http %s cannot be used: %w: end what uses it, or name another", c.opt.HTTP, err)
	}
	c.state.URL = "http://" + l.Addr().String()
	c.web = &http.Server{ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 2 * time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f := c.front.Load(); f != nil {
			f.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Retry-After", "1")
		http.Error(w, "the cluster is starting", http.StatusServiceUnavailable)
	})}
	c.lives.Go(func() { _ = c.web.Serve(l) })
	return nil
}

// add takes a process in.
func (c *Cluster) add(p *process) *process {
	p.Log = filepath.Join(c.state.Logs, p.Name+".log")
	if c.opt.Net != nil {
		p.enter = c.opt.Net.Enter
	}
	c.all = append(c.all, p)
	return p
}

// patience is how long a part may take until it is ready.
const patience = time.Minute

// rise starts wave after wave.
func (c *Cluster) rise(ctx context.Context) error {
	services := map[string][]string{}
	for wave := range 3 {
		g, waiting := errgroup.WithContext(ctx)
		for _, p := range c.all {
			if p.wave != wave {
				continue
			}
			if p.Service != "" {
				services[p.Service] = append(services[p.Service], p.URL)
			}
			if err := p.start(func(err error) { c.died(p, err) }); err != nil {
				return err
			}
			g.Go(func() error { return p.until(waiting, patience) })
		}
		if err := g.Wait(); err != nil {
			return err
		}
		if wave == 0 {
			if err := c.roles(ctx); err != nil {
				return fmt.Errorf("roles of the database: %w", err)
			}
		}
	}
	f, err := newFront(services)
	if err != nil {
		return err
	}
	c.lives.Go(func() { f.watch(c.stopped) })
	c.front.Store(f)
	c.risen.Store(true)
	return c.tell()
}

// tell writes the state file, once all is ready.
func (c *Cluster) tell() error {
	if !c.risen.Load() {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state.Processes = nil
	for _, p := range c.all {
		c.state.Processes = append(c.state.Processes, p.now())
	}
	return c.state.save(c.opt.State)
}

// State of the cluster now.
func (c *Cluster) State() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.state
	s.Processes = nil
	for _, p := range c.all {
		s.Processes = append(s.Processes, p.now())
	}
	return s
}

// died tells of a process that ended by itself, and starts it again.
func (c *Cluster) died(p *process, why error) {
	how := "ended by itself"
	if why != nil {
		how = why.Error()
	}
	if c.stopped.Err() != nil || !c.risen.Load() { // rise tells of it
		return
	}
	if c.opt.Leave {
		c.opt.Said("%s is dead (%s); it stays so", p.Name, how)
		_ = c.tell()
		return
	}
	c.opt.Said("%s is dead (%s); it is started again", p.Name, how)
	_ = c.tell()
	wait := time.NewTimer(time.Second)
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-c.stopped.Done():
		return
	}
	p.mu.Lock()
	p.Restarts++
	p.mu.Unlock()
	if err := p.start(func(err error) { c.died(p, err) }); err != nil {
		c.opt.Said("%s does not start: %v", p.Name, err)
	}
	if err := c.tell(); err != nil {
		c.opt.Said("the state cannot be written: %v", err)
	}
}

// grace is how long a process may take to end.
const grace = 20 * time.Second

// Close ends everything, each part before those below it, and removes the state
// file and, where none was named, the folder.
func (c *Cluster) Close() error {
	c.stop()
	var errs []error
	if c.web != nil {
		end, cancel := context.WithTimeout(context.Background(), time.Second)
		if c.web.Shutdown(end) != nil {
			_ = c.web.Close() // streams
		}
		cancel()
	}
	for wave := 2; wave >= 0; wave-- {
		var g errgroup.Group
		for _, p := range c.all {
			if p.wave == wave {
				g.Go(func() error { return p.stop(grace) })
			}
		}
		errs = append(errs, g.Wait())
	}
	c.lives.Wait()
	if s, err := Load(c.opt.State); err == nil && s.PID == os.Getpid() {
		errs = append(errs, os.Remove(c.opt.State))
	}
	if c.opt.Data == "" && c.state.Data != "" {
		errs = append(errs, os.RemoveAll(c.state.Data))
	}
	return errors.Join(errs...)
}
