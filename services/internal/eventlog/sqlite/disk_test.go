package sqlite_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/eventlogtest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/sqlite"
)

func unit(stream string, expected int64, bytesOfData int) eventlog.Unit {
	return eventlog.Unit{Appends: []eventlog.Append{{Stream: stream, Expected: expected, Events: []eventlog.NewEvent{{
		ID: uuid.New(), Type: "lotse.test.fact.v1", Data: fmt.Appendf(nil, `{"x":"%s"}`, strings.Repeat("x", bytesOfData)),
		Meta: eventlog.Meta{Time: eventlogtest.Clock()},
	}}}}}
}

func mustCommit(tb testing.TB, s *sqlite.Store, units ...eventlog.Unit) {
	tb.Helper()
	outcomes, err := s.Commit(tb.Context(), units)
	if err != nil {
		tb.Fatal(err)
	}
	for _, out := range outcomes {
		if out.Err != nil || out.Duplicate {
			tb.Fatalf("not written: %+v", out)
		}
	}
}

func position(tb testing.TB, s *sqlite.Store) int64 {
	tb.Helper()
	h, err := s.Head(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return h.Position
}

func TestEveryCommitIsSynced(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "log.db"))
	for pragma, want := range map[string]string{"synchronous": "2", "journal_mode": "wal", "secure_delete": "2", "journal_size_limit": "67108864"} {
		if got, err := s.Pragma(pragma); err != nil || got != want {
			t.Errorf("%s is %q, %v, want %q", pragma, got, err, want)
		}
	}
}

func TestOneProcessOwnsAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	s := open(t, path)
	if _, err := sqlite.Open(t.Context(), path); err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "stop that process") {
		t.Errorf("opening twice: %v, want an error with the file and the cure", err)
	}
	mustCommit(t, s, unit("a", 0, 1))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if again := open(t, path); position(t, again) != 1 {
		t.Error("the log is not as it was left")
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	foreign, newer := filepath.Join(dir, "foreign.db"), filepath.Join(dir, "newer.db")
	if err := tamper(foreign, `CREATE TABLE addresses (name TEXT)`); err != nil {
		t.Fatal(err)
	}
	if err := tamper(newer, `PRAGMA user_version = 99`); err != nil {
		t.Fatal(err)
	}
	for path, word := range map[string]string{
		write("text.db", bytes.Repeat([]byte("no database\n"), 1000)): "no SQLite database",
		foreign: "not a Lotse log",
		newer:   "use the newer program",
		filepath.Join(write("file", nil), "log.db"): "create its folder",
	} {
		s, err := sqlite.Open(t.Context(), path)
		if err == nil {
			t.Errorf("%s was opened", path)
			_ = s.Close()
		} else if !strings.Contains(err.Error(), word) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want an error that names the file and says %q", path, err, word)
		}
	}
}

func TestFullDiskLosesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	s := open(t, path)
	mustCommit(t, s, unit("a", 0, 100))
	if err := s.LimitPages(1); err != nil { // no page beyond those there are
		t.Fatal(err)
	}
	var full error
	stored := int64(1)
	for range 1000 {
		u := unit("a", stored, 3000)
		u.Keys = []eventlog.Key{{ID: fmt.Sprint("key", stored), Wrapped: []byte("unwritten key")}}
		if _, full = s.Commit(t.Context(), []eventlog.Unit{unit("b"+fmt.Sprint(stored), 0, 10), u}); full != nil {
			break
		}
		stored++
	}
	for _, word := range []string{path, "disk is full", "nothing was written", "free space"} {
		if full == nil || !strings.Contains(full.Error(), word) {
			t.Fatalf("a full disk says %v, want %q in it", full, word)
		}
	}
	if !errors.Is(full, eventlog.ErrFull) || errors.Is(full, eventlog.ErrUnknown) {
		t.Errorf("a full disk leaves a doubt: %v", full)
	}
	if got := position(t, s); got != stored*2-1 {
		t.Errorf("the log stands at %d, want %d: half a commit was written", got, stored*2-1)
	}
	if events, err := s.Stream(t.Context(), "b"+fmt.Sprint(stored), 0, 10); err != nil || len(events) != 0 {
		t.Errorf("the refused commit left %d events, %v", len(events), err)
	}
	if err := s.SaveSnapshot(t.Context(), eventlog.Snapshot{Name: "n", Schema: 1, Epoch: 1, Data: make([]byte, 1<<20)}); err == nil || !strings.Contains(err.Error(), "disk is full") {
		t.Errorf("a snapshot on a full disk: %v", err)
	}
	if err := s.LimitPages(0); err != nil {
		t.Fatal(err)
	}
	mustCommit(t, s, unit("a", stored, 3000))
	if got := position(t, s); got != stored*2 {
		t.Errorf("after freeing space the log stands at %d, want %d", got, stored*2)
	}
}

