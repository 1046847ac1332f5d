package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// rooms whose code a simulated city does not run.
var outside = []string{"web", "httpapi", "cmd", "pages", "allinone", "systemtest", "testdata", "faults", "compare", "report", "postgres", "sqlite"}

// codeHash tells one version of the code that a simulation runs from another: of all
// Go files of events and services that are neither tests nor in rooms outside of it,
// and of the versions of what they use.
func codeHash(root string) (string, error) {
	sum := sha256.New()
	for _, module := range []string{"events", "services"} {
		err := filepath.WalkDir(filepath.Join(root, module), func(path string, e fs.DirEntry, err error) error {
			if err != nil {
				return fmt.Errorf("-root: %w: name the folder of the repository", err)
			}
			if e.IsDir() {
				if slices.Contains(outside, e.Name()) {
					return filepath.SkipDir
				}
				return nil
			}
			if strings.HasSuffix(path, "_test.go") || filepath.Ext(path) != ".go" && e.Name() != "go.mod" {
				return nil
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			name, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(sum, "%s %d\n%s", filepath.ToSlash(name), len(text), text)
			return err
		})
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:8]), nil
}

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}
