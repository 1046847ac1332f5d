// Package natsd runs a real NATS server with JetStream inside this process. It
// listens on its port like any other, so HR systems, frontends and the nats
// command line reach it from outside; the services of the process may take the
// shorter way through InProcess.
//
// What it stores is a cache of the services' logs: it does not sync each
// message to disk, and the relays fill it again when it is lost.
package natsd

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// DefaultHost keeps the server to this machine unless one asks for more.
const DefaultHost = "127.0.0.1"

// RandomPort lets the system choose a free port.
const RandomPort = server.RANDOM_PORT

// maxPayloadBytes holds a backfill answer (512 KiB of events) with room for
// headers; larger messages are refused by the server.
const maxPayloadBytes = 1 << 20

// User may log in and publish or subscribe to the subjects named; no subjects
// mean no restriction. Without any user everybody who reaches the port may.
type User struct {
	Name, Password     string
	Publish, Subscribe []string
}

// Options of the server.
type Options struct {
	Dir             string        // where JetStream keeps its files; created when missing
	Host            string        // empty: DefaultHost
	Port            int           // 0: 4222; RandomPort: any free one
	HTTPMonitorPort int           // 0: no monitoring pages
	ServerName      string        // empty: "lotse"
	SyncInterval    time.Duration // how often files are synced; 0: every 2 minutes
	MaxStoreBytes   int64         // 0: what the server finds sensible for the disk
	Users           []User
	Access          string        // file with accounts and users in the server's language; empty: Users
	ReadyTimeout    time.Duration // 0: 10 s
	Logger          *slog.Logger  // nil: slog.Default()
}

// Server is a running NATS server.
type Server struct {
	nats   *server.Server
	unlock func()
}

// Start runs a server and returns when it accepts connections and JetStream is
// up. The errors name the address or directory and the cure.
func Start(o Options) (*Server, error) {
	if o.Dir == "" {
		return nil, errors.New("natsd: Dir is empty: name a directory for the bus's files")
	}
	if o.Host == "" {
		o.Host = DefaultHost
	}
	if o.Port == 0 {
		o.Port = server.DEFAULT_PORT
	}
	if o.ServerName == "" {
		o.ServerName = "lotse"
	}
	if o.ReadyTimeout == 0 {
		o.ReadyTimeout = 10 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if err := writable(o.Dir); err != nil {
		return nil, err
	}
	for name, port := range map[string]int{"": o.Port, "monitoring ": o.HTTPMonitorPort} {
		if port > 0 {
			if err := free(name, o.Host, port); err != nil {
				return nil, err
			}
		}
	}
	unlock, err := lock(filepath.Join(o.Dir, "lotse-bus.lock"))
	if err != nil {
		return nil, fmt.Errorf("natsd: directory %s is in use by another server (%w): stop that one, or choose another directory", o.Dir, err)
	}
	s, err := start(o)
	if err != nil {
		unlock()
		return nil, err
	}
	return &Server{nats: s, unlock: unlock}, nil
}

func start(o Options) (*server.Server, error) {
	opts := &server.Options{Users: users(o.Users)}
	if o.Access != "" {
		var err error
		if opts, err = server.ProcessConfigFile(o.Access); err != nil {
			return nil, fmt.Errorf("natsd: %s is not accepted: %w", o.Access, err)
		}
	}
	opts.ServerName, opts.Host, opts.Port = o.ServerName, o.Host, o.Port
	opts.HTTPHost, opts.HTTPPort = o.Host, o.HTTPMonitorPort
	opts.JetStream, opts.StoreDir, opts.JetStreamMaxStore = true, o.Dir, o.MaxStoreBytes
	opts.SyncInterval, opts.MaxPayload, opts.NoSigs = o.SyncInterval, maxPayloadBytes, true
	s, err := server.NewServer(opts)
	if err != nil {
		return nil, fmt.Errorf("natsd: options are not accepted: %w", err)
	}
	log := newServerLog(o.Logger)
	s.SetLoggerV2(log, false, false, false)
	s.Start()
	if fatal := log.firstFatal(); fatal != "" || !s.ReadyForConnections(o.ReadyTimeout) || !s.JetStreamEnabled() {
		if fatal = log.firstFatal(); fatal == "" {
			fatal = fmt.Sprintf("not ready after %s", o.ReadyTimeout)
		}
		s.Shutdown()
		s.WaitForShutdown()
		return nil, fmt.Errorf("natsd: the server on %s with directory %s did not start: %s", net.JoinHostPort(o.Host, strconv.Itoa(o.Port)), o.Dir, fatal)
	}
	return s, nil
}

func users(list []User) []*server.User {
	var all []*server.User
	for _, u := range list {
		p := &server.Permissions{}
		if len(u.Publish) > 0 {
			p.Publish = &server.SubjectPermission{Allow: u.Publish}
		}
		if len(u.Subscribe) > 0 {
			p.Subscribe = &server.SubjectPermission{Allow: u.Subscribe}
		}
		all = append(all, &server.User{Username: u.Name, Password: u.Password, Permissions: p})
	}
	return all
}

// writable creates the directory and proves that a file can be written to it.
func writable(dir string) error {
	cure := "give this user the right to write there, or choose another directory"
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("natsd: directory %s cannot be created (%w): %s", dir, err, cure)
	}
	f, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return fmt.Errorf("natsd: directory %s is not writable (%w): %s", dir, err, cure)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// free asks for the port once, so that the commonest mistake gets a plain
// answer; a race with another process still ends in the server's own error.
func free(name, host string, port int) error {
	addr := net.JoinHostPort(host, strconv.Itoa(port))
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("natsd: the %saddress %s cannot be used (%w): stop what listens there, or choose another port", name, addr, err)
	}
	return l.Close()
}

// Loopback reports whether a host is reached from this machine only.
func Loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "" || host == "localhost" || ip != nil && ip.IsLoopback()
}

// InProcess connects without the network: pass it to bus.Options.InProcess.
func (s *Server) InProcess() nats.InProcessConnProvider { return s.nats }

// URL is where clients connect, "nats://127.0.0.1:4222".
func (s *Server) URL() string { return "nats://" + s.nats.Addr().String() }

// Port is the port that the server listens on.
func (s *Server) Port() int { return s.nats.Addr().(*net.TCPAddr).Port }

// Shutdown stops the server and waits until its files are closed.
func (s *Server) Shutdown() {
	s.nats.Shutdown()
	s.nats.WaitForShutdown()
	s.unlock()
}
