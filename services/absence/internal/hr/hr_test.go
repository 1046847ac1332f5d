package hr

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/absence/internal/domain/absencecase"
)

func header(kind string) map[string][]string {
	return map[string][]string{"Ce-Specversion": {"1.0"}, "ce-id": {"ev-1"}, "ce-source": {"paisy/test"}, "ce-type": {kind},
		"ce-time": {"2026-12-01T07:12:00+01:00"}, "Content-Type": {"application/json"}}
}

func parse(t *testing.T, kind, body string) (Message, *Refusal) {
	t.Helper()
	m, err := Parse("paisy", header(kind), []byte(body))
	var r *Refusal
	if err != nil && !errors.As(err, &r) {
		t.Fatalf("the error is %T: %v", err, err)
	}
	return m, r
}

func TestGood(t *testing.T) {
	for _, kind := range []string{TypeReported, "de.hamburg." + TypeReported} {
		m, r := parse(t, kind, `{"absence_id":4711,"employee":"e-17","revision":2,"from":"2026-12-01","last_day":"2026-12-03","to_time":"12:00","planned":true,
			"reason":"Grippe","diagnosis":{"icd":"J11"},"team":"Bürgeramt"}`)
		if r != nil {
			t.Fatal(r)
		}
		c := m.Command.(absencecase.Report)
		if m.Absence != "paisy/4711" || c.Employee != "e-17" || *c.Stamp.Revision != 2 || !c.Original || !c.Extent.Planned ||
			*c.Extent.Until != day.Date(2026, 12, 4) || *c.Extent.ToTime != day.Clock(12, 0) {
			t.Fatalf("%+v", c)
		}
		if m.Stripped != (Stripped{Reasons: 2, Unknown: 1}) {
			t.Fatalf("stripped %+v", m.Stripped)
		}
	}
	m, r := parse(t, TypeCancelled, `{"absence_id":"A-1","changed_at":"2026-12-01T07:12:00Z"}`)
	if c, ok := m.Command.(absencecase.Cancel); r != nil || !ok || c.Stamp.ChangedAt != 1796109120000000 {
		t.Fatalf("%v %+v", r, m.Command)
	}
}

func TestStructured(t *testing.T) {
	body := `{"specversion":"1.0","id":"ev-2","source":"x","type":"hr.absence.changed.v1","data":{"absence_id":"a","employee":"e","from":"2026-12-01","expected_until":"2026-12-09"}}`
	m, err := Parse("paisy", map[string][]string{"Content-Type": {events.StructuredContentType}}, []byte(body))
	if err != nil || *m.Command.(absencecase.Report).Extent.ExpectedUntil != day.Date(2026, 12, 9) {
		t.Fatal(m, err)
	}
}

