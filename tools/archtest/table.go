package archtest

import (
	"fmt"
	"path"
	"regexp"
	"strings"
)

// Markers around the table in ARCHITECTURE.md.
const (
	Begin = "<!-- import-table -->"
	End   = "<!-- /import-table -->"
)

// TestRoom is the row that says what test files may import besides what their
// room may.
const TestRoom = "*_test.go"

// row is one line of the table.
type row struct {
	line  int // in the document
	rooms []string
	may   []string
}

// table is the rows in their order; the first that matches a file counts.
type table struct {
	file  string
	rows  []row
	tests row
}

var ticked = regexp.MustCompile("`([^`]+)`")

// parseTable reads the rows between the markers of a document.
func parseTable(file, doc string) (table, error) {
	t := table{file: file}
	inside, ended := false, false
	for i, line := range strings.Split(doc, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == Begin && !inside:
			inside = true
		case line == End && inside:
			inside, ended = false, true
		case inside && strings.HasPrefix(line, "|"):
			if err := t.add(i+1, line); err != nil {
				return t, fmt.Errorf("%s:%d: %w", file, i+1, err)
			}
		}
	}
	if !ended || len(t.rows) == 0 {
		return t, fmt.Errorf("%s: no import table: put it between the lines %s and %s", file, Begin, End)
	}
	return t, nil
}

func (t *table) add(line int, text string) error {
	cells := strings.Split(strings.Trim(text, "|"), "|")
	if len(cells) != 2 {
		return fmt.Errorf("a row has %d cells: write | room | may import |", len(cells))
	}
	rooms, may := ticks(cells[0]), ticks(cells[1])
	if len(rooms) == 0 { // the head and the ruler
		if head := strings.TrimSpace(cells[0]); head != "room" && strings.Trim(head, "-: ") != "" {
			return fmt.Errorf("room %q is not written in backticks", head)
		}
		return nil
	}
	for _, p := range append(rooms, may...) {
		if _, err := path.Match(strings.NewReplacer("<", "", ">", "").Replace(p), ""); err != nil {
			return fmt.Errorf("pattern %q: %w", p, err)
		}
	}
	r := row{line, rooms, may}
	if len(rooms) == 1 && rooms[0] == TestRoom {
		t.tests = r
	} else {
		t.rows = append(t.rows, r)
	}
	return nil
}

func ticks(cell string) []string {
	var all []string
	for _, m := range ticked.FindAllStringSubmatch(cell, -1) {
		all = append(all, m[1])
	}
	return all
}

// find returns the row of a file, the pattern that matched and what its names
// in <> stand for. For a test file the file's own rows do not count.
func (t table) find(file string) (row, string, map[string]string) {
	for _, r := range t.rows {
		for _, p := range r.rooms {
			where := path.Dir(file)
			if strings.HasSuffix(p, ".go") {
				where = strings.Replace(file, "_test.go", ".go", 1)
			}
			if names, ok := match(p, where, nil); ok {
				return r, p, names
			}
		}
	}
	return row{}, "", nil
}

// match matches a slash path with a pattern: * within one element, <name> for
// one element that is the same wherever the name stands, /... at the end for
// the path itself and all below. names are the values known already.
func match(pattern, p string, names map[string]string) (map[string]string, bool) {
	pattern, below := strings.CutSuffix(pattern, "/...")
	want, got := strings.Split(pattern, "/"), strings.Split(p, "/")
	if len(got) < len(want) || len(got) > len(want) && !below {
		return nil, false
	}
	found := map[string]string{}
	for k, v := range names {
		found[k] = v
	}
	for i, w := range want {
		if open := strings.Index(w, "<"); open >= 0 {
			end := strings.Index(w, ">")
			if end < open {
				return nil, false
			}
			name := w[open+1 : end]
			value, ok := strings.CutPrefix(got[i], w[:open])
			value, ok2 := strings.CutSuffix(value, w[end+1:])
			if !ok || !ok2 || value == "" {
				return nil, false
			}
			if known, bound := found[name]; bound && known != value {
				return nil, false
			}
			found[name] = value
			continue
		}
		if ok, err := path.Match(w, got[i]); err != nil || !ok {
			return nil, false
		}
	}
	return found, true
}