func TestBrokenKeyFileRefusesTheCommit(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "log.db"))
	key := func(id string) eventlog.Unit {
		u := unit(id, 0, 1)
		u.Keys = []eventlog.Key{{ID: id, Wrapped: []byte("bytes of " + id)}}
		return u
	}
	mustCommit(t, s, key("a"))
	mend, err := s.BreakKeyFile()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Commit(t.Context(), []eventlog.Unit{key("b")}); err == nil {
		t.Error("a commit whose key could not be written was accepted")
	}
	// The log can still say that a key is destroyed; its bytes follow later.
	mustCommit(t, s, eventlog.Unit{Forget: []string{"a"}})
	if _, err := s.PersonalKey(t.Context(), "a"); !errors.Is(err, eventlog.ErrKeyDestroyed) {
		t.Errorf("a forgotten key: %v", err)
	}
	mend()
	if n := position(t, s); n != 1 {
		t.Errorf("the log stands at %d, want 1", n)
	}
	mustCommit(t, s, key("b"))
	if k, err := s.PersonalKey(t.Context(), "b"); err != nil || string(k.Wrapped) != "bytes of b" {
		t.Errorf("key b: %q, %v", k.Wrapped, err)
	}
	if left := filesWith(t, filepath.Dir(s.Path()), "bytes of a"); len(left) > 0 {
		t.Errorf("the forgotten key is still in %v", left)
	}
}

// late is a context that is cancelled after it was looked at once.
type late struct {
	context.Context
	looks int
}

func (c *late) Err() error {
	if c.looks++; c.looks > 1 {
		return context.Canceled
	}
	return nil
}

func TestRolledBackKeysAreInNoFile(t *testing.T) {
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "log.db"))
	key := func(id, wrapped string) eventlog.Unit {
		u := unit(id, 0, 1)
		u.Keys = []eventlog.Key{{ID: id, Wrapped: []byte(wrapped)}}
		return u
	}
	mustCommit(t, s, key("a", "first key"))
	ctx := &late{Context: t.Context()}
	if _, err := s.Commit(ctx, []eventlog.Unit{key("b", "rolled back")}); !errors.Is(err, context.Canceled) || ctx.looks < 2 {
		t.Fatalf("a commit cancelled on the way: %v after %d looks", err, ctx.looks)
	}
	if left := filesWith(t, dir, "rolled back"); len(left) > 0 {
		t.Errorf("the key of a commit that failed is in %v", left)
	}
	if _, err := s.PersonalKey(t.Context(), "b"); !errors.Is(err, eventlog.ErrNotFound) {
		t.Errorf("the key of a commit that failed: %v", err)
	}
	mustCommit(t, s, key("b", "second key"))
	for id, want := range map[string]string{"a": "first key", "b": "second key"} {
		if k, err := s.PersonalKey(t.Context(), id); err != nil || string(k.Wrapped) != want {
			t.Errorf("key %s is %q, %v, want %q", id, k.Wrapped, err, want)
		}
	}
}

// filesWith names the files of a folder that contain a text.
func filesWith(tb testing.TB, dir, text string) (names []string) {
	tb.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		tb.Fatal(err)
	}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			tb.Fatal(err)
		}
		if bytes.Contains(content, []byte(text)) {
			names = append(names, e.Name())
		}
	}
	return names
}

func TestForgottenKeysAreInNoFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "log.db")
	s := open(t, path)
	secret := func(n int) string { return fmt.Sprintf("secret<%d>%s", n, strings.Repeat("k", n%50)) }
	id := func(n int) string { return fmt.Sprint("appointment-", n) }
	const n = 300
	var add, forget eventlog.Unit
	for i := range n {
		add.Keys = append(add.Keys, eventlog.Key{ID: id(i), Wrapped: []byte(secret(i))})
		if i%3 != 0 {
			forget.Forget = append(forget.Forget, id(i))
		}
	}
	mustCommit(t, s, add, unit("a", 0, 10))
	if len(filesWith(t, dir, secret(1))) == 0 {
		t.Fatal("the key is nowhere even before it is forgotten: the test tests nothing")
	}
	mustCommit(t, s, forget)
	check := func(when string) {
		t.Helper()
		for i := range n {
			k, err := s.PersonalKey(t.Context(), id(i))
			if i%3 == 0 {
				if err != nil || string(k.Wrapped) != secret(i) {
					t.Fatalf("%s: key %d is %q, %v", when, i, k.Wrapped, err)
				}
			} else if !errors.Is(err, eventlog.ErrKeyDestroyed) {
				t.Fatalf("%s: forgotten key %d: %v", when, i, err)
			} else if left := filesWith(t, dir, fmt.Sprintf("secret<%d>", i)); len(left) > 0 {
				t.Fatalf("%s: forgotten key %d is still in %v", when, i, left)
			}
		}
	}
	check("at once")
	mustCommit(t, s, unit("b", 0, 10))
	check("after another commit")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, path)
	check("after a restart")
}

