package httpapi

import "testing"

// Every refusal has a stable type of its own, and is said in German beside English.
func TestProblemsAreSaidInBothLanguages(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range problems {
		kind, say := problems.Kind(e.Err)
		if kind != e.Type || kind == "" || e.Status < 400 || say["de"] == "" || say["en"] == "" || say["de"] == say["en"] || seen[kind] {
			t.Errorf("%v: %d %q %v", e.Err, e.Status, kind, say)
		}
		seen[kind] = true
	}
}
