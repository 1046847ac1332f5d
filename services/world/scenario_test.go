package world_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "record the scenarios anew")

// TestScenarios plays each file, compares what Lotse answers with what is
// recorded, and plays it once more: the same script gives the same logs, byte for
// byte.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/scenarios/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios in testdata/scenarios: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			recorded, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			c, played := play(t, file, string(recorded))
			if !quick {
				again, _ := play(t, file, string(recorded))
				sameLogs(t, c, again)
			}
			if *update && !t.Failed() {
				if err := os.WriteFile(file, []byte(played), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if line, was, is, same := firstDifference(string(recorded), played); !same {
				t.Errorf("%s:%d: recorded is\n\t%s\nand now it is\n\t%s\nIf that is better, record it: go test ./services/world -update", file, line, was, is)
			}
		})
	}
}

// play runs a script and returns it with what was answered.
func play(t *testing.T, file, text string) (*city, string) { return playKept(t, file, text, 0) }

// playKept plays in a world whose logs keep what was read for a time.
func playKept(t *testing.T, file, text string, keep time.Duration) (*city, string) {
	t.Helper()
	blocks, err := parseScript(text)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	c := newCity(t)
	c.keep = keep
	for i, b := range blocks {
		if len(b.happen) == 0 || allComments(b.happen) {
			continue
		}
		if blocks[i].answer, err = c.play(b); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
	}
	return c, writeScript(blocks)
}

func allComments(lines []string) bool {
	for _, l := range lines {
		if !strings.HasPrefix(l, "#") {
			return false
		}
	}
	return true
}

func firstDifference(a, b string) (line int, was, is string, same bool) {
	if a == b {
		return 0, "", "", true
	}
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range max(len(x), len(y)) {
		was, is = "(the end)", "(the end)"
		if i < len(x) {
			was = x[i]
		}
		if i < len(y) {
			is = y[i]
		}
		if was != is {
			return i + 1, was, is, false
		}
	}
	return 0, "", "", true
}

func sameLogs(t *testing.T, a, b *city) {
	t.Helper()
	for _, service := range []string{"absence", "staffing", "capacity", "booking"} {
		sameLog(t, a, b, service)
	}
}

func sameLog(t *testing.T, a, b *city, service string) {
	t.Helper()
	x, err := a.Log(service)
	if err != nil {
		t.Fatal(err)
	}
	y, err := b.Log(service)
	if err != nil {
		t.Fatal(err)
	}
	for at := int64(0); ; {
		p, err := x.After(a.ctx, at, 1000)
		if err != nil {
			t.Fatal(err)
		}
		q, err := y.After(b.ctx, at, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for i := range max(len(p), len(q)) {
			if i >= len(p) || i >= len(q) {
				t.Fatalf("%s: one log has %d events after %d, the other %d", service, len(p), at, len(q))
			}
			e, f := p[i], q[i]
			if e.ID != f.ID || e.Stream != f.Stream || e.Version != f.Version || e.Type != f.Type || e.Meta != f.Meta ||
				e.PublicPosition != f.PublicPosition || !e.RecordedAt.Equal(f.RecordedAt) || !bytes.Equal(e.Data, f.Data) {
				t.Fatalf("%s: at position %d one log has\n%s %s\nand the other\n%s %s", service, e.Position, e.Type, e.Data, f.Type, f.Data)
			}
		}
		if len(p) == 0 {
			return
		}
		at = p[len(p)-1].Position
	}
}
