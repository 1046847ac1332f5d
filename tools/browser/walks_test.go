package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/lotse-hamburg/lotse/tools/browser/stage"
)

// walks in the order in which they are gone: they share the city and change it.
var walks = []string{"planner", "both-approve", "district", "citizen", "agent", "front", "log-in"}

// Each walk of walks/ in a browser of its own, with the next sick notes of the story
// at hand.
func TestWalks(t *testing.T) {
	root, err := stage.Root()
	if err != nil {
		t.Fatal(err)
	}
	found, err := os.ReadDir(filepath.Join(root, "tools", "browser", "walks"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if name := f.Name(); !slices.Contains(walks, name[:len(name)-len(filepath.Ext(name))]) {
			t.Errorf("nobody goes the walk %s: name it here", name)
		}
	}
	c := theCity(t)
	for _, name := range walks {
		t.Run(name, func(t *testing.T) {
			run(t, map[string]any{"notes": c.Notes(3)}, filepath.Join("walks", name+".mjs"))
		})
	}
}
