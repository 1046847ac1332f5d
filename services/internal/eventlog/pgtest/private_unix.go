//go:build unix

package pgtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/lotse-hamburg/lotse/services/postgresbin"
)

// server is a private PostgreSQL on the way up.
type server struct {
	bin  string // folder of initdb, pg_ctl, postgres
	dir  string // everything it writes
	as   *syscall.Credential
	pass string
	port int // 0: any that is free
}

func start() (string, error) {
	bin, err := postgresbin.Find("initdb", "pg_ctl", "postgres")
	if err != nil {
		return "", err
	}
	s := &server{bin: bin, pass: rand.Text()}
	if s.as, err = postgresbin.Account(); err != nil {
		return "", err
	}
	if s.dir, err = os.MkdirTemp("", "lotse-pg-"); err != nil {
		return "", err
	}
	url, err := s.run("")
	if err != nil {
		return "", errors.Join(err, os.RemoveAll(s.dir))
	}
	return url, nil
}

// run makes a cluster and starts it, with more settings.
func (s *server) run(more string) (string, error) {
	password := filepath.Join(s.dir, "password")
	if err := os.WriteFile(password, []byte(s.pass+"\n"), 0o600); err != nil {
		return "", err
	}
	if s.as != nil {
		for _, path := range []string{s.dir, password} {
			if err := os.Chown(path, int(s.as.Uid), int(s.as.Gid)); err != nil {
				return "", err
			}
		}
	}
	if err := s.command("initdb", "--pgdata="+s.data(), "--username=lotse", "--pwfile="+password,
		"--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"); err != nil {
		return "", err
	}
	if err := os.Remove(password); err != nil {
		return "", err
	}
	if err := s.watchdog(); err != nil {
		return "", err
	}
	return s.serve(more)
}

// serve starts it on a port that is free.
func (s *server) serve(more string) (string, error) {
	var err error
	for range 3 { // another process may take the port between choosing and using it
		var port int
		if port, err = freePort(); err != nil {
			return "", err
		}
		if s.port != 0 {
			port = s.port
		}
		options := more + fmt.Sprintf(" -c listen_addresses=127.0.0.1 -c port=%d -c unix_socket_directories='%s' -c fsync=on -c synchronous_commit=on "+
			"-c max_connections=200 -c shared_buffers=64MB -c log_min_messages=warning", port, s.dir)
		err = s.command("pg_ctl", "start", "--wait", "--timeout=60", "--pgdata="+s.data(), "--log="+s.log(), "--options="+options)
		if err == nil {
			u := url.URL{Scheme: "postgres", User: url.UserPassword("lotse", s.pass), Host: fmt.Sprintf("127.0.0.1:%d", port),
				Path: "postgres", RawQuery: "sslmode=disable"}
			return u.String(), nil
		}
	}
	return "", err
}

func (s *server) data() string { return filepath.Join(s.dir, "data") }
func (s *server) log() string  { return filepath.Join(s.dir, "log") }

// command runs one of PostgreSQL's programs to its end.
func (s *server) command(program string, args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin, program), args...)
	cmd.Dir = s.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.as, Setpgid: true}
	// A file, not a pipe: the server inherits it and would hold a pipe open.
	output, err := os.CreateTemp("", "lotse-pg-output-")
	if err != nil {
		return err
	}
	defer func() { _, _ = output.Close(), os.Remove(output.Name()) }()
	cmd.Stdout, cmd.Stderr = output, output
	if err := cmd.Run(); err != nil {
		said, _ := os.ReadFile(output.Name())
		logged, _ := os.ReadFile(s.log())
		return fmt.Errorf("%s: %w: %s", program, err, tail(bytes.Join([][]byte{said, logged}, []byte("\n"))))
	}
	return nil
}

// watchdog starts a shell that waits until this process is gone, by whatever
// end, and then stops the server and removes its folder. It knows by the pipe
// that the kernel closes for us.
func (s *server) watchdog() error {
	reader, writer, err := os.Pipe()
	if err != nil {
		return err
	}
	defer func() { _ = reader.Close() }()
	cmd := exec.Command("/bin/sh", "-c", `cat >/dev/null; "$1/pg_ctl" stop --mode=immediate --pgdata="$2/data" >/dev/null 2>&1; rm -rf "$2"`,
		"lotse-pgtest-watchdog", s.bin, s.dir)
	cmd.Dir = "/"
	cmd.Stdin = reader
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.as, Setpgid: true} // an interrupt of the tests must not reach it first
	if err := cmd.Start(); err != nil {
		return errors.Join(err, writer.Close())
	}
	holdUntilExit.Store(writer, true)
	return nil
}

// holdUntilExit keeps the watchdogs' pipes from being collected and closed.
var holdUntilExit sync.Map

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}
