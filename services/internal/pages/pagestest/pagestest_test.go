package pagestest_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/lotse-hamburg/lotse/services/internal/pages"
	"github.com/lotse-hamburg/lotse/services/internal/pages/pagestest"
)

func TestTexts(t *testing.T) {
	c, err := pages.ReadCatalogue(fstest.MapFS{
		"texts/de.yaml":        {Data: []byte(`{same: "{x}", only: "", args: "{a} {b}", plural: {one: "1", other: "n"}}`)},
		"texts/en.yaml":        {Data: []byte(`{same: "{x}", args: "{a} {c}", plural: "n", more: ""}`)},
		"texts/de-simple.yaml": {Data: []byte(`{args: "{a}", other: x}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := pagestest.Texts(c)
	for _, want := range []string{`"args" takes [a c]`, `en.yaml has "more"`, `"plural" has plurals`, `en.yaml does not have "only"`, `de-simple.yaml has "other"`} {
		if !strings.Contains(strings.Join(got, "\n"), want) {
			t.Errorf("nobody says %s", want)
		}
	}
	if len(got) != 5 {
		t.Error(strings.Join(got, "\n"))
	}
}
