package pgtest_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog/pgtest"
)

func TestServerSyncsToDisk(t *testing.T) {
	url := pgtest.Start(t)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	for _, setting := range []string{"fsync", "synchronous_commit"} {
		var value string
		if err := conn.QueryRow(t.Context(), "SHOW "+setting).Scan(&value); err != nil {
			t.Fatal(err)
		}
		if value != "on" {
			t.Errorf("%s is %q, want on", setting, value)
		}
	}
}

// The child starts a server, says where, and dies without cleaning up.
func TestServerEndsWithAKilledTestProcess(t *testing.T) {
	if os.Getenv("LOTSE_PGTEST_CHILD") != "" {
		url := pgtest.Start(t)
		conn, err := pgx.Connect(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		var data string
		if err := conn.QueryRow(t.Context(), "SHOW data_directory").Scan(&data); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(os.Getenv("LOTSE_PGTEST_CHILD"), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		self, err := os.FindProcess(os.Getpid())
		if err == nil {
			err = self.Kill()
		}
		t.Fatalf("still alive: %v", err)
	}
	if os.Getenv(pgtest.Env) != "" {
		t.Skip(pgtest.Env + " is set: there is no private server to end")
	}
	pgtest.Start(t) // skips where there is none
	said := filepath.Join(t.TempDir(), "data-directory")
	child := exec.Command(os.Args[0], "-test.run=^TestServerEndsWithAKilledTestProcess$")
	child.Env = append(os.Environ(), "LOTSE_PGTEST_CHILD="+said)
	output, err := child.CombinedOutput()
	if err == nil {
		t.Fatalf("the child ended well, though it should have been killed: %s", output)
	}
	data, err := os.ReadFile(said)
	if err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	dir := filepath.Dir(strings.TrimSpace(string(data)))
	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for {
		if _, err := os.Stat(dir); os.IsNotExist(err) {
			return
		}
		select {
		case <-deadline.C:
			t.Fatalf("%s is still there after the test process died", dir)
		case <-poll.C:
		}
	}
}
