package mapping

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
)

// at finds the value at a path of names joined by dots; nil where there is none.
func at(doc any, path string) any {
	if path == "" {
		return nil
	}
	for name := range strings.SplitSeq(path, ".") {
		object, ok := doc.(map[string]any)
		if !ok {
			return nil
		}
		doc = object[name]
	}
	return doc
}

// text is a scalar as it would be written; "" for anything else.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	case bool:
		if v {
			return "true"
		}
		return "false"
	}
	return ""
}

func yes(v string) bool {
	switch strings.ToLower(v) {
	case "true", "1", "yes", "y":
		return true
	}
	return false
}

func (c Condition) holds(doc any) bool {
	v := at(doc, c.Path)
	t := strings.ToLower(text(v))
	ok := false
	switch {
	case c.In != nil:
		ok = slices.ContainsFunc(c.In, func(s string) bool { return strings.ToLower(s) == t })
	case c.Prefix != "":
		ok = strings.HasPrefix(t, strings.ToLower(c.Prefix))
	default:
		ok = v != nil && v != ""
	}
	return ok != c.Not
}

func all(conditions []Condition, doc any) bool {
	for _, c := range conditions {
		if !c.holds(doc) {
			return false
		}
	}
	return true
}

// maxDepth bounds how deep is counted; what lies deeper is part of its parent.
const maxDepth = 16

// count counts what is not taken: a name that tells why as a reason with all
// that lies below it, anything else that has a value as unknown.
func count(doc any, path string, taken, reasons []string, s *hr.Stripped) {
	object, ok := doc.(map[string]any)
	if !ok || strings.Count(path, ".") >= maxDepth {
		return
	}
	for name, v := range object {
		p := path + name
		switch inner, isObject := v.(map[string]any); {
		case v == nil || v == "" || slices.Contains(taken, p):
		case hr.TellsWhy(name) || slices.Contains(reasons, name):
			s.Reasons++
		case isObject && strings.Count(p, ".") < maxDepth && slices.ContainsFunc(taken, func(t string) bool { return strings.HasPrefix(t, p+".") }):
			count(inner, p+".", taken, reasons, s)
		default:
			s.Unknown++
		}
	}
}
