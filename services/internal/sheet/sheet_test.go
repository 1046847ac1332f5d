package sheet_test

import (
	"slices"
	"testing"

	"github.com/lotse-hamburg/lotse/services/internal/sheet"
)

func TestTablesAsSpreadsheetsWriteThem(t *testing.T) {
	for name, c := range map[string]struct {
		data  string
		above int
	}{
		"commas":                  {"name,ort\nJörg,Altona\n", 0},
		"semicolons":              {"name;ort\r\nJörg;Altona\r\n", 0},
		"byte order mark":         {"\xef\xbb\xbfname;ort\nJörg;Altona\n", 0},
		"Windows-1252":            {"name;ort\nJ\xf6rg;Altona\n", 0},
		"a line of the separator": {"sep=;\r\nname;ort\r\nJörg;Altona\r\n", 1},
		"spaces":                  {"name, ort\nJörg, Altona\n", 0},
	} {
		rows, above := sheet.Open([]byte(c.data))
		all, err := rows.ReadAll()
		if err != nil || above != c.above || len(all) != 2 || !slices.Equal(all[0], []string{"name", "ort"}) || !slices.Equal(all[1], []string{"Jörg", "Altona"}) {
			t.Errorf("%s: %q, %d above, %v", name, all, above, err)
		}
	}
}
