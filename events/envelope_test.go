package events_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/parsertest"
)

func full() events.Envelope {
	return events.Envelope{
		ID: "0192-ä \"%", Source: "lotse/absence", Type: "lotse.absence.absence-recorded.v1", Subject: "e-1",
		Time: time.Date(2026, 12, 1, 7, 12, 0, 5000, time.UTC), DataContentType: "application/json", DataSchema: "https://lotse.example/s",
		RecordedTime: time.Date(2026, 12, 1, 7, 12, 1, 0, time.UTC), CorrelationID: "hr-1", CausationID: "hr-1",
		TraceParent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", TraceState: "a=b",
		Epoch: 2, Position: 77, Data: []byte(`{"employee":"e-1"}`),
	}
}

func TestBothModesCarryEverything(t *testing.T) {
	want := full()
	got, err := events.ParseMessage(want.Headers(), want.Data)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("binary:\n%+v, %v\nwant\n%+v", got, err, want)
	}
	for k, v := range want.Headers() {
		for i := range v[0] {
			if v[0][i] < 0x20 || v[0][i] > 0x7e {
				t.Errorf("header %s has a byte that headers must not have: %q", k, v[0])
			}
		}
	}
	body, err := want.Structured()
	if err != nil {
		t.Fatal(err)
	}
	got, err = events.ParseMessage(map[string][]string{"content-type": {events.StructuredContentType + "; charset=utf-8"}}, body)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("structured:\n%+v, %v\nwant\n%+v", got, err, want)
	}
}

func TestAMinimalEventOfAnyWriter(t *testing.T) {
	e, err := events.ParseMessage(map[string][]string{"Ce-Specversion": {"1.0"}, "CE-ID": {"1"}, "ce-source": {"hr"}, "ce-type": {"t"}}, []byte(`{}`))
	if err != nil || e.ID != "1" || e.Source != "hr" || e.Type != "t" {
		t.Fatalf("%+v, %v", e, err)
	}
	e, err = events.ParseStructured([]byte(`{"specversion":"1.0","id":"1","source":"hr","type":"t","sequence":7,"data_base64":"e30="}`))
	if err != nil || string(e.Data) != "{}" {
		t.Fatalf("%+v, %v", e, err)
	}
}

func TestErrorsNameTheField(t *testing.T) {
	ok := func(change func(h map[string][]string)) map[string][]string {
		h := map[string][]string{"ce-specversion": {"1.0"}, "ce-id": {"1"}, "ce-source": {"hr"}, "ce-type": {"t"}}
		change(h)
		return h
	}
	for _, c := range []struct {
		name, field string
		header      map[string][]string
		body        string
	}{
		{"nothing at all", "ce-specversion", nil, "{}"},
		{"old version", "specversion", ok(func(h map[string][]string) { h["ce-specversion"] = []string{"0.3"} }), "{}"},
		{"no id", "id", ok(func(h map[string][]string) { delete(h, "ce-id") }), "{}"},
		{"no source", "source", ok(func(h map[string][]string) { delete(h, "ce-source") }), "{}"},
		{"no type", "type", ok(func(h map[string][]string) { delete(h, "ce-type") }), "{}"},
		{"bad time", "time", ok(func(h map[string][]string) { h["ce-time"] = []string{"yesterday"} }), "{}"},
		{"bad escape", "ce-subject", ok(func(h map[string][]string) { h["ce-subject"] = []string{"%zz"} }), "{}"},
		{"not JSON", "datacontenttype", ok(func(h map[string][]string) { h["Content-Type"] = []string{"text/csv"} }), "a;b"},
		{"batch", "content-type", map[string][]string{"Content-Type": {"application/cloudevents-batch+json"}}, "[]"},
		{"broken document", "body", map[string][]string{"Content-Type": {events.StructuredContentType}}, `{"id":`},
	} {
		_, err := events.ParseMessage(c.header, []byte(c.body))
		var f *events.FieldError
		if !errors.As(err, &f) || f.Field != c.field {
			t.Errorf("%s: %v, want field %q", c.name, err, c.field)
		}
	}
}

