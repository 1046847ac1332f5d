package absence

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr/mapping"
)

// letter is one message on its way.
type letter struct {
	door   string // nats, http or webhook
	silent bool   // over NATS without a reply
	source string
	system string
	header map[string]string
	body   []byte
	word   string // names the words that it holds; a repeat has the same
	words  int    // how many absences it speaks of
	want   string // taken, refused, forged, undecided or closed (too long to be read)
	why    string // how it was spoilt
}

// letter writes an event down, in one of the two modes, for any of three doors.
func (e event) letter(r *rand.Rand) letter {
	l := letter{door: []string{"nats", "nats", "http", "webhook"}[r.IntN(4)], source: e.source, system: mapping.CloudEvents, header: map[string]string{},
		word: e.source + " " + e.id, words: 1, want: "taken"}
	l.silent = l.door == "nats" && r.IntN(10) == 0
	l.body = e.data
	if l.body == nil {
		l.body = written(e.fields)
	}
	attributes := map[string]string{"specversion": e.version, "id": e.id, "source": e.sender, "type": e.kind, "time": e.time}
	switch {
	case e.raw != nil:
		l.body, l.header["Content-Type"] = e.raw, events.StructuredContentType
	case e.data == nil && e.contentType == "application/json" && len(e.more) == 0 && r.IntN(3) == 0:
		doc := map[string]any{"data": e.fields, "comment": "geheim"}
		for k, v := range attributes {
			if v != "" {
				doc[k] = v
			}
		}
		l.body, l.header["Content-Type"] = written(doc), events.StructuredContentType
	default:
		for k, v := range attributes {
			if v != "" {
				l.header["ce-"+k] = strings.ReplaceAll(v, " ", "%20")
			}
		}
		l.header["Content-Type"] = e.contentType
		l.header["ce-comment"] = "geheim"
		for k, v := range e.more {
			l.header[k] = v
		}
		if l.door == "webhook" { // takes the structured mode only: headers are not signed
			l.door = "http"
		}
	}
	return l
}

// posted is a system's own form on its way.
func posted(s story, doc any, word string) letter {
	return letter{door: "webhook", source: s.source, system: s.system, header: map[string]string{"Content-Type": "application/json"},
		body: written(doc), word: s.source + " " + word, words: 1, want: "taken"}
}

// sign puts the signature on, with a secret and a time.
func (l *letter) sign(secret string, at time.Time) {
	scheme, known := mapping.Signs(l.system)
	if !known {
		scheme, _ = mapping.Signs(mapping.CloudEvents)
	}
	stamp := fmt.Sprint(at.Unix())
	if scheme.Timestamp != "" {
		l.header[scheme.Timestamp] = stamp
	}
	l.header[scheme.Header] = scheme.Sign([]byte(secret), l.body, stamp)
}

type spoiling struct {
	why   string
	spoil func(e *event)
}

func lacks(name string) spoiling {
	return spoiling{"without " + name, func(e *event) { delete(e.fields, name) }}
}

func set(name string, value any) spoiling {
	return spoiling{fmt.Sprintf("%s %.30v", name, value), func(e *event) { e.fields[name] = value }}
}

// spoilings are the ways in which a CloudEvent that reports an absence is bad.
var spoilings = []spoiling{
	lacks("absence_id"), lacks("employee"), lacks("from"),
	set("from", 20261201), set("from", "morgen, geheim"), set("from", "2026-02-30"), set("from", "9999-12-31"), set("from", ""),
	set("employee", map[string]any{"name": "geheim"}), set("employee", "Frau Geheim"), set("employee", "\xff\xfegeheim"), set("absence_id", "geheim geheim"),
	set("absence_id", true), set("planned", "geheim"), set("revision", "geheim"), set("revision", -1), set("revision", 1.5), set("revision", 1e30),
	set("changed_at", "gestern"), set("to_time", "25:99"), set("from_time", "24:00"), set("untl", "2026-12-01"),
	{"reversed", func(e *event) {
		delete(e.fields, "last_day")
		e.fields["until"] = "2026-01-01"
	}},
	{"last day before the first", func(e *event) { e.fields["last_day"] = "2026-01-01" }},
	{"four years", func(e *event) {
		delete(e.fields, "last_day")
		e.fields["until"] = "2030-12-01"
	}},
	{"until and last day differ", func(e *event) { e.fields["until"], e.fields["last_day"] = "2027-01-10", "2027-01-20" }},
	{"said in the future", func(e *event) {
		delete(e.fields, "revision")
		e.fields["changed_at"] = "2028-01-01T00:00:00Z"
	}},
	{"truncated", func(e *event) { e.data = written(e.fields)[:20] }},
	{"truncated envelope", func(e *event) { e.raw = []byte(`{"specversion":"1.0","id":"` + e.id + `","data":{"note":"geheim`) }},
	{"two documents", func(e *event) { e.data = append(written(e.fields), written(e.fields)...) }},
	{"a list", func(e *event) { e.data = written([]any{e.fields}) }},
	{"a sentence", func(e *event) { e.data = []byte("Frau Geheim ist krank " + e.id) }},
	{"nothing", func(e *event) { e.data = []byte{} }},
	{"null", func(e *event) { e.data = []byte("null") }},
	{"deep", func(e *event) { e.data = []byte(strings.Repeat("[", 20000)) }},
	{"zero bytes", func(e *event) { e.data = make([]byte, 100) }},
	{"invalid UTF-8", func(e *event) {
		e.data = bytes.ReplaceAll(written(e.fields), []byte(`"employee":"`), []byte("\"employee\":\"\xc3\x28geheim"))
	}},
	{"long", func(e *event) { e.fields["note"] = strings.Repeat("geheim ", 12000) }},
	{"a batch", func(e *event) { e.contentType = "application/cloudevents-batch+json" }},
	{"text", func(e *event) { e.contentType = "text/plain" }},
	{"a form", func(e *event) { e.contentType = "application/x-www-form-urlencoded" }},
	{"no id", func(e *event) { e.id = "" }}, {"no sender", func(e *event) { e.sender = "" }}, {"no type", func(e *event) { e.kind = "" }},
	{"an old envelope", func(e *event) { e.version = "0.3" }},
	{"an id that is a sentence", func(e *event) { e.id = "geheim geheim" }},
	{"an unknown type", func(e *event) { e.kind = "hr.absence.geheim.v1" }},
	{"an unknown version", func(e *event) { e.kind = "hr.absence.reported.v7" }},
	{"bad percent code", func(e *event) { e.more = map[string]string{"ce-subject": "geheim%zz"} }},
	{"two times", func(e *event) { e.time = "gestern, geheim" }},
	{"a source that is a sentence", func(e *event) { e.source = "geheim$" }},
}

