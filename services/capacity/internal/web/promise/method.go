package promise

import "github.com/lotse-hamburg/lotse/services/internal/pages"

// method tells how it is measured, and what the columns of the data are.
func (d *desk) method(x *pages.Context) error {
	data := d.methodData()
	t := pages.Table{ID: "fields", Caption: x.Say("method.fields"), Head: []pages.Cell{{Text: x.Say("method.field")}, {Text: x.Say("method.type")}, {Text: x.Say("method.meaning")}}}
	for _, f := range data.Fields {
		t.Rows = append(t.Rows, []pages.Cell{{Text: f.Name}, {Text: f.Type}, {Text: x.Pick(f.De, f.En)}})
	}
	return x.Show(pages.Page{Template: "method", Title: x.Say("method.title"), Public: true, Data: struct {
		methodData
		Table pages.Table
	}{data, t}})
}
