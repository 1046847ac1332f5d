package rule_test

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
	"github.com/lotse-hamburg/lotse/services/capacity/planning/rule"
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

// Of a published instance the places are those of the network, in its order, and
// nothing but the weekly cap looks at several days.
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
		b := rule.New(in)
		for e := range in.Staff {
			if b.Personal(e) {
				t.Fatalf("%s: employee %d has rules of several days", path, e)
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
		for c := range in.Centres {
			for day := range in.Horizon {
				if b.Staffed(c, day) {
					t.Fatalf("%s: centre %d has a minimum by half hours", path, c)
				}
			}
		}
	}
}
