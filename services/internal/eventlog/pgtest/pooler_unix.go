//go:build unix

package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lotse-hamburg/lotse/services/postgresbin"
)

// Pooler starts a PgBouncer in transaction mode before a database, with so many
// connections to it, and returns the URL by which it is reached. It ends with the
// test. Where there is no PgBouncer the test is skipped, or fails when CI=true.
func Pooler(tb testing.TB, database string, connections int) string {
	tb.Helper()
	u, err := pooler(tb, database, connections)
	if err == nil {
		return u
	}
	if !errors.Is(err, exec.ErrNotFound) {
		tb.Fatal(err)
	}
	Missing(tb, err)
	return ""
}

func pooler(tb testing.TB, database string, connections int) (string, error) {
	program, err := exec.LookPath("pgbouncer")
	if err != nil { // Debian has it where only root looks
		if program, err = exec.LookPath("/usr/sbin/pgbouncer"); err != nil {
			return "", fmt.Errorf("no PgBouncer to test with: install it (Debian: apt-get install pgbouncer): %w", exec.ErrNotFound)
		}
	}
	to, err := url.Parse(database)
	if err != nil {
		return "", err
	}
	as, err := postgresbin.Account()
	if err != nil {
		return "", err
	}
	port, err := freePort()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "lotse-pgbouncer-")
	if err != nil {
		return "", err
	}
	password, _ := to.User.Password()
	files := map[string]string{
		"users": fmt.Sprintf("%q %q\n", to.User.Username(), password),
		"ini": fmt.Sprintf("[databases]\n* = host=%s port=%s\n[pgbouncer]\nlisten_addr=127.0.0.1\nlisten_port=%d\nunix_socket_dir=\nauth_type=scram-sha-256\nauth_file=%s/users\n"+
			"pool_mode=transaction\ndefault_pool_size=%d\nmax_client_conn=500\nlogfile=%s/log\nserver_round_robin=1\n", to.Hostname(), to.Port(), port, dir, connections, dir),
		"log": "",
	}
	paths := []string{dir}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return "", err
		}
		paths = append(paths, path)
	}
	for _, path := range paths {
		if as == nil {
			break
		}
		if err := os.Chown(path, int(as.Uid), int(as.Gid)); err != nil {
			return "", err
		}
	}
	// As for the private server: the shell knows by its pipe that this process is gone.
	cmd := exec.Command("/bin/sh", "-c", `"$1" -q "$2/ini" 2>>"$2/log" & cat >/dev/null; kill -9 $!; rm -rf "$2"`, "lotse-pooler", program, dir)
	cmd.Dir, cmd.SysProcAttr = "/", &syscall.SysProcAttr{Credential: as, Setpgid: true}
	hold, err := cmd.StdinPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	tb.Cleanup(func() {
		_ = hold.Close()
		_ = cmd.Wait()
	})
	at := *to
	at.Host = fmt.Sprintf("127.0.0.1:%d", port)
	deadline, again := time.Now().Add(20*time.Second), time.NewTicker(20*time.Millisecond)
	defer again.Stop()
	for {
		err := answers(at.String())
		if err == nil {
			return at.String(), nil
		}
		if time.Now().After(deadline) {
			said, _ := os.ReadFile(filepath.Join(dir, "log"))
			return "", fmt.Errorf("PgBouncer does not answer: %w: %s", err, strings.TrimSpace(string(said)))
		}
		<-again.C
	}
}

func answers(url string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return err
	}
	cfg.DefaultQueryExecMode = pgx.QueryExecModeExec
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return err
	}
	return errors.Join(conn.Ping(ctx), conn.Close(ctx))
}
