package pages

import "testing"

func TestPhrases(t *testing.T) {
	p := NewPhrases("is not a date: write it as {date}", "ist kein Datum: Schreiben Sie {date}.", "has {n} cells, the header {m}", "hat {n} Zellen, der Kopf {m}")
	for en, want := range map[string]string{
		"is not a date: write it as 2026-12-01": "ist kein Datum: Schreiben Sie 2026-12-01.",
		"has 3 cells, the header 4":             "hat 3 Zellen, der Kopf 4",
		"is new":                                "is new",
	} {
		if de, known := p.German(en); de != want || known != (de != en) {
			t.Errorf("%q: %q %v", en, de, known)
		}
	}
}
