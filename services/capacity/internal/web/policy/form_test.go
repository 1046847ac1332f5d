package policy

import (
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// A form that is sent back unchanged changes nothing, whatever the size of its
// numbers, and numbers are read as people write them.
func TestNumbersOfTheFormAreReadAsTheyAreWritten(t *testing.T) {
	read := func(lang, text string) float64 {
		x := &pages.Context{Speaker: pages.NewSpeaker(lang, time.UTC)}
		f := x.NewForm("n", text)
		n := decimal(x, f, "n", 0, 1e6)
		if !f.OK() {
			t.Errorf("%s %q: %v", lang, text, f.Problems)
		}
		return n
	}
	for _, lang := range pages.Languages {
		s := pages.NewSpeaker(lang, time.UTC)
		for _, v := range []float64{0, .125, .5, 1.5, 10, 999.99, 1500, 12345.25, 100000} {
			if n := read(lang, written(&pages.Context{Speaker: s}, v)); n != v {
				t.Errorf("%s: %v is %v again", lang, v, n)
			}
			if n := read(lang, s.Decimal(v, 3)); n != v {
				t.Errorf("%s: %s is read as %v", lang, s.Decimal(v, 3), n)
			}
		}
	}
	for _, c := range []struct {
		lang, text string
		want       float64
	}{{"de", "1.500", 1500}, {"de", "1,500", 1.5}, {"de", "1.5", 1.5}, {"de", "0.125", .125}, {"en", "1,500", 1500}, {"en", "1.500", 1.5}, {"en", "1,5", 1.5}} {
		if n := read(c.lang, c.text); n != c.want {
			t.Errorf("%s %q is read as %v", c.lang, c.text, n)
		}
	}
}
