package staff

import (
	"testing"

	"github.com/lotse-hamburg/lotse/services/internal/pages/pagestest"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/app"
)

func TestTexts(t *testing.T) { pagestest.Package(t, files, ".") }

// Whatever is wrong with a list is said in German, too.
func TestReasonsAreKnownInGerman(t *testing.T) {
	rows := func(more string) string {
		return `{"employees":[{"employee":"e-1","home":"altona","skills":[],"rotation":[{"1":{"from":"08:00","to":"16:00"` + more
	}
	for list, read := range map[string]func([]byte) (app.StaffList, error){
		"": app.ReadTable, "Name\n": app.ReadTable, "employee;employee;home\n": app.ReadTable, "mon\n": app.ReadTable,
		"employee;home;mo\ne;a\n": app.ReadTable, "employee;home;mo\n\"e;a;b\n": app.ReadTable, "employee;home;mo;mobile;tage auswärts\ne 1;;8;vielleicht;viele\n": app.ReadTable,
		"employee;home;mo;from;until;tage auswärts;skills\ne;a;8:00-7:00;x;y;9;id id\ne;a;;2.1.2026;1.1.2026;;\n": app.ReadTable,
		"employee;home;mo\ne;a;8:00-16:00 7:00-9:00\nf;a;8:00-16:00 10:00-11:00 10:30-10:45\n":                    app.ReadTable,
		`{"employees":[],"horizon_days":0}`: app.ReadStaff, `{}`: app.ReadStaff,
		rows(`}}]}],"holidays":[{"name":"x","from":"2026-01-02","until":"2026-01-01"}]}`): app.ReadStaff,
		rows(`},"8":{"from":"","to":"x"}}]}]}`):                                           app.ReadStaff,
	} {
		_, err := read([]byte(list))
		bad, ok := err.(*app.BadRows)
		if !ok || len(bad.Fields) == 0 {
			t.Errorf("%q: %v", list, err)
			continue
		}
		for _, f := range bad.Fields {
			if _, ok := reasons.German(f.Reason); !ok {
				t.Errorf("%q: no German for %q", list, f.Reason)
			}
		}
	}
}
