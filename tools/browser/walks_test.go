package main

import (
	"path/filepath"
	"testing"

	"github.com/lotse-hamburg/lotse/tools/browser/stage"
)

// The walks that stand in walks/, each in a browser of its own. They share the
// city and change it, one after the other; each brings what it needs.
func TestWalks(t *testing.T) {
	root, err := stage.Root()
	if err != nil {
		t.Fatal(err)
	}
	found, err := filepath.Glob(filepath.Join(root, "tools", "browser", "walks", "*.mjs"))
	if err != nil || len(found) == 0 {
		t.Fatal("there are no walks", err)
	}
	c := theCity(t)
	for _, file := range found {
		t.Run(filepath.Base(file), func(t *testing.T) {
			facts, err := c.Facts(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			facts["notes"] = notes(c, 3)
			run(t, facts, file)
		})
	}
}
