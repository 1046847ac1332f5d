package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/tools/browser/stage"
)

// notPages are GET routes for machines; docs/rights.md lists them too.
var notPages = regexp.MustCompile(`^GET /(v1/|zms/|assets/|healthz$|readyz$|metrics$|openapi|auth/(callback|me)$)`)

// routed are the pages that somebody may get, by the table of rights.
func routed(t *testing.T, root string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "docs", "rights.md"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `(GET /[^`]*)` \\|").FindAllStringSubmatch(string(text), -1) {
		if !notPages.MatchString(m[1]) {
			all[m[1]] = true
		}
	}
	if len(all) == 0 {
		t.Fatalf("docs/rights.md has no pages: is its form a new one?")
	}
	return all
}

// A page that nobody looks at here is one that nobody has judged.
func TestEveryPageIsListed(t *testing.T) {
	root, err := stage.Root()
	if err != nil {
		t.Fatal(err)
	}
	table, err := stage.Pages(root)
	if err != nil {
		t.Fatal(err)
	}
	routes, listed := routed(t, root), map[string]bool{}
	for _, p := range table {
		listed[p.Route] = true
		if !routes[p.Route] {
			t.Errorf("pages.json has %q, which docs/rights.md does not know: take it out", p.Route)
		}
		if (p.Path == "") == (p.Why == "") {
			t.Errorf("%s: give a path to look at, or say why there is nothing to look at", p.Route)
		}
		if p.Name != "" && p.Alt == "" {
			t.Errorf("%s: the picture %s says nothing to whom it cannot be shown: give alt", p.Route, p.Name)
		}
	}
	for r := range routes {
		if !listed[r] {
			t.Errorf("pages.json lacks %q: add how it is looked at, so that it is judged like the others", r)
		}
	}
}

// Every page, in both languages: what it weighs, its policy, its outline, the
// keyboard, and axe-core in light and dark at three widths.
func TestPages(t *testing.T) {
	c := theCity(t)
	facts, err := c.Facts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	run(t, facts, "pages.mjs")
}

// lighted are the pages that citizens open on a phone.
var lighted = []string{"/book/", "/promise/"}

func TestLighthouse(t *testing.T) {
	c := theCity(t)
	out := run(t, nil, append([]string{"lighthouse.mjs", "--url", c.URL(), "--least", "95"}, lighted...)...)
	for line := range strings.Lines(out) {
		var said struct {
			Path                       string
			Performance, Accessibility int
		}
		if err := json.Unmarshal([]byte(line), &said); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if said.Performance < 95 || said.Accessibility < 95 {
			t.Errorf("%s: performance %d, accessibility %d", said.Path, said.Performance, said.Accessibility)
		}
	}
}