// Each bad message is refused, naming field and cure, and nothing that a person
// wrote freely is repeated.
func TestRefused(t *testing.T) {
	const ok = `"absence_id":"a","employee":"e","from":"2026-12-05"`
	for _, c := range []struct{ name, kind, body, field, says string }{
		{"ends before it starts", TypeReported, `{` + ok + `,"until":"2026-12-04"}`, "data.until", "ends before it starts"},
		{"ends where it starts", TypeReported, `{` + ok + `,"until":"2026-12-05"}`, "data.until", "ends before it starts"},
		{"last day before", TypeReported, `{` + ok + `,"last_day":"2026-12-04"}`, "data.last_day", "ends before it starts"},
		{"expected end before", TypeReported, `{` + ok + `,"expected_until":"2026-12-04"}`, "data.expected_until", "ends before it starts"},
		{"half day ends before", TypeReported, `{` + ok + `,"last_day":"2026-12-05","from_time":"12:00","to_time":"10:00"}`, "data.to_time", "ends before it starts"},
		{"too long", TypeReported, `{` + ok + `,"until":"2029-12-06"}`, "data.until", "3 years"},
		{"both ends", TypeReported, `{` + ok + `,"until":"2026-12-09","last_day":"2026-12-09"}`, "data.last_day", "contradicts"},
		{"to_time without end", TypeReported, `{` + ok + `,"to_time":"10:00"}`, "data.to_time", "last day"},
		{"no employee", TypeReported, `{"absence_id":"a","from":"2026-12-05"}`, "data.employee", "is missing"},
		{"employee misspelt", TypeReported, `{"absence_id":"a","emploee":"geheim","from":"2026-12-05"}`, "data.employee", "is missing, but"},
		{"until misspelt", TypeReported, `{` + ok + `,"untl":"2026-12-09"}`, "data.until", "is missing, but"},
		{"camel case", TypeReported, `{` + ok + `,"expectedUntil":"2026-12-09"}`, "data.expected_until", "is missing, but"},
		{"no id", TypeReported, `{"employee":"e","from":"2026-12-05"}`, "data.absence_id", "is missing"},
		{"bad id", TypeReported, `{"absence_id":"geheim krank","employee":"e","from":"2026-12-05"}`, "data.absence_id", "is not an id"},
		{"date as words", TypeReported, `{"absence_id":"a","employee":"e","from":"geheim"}`, "data.from", "is not a date"},
		{"date as number", TypeReported, `{"absence_id":"a","employee":"e","from":20261205}`, "data.from", "JSON string"},
		{"revision as text", TypeReported, `{` + ok + `,"revision":"geheim"}`, "data.revision", "whole number"},
		{"negative revision", TypeReported, `{` + ok + `,"revision":-1}`, "data.revision", "negative"},
		{"planned as text", TypeReported, `{` + ok + `,"planned":"geheim"}`, "data.planned", "true or false"},
		{"changed_at", TypeReported, `{` + ok + `,"changed_at":"geheim"}`, "data.changed_at", "is not a time"},
		{"unknown type", "hr.absence.renamed.v1", `{` + ok + `}`, "type", "is not known"},
		{"foreign type", "hr.payroll.changed.v1", `{` + ok + `}`, "type", "is not known"},
		{"a reason as type", "hr.absence.geheim.v1", `{` + ok + `}`, "type", "is not known"},
		{"a reason before the type", "geheim.hr.absence.reported.v2", `{` + ok + `}`, "type", "version"},
		{"the last day of all", TypeReported, `{"absence_id":"a","employee":"e","from":"9999-12-31","last_day":"9999-12-31"}`, "data.last_day", "too far away"},
		{"an end of all", TypeReported, `{` + ok + `,"until":"9999-12-31"}`, "data.until", "leave it out"},
		{"unknown version", "hr.absence.reported.v2", `{` + ok + `}`, "type", "version"},
		{"bad JSON", TypeReported, `{"absence_id": geheim`, "data", "not a JSON object"},
		{"an array", TypeReported, `["geheim"]`, "data", "not a JSON object"},
		{"null", TypeReported, `null`, "data", "not a JSON object"},
		{"empty", TypeReported, ``, "data", "is missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := strings.Replace(c.body, `{"`, `{"reason":"geheim","free geheim":"geheim","`, 1)
			m, r := parse(t, c.kind, body)
			if r == nil {
				t.Fatal("was accepted")
			}
			found := false
			for _, f := range r.Fields {
				found = found || f.Field == c.field && strings.Contains(f.Reason, c.says)
			}
			kept, _ := json.Marshal(m)
			if !found || strings.Contains(r.Error()+string(kept), "geheim") {
				t.Fatalf("says %q, keeps %s; want %s … %s and no secret", r.Error(), kept, c.field, c.says)
			}
		})
	}
	t.Run("no CloudEvent", func(t *testing.T) {
		if _, err := Parse("paisy", nil, []byte(`{}`)); err == nil || !err.(*Refusal).Malformed {
			t.Fatal(err)
		}
		h := header(TypeReported)
		h["Content-Type"] = []string{"text/geheim"}
		if _, err := Parse("paisy", h, []byte(`{`+ok+`}`)); err == nil || strings.Contains(err.Error(), "geheim") || !strings.Contains(err.Error(), "datacontenttype: is not JSON") {
			t.Fatal(err)
		}
		h["Content-Type"] = []string{"application/json"}
		h["ce-time"] = []string{"geheim"}
		if _, err := Parse("paisy", h, []byte(`{`+ok+`}`)); err == nil || strings.Contains(err.Error(), "geheim") {
			t.Fatal(err)
		}
	})
	t.Run("long values are cut", func(t *testing.T) {
		_, r := parse(t, TypeReported, `{"absence_id":"`+strings.Repeat("x", 150)+`","employee":"e","from":"2026-12-05"}`)
		if r == nil || len(r.Fields[0].Value) > 70 {
			t.Fatal(r)
		}
	})
}

// A name that is none is nowhere repeated, wherever it stands.
func TestOddSourceIsNotRepeated(t *testing.T) {
	for _, source := range []string{"", "-", "hat geheim", "geheimä", strings.Repeat("geheim", 50)} {
		for _, body := range []string{`{"absence_id":"a","employee":"e","from":"2026-12-05"}`, strings.Repeat(" ", MaxBytes+1)} {
			m, err := Parse(source, header(TypeReported), []byte(body))
			kept, _ := json.Marshal(m)
			if err == nil || m.Source != NoSource || strings.Contains(err.Error()+string(kept), "geheim") || !strings.Contains(err.Error(), "source: ") {
				t.Errorf("source %q: %v, keeps %s", source, err, kept)
			}
		}
	}
}

func TestBrokenTables(t *testing.T) {
	const head = "absence_id,employee,from\n"
	for table, want := range map[string]string{
		head + `"G1,geheim` + "\n":              "line 2: has unbalanced quotes",
		head + "a\"b,e,2026-12-01\n":            "line 2: has unbalanced quotes",
		head + "a,e\nb,e,2026-12-01,geheim,x\n": "line 2: has 2 cells, the header 3",
		`"absence_id` + "\n":                    "line 1: is not a header line",
	} {
		_, err := ReadTable("paisy", time.Date(2026, 12, 1, 7, 0, 0, 0, time.UTC), []byte(table))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%q: %v, want %s", table, err, want)
		}
	}
}
