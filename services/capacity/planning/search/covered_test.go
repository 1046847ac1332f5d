package search

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/planningtest"
)

// What the proven optimum covers of what is booked the plan covers too, and no
// centre is left below its minimum.
func TestSolveCoversWhatTheOptimumCovers(t *testing.T) {
	planningtest.InOneGoroutine(t)
	data, err := os.ReadFile("../testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden map[string]json.RawMessage
	if err := json.Unmarshal(data, &golden); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"small-1", "small-2", "small-3", "small-4", "small-5", "medium-1", "medium-2", "medium-3", "medium-4", "medium-5",
		"hamburg-3-over"} {
		var best struct {
			Booked *struct {
				Minutes int `json:"uncovered_minutes"`
			} `json:"booked"`
		}
		if err := json.Unmarshal(golden[name], &best); err != nil || best.Booked == nil {
			t.Fatalf("%s: golden.json does not say what the best plan leaves uncovered (%v)", name, err)
		}
		rounds := 2
		if strings.HasPrefix(name, "hamburg") {
			if testing.Short() {
				continue
			}
			rounds = 1
		}
		in := planningtest.Load(t, name)
		out, err := Solve(in, Options{Seed: 1, Rounds: rounds})
		if err != nil {
			t.Fatal(err)
		}
		if n := sum(out.Result.UncoveredMinutes); n > best.Booked.Minutes {
			t.Errorf("%s: %d booked minutes uncovered, the best plan leaves %d", name, n, best.Booked.Minutes)
		}
		if n := sum(out.Result.MissingHeads); n > 0 {
			t.Errorf("%s: %d heads missing", name, n)
		}
	}
}

func sum(rows [][]int) (n int) {
	for _, row := range rows {
		for _, v := range row {
			n += v
		}
	}
	return n
}

// The strict first phase prefers one minute of what is booked to any lead time,
// and stops where not even divisible people could cover more.
func TestTheFirstPhaseLooksAtNothingElse(t *testing.T) {
	in := planningtest.Load(t, "medium-2")
	p := planner(t, in)
	if _, _, err := p.s.relax(5, nil); err != nil {
		t.Fatal(err)
	}
	p.k.recount()
	p.k.refresh()
	price := func() int64 {
		return (&guard{days: []int{}}).price(p.s) + p.s.lostUnits() + int64(sum(missing(p)))*p.s.missing
	}
	before, total := price(), p.s.total()
	var l list
	p.coverAll(&l, newDice(1), p.s.in.Horizon, math.MaxInt32, func() bool { return false })
	if price() >= before || p.s.total() >= total {
		t.Errorf("price of what is urgent %d, was %d; in all %d, was %d", price(), before, p.s.total(), total)
	}
	for _, u := range p.needy(p.s.in.Horizon) {
		if u.Minutes > 0 && p.s.lostUnits() <= p.s.bare {
			t.Errorf("%+v is still looked at", u)
		}
	}
}

func missing(p *Planner) [][]int {
	rows := make([][]int, len(p.s.in.Centres))
	for c := range rows {
		for t := range p.s.in.Horizon {
			rows[c] = append(rows[c], int(p.s.short(c, t)))
		}
	}
	return rows
}
