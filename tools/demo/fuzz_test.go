package demo

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/parsertest"
	"github.com/lotse-hamburg/lotse/tools/network"
)

// Whatever stands in a story, reading and planning it ends.
func FuzzStory(f *testing.F) {
	n, err := network.Load("../../deploy/networks/tiny")
	if err != nil {
		f.Fatal(err)
	}
	text, err := os.ReadFile("../../deploy/stories/hamburg-flu.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte("source: s\nsteps:\n  - {id: a, absence: A, event: reported, who: {home: east-1, number: 1}, from: 2, days: 3}\nwave: {notes: 2, seed: 1, first: 1, last: 3, days: 2}\n"))
	f.Add([]byte("source: s\nsteps:\n  - {id: a, absence: A, event: reported, employee: e, from: 999999999, days: 999999999}\n"))
	f.Add([]byte("source: s\nsteps: [{id: a}]\nwave: {notes: 999999999, first: -5, last: 999999999, days: 99999999}\n"))
	dir := f.TempDir()
	path := filepath.Join(dir, "story.yaml")
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 1<<16 {
			return
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		parsertest.Bounded(t, len(text), func() {
			s, err := ReadStory(path)
			if err != nil {
				return
			}
			_, _ = Script(s, n, day.Date(2026, 11, 30))
		})
	})
}
