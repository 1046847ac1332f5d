package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// compatible compares the events' schemas with those that are checked in. Only
// optional fields may be added to a version (CONTRIBUTING.md); anything else
// needs a new one beside it.
func compatible(dir string, now files) error {
	have, err := checkedIn(dir)
	if err != nil {
		return err
	}
	var wrong []error
	for _, name := range have {
		if !strings.HasPrefix(name, "schemas/") {
			continue
		}
		old, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		if now[name] == nil {
			wrong = append(wrong, fmt.Errorf("%s: the event is not published any more; its readers must be able to read it for ever", name))
			continue
		}
		breaks, err := breaking(old, now[name])
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for _, b := range breaks {
			wrong = append(wrong, fmt.Errorf("%s: %s: leave this version as it is and add a new one beside it", strings.TrimPrefix(name, "schemas/"), b))
		}
	}
	return errors.Join(wrong...)
}

// breaking lists what readers or writers of the old schema would stumble over.
func breaking(old, now []byte) ([]string, error) {
	var a, b map[string]any
	if err := errors.Join(json.Unmarshal(old, &a), json.Unmarshal(now, &b)); err != nil {
		return nil, err
	}
	c := comparison{old: a, now: b, seen: map[string]bool{}}
	c.compare("data", a, b)
	return c.found, nil
}

type comparison struct {
	old, now map[string]any
	seen     map[string]bool
	found    []string
}

func (c *comparison) say(path, format string, args ...any) {
	c.found = append(c.found, path+" "+fmt.Sprintf(format, args...))
}

// deref follows a reference into the document's own definitions.
func deref(root, s map[string]any) map[string]any {
	name, ok := strings.CutPrefix(fmt.Sprint(s["$ref"]), "#/$defs/")
	if !ok {
		return s
	}
	defs, _ := root["$defs"].(map[string]any)
	def, _ := defs[name].(map[string]any)
	return def
}

func (c *comparison) compare(path string, a, b map[string]any) {
	if pair := fmt.Sprint(a["$ref"], b["$ref"]); a["$ref"] != nil {
		if c.seen[pair] {
			return
		}
		c.seen[pair] = true
	}
	a, b = deref(c.old, a), deref(c.now, b)
	for _, word := range []string{"type", "format", "pattern"} {
		if a[word] != b[word] {
			c.say(path, "had the %s %v and has %v", word, a[word], b[word])
			if word == "type" {
				return
			}
		}
	}
	was, is := object(a["properties"]), object(b["properties"])
	for _, name := range slices.Sorted(maps.Keys(was)) {
		if is[name] == nil {
			c.say(path+"."+name, "is gone")
			continue
		}
		c.compare(path+"."+name, object(was[name]), object(is[name]))
	}
	must, shall := names(a["required"]), names(b["required"])
	for _, name := range shall {
		if !slices.Contains(must, name) {
			c.say(path+"."+name, "is required now: older events may lack it")
		}
	}
	for _, name := range must {
		if !slices.Contains(shall, name) && is[name] != nil {
			c.say(path+"."+name, "was always there and may be missing now")
		}
	}
	for _, part := range []string{"items", "additionalProperties", "propertyNames"} {
		x, y := object(a[part]), object(b[part])
		if x == nil && y == nil {
			continue
		}
		c.compare(path+"[]", x, y)
	}
}

func object(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func names(v any) []string {
	list, _ := v.([]any)
	out := make([]string, len(list))
	for i, n := range list {
		out[i], _ = n.(string)
	}
	return out
}
