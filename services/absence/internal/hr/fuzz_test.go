package hr

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/parsertest"
)

var fuzzNow = time.Date(2026, 12, 1, 7, 0, 0, 0, time.UTC)

func FuzzTable(f *testing.F) {
	f.Add("absence_id,employee,from\na,e,2026-12-05\n")
	f.Add(excel)
	f.Add("absence_id;employee;from;cancelled\n\"a;e;2026-12-05;x\n")
	f.Fuzz(func(t *testing.T, body string) {
		parsertest.Bounded(t, len(body), func() {
			table, err := ReadTable("paisy", fuzzNow, []byte(body))
			for _, m := range table.Rows {
				if err == nil && m.Command == nil {
					t.Fatal("a row without command was not refused")
				}
			}
		})
	})
}

// judged checks what Parse and Form promise of any message.
func judged(t *testing.T, m Message, err error) {
	t.Helper()
	if err == nil && (m.Command == nil || m.Absence == "") {
		t.Fatal("neither command nor refusal")
	}
	var refusal *Refusal
	if err != nil && (!errors.As(err, &refusal) || len(refusal.Fields) == 0) {
		t.Fatalf("%v names no field", err)
	}
	if err != nil && len(err.Error()) > 8<<10 {
		t.Fatalf("a refusal of %d bytes", len(err.Error()))
	}
	for _, kept := range []string{m.Source, m.ID, m.Type, m.Sender, m.Fields.AbsenceID, m.Fields.Employee, m.Fields.From, m.Fields.Until, m.Fields.FromTime, m.Fields.ChangedAt} {
		if len(kept) > 300 || strings.ContainsAny(kept, " \n\x00\"<") {
			t.Fatalf("%q would be kept", kept)
		}
	}
	if _, err := m.ContentHash(); err != nil {
		t.Fatal(err)
	}
	_ = FromTheFuture(m, fuzzNow)
}

func FuzzParse(f *testing.F) {
	data := `{"absence_id":"a","employee":"e","from":"2026-12-05"}`
	f.Add("paisy", "application/json", TypeReported, "ev-1", "2026-12-01T07:00:00Z", data)
	f.Add("paisy", events.StructuredContentType, "", "", "", `{"specversion":"1.0","id":"1","source":"s","type":"`+TypeChanged+`","data":`+data+`}`)
	f.Add("a b", "text/plain", "hr.absence.sick.v1", "%41%zz", "x", `{"untl":1,"revision":1e99,"from_time":"24:00","to_time":"00:00"}`)
	f.Add("paisy", "", TypeCancelled, "1", "", `{"absence_id":7,"employee":null,"revision":9007199254740993,"until":"9999-12-31"}`)
	f.Fuzz(func(t *testing.T, source, contentType, kind, id, at, body string) {
		h := map[string][]string{"Content-Type": {contentType}, "ce-specversion": {"1.0"}, "ce-source": {source}, "ce-type": {kind}, "ce-id": {id}, "ce-time": {at}, "traceparent": {id}}
		parsertest.Bounded(t, len(body), func() {
			m, err := Parse(source, h, []byte(body))
			judged(t, m, err)
		})
	})
}

func FuzzForm(f *testing.F) {
	f.Add(uint8(0), `{"employee":"e","from":"2026-12-05","last_day":"2026-12-05","to_time":"12:00"}`)
	f.Add(uint8(2), `{"absence_id":"a"}`)
	f.Fuzz(func(t *testing.T, kind uint8, body string) {
		parsertest.Bounded(t, len(body), func() {
			m, err := Form("form", fuzzNow, []string{TypeReported, TypeChanged, TypeCancelled}[kind%3], []byte(body))
			judged(t, m, err)
		})
	})
}