func TestTokensAreSubjectTokens(t *testing.T) {
	for in, want := range map[string]string{"altona": "altona", "": "-", "Süderelbe": "Suederelbe", "a.b c*>": "a-b-c--", "2026-12-01": "2026-12-01", "東": "-"} {
		if got := events.Token(in); got != want {
			t.Errorf("Token(%q) = %q, want %q", in, got, want)
		}
	}
	if got := events.Subject("lotse.capacity.offering-changed.v1", events.Key("altona", "2026-12-01")); got != "lotse.capacity.offering-changed.v1.altona.2026-12-01" {
		t.Error(got)
	}
	for _, bad := range []string{"", "lotse.x.y", "lotse.x.y.1", "lotse.x.y.v0", "lotse.x.y.v01", "hr.x.y.v1", "lotse..y.v1"} {
		if _, _, _, err := events.SplitType(bad); err == nil {
			t.Errorf("SplitType(%q) accepts it", bad)
		}
	}
}

func TestDecodeStrictNamesUnknownFields(t *testing.T) {
	var v struct {
		N int `json:"n"`
	}
	for body, field := range map[string]string{`{"n":1,"m":2}`: "data.m", `{"n":"x"}`: "data.n", `{"n":1} {}`: "data", `{`: "data"} {
		var f *events.FieldError
		if err := events.DecodeStrict([]byte(body), &v); !errors.As(err, &f) || f.Field != field {
			t.Errorf("%s: %v, want field %s", body, err, field)
		}
	}
	if err := events.DecodeStrict([]byte(`{"n":1}`), &v); err != nil || v.N != 1 {
		t.Error(err)
	}
}

// Whatever arrives, parsing ends with an envelope or an error, and what was
// parsed can be written and parsed again.
func FuzzParseMessage(f *testing.F) {
	full := full()
	body, _ := full.Structured()
	f.Add(events.StructuredContentType, "", "", body)
	f.Add("application/json", "1", "2026-12-01T07:12:00Z", []byte(`{}`))
	f.Add("application/json", "%ff", "", []byte(`{}`))
	f.Add("application/json", "\xff", "", []byte(`{}`))
	f.Fuzz(func(t *testing.T, contentType, id, at string, body []byte) {
		h := map[string][]string{"Content-Type": {contentType}, "ce-specversion": {"1.0"}, "ce-id": {id}, "ce-source": {"s"}, "ce-type": {"t"}, "ce-time": {at}}
		var e events.Envelope
		var err error
		parsertest.Bounded(t, len(body), func() { e, err = events.ParseMessage(h, body) })
		if err != nil {
			return
		}
		if e.ID == "" || e.Source == "" || e.Type == "" {
			t.Fatalf("accepted without an attribute that CloudEvents requires: %+v", e)
		}
		if len(e.Data) > 0 && !json.Valid(e.Data) {
			return // the data is the decoder's affair
		}
		raw, err := e.Structured()
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsRune(string(raw), '\uFFFD') {
			return // was no UTF-8
		}
		if again, err := events.ParseStructured(raw); err != nil || again.ID != e.ID || !again.Time.Equal(e.Time) {
			t.Fatalf("%+v became %+v, %v", e, again, err)
		}
	})
}

// Which of two values counted would be chance.
func TestAnAttributeIsSentOnce(t *testing.T) {
	e := full()
	e.ID = "one"
	for name, c := range map[string]struct {
		more map[string][]string
		want string // in the error; "" for none
	}{
		"other case, other value":   {map[string][]string{"Ce-Id": {"two"}}, "ce-id: is sent twice"},
		"two values":                {map[string][]string{"ce-id": {"one", "two"}}, "ce-id: is sent twice"},
		"the same twice":            {map[string][]string{"Ce-Id": {"one"}}, ""},
		"not percent-encoded":       {map[string][]string{"ce-id": {"%zz"}}, "percent-encoded"},
		"somebody else's extension": {map[string][]string{"ce-geheim": {"%zz", "x"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			h := e.Headers()
			for k, v := range c.more {
				h[k] = v
			}
			got, err := events.ParseMessage(h, e.Data)
			if c.want == "" {
				if err != nil || got.ID != "one" {
					t.Fatalf("%+v, %v", got, err)
				}
			} else if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("%v does not say %q", err, c.want)
			}
		})
	}
	_, err := events.ParseStructured([]byte(`[1]`))
	if err == nil || err.Error() != "body: is not a JSON object: it is a JSON array" {
		t.Error(err)
	}
}
