package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/tools/browser/stage"
)

// open is the one city of all tests, furnished when the first of them asks.
var open struct {
	sync.Once
	root string
	city *stage.City
	data string
	err  error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if open.city != nil {
		_ = open.city.Close()
	}
	if open.data != "" {
		_ = os.RemoveAll(open.data)
	}
	os.Exit(code)
}

// theCity is furnished once; a test is skipped, or fails in CI, where there is
// no browser to look at it.
func theCity(t *testing.T) *stage.City {
	t.Helper()
	if race {
		t.Skip("a browser waits for answers, which the race detector only makes slower: .ci/run pages runs this without it")
	}
	ready(t)
	open.Do(func() {
		if open.root, open.err = stage.Root(); open.err != nil {
			return
		}
		if open.data, open.err = os.MkdirTemp("", "lotse-browser-"); open.err != nil {
			return
		}
		open.city, open.err = stage.Start(context.Background(), stage.Options{Data: filepath.Join(open.data, "lotse-data"), Root: open.root, Errors: os.Stderr})
	})
	if open.err != nil {
		t.Fatal(open.err)
	}
	return open.city
}

// install fetches the Node packages of package-lock.json once, in CI.
var install = sync.OnceValues(func() ([]byte, error) {
	cmd := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	return cmd.CombinedOutput()
})

func ready(t *testing.T) {
	t.Helper()
	root, err := stage.Root()
	if err != nil {
		t.Fatal(err)
	}
	ci := os.Getenv("CI") == "true"
	err = stage.Equipped(root)
	if ci && errors.Is(err, stage.ErrUnpacked) {
		if out, err := install(); err != nil {
			t.Fatalf("npm ci: %v\n%s", err, out)
		}
		err = stage.Equipped(root)
	}
	switch {
	case err == nil:
	case ci:
		t.Fatalf("pages %v: with CI=true this test must run", err)
	default:
		t.Skipf("pages %v", err)
	}
}

// run runs a script on the city and fails with what it says.
func run(t *testing.T, facts map[string]any, args ...string) string {
	t.Helper()
	c := theCity(t)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute) // all pages take two minutes of a machine of their own
	defer cancel()
	cmd, err := stage.Script(ctx, open.root, c.Known(facts), args...)
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
	t.Logf("%s", out)
	return string(out)
}
