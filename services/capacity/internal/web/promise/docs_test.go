package promise

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the columns into docs/open-data.md")

// The columns that docs/open-data.md tells are those that there are.
func TestColumnsAreDocumented(t *testing.T) {
	const path = "../../../../../docs/open-data.md"
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(raw), "<!-- fields -->\n")
	_, after, closed := strings.Cut(rest, "<!-- /fields -->")
	if !found || !closed {
		t.Fatal("docs/open-data.md has lost its marks")
	}
	var b strings.Builder
	b.WriteString("| column | type | meaning |\n| --- | --- | --- |\n")
	for _, f := range fields {
		b.WriteString("| `" + f.Name + "` | " + f.Type + " | " + f.En + " |\n")
	}
	want := before + "<!-- fields -->\n" + b.String() + "<!-- /fields -->" + after
	if want == string(raw) {
		return
	}
	if !*update {
		t.Fatal("docs/open-data.md tells other columns than there are: go test ./services/capacity/internal/web/promise -update")
	}
	if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}
