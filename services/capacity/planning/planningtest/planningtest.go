// Package planningtest gives tests of the planner's rooms the published instances.
package planningtest

import (
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

// Load reads a published instance by its name, packed or not. The test's room must
// lie beside planning's testdata.
func Load(t testing.TB, name string) *planning.Instance {
	t.Helper()
	path := "../testdata/" + name + ".json"
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		data, err = unpack(path + ".gz")
	}
	if err != nil {
		t.Fatal(err)
	}
	in, err := planning.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// Published lists the names of all published instances.
func Published(t testing.TB) (names []string) {
	t.Helper()
	paths, err := filepath.Glob("../testdata/*-*.json*")
	if err != nil || len(paths) < 13 {
		t.Fatalf("%d published instances found (%v)", len(paths), err)
	}
	for _, p := range paths {
		name, _, _ := strings.Cut(filepath.Base(p), ".")
		names = append(names, name)
	}
	return names
}

func unpack(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// Furnish gives an instance every extension, and returns it: duties in 24 variants,
// a minimum by half hours and an express counter at every centre, prices of rows,
// days away before.
func Furnish(in *planning.Instance) *planning.Instance {
	most := 30
	in.MaxAwayPerHalfYear, in.Saturdays, in.Holidays = &most, &planning.Saturdays{InFourWeeks: 1}, []int{4}
	in.Weights.Personal, in.Weights.SecondmentStart = .5, 1
	in.Duties = make([][]planning.Span, len(in.Staff))
	for e := range in.Staff {
		in.Duties[e] = make([]planning.Span, in.Horizon)
		for t := range in.Duties[e] {
			if in.Avail[e][t] > 0 {
				from := 420 + 30*(e%3) + 60*((e+t)%2)
				in.Duties[e][t] = planning.Span{from, from + 450 + 30*(e%4)}
			}
		}
		for d := -150; d < -7; d += 11 + e%7 {
			in.Staff[e].AwayDays = append(in.Staff[e].AwayDays, d)
		}
	}
	for c := range in.Centres {
		in.Centres[c].MinPresent = 2
		for range in.Horizon {
			in.Centres[c].Hours = append(in.Centres[c].Hours, planning.Span{480, 1080 - 30*(c%4)})
		}
		in.Centres[c].Express = &planning.Express{Hours: planning.Span{480, 720}, Skills: []int{0, 1}}
	}
	return in
}

// InOneGoroutine marks a long computation of the planner, which knows no goroutines
// (tools/archtest): the race detector has nothing to find there and makes it twelve
// times as slow. With -race the test is skipped; .ci/run runs it without.
func InOneGoroutine(t testing.TB) {
	t.Helper()
	if race {
		t.Skip("one goroutine computes here: run it without -race")
	}
}
