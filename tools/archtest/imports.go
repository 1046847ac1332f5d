package archtest

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// imports checks one import of a file that lies in a room.
func (c *checker) imports(file string, line int, imported string, r row, room string, names map[string]string, test bool) {
	target, kind := c.resolve(imported)
	if why, cure := forbidden(file, target, kind); why != "" {
		c.bad(file, line, "imports "+imported, why, cure)
		return
	}
	if kind == inside && target == path.Dir(file) { // an external test of its own package
		return
	}
	if c.allows(r.may, room, target, kind, names) || test && c.allows(c.table.tests.may, room, target, kind, names) {
		return
	}
	cure := "go through what this room may import, or change the row and say in the commit why"
	switch {
	case kind == standard && slices.Contains(r.may, "std-pure"):
		cure = "let the command bring what you need; if the package is pure, add it to tools/archtest/std.go"
	case kind == outsider:
		cure = "hide it behind a package that may import it, or name the module in the row"
	}
	c.bad(file, line, "imports "+imported, fmt.Sprintf("%s, room %s, may import %s", c.ruleOf(r), room, strings.Join(r.may, ", ")), cure)
}

// What an import path is.
type kind int

const (
	standard kind = iota
	inside        // of one of the modules here
	outsider
)

// resolve turns a path of an own module into one from the root of the tree.
func (c *checker) resolve(imported string) (string, kind) {
	for dir, module := range c.modules {
		if imported == module {
			return dir, inside
		}
		if rest, ok := strings.CutPrefix(imported, module+"/"); ok {
			return dir + "/" + rest, inside
		}
	}
	if first, _, _ := strings.Cut(imported, "/"); strings.Contains(first, ".") {
		return imported, outsider
	}
	return imported, standard
}

// forbidden has the rules that no row can lift.
func forbidden(file, target string, k kind) (why, cure string) {
	if strings.HasPrefix(file, "events/") && !(k == standard || k == inside && strings.HasPrefix(target+"/", "events/")) {
		return "events imports the standard library only", "do it where the events are used: anyone must be able to import events"
	}
	from, to := serviceOf(path.Dir(file)), ""
	if k == inside {
		to = serviceOf(target)
	}
	if from != "" && to != "" && from != to {
		return "services never import each other", "let " + to + " say it in an event, or move what both need to services/internal"
	}
	return "", ""
}

// serviceOf is the service that a folder belongs to, or "".
func serviceOf(dir string) string {
	parts := strings.Split(dir, "/")
	if len(parts) < 2 || parts[0] != "services" {
		return ""
	}
	switch parts[1] {
	case "internal", "allinone", "systemtest", "simulation", "world":
		return ""
	}
	return parts[1]
}

// allows says whether one of the entries lets a target in.
func (c *checker) allows(may []string, room, target string, k kind, names map[string]string) bool {
	for _, m := range may {
		switch {
		case m == "std":
			if k == standard {
				return true
			}
		case m == "std-pure":
			if k == standard && pure[target] {
				return true
			}
		case m == "third-party":
			if k == outsider {
				return true
			}
		case m == "self":
			if k == inside {
				if strings.HasSuffix(room, ".go") {
					room = path.Dir(room)
				}
				if _, ok := match(room, target, names); ok {
					return true
				}
			}
		case k != standard:
			if _, ok := match(m, target, names); ok {
				return true
			}
		}
	}
	return false
}
