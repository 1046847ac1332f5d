package spelling

import (
	"fmt"
	"testing"
)

func TestReadOut(t *testing.T) {
	for lang, want := range map[string]string{
		"de": "[{K Köln} {3 drei} {W Wuppertal} {0 null}]",
		"en": "[{K Kilo} {3 three} {W Whiskey} {0 zero}]",
	} {
		if got := fmt.Sprint(Out("k3-w 0", lang)); got != want {
			t.Errorf("%s: %s", lang, got)
		}
	}
	for _, letters := range []map[rune]string{towns, words} {
		for r, word := range letters {
			if rune(word[0]) != r {
				t.Errorf("%c is read out as %q", r, word)
			}
		}
		if len(letters) != 26 {
			t.Errorf("%d letters", len(letters))
		}
	}
	if got := Grouped("K3WZ7QH9TB"); got != "K3WZ7 QH9TB" {
		t.Error(got)
	}
}
