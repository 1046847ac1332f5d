package network

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lotse-hamburg/lotse/events/capacity"
)

// Kinds of change.
const (
	Added   = "added"
	Removed = "removed"
	Changed = "changed"
)

// Change is one difference between two networks. Where the staff differs in
// many places, one change stands for Count of them.
type Change struct {
	Kind  string `json:"kind"`
	Thing string `json:"thing"`           // "centre", "employee", …
	ID    string `json:"id,omitempty"`    // empty: the thing is there once, or many are counted
	Field string `json:"field,omitempty"` // of a changed thing, "hours.1"
	Old   string `json:"old,omitempty"`
	New   string `json:"new,omitempty"`
	Count int    `json:"count,omitempty"`
	// Note breaks a count down: "altona 12, wandsbek 3".
	Note string `json:"note,omitempty"`
}

// String is one line of a diff: "~ centre altona: counters 54 → 52".
func (c Change) String() string {
	sign := map[string]string{Added: "+", Removed: "-", Changed: "~"}[c.Kind]
	if c.Count > 0 {
		return fmt.Sprintf("%s %d %ss %s: %s", sign, c.Count, c.Thing, c.Kind, c.Note)
	}
	s := strings.TrimSpace(sign + " " + c.Thing + " " + c.ID)
	switch c.Kind {
	case Added:
		return s + ": " + c.New
	case Removed:
		return s + ": " + c.Old
	}
	return fmt.Sprintf("%s: %s %s → %s", s, c.Field, orNone(c.Old), orNone(c.New))
}

func orNone(s string) string {
	if s == "" {
		return "(none)"
	}
	return s
}

// orFalse is a value, or the opposite of the other where that is true.
func orFalse(s, other string) string {
	if s == "" && other == "true" {
		return "false"
	}
	return s
}

// listed is how many changes to employees or posts are told one by one.
const listed = 12

// Diff says what has to change to come from one network to another, in a fixed
// order: by thing, then id, then field. Nil stands for an empty network.
func Diff(from, to *Network) []Change {
	if from == nil {
		from = new(Network)
	}
	if to == nil {
		to = new(Network)
	}
	var out []Change
	add := func(thing string, a, b map[string]any) { out = append(out, compare(thing, a, b)...) }
	add("network", one(map[string]string{"name": from.Name}, from.Name != ""), one(map[string]string{"name": to.Name}, to.Name != ""))
	add("policy", one(from.Policy, from.Policy != capacity.Policy{}), one(to.Policy, to.Policy != capacity.Policy{}))
	add("district", keyed(from.Districts, func(d capacity.District) string { return string(d.ID) }),
		keyed(to.Districts, func(d capacity.District) string { return string(d.ID) }))
	add("centre", keyed(from.Centres, func(c capacity.Centre) string { return string(c.ID) }),
		keyed(to.Centres, func(c capacity.Centre) string { return string(c.ID) }))
	add("service group", keyed(from.Catalogue.Groups, func(g capacity.ServiceGroup) string { return string(g.Skill) }),
		keyed(to.Catalogue.Groups, func(g capacity.ServiceGroup) string { return string(g.Skill) }))
	add("service", keyed(from.Catalogue.Services, func(s capacity.ServiceType) string { return string(s.ID) }),
		keyed(to.Catalogue.Services, func(s capacity.ServiceType) string { return string(s.ID) }))
	holiday := func(h capacity.Holiday) string { return h.From.String() + " " + h.Name }
	add("holiday", keyed(from.Holidays, holiday), keyed(to.Holidays, holiday))
	add("measure", keyed(from.Measures, func(m capacity.Measure) string { return string(m.ID) }),
		keyed(to.Measures, func(m capacity.Measure) string { return string(m.ID) }))
	employee := func(e Employee) string { return string(e.ID) }
	out = append(out, summarise("employee", "home",
		keyed(from.Employees, employee), keyed(to.Employees, employee))...)
	post := func(p Post) string { return string(p.ID) }
	out = append(out, summarise("post", "centre", keyed(from.Posts, post), keyed(to.Posts, post))...)
	return out
}

