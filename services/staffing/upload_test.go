package staffing

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/services/internal/intake"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/app"
)

const staffHead = "Personalnummer;Standort;Kompetenzen;mobiles Team;freiwillig;einsetzbar;Tage auswärts;Mo;Di;Mi;Do;Fr\r\n"

// preview reads a list and returns its draft and what it would do.
func (w *world) preview(key, data string) (string, app.Preview) {
	w.t.Helper()
	draft, err := w.app.Read(w.t.Context(), key, "", []byte(data))
	if err != nil {
		w.t.Fatal(err)
	}
	_, p, err := w.app.Drafts().Show(w.t.Context(), draft)
	if err != nil {
		w.t.Fatal(err)
	}
	return draft, p
}

func TestAStaffTableDoesWhatItsPreviewSays(t *testing.T) {
	w := start(t)
	table := staffHead + "e-1;altona;ausweis pass;nein;ja;ja;2;8:00-16:30 12:00-12:30;8:00-16:30;;9:00 - 18:00;8:00-14:00\r\n" +
		"e-2;mitte;ausweis;ja;nein;ja;5;8:00-16:00;;;;\r\n"
	draft, p := w.preview("k1", table)
	if want := map[string]int{app.Created: 2}; !reflect.DeepEqual(p.Counts, want) || p.Unlisted != 0 || len(w.events()) != 0 {
		t.Fatalf("%+v", p)
	}
	if s := p.Changes[0].After; len(s.Skills) != 2 || len(s.Rotation) != 1 || s.Rotation[0][4].String() != "09:00–18:00" || len(s.Rotation[0][1].Breaks) != 1 || s.Mobile || !s.Volunteer {
		t.Errorf("%+v", s)
	}
	for range 2 {
		if _, _, err := w.app.Apply(t.Context(), draft, p.Effect); err != nil {
			t.Fatal(err)
		}
	}
	w.step()
	i, _ := w.app.Imports().Find(draft)
	if !reflect.DeepEqual(i.Counts, p.Counts) || i.EndedAt.IsZero() {
		t.Fatalf("%+v", i)
	}
	_, same := w.preview("k2", table)
	if want := map[string]int{app.Unchanged: 2}; !reflect.DeepEqual(same.Counts, want) {
		t.Errorf("%+v", same)
	}
	// As Excel writes it, with the letters of Windows-1252, and one of both.
	draft, p = w.preview("k3", "sep=;\r\nPersonalnummer;Stammstandort;Kompetenzen;Tage ausw\xe4rts;besch\xe4ftigt bis;Mo\r\ne-1;altona;ausweis pass;2;31.12.2026;8:00-16:30\r\n")
	if want := map[string]int{app.Changed: 1}; !reflect.DeepEqual(p.Counts, want) || p.Unlisted != 1 || p.Leaving != 1 {
		t.Errorf("%+v", p)
	}
	// Somebody else changes e-1 meanwhile: what was not seen is not done.
	if _, err := w.ImportStaff(t.Context(), "", []byte(`{"employees":[{"employee":"e-1","home":"mitte","skills":[],"deployable":true,"rotation":[{"1":{"from":"08:00","to":"12:00"}}]}]}`)); err != nil {
		t.Fatal(err)
	}
	again, _, err := w.app.Apply(t.Context(), draft, p.Effect)
	if !errors.Is(err, intake.ErrOtherwise) || again == draft {
		t.Fatalf("%q %v", again, err)
	}
	if err := w.app.Drafts().Discard(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.app.Apply(t.Context(), again, p.Effect); !errors.Is(err, intake.ErrGone) {
		t.Error(err)
	}
}

func TestBadStaffTables(t *testing.T) {
	w := start(t)
	for _, c := range []struct{ table, field, reason string }{
		{"Name;Standort\nErika;altona\n", "line 1, column 1", "not known"},
		{"employee;employee;home\n", "line 1, column 2", "twice"},
		{"home,mon\naltona,8:00-12:00\n", "line 1", "no column employee"},
		{"employee;home;mo\ne-1;altona;8-12\n", "line 2, weekday 1", "is not a shift"},
		{"employee;home;mo\ne-1;altona;12:00-8:00\n", "line 2, rotation[0].1.to", "not after"},
		{"employee;home;mo;mobile\ne-1;altona;8:00-12:00;vielleicht\n", "line 2, mobile", "yes or no"},
		{"employee;home;mo\ne-1;altona;8:00-12:00\ne-1;altona;8:00-12:00\n", "line 3, employee", "line 2 already"},
		{"employee;home;mo\ne-1;altona\n", "line 2", "cells"},
		{"employee;home;mo\n\"e-1;altona\n", "line 2", "quotes"},
		{"employee;home\ne-1;altona\n", "line 2, rotation", "0 weeks"},
		{"", "line 1", "header"},
		{`{"employees":[{"employee":"e-1","home":"","skills":[],"rotation":[{"1":{"from":"08:00","to":"12:00"}}]}]}`, "employees[0].home", "missing"},
	} {
		_, err := w.app.Read(t.Context(), "k", "", []byte(c.table))
		var bad *app.BadRows
		if !errors.As(err, &bad) {
			t.Errorf("%q: %v", c.table, err)
			continue
		}
		found := false
		for _, f := range bad.Fields {
			found = found || f.Field == c.field && strings.Contains(f.Reason, c.reason)
		}
		if !found || strings.Contains(err.Error(), "Erika") {
			t.Errorf("%q: %v", c.table, err)
		}
	}
	if len(w.events()) != 0 {
		t.Error("something was recorded")
	}
}

func FuzzStaffTable(f *testing.F) {
	f.Add([]byte(staffHead + "e-1;altona;ausweis;nein;ja;ja;2;8:00-16:30 12:00-12:30;;;;\n"))
	f.Add([]byte("sep=,\nemployee,home,mon\n\"a\",b,8:00-9:00\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		list, err := app.ReadTable(data)
		var bad *app.BadRows
		if err != nil && !errors.As(err, &bad) {
			t.Fatal(err)
		}
		if err != nil && len(list.Employees) > 0 || bad != nil && len(bad.Fields) > 200 {
			t.Fatalf("%+v %v", list, err)
		}
	})
}
