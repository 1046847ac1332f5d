package rule

import (
	"fmt"
	"slices"
	"strings"
)

// together: centres of which each could have its minimum of heads, but not all on
// the same day, since the same people would have to be at several of them. Found
// by matching people to places along augmenting paths (Hall 1935, Kuhn 1955); the
// centres that compete for the same people are named together.
func (f *finder) together(t int) {
	in := f.in
	at := make([]int, len(in.Staff)) // the centre whose minimum a person is counted for
	for e := range at {
		at[e] = none
	}
	seen := make([]bool, len(in.Staff))
	var place func(c int) bool
	place = func(c int) bool {
		for _, e := range f.who[c*in.Horizon+t] {
			if seen[e] {
				continue
			}
			seen[e] = true
			if at[e] == none || place(at[e]) {
				at[e] = c
				return true
			}
		}
		return false
	}
	short, rivals := 0, make([]bool, len(in.Centres))
	for c := range in.Centres {
		if !in.OpenOn(c, t) || f.b.Staffed(c, t) {
			continue
		}
		for range min(in.Centres[c].MinStaff, len(f.who[c*in.Horizon+t])) {
			clear(seen)
			if place(c) {
				continue
			}
			short, rivals[c] = short+1, true
			for e, s := range seen {
				if s {
					rivals[at[e]] = true
				}
			}
		}
	}
	if short == 0 {
		return
	}
	var ids []string
	kept := map[Name]int{}
	for c, is := range rivals {
		if !is {
			continue
		}
		ids = append(ids, in.Centres[c].ID)
		for e := range in.Staff {
			if in.Avail[e][t] > 0 {
				kept[f.b.Place(e, t, c)]++
			}
		}
	}
	de, en := f.day(t)
	f.all = append(f.all, Impossibility{Centre: none, District: none, Day: t, Skill: none, Heads: short,
		Points: float64(short) * in.Weights.MissingHead, Rules: byWeight(kept),
		De: fmt.Sprintf("Die Standorte %s brauchen %s zusammen mindestens %s mehr, als dort insgesamt arbeiten dürfen.", list(ids, "und"), de, count(short, "eine Person", "%d Personen")),
		En: fmt.Sprintf("Centres %s together need at least %s more %s than may work there in all.", list(ids, "and"), count(short, "one person", "%d people"), en)})
}

// list joins names; and is the last word between them.
func list(ids []string, and string) string {
	slices.Sort(ids)
	last := len(ids) - 1
	if last == 0 {
		return ids[0]
	}
	return strings.Join(ids[:last], ", ") + " " + and + " " + ids[last]
}
