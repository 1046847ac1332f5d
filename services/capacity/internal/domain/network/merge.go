package network

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/lotse-hamburg/lotse/events/capacity"
)

// Change of one field of a policy, as it is written; "" where it was or is left
// to its default.
type Change struct {
	// Field by its path, such as automatic.max_moves.
	Field string `json:"field"`
	From  string `json:"from"`
	To    string `json:"to"`
}

// Clash is a field that was changed at both ends, differently.
type Clash struct{ Field, File, Desk string }

// Differences lists the fields in which two policies differ, by path.
func Differences(from, to capacity.Policy) (all []Change) {
	a, b := leaves(from), leaves(to)
	for _, f := range paths(a, b) {
		if a[f] != b[f] {
			all = append(all, Change{f, a[f], b[f]})
		}
	}
	return all
}

// merge carries what has changed from base to file into desk. Where desk has
// changed the same field to something else, it clashes.
func merge(base, file, desk capacity.Policy) (capacity.Policy, []Clash) {
	b, f, d := leaves(base), leaves(file), leaves(desk)
	var clashes []Clash
	out := map[string]string{}
	for _, p := range paths(b, f, d) {
		v := d[p]
		if f[p] != b[p] {
			if d[p] != b[p] && d[p] != f[p] {
				clashes = append(clashes, Clash{p, said(f[p]), said(d[p])})
			}
			v = f[p]
		}
		if v != "" {
			out[p] = v
		}
	}
	if len(clashes) > 0 {
		return desk, clashes
	}
	var merged capacity.Policy
	if err := json.Unmarshal(wire(nested(out)), &merged); err != nil {
		return file, nil // both were policies, and so is what is made of their fields
	}
	return merged, nil
}

func said(v string) string {
	if v == "" {
		return "nothing"
	}
	return v
}

func paths(all ...map[string]string) []string {
	seen := map[string]bool{}
	for _, m := range all {
		for p := range m {
			seen[p] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// leaves are a policy's fields by path, each as it is written; a list is one.
func leaves(p capacity.Policy) map[string]string {
	out := map[string]string{}
	var walk func(path string, v json.RawMessage)
	walk = func(path string, v json.RawMessage) {
		var inner map[string]json.RawMessage
		if len(v) > 0 && v[0] == '{' && json.Unmarshal(v, &inner) == nil {
			for k, x := range inner {
				walk(strings.TrimPrefix(path+"."+k, "."), x)
			}
			return
		}
		out[path] = string(v)
	}
	walk("", wire(p))
	return out
}

// nested is the opposite of leaves.
func nested(leaves map[string]string) map[string]any {
	root := map[string]any{}
	for p, v := range leaves {
		at, all := root, strings.Split(p, ".")
		for _, k := range all[:len(all)-1] {
			next, ok := at[k].(map[string]any)
			if !ok {
				next = map[string]any{}
				at[k] = next
			}
			at = next
		}
		at[all[len(all)-1]] = json.RawMessage(v)
	}
	return root
}
