package rule

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
)

func load(t testing.TB, path string) *planning.Instance {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(path, ".gz") {
		z, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if data, err = io.ReadAll(z); err != nil {
			t.Fatal(err)
		}
	}
	in, err := planning.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// Of a published instance the places are those of the network, in its order.
func TestPublishedPlaces(t *testing.T) {
	paths, _ := filepath.Glob("../testdata/*-*.json*")
	if len(paths) < 10 {
		t.Fatalf("%d instances found", len(paths))
	}
	for _, path := range paths {
		in := load(t, path)
		net, err := flow.New(in)
		if err != nil {
			t.Fatal(err)
		}
		b := New(in)
		for e := range in.Staff {
			if b.Personal(e) {
				t.Fatalf("%s: employee %d has personal rules", path, e)
			}
			for day := range in.Horizon {
				if in.Avail[e][day] <= 0 {
					continue
				}
				var want, got []int
				net.Reachable(e, day, func(c int) { want = append(want, c) })
				b.PlacesOf(e, day, func(c int) { got = append(got, c) })
				if !slices.Equal(got, want) {
					t.Fatalf("%s: employee %d day %d: %v, network %v", path, e, day, got, want)
				}
				for c := range in.Centres {
					if (b.Place(e, day, c) == "") != slices.Contains(want, c) {
						t.Fatalf("%s: employee %d day %d centre %d: %q", path, e, day, c, b.Place(e, day, c))
					}
				}
			}
		}
	}
}

// Every rule has a sentence in both languages and a name of its own.
func TestSentences(t *testing.T) {
	seen := map[Name]bool{}
	for _, r := range Rules {
		if seen[r.Name] || !strings.HasSuffix(r.De, ".") || !strings.HasSuffix(r.En, ".") {
			t.Errorf("%q: named twice, or without a sentence: %q %q", r.Name, r.De, r.En)
		}
		seen[r.Name] = true
		if got, ok := ByName(r.Name); !ok || got.De != r.De {
			t.Errorf("%q is not found by its name", r.Name)
		}
	}
	if _, ok := ByName("none"); ok {
		t.Error("a rule called none is found")
	}
}