// keyed turns a list into its JSON values by id, so that every field counts
// and what JSON omits counts as absent.
func keyed[T any](list []T, key func(T) string) map[string]any {
	m := make(map[string]any, len(list))
	for _, v := range list {
		m[key(v)] = plain(v)
	}
	return m
}

// one is keyed for a thing that is there once or not at all.
func one(v any, there bool) map[string]any {
	if !there {
		return nil
	}
	return map[string]any{"": plain(v)}
}

func plain(v any) any {
	b, err := json.Marshal(v)
	if err != nil {
		panic("network: " + err.Error()) // plain data always has a JSON form
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var out any
	if err := dec.Decode(&out); err != nil {
		panic("network: " + err.Error())
	}
	return out
}

// compare lists the differences of things by id and field.
func compare(thing string, from, to map[string]any) []Change {
	var out []Change
	ids := map[string]bool{}
	for k := range from {
		ids[k] = true
	}
	for k := range to {
		ids[k] = true
	}
	for _, k := range slices.Sorted(maps.Keys(ids)) {
		a, was := from[k]
		b, is := to[k]
		switch {
		case !was:
			out = append(out, Change{Kind: Added, Thing: thing, ID: k, New: text(b)})
		case !is:
			out = append(out, Change{Kind: Removed, Thing: thing, ID: k, Old: text(a)})
		default:
			fa, fb := map[string]string{}, map[string]string{}
			flatten("", a, fa)
			flatten("", b, fb)
			fields := maps.Clone(fa)
			maps.Copy(fields, fb)
			for _, f := range slices.Sorted(maps.Keys(fields)) {
				if was, is := fa[f], fb[f]; was != is {
					out = append(out, Change{Kind: Changed, Thing: thing, ID: k, Field: f, Old: orFalse(was, is), New: orFalse(is, was)})
				}
			}
		}
	}
	return out
}

// flatten gives each value of nested tables its path; lists (but of weeks) and
// spans are values, and what is empty or false is as good as absent.
func flatten(path string, v any, into map[string]string) {
	m, ok := v.(map[string]any)
	if ok && !isSpan(m) {
		for k, e := range m {
			flatten(join(path, k), e, into)
		}
		return
	}
	if list, ok := v.([]any); ok && len(list) > 0 && !slices.ContainsFunc(list, isNoWeek) {
		for i, week := range list {
			flatten(fmt.Sprintf("%s[%d]", path, i), week, into)
		}
		return
	}
	if s := text(v); s != "" && s != "false" {
		into[path] = s
	}
}

// isNoWeek: a week has the numbers of weekdays as keys.
func isNoWeek(v any) bool {
	m, ok := v.(map[string]any)
	for k := range m {
		ok = ok && len(k) == 1 && "1" <= k && k <= "7"
	}
	return !ok
}

func isSpan(m map[string]any) bool {
	from, _ := m["from"].(string)
	_, to := m["to"].(string)
	return to && len(m) <= 3 && strings.Contains(from, ":")
}

// text renders a JSON value for reading: spans as 08:00–18:00, a list in [ ],
// a table as key value pairs in the order of the keys.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case []any:
		if len(v) == 0 {
			return ""
		}
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = text(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		if isSpan(v) {
			s := fmt.Sprintf("%s–%s", v["from"], v["to"])
			if b := text(v["breaks"]); b != "" {
				s += " without " + b
			}
			return s
		}
		var parts []string
		for _, k := range slices.Sorted(maps.Keys(v)) {
			if s := text(v[k]); s != "" && s != "false" {
				if _, table := v[k].(map[string]any); table && !isSpan(v[k].(map[string]any)) {
					s = "{" + s + "}"
				}
				parts = append(parts, k+" "+s)
			}
		}
		return strings.Join(parts, ", ")
	}
	return fmt.Sprint(v)
}
