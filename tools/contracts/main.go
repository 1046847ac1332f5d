// Command contracts writes down what crosses Lotse's border, from the code:
//
//	go run ./tools/contracts            write docs/contracts
//	go run ./tools/contracts -check     fail when something there is stale
//
// JSON Schema 2020-12 per public event and version, one AsyncAPI 3.0 document
// for the bus, OpenAPI 3.1 per service. A change that takes something away from
// those who read an event is not written: it is a new version (compat.go).
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func main() {
	check := flag.Bool("check", false, "write nothing; fail when something is stale")
	flag.Parse()
	if err := run(*check); err != nil {
		fmt.Fprintln(os.Stderr, "contracts:", err)
		os.Exit(1)
	}
}

func run(check bool) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	root, err := findRoot()
	if err != nil {
		return err
	}
	now, err := generate(ctx, root)
	if err != nil {
		return err
	}
	dir := filepath.Join(root, folder)
	if err := compatible(dir, now); err != nil {
		return err
	}
	if check {
		return stale(dir, now)
	}
	if err := write(dir, now); err != nil {
		return err
	}
	fmt.Printf("%d documents in %s\n", len(now), folder)
	return nil
}

// folder has what is generated; README.md there is written by hand.
const folder = "docs/contracts"

// files are documents by their path below folder.
type files map[string][]byte

func generate(ctx context.Context, root string) (files, error) {
	schemas, err := eventSchemas(root)
	if err != nil {
		return nil, err
	}
	out := files{}
	for name, s := range schemas {
		if out["schemas/"+name+".json"], err = pretty(s); err != nil {
			return nil, err
		}
	}
	apis, err := openAPIs(ctx)
	if err != nil {
		return nil, err
	}
	for service, doc := range apis {
		out["openapi/"+service+".json"] = doc
	}
	out["asyncapi.yaml"], err = asyncAPI(schemas)
	return out, err
}

// findRoot is the folder of go.work, here or above.
func findRoot() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, missing := os.Stat(filepath.Join(dir, "go.work")); missing == nil {
			return dir, nil
		}
		if filepath.Dir(dir) == dir {
			return "", errors.New("no go.work here or above: run this inside the project")
		}
		dir = filepath.Dir(dir)
	}
	return "", err
}

// checkedIn lists the generated files that are there.
func checkedIn(dir string) ([]string, error) {
	var all []string
	for _, pattern := range []string{"schemas/*.json", "openapi/*.json", "asyncapi.yaml"} {
		found, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(pattern)))
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			name, err := filepath.Rel(dir, f)
			if err != nil {
				return nil, err
			}
			all = append(all, filepath.ToSlash(name))
		}
	}
	return all, nil
}

// stale says what differs.
func stale(dir string, now files) error {
	have, err := checkedIn(dir)
	if err != nil {
		return err
	}
	var wrong []string
	for _, name := range slices.Sorted(maps.Keys(now)) {
		old, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !bytes.Equal(old, now[name]) {
			wrong = append(wrong, name+firstDifference(old, now[name]))
		}
	}
	for _, name := range have {
		if now[name] == nil {
			wrong = append(wrong, name+" (nothing makes it any more)")
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("stale in %s (run: make contracts, and read the diff):\n  %s", folder, strings.Join(wrong, "\n  "))
	}
	return nil
}

func firstDifference(old, now []byte) string {
	a, b := strings.Split(string(old), "\n"), strings.Split(string(now), "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf(":%d\n    - %s\n    + %s", i+1, strings.TrimSpace(a[i]), strings.TrimSpace(b[i]))
		}
	}
	return ""
}

func write(dir string, now files) error {
	have, err := checkedIn(dir)
	if err != nil {
		return err
	}
	for _, name := range have {
		if now[name] == nil {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				return err
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(now)) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, now[name], 0o644); err != nil {
			return err
		}
	}
	return nil
}
