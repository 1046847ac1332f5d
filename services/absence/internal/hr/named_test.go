package hr

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/absence/internal/domain/absencecase"
)

// keyed stands for package pseudonym: only the source hr sends numbers.
type keyed struct{}

func (keyed) Keyed(source string) bool { return source != "crew" }

func (k keyed) Of(source, number string) string {
	if number == "" || !k.Keyed(source) {
		return number
	}
	return "p-of-" + strings.Repeat("x", len(number))
}

func (k keyed) Mark(source, text string) string {
	if text == "" || !k.Keyed(source) {
		return text
	}
	return "mark"
}

const number = "PN-773159"

// Nothing that goes on from a message has the personnel number.
func TestNamed(t *testing.T) {
	header := func(id, source string) map[string][]string {
		return map[string][]string{"ce-id": {id}, "ce-source": {source}, "ce-specversion": {"1.0"}, "ce-type": {TypeReported}, "content-type": {"application/json"}}
	}
	body := func(absence, employee, from string) []byte {
		return fmt.Appendf(nil, `{"absence_id":%q,"employee":%q,"from":%q,"revision":1}`, absence, employee, from)
	}
	for name, c := range map[string]struct {
		id, sender string
		body       []byte
		refused    string
	}{
		"good":                   {"m-1", "hr", body("a-1", number, "2026-12-01"), ""},
		"in the message's id":    {number + "-1", "hr", body("a-1", number, "2026-12-01"), ""},
		"in the sender":          {"m-1", "//hr/" + number, body("a-1", number, "2026-12-01"), ""},
		"in the absence id":      {"m-1", "hr", body(number+"-1", number, "2026-12-01"), "data.absence_id"},
		"with another fault":     {"m-1", "hr", body("a-1", number, "never"), "data.from"},
		"not the form of an id":  {"m-1", "hr", body("a-1", number+"@hr.example", "2026-12-01"), "data.employee"},
		"in the place of a date": {"m-1", "hr", body("a-1", number, number), "data.from"},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := Parse("hr", header(c.id, c.sender), c.body)
			err = m.Named(keyed{}, err)
			var r *Refusal
			if refused := errors.As(err, &r); refused != (c.refused != "") || refused && !strings.Contains(err.Error(), c.refused) {
				t.Fatalf("%v, want %q", err, c.refused)
			}
			said, _ := json.Marshal(m.Fields)
			if all := fmt.Sprintf("%+v %s %v", m, said, err); strings.Contains(all, number) {
				t.Fatalf("the number is still there: %s", all)
			}
			if c.refused == "" {
				if e := m.Command.(absencecase.Report).Employee; e == "" || string(e) != m.Fields.Employee {
					t.Fatalf("employee %q", e)
				}
			}
		})
	}
}

func TestNamedForm(t *testing.T) {
	now := time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC)
	m, err := Form("form", now, TypeReported, []byte(`{"employee":"`+number+`","from":"2026-12-01"}`))
	if err = m.Named(keyed{}, err); err != nil {
		t.Fatal(err)
	}
	if m.Absence != "form/p-of-xxxxxxxxx-2026-12-01" || m.Command.(absencecase.Report).Absence != m.Absence {
		t.Fatalf("%+v", m)
	}
}

func TestGivenPseudonymsStay(t *testing.T) {
	m, err := Form("crew", time.Now(), TypeReported, []byte(`{"employee":"e-11","from":"2026-12-01"}`))
	if err = m.Named(keyed{}, err); err != nil || m.Fields.Employee != "e-11" || m.Absence != "crew/e-11-2026-12-01" {
		t.Fatalf("%+v, %v", m, err)
	}
	if err = m.Named(nil, nil); err != nil || m.Fields.Employee != "e-11" {
		t.Fatalf("%+v, %v", m, err)
	}
}
