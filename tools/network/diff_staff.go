package network

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// summarise compares employees or posts. A few changes are told one by one;
// of many, those added and removed are counted by place and those changed by
// field.
func summarise(thing, place string, from, to map[string]any) []Change {
	all := compare(thing, from, to)
	if len(all) <= listed {
		return all
	}
	byPlace := map[string]map[string]int{Added: {}, Removed: {}}
	byField := map[string]int{}
	changed := map[string]bool{}
	for _, c := range all {
		switch c.Kind {
		case Added:
			byPlace[Added][placeOf(to[c.ID], place)]++
		case Removed:
			byPlace[Removed][placeOf(from[c.ID], place)]++
		default:
			// A field of a list or table counts as the field it belongs to.
			field := c.Field
			if i := strings.IndexAny(field, ".["); i > 0 {
				field = field[:i]
			}
			if key := c.ID + " " + field; !changed[key] {
				changed[key] = true
				byField[field]++
			}
		}
	}
	var out []Change
	for _, kind := range []string{Added, Removed} {
		if n := sum(byPlace[kind]); n > 0 {
			out = append(out, Change{Kind: kind, Thing: thing, Count: n, Note: counts(byPlace[kind])})
		}
	}
	ids := map[string]bool{}
	for key := range changed {
		id, _, _ := strings.Cut(key, " ")
		ids[id] = true
	}
	if len(ids) > 0 {
		out = append(out, Change{Kind: Changed, Thing: thing, Count: len(ids), Note: counts(byField)})
	}
	return out
}

func placeOf(v any, field string) string {
	m, _ := v.(map[string]any)
	return text(m[field])
}

func sum(m map[string]int) int {
	n := 0
	for _, v := range m {
		n += v
	}
	return n
}

// counts is "altona 12, wandsbek 3", by name.
func counts(m map[string]int) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, fmt.Sprintf("%s %d", k, m[k]))
	}
	return strings.Join(parts, ", ")
}
