package rule

import (
	"strings"
	"testing"
)

// Every rule has a sentence in both languages and a name of its own.
func TestSentences(t *testing.T) {
	seen := map[Name]bool{}
	for _, r := range Rules {
		if seen[r.Name] || !strings.HasSuffix(r.De, ".") || !strings.HasSuffix(r.En, ".") {
			t.Errorf("%q: named twice, or without a sentence: %q %q", r.Name, r.De, r.En)
		}
		seen[r.Name] = true
		if got, ok := ByName(r.Name); !ok || got.De != r.De {
			t.Errorf("%q is not found by its name", r.Name)
		}
	}
	if _, ok := ByName("none"); ok {
		t.Error("a rule called none is found")
	}
}
