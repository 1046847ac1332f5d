package archtest

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

var update = flag.Bool("update", false, "write what was found into testdata")

// TestTree holds this repository to the table in ARCHITECTURE.md.
//
// It reads through a link inside this module: go test forgets a cached result
// when a file changes that the test has opened, but only below the module's
// own folder.
func TestTree(t *testing.T) {
	root := "testdata/root"
	if _, err := os.Stat(root + "/go.work"); err != nil { // a checkout without symbolic links
		root = "../.."
	}
	found, err := Check(os.DirFS(root), "ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range found {
		t.Error(v)
	}
}

// TestPlanted runs the trees of testdata: each file is a tree, written as its
// files with a line "-- path --" above each, and the violations that are to be
// found in it under "-- want --". go test -update records them.
func TestPlanted(t *testing.T) {
	cases, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	table, err := os.ReadFile("testdata/table.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			text = bytes.ReplaceAll(text, []byte("PARENT"), []byte("..")) // lest this tree refers to what it forbids
			tree, want := unpack(string(text))
			tree["table.md"] = &fstest.MapFile{Data: table}
			found, err := Check(tree, "table.md")
			var got strings.Builder
			for _, v := range found {
				got.WriteString(v.String() + "\n")
			}
			if err != nil {
				got.WriteString("error: " + err.Error() + "\n")
			}
			if *update {
				head, _, _ := strings.Cut(string(text), "-- want --\n")
				out := strings.ReplaceAll(head+"-- want --\n"+got.String(), ".."+"/shared", "PARENT/shared")
				if err := os.WriteFile(name, []byte(out), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if got.String() != want {
				t.Errorf("found:\n%s\nwant:\n%s", got.String(), want)
			}
		})
	}
}

func unpack(text string) (fstest.MapFS, string) {
	tree := fstest.MapFS{
		"go.work":         {Data: []byte("go 1.26.0\n\nuse (\n\t./events\n\t./services\n\t./tools\n)\n")},
		"events/go.mod":   {Data: []byte("module example.org/lotse/events\n")},
		"services/go.mod": {Data: []byte("module example.org/lotse/services\n")},
		"tools/go.mod":    {Data: []byte("module example.org/lotse/tools\n")},
	}
	name, want := "", ""
	for _, line := range strings.SplitAfter(text, "\n") {
		if s, ok := strings.CutPrefix(line, "-- "); ok && strings.HasSuffix(s, " --\n") {
			name = strings.TrimSuffix(s, " --\n")
			continue
		}
		switch {
		case name == "want":
			want += line
		case name != "" && line == "(500 more lines)\n":
			tree[name].Data = append(tree[name].Data, bytes.Repeat([]byte("// more\n"), 500)...)
		case name != "":
			if tree[name] == nil {
				tree[name] = &fstest.MapFile{}
			}
			tree[name].Data = append(tree[name].Data, line...)
		}
	}
	return tree, want
}

func TestTableGrammar(t *testing.T) {
	for _, c := range []struct{ name, doc, want string }{
		{"no markers", "| `a` | `std` |", "no import table"},
		{"not ended", Begin + "\n| `a` | `std` |", "no import table"},
		{"three cells", Begin + "\n| `a` | `std` | x |\n" + End, "doc.md:2: a row has 3 cells"},
		{"bare room", Begin + "\n| events | `std` |\n" + End, `doc.md:2: room "events" is not written in backticks`},
		{"bad pattern", Begin + "\n| `a[` | `std` |\n" + End, `doc.md:2: pattern "a["`},
	} {
		if _, err := parseTable("doc.md", c.doc); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestMatch(t *testing.T) {
	booking := map[string]string{"service": "booking"}
	for _, c := range []struct {
		pattern, path string
		names         map[string]string
		want          bool
	}{
		{"events", "events", nil, true},
		{"events", "events/day", nil, false},
		{"events/...", "events", nil, true},
		{"events/...", "events/day", nil, true},
		{"events/...", "eventsource", nil, false},
		{"services/*", "services/booking", nil, true},
		{"services/*", "services/booking/internal", nil, false},
		{"services/<service>/internal/domain/...", "services/booking/internal/domain/centreday", nil, true},
		{"services/<service>/internal/domain/...", "services/booking/internal/domain", booking, true},
		{"services/<service>/internal/domain/...", "services/absence/internal/domain", booking, false},
		{"services/<service>/cmd/<service>d", "services/booking/cmd/bookingd", nil, true},
		{"services/<service>/cmd/<service>d", "services/booking/cmd/absenced", nil, false},
		{"services/<service>/internal/app/inbound*.go", "services/booking/internal/app/inbound_staffing.go", nil, true},
		{"github.com/nats-io/nats.go/...", "github.com/nats-io/nats.go/jetstream", nil, true},
		{"github.com/nats-io/nats.go", "github.com/nats-io/nats.go/jetstream", nil, false},
	} {
		if _, got := match(c.pattern, c.path, c.names); got != c.want {
			t.Errorf("match(%q, %q, %v) = %v", c.pattern, c.path, c.names, got)
		}
	}
}