// A crash may come between the commit that destroys a key and the overwriting:
// the folder as it is then is opened again.
func TestForgettingSurvivesACrash(t *testing.T) {
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "live", "log.db"))
	u := unit("a", 0, 10)
	u.Keys = []eventlog.Key{{ID: "keep", Wrapped: []byte("kept secret")}, {ID: "forget", Wrapped: []byte("doomed secret")}}
	mustCommit(t, s, u)
	mend, err := s.BreakKeyFile()
	if err != nil {
		t.Fatal(err)
	}
	defer mend()
	mustCommit(t, s, eventlog.Unit{Forget: []string{"forget"}})
	crashed := filepath.Join(dir, "crashed")
	if err := os.CopyFS(crashed, os.DirFS(filepath.Join(dir, "live"))); err != nil {
		t.Fatal(err)
	}
	if len(filesWith(t, crashed, "doomed secret")) == 0 {
		t.Fatal("the key was overwritten before the crash: the test tests nothing")
	}
	after := open(t, filepath.Join(crashed, "log.db"))
	if left := filesWith(t, crashed, "doomed secret"); len(left) > 0 {
		t.Errorf("the forgotten key came back in %v", left)
	}
	if k, err := after.PersonalKey(t.Context(), "keep"); err != nil || string(k.Wrapped) != "kept secret" {
		t.Errorf("the kept key is %q, %v", k.Wrapped, err)
	}
	if position(t, after) != 1 {
		t.Error("the event is gone")
	}
	mustCommit(t, after, eventlog.Unit{Keys: []eventlog.Key{{ID: "new", Wrapped: []byte("new secret")}}})
	if k, err := after.PersonalKey(t.Context(), "new"); err != nil || string(k.Wrapped) != "new secret" {
		t.Errorf("a new key is %q, %v", k.Wrapped, err)
	}
}

// A log put back from a backup that knew a key which was destroyed since.
func TestAnOlderLogDoesNotBringKeysBack(t *testing.T) {
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "live", "log.db"))
	mustCommit(t, s, eventlog.Unit{Keys: []eventlog.Key{{ID: "k", Wrapped: []byte("doomed secret")}}})
	restored := filepath.Join(dir, "restored")
	if err := os.CopyFS(restored, os.DirFS(filepath.Join(dir, "live"))); err != nil {
		t.Fatal(err)
	}
	mustCommit(t, s, eventlog.Unit{Forget: []string{"k"}})
	today, err := os.ReadFile(filepath.Join(dir, "live", "log.db.keys"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(restored, "log.db.keys"), today, 0o600); err != nil {
		t.Fatal(err)
	}
	back := open(t, filepath.Join(restored, "log.db"))
	if k, err := back.PersonalKey(t.Context(), "k"); !errors.Is(err, eventlog.ErrKeyDestroyed) {
		t.Errorf("the key is back: %q, %v", k.Wrapped, err)
	}
}

// The child commits until it is killed and prints what was accepted.
func TestKilledProcessLosesNothing(t *testing.T) {
	const env = "LOTSE_SQLITE_CHILD"
	if path := os.Getenv(env); path != "" {
		s, err := sqlite.Open(context.Background(), path)
		if err != nil {
			t.Fatal(err)
		}
		for i := int64(0); ; i++ {
			u := unit("a", i, 50)
			u.Keys = []eventlog.Key{{ID: fmt.Sprint(i), Wrapped: fmt.Appendf(nil, "key %d", i)}}
			mustCommit(t, s, u)
			fmt.Printf("accepted %d\n", i+1)
		}
	}
	path := filepath.Join(t.TempDir(), "log.db")
	for round := range 3 {
		child := exec.Command(os.Args[0], "-test.run=^TestKilledProcessLosesNothing$")
		child.Env = append(os.Environ(), env+"="+path+fmt.Sprint(round))
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		accepted := int64(0)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if n, found := strings.CutPrefix(lines.Text(), "accepted "); found {
				if accepted, err = strconv.ParseInt(n, 10, 64); err != nil {
					t.Fatal(err)
				}
			}
			if accepted == int64(50+37*round) {
				if err := child.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := child.Wait(); err == nil {
			t.Fatal("the child ended by itself")
		}
		s := open(t, path+fmt.Sprint(round))
		if got := position(t, s); got < accepted || got > accepted+1 || accepted < 50 {
			t.Errorf("killed after %d accepted commits, the log holds %d", accepted, got)
		}
		for i := range accepted {
			if k, err := s.PersonalKey(t.Context(), fmt.Sprint(i)); err != nil || string(k.Wrapped) != fmt.Sprintf("key %d", i) {
				t.Fatalf("key %d is %q, %v", i, k.Wrapped, err)
			}
		}
		mustCommit(t, s, unit("b", 0, 1))
	}
}
