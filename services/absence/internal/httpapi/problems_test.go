package httpapi

import "testing"

// Every refusal has a stable type, and is said in German beside English.
func TestProblemsAreSaidInBothLanguages(t *testing.T) {
	for _, e := range table {
		kind, say := table.Kind(e.Err)
		if kind != e.Type || kind == "" || e.Status < 400 || say["de"] == "" || say["en"] == "" || say["de"] == say["en"] {
			t.Errorf("%v: %d %q %v", e.Err, e.Status, kind, say)
		}
	}
	if len(table) == 0 {
		t.Fatal("no refusals")
	}
}
