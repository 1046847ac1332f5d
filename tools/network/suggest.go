package network

import (
	"fmt"
	"slices"
	"strings"
)

// near is the cure for a name that is not known: the likeliest one meant, or
// all there are.
func near[S ~string](name S, known []S) string {
	best, at := len(name)/2+1, S("")
	for _, k := range known {
		if d := distance(string(name), string(k)); d < best {
			best, at = d, k
		}
	}
	if at != "" {
		return fmt.Sprintf("did you mean %q?", at)
	}
	all := make([]string, len(known))
	for i, k := range known {
		all[i] = string(k)
	}
	slices.Sort(all)
	if len(all) > 12 {
		all = append(all[:12], "…")
	}
	return "known are " + strings.Join(all, ", ")
}

// distance is the Levenshtein distance in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			d := last
			if a[i] != b[j] {
				d++
			}
			last, row[j+1] = row[j+1], min(d, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