// spoilt is a bad message made of a good one, n of its kind.
func spoilt(r *rand.Rand, s story, n int) letter {
	e := s.event(0)
	e.fields["note"] = fmt.Sprint("geheim ", n) // no two bodies are alike
	e.id = fmt.Sprintf("bad-%d", n)
	sp := spoilings[n%len(spoilings)]
	sp.spoil(&e)
	l := e.letter(r)
	if e.source != s.source && l.door == "webhook" {
		l.door = "http" // nobody signs for such a source
	}
	l.want, l.why = "refused", sp.why
	return l
}

// spoiltDocument is a bad message in a system's own form, well signed.
func spoiltDocument(s story, n int) letter {
	doc := s.document(0, false)
	doc["note"] = fmt.Sprint("geheim ", n)
	field := map[string][4]string{ // employee, first day, state, absence
		"frappe": {"employee", "from_date", "status", "name"}, "bamboohr": {"employeeId", "start", "status", "id"},
		"hibob": {"employeeId", "startDate", "status", "requestId"}, "personio": {"person", "starts_from", "approval", "id"},
		"successfactors": {"userId", "startDate", "approvalStatus", "externalCode"}}[s.system]
	l := posted(s, doc, fmt.Sprint("bad-", n))
	l.want = "refused"
	spoil := func(why, name string, value any) {
		doc[name] = value
		l.body, l.why = written(doc), why
	}
	switch n % 8 {
	case 0:
		l.body, l.why = l.body[:len(l.body)/2], "truncated"
	case 1:
		spoil("an unknown state", field[2], map[string]any{"status": "geheim"})
		delete(doc, "docstatus")
		l.body = written(doc)
	case 2:
		spoil("a sentence as employee", field[0], "Frau Geheim")
		if s.system == "personio" {
			spoil("a sentence as employee", field[0], map[string]any{"id": "Frau Geheim"})
		}
	case 3:
		spoil("a date that is none", field[1], "geheim")
		if s.system == "personio" {
			spoil("a date that is none", field[1], map[string]any{"date_time": "geheim"})
		}
	case 4:
		delete(doc, field[0])
		l.body, l.why = written(doc), "without employee"
	case 5:
		spoil("an id that is a sentence", field[3], "geheim geheim")
	case 6:
		l.body, l.why = bytes.Repeat([]byte(fmt.Sprint("geheim ", n)), 12000), "long"
	case 7:
		l.body, l.why = fmt.Appendf(nil, "\xff\xfe%d", n), "another alphabet"
	}
	return l
}

// forged is a good message whose signature does not hold.
func forged(r *rand.Rand, l letter, n int, now time.Time) letter {
	l.door, l.silent, l.want, l.words = "webhook", false, "forged", 1
	scheme, _ := mapping.Signs(l.system)
	l.sign(secret, now)
	switch n % 6 {
	case 0:
		l.sign("a-secret-of-somebody-else", now)
	case 1:
		delete(l.header, scheme.Header)
	case 2:
		l.body = append(bytes.Clone(l.body), ' ')
	case 3:
		l.source = "nobody"
	case 4:
		l.system = "geheim"
	case 5:
		l.header[scheme.Header] = "geheim"
		if scheme.Timestamp != "" {
			l.sign(secret, now.Add(-time.Duration(1+r.IntN(60))*time.Hour))
		}
	}
	l.why = fmt.Sprint("forged in way ", n%6)
	return l
}
