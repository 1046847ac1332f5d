//go:build unix

package pgtest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lotse-hamburg/lotse/services/postgresbin"
)

// BackedUp is a server of a test's own that keeps its write-ahead log, so that it
// can be restored to a moment.
type BackedUp struct {
	URL string

	s   *server
	wal string // folder of the kept log
}

// StartBackedUp starts one. It is skipped or fails as Start is.
func StartBackedUp(tb testing.TB) *BackedUp {
	tb.Helper()
	b, err := startBackedUp()
	switch {
	case err == nil:
		tb.Cleanup(func() { _ = b.stop() })
	case os.Getenv("CI") == "true":
		tb.Fatal(err)
	default:
		tb.Skip(err)
	}
	return b
}

func startBackedUp() (*BackedUp, error) {
	s, err := bare()
	if err != nil {
		return nil, err
	}
	b := &BackedUp{s: s, wal: filepath.Join(s.dir, "wal")}
	if err := b.folder(b.wal); err != nil {
		return nil, err
	}
	if b.URL, err = s.run(" -c archive_mode=on -c wal_level=replica -c archive_command='test ! -f " + b.wal + "/%f && cp %p " + b.wal + "/%f' "); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.dir))
	}
	return b, b.remember()
}

// bare is a server with a folder and nothing in it.
func bare() (*server, error) {
	bin, err := postgresbin.Find("initdb", "pg_ctl", "postgres", "pg_basebackup", "pg_dump", "pg_restore")
	if err != nil {
		return nil, err
	}
	as, err := postgresbin.Account()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "lotse-pg-")
	return &server{bin: bin, dir: dir, as: as, pass: "backed-up"}, err
}

// remember keeps the port, so that what is restored is found where it was.
func (b *BackedUp) remember() error {
	u, err := url.Parse(b.URL)
	if err != nil {
		return err
	}
	b.s.port, err = strconv.Atoi(u.Port())
	return err
}

func (b *BackedUp) folder(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	if b.s.as == nil {
		return nil
	}
	return errors.Join(os.Chown(b.s.dir, int(b.s.as.Uid), int(b.s.as.Gid)), os.Chown(path, int(b.s.as.Uid), int(b.s.as.Gid)))
}

func (b *BackedUp) stop() error {
	return b.s.command("pg_ctl", "stop", "--mode=immediate", "--pgdata="+b.s.data())
}

// Backup copies the cluster while it works (pg_basebackup) and returns the folder.
func (b *BackedUp) Backup(tb testing.TB) (folder string) {
	tb.Helper()
	folder = filepath.Join(b.s.dir, "backup-"+strconv.FormatInt(time.Now().UnixNano(), 36))
	if err := b.s.command("pg_basebackup", "--dbname="+b.URL, "--pgdata="+folder, "--checkpoint=fast", "--wal-method=stream"); err != nil {
		tb.Fatal(err)
	}
	return folder
}

// Program runs one of PostgreSQL's programs beside the server.
func (b *BackedUp) Program(tb testing.TB, program string, args ...string) {
	tb.Helper()
	if err := b.s.command(program, args...); err != nil {
		tb.Fatal(err)
	}
}

// File is a name in a folder that PostgreSQL's programs may write to.
func (b *BackedUp) File(name string) string { return filepath.Join(b.s.dir, name) }

// LoseAndRestore loses the server, as if its disk were gone, once its log was kept up to
// now, and starts in its place what a backup and the kept log were at a moment.
func (b *BackedUp) LoseAndRestore(tb testing.TB, backup string, moment time.Time) {
	tb.Helper()
	if err := b.keepLog(tb); err != nil {
		tb.Fatal(err)
	}
	if err := b.stop(); err != nil {
		tb.Fatal(err)
	}
	// As docs/backup.md says.
	settings := fmt.Sprintf("restore_command = 'cp %s/%%f %%p'\nrecovery_target_time = '%s'\nrecovery_target_action = 'promote'\n",
		b.wal, moment.UTC().Format("2006-01-02 15:04:05.999999-07"))
	conf, err := os.OpenFile(filepath.Join(backup, "postgresql.auto.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = conf.WriteString(settings)
		err = errors.Join(err, conf.Close())
	}
	signal := filepath.Join(backup, "recovery.signal")
	if err = errors.Join(err, os.WriteFile(signal, nil, 0o600), os.RemoveAll(b.s.data()), os.Rename(backup, b.s.data())); err != nil {
		tb.Fatal(err)
	}
	if b.s.as != nil {
		if err := os.Chown(filepath.Join(b.s.data(), "recovery.signal"), int(b.s.as.Uid), int(b.s.as.Gid)); err != nil {
			tb.Fatal(err)
		}
	}
	if _, err := b.s.serve(""); err != nil {
		tb.Fatal(err)
	}
	b.until(tb, "the restore ends", `SELECT NOT pg_is_in_recovery()`)
}

// keepLog waits until what was written is in the kept log.
func (b *BackedUp) keepLog(tb testing.TB) error {
	ctx, cancel := context.WithTimeout(tb.Context(), 20*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, b.URL)
	if err != nil {
		return err
	}
	var segment string
	err = conn.QueryRow(ctx, `SELECT pg_walfile_name(pg_switch_wal())`).Scan(&segment)
	if err = errors.Join(err, conn.Close(ctx)); err != nil {
		return err
	}
	b.until(tb, "the log is kept", `SELECT coalesce(last_archived_wal >= '`+segment+`', false) FROM pg_stat_archiver`)
	return nil
}

func (b *BackedUp) until(tb testing.TB, what, query string) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), 60*time.Second)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		var is bool
		conn, err := pgx.Connect(ctx, b.URL)
		if err == nil {
			err = cmp.Or(conn.QueryRow(ctx, query).Scan(&is), conn.Close(ctx))
		}
		if err == nil && is {
			return
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			said, _ := os.ReadFile(b.s.log())
			tb.Fatalf("it is never so: %s (%v): %s", what, err, strings.TrimSpace(tail(said)))
		}
	}
}
