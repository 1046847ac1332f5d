// Package hr reads what HR systems send. It takes over the fields of the schema
// and nothing else: a reason, a comment or any field that the schema does not
// know is counted and dropped before anything can see it.
package hr

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/absence"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/absence/internal/domain/absencecase"
)

// Type names; a sender may put its own name before them
// ("de.hamburg.hr.absence.reported.v1").
const (
	TypeReported  = "hr.absence.reported.v1"
	TypeChanged   = "hr.absence.changed.v1"
	TypeCancelled = "hr.absence.cancelled.v1"
)

// MaxBytes bounds one message.
const MaxBytes = 64 << 10

// MaxYears is the longest absence accepted.
const MaxYears = 3

// lastYear bounds dates; from here on they are not meant.
const lastYear = 9000

// Message is one word of an HR system, stripped.
type Message struct {
	Source      string // who says so, one token; NoSource when that is none
	ID          string // ce-id
	Type        string // without what the sender put before "hr."; empty when it is none of ours
	Sender      string // ce-source
	TraceParent string
	Hash        string // SHA-256 of the body as received, hex
	Fields      Fields // what of the schema was there and of the right kind
	Stripped    Stripped
	// Absence is (source, absence id); empty when it is not known.
	Absence id.Absence
	Command absencecase.Command
	Said    int64 // when it was said, in microseconds since 1970; 0: not known
	Line    int   // of the table that it stands in; 0: in none
	// composed: the absence id was made of employee and first day.
	composed bool
}

var (
	sourceForm   = regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`)
	absenceForm  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$`)
	employeeForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)
	typeForm     = regexp.MustCompile(`(?:^|\.)hr\.absence\.([a-z-]+)\.(v[0-9]{1,4})$`)
)

// Parse reads a CloudEvent in binary or structured mode. The error is a
// *Refusal; the message names then what is known of it.
func Parse(source string, header map[string][]string, body []byte) (Message, error) {
	sum := sha256.Sum256(body)
	m := Message{Source: source, Hash: hex.EncodeToString(sum[:])}
	r := &Refusal{}
	if len(body) > MaxBytes {
		m.checkSource(r)
		r.Malformed = true
		r.add(field("body", "", "is longer than 64 KiB: send one absence per message"))
		return m, r
	}
	e, err := events.ParseMessage(header, body)
	m.ID, m.Type, m.Sender = identifier(e.ID), typeName(e.Type), quotable(e.Source)
	m.TraceParent = e.TraceParent
	if err != nil {
		r.envelopeFields(err)
	}
	m.checkSource(r)
	if e.ID != "" && m.ID == "" {
		r.add(field("id", "", "is not an id: send letters, digits and . _ : / + @ { } ~ = # - , at most 200 characters"))
	}
	kind := m.kind(e.Type, r)
	if len(e.Data) == 0 {
		if err == nil {
			r.add(field("data", "", "is missing: send the absence as a JSON object"))
		}
		return m, r
	}
	var ok bool
	if m.Fields, m.Stripped, ok = read(e.Data, r); !ok {
		return m, r
	}
	m.interpret(kind, e.Time, r)
	m.Fields = m.Fields.kept()
	return m, r.err()
}

// ContentHash is the SHA-256 of what the message says, hex; the same whichever
// way it was sent.
func (m *Message) ContentHash() (string, error) {
	data, err := json.Marshal(struct {
		Type   string
		Fields Fields
	}{m.Type, m.Fields})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}

// NoSource stands for a source whose name must not be repeated. A sentence may
// hide in a subject as well as in a body.
const NoSource = "-"

// checkSource keeps the source's name only if it is one.
func (m *Message) checkSource(r *Refusal) {
	if !sourceForm.MatchString(m.Source) || m.Source == NoSource {
		m.Source = NoSource
		r.add(field("source", "", "is not a name of letters, digits, _ and - with at most 40 characters"))
	}
}

// identifier is an id that may be stored and repeated in full.
func identifier(s string) string {
	if repeatable.MatchString(s) {
		return s
	}
	return ""
}

// Repeatable reports whether an id may be stored and repeated in full.
func Repeatable(id string) bool { return identifier(id) != "" }

// Source reports whether a name is one of a source.
func Source(name string) bool { return sourceForm.MatchString(name) && name != NoSource }

// Form reads the same fields as plain JSON, from a form; the newest word is the
// one sent last. Without an absence id, employee and first day name the absence.
func Form(source string, now time.Time, kind string, data []byte) (Message, error) {
	sum := sha256.Sum256(data)
	m := Message{Source: source, Type: kind, Sender: source, Hash: hex.EncodeToString(sum[:])}
	r := &Refusal{}
	if len(data) > MaxBytes {
		r.Malformed = true
		r.add(field("body", "", "is longer than 64 KiB"))
		return m, r
	}
	var ok bool
	if m.Fields, m.Stripped, ok = read(data, r); !ok {
		return m, r
	}
	if m.Fields.AbsenceID == "" && m.Fields.Employee != "" && kind != TypeCancelled && m.Fields.kept().From != "" {
		m.Fields.AbsenceID, m.composed = m.Fields.Employee+"-"+m.Fields.From, true
	}
	return m, m.finish(now, r)
}

// Row reads the same fields from a table; see package app.
func Row(source string, now time.Time, kind string, f Fields, r *Refusal) (Message, error) {
	m := Message{Source: source, Type: kind, Sender: source, Fields: f}
	return m, m.finish(now, r)
}

// Word makes a message of fields that a mapping took out of a foreign form; r
// has what it refuses already. The id is the sender's or empty.
func Word(source, id, kind string, f Fields, r *Refusal) (Message, error) {
	m := Message{Source: source, ID: identifier(id), Type: kind, Sender: source, Fields: f}
	m.checkSource(r)
	return m, m.finish(time.Time{}, r)
}

func (m *Message) finish(now time.Time, r *Refusal) error {
	m.interpret(m.Type, now, r)
	m.Fields = m.Fields.kept()
	return r.err()
}

// typeName is as much of a type as may be repeated: a word that is none of ours
// may be the reason ("hr.absence.sick.v1").
func typeName(t string) string {
	p := typeForm.FindStringSubmatch(t)
	if p == nil || !slices.Contains(words, p[1]) {
		return ""
	}
	return "hr.absence." + p[1] + "." + p[2]
}

// words are what can happen to an absence.
var words = []string{"reported", "changed", "cancelled"}

// kind matches the tail of a type.
func (m *Message) kind(t string, r *Refusal) string {
	switch m.Type {
	case TypeReported, TypeChanged, TypeCancelled:
		return m.Type
	case "":
		if t != "" {
			r.add(field("type", "", "is not known: send "+TypeReported+", "+TypeChanged+" or "+TypeCancelled))
		}
		return ""
	}
	tail := m.Type[:strings.LastIndexByte(m.Type, '.')]
	r.add(field("type", m.Type, "has a version that is not known: send "+tail+".v1"))
	return ""
}

// interpret makes the command.
func (m *Message) interpret(kind string, occurred time.Time, r *Refusal) {
	f := m.Fields
	switch {
	case f.AbsenceID == "":
		r.missing("absence_id", "give the HR system's id of the absence")
	case !absenceForm.MatchString(f.AbsenceID):
		r.add(field("data.absence_id", f.AbsenceID, "is not an id: use letters, digits and . _ : - , at most 100 characters"))
	default:
		m.Absence = id.Absence(m.Source + "/" + f.AbsenceID)
	}
	switch {
	case f.Employee == "" && kind != TypeCancelled:
		r.missing("employee", "give the employee's pseudonym")
	case f.Employee != "" && !employeeForm.MatchString(f.Employee):
		r.add(field("data.employee", f.Employee, "is not a pseudonym: use letters, digits, _ and -, at most 64 characters"))
	}
	stamp, said := stampOf(f, occurred, r)
	m.Said = said
	if kind == TypeCancelled {
		m.Command = absencecase.Cancel{Absence: m.Absence, Employee: id.Employee(f.Employee), Stamp: stamp}
		return
	}
	m.Command = absencecase.Report{Absence: m.Absence, Employee: id.Employee(f.Employee), Extent: extentOf(f, r),
		Stamp: stamp, Original: kind == TypeReported}
}

func (r *Refusal) missing(name, cure string) {
	for _, f := range r.Fields {
		if f.Field == "data."+name {
			return // said already, with a better cure
		}
	}
	r.add(field("data."+name, "", "is missing: "+cure))
}

func stampOf(f Fields, occurred time.Time, r *Refusal) (s absencecase.Stamp, said int64) {
	if f.ChangedAt != "" {
		t, err := time.Parse(time.RFC3339Nano, f.ChangedAt)
		if err != nil || t.Year() < 1970 {
			r.add(field("data.changed_at", f.ChangedAt, "is not a time: write it as 2026-12-01T07:12:00+01:00"))
		}
		occurred = t
	}
	if !occurred.IsZero() {
		said = occurred.UnixMicro()
	}
	switch {
	case f.Revision != nil && *f.Revision < 0:
		r.add(field("data.revision", strconv.FormatInt(*f.Revision, 10), "is negative: count from 0"))
	case f.Revision != nil && *f.Revision > 1<<53:
		r.add(field("data.revision", strconv.FormatInt(*f.Revision, 10), "is too large: at most 2^53"))
	case f.Revision != nil:
		s.Revision = f.Revision
	case !occurred.IsZero():
		s.ChangedAt = said
	}
	return s, said
}

// clockSkew is how far ahead of ours a source's clock may be.
const clockSkew = 24 * time.Hour

// FromTheFuture refuses a message whose time of change lies ahead: where there
// is no revision it would win over every later correction. nil: it does not.
func FromTheFuture(m Message, now time.Time) error {
	var s absencecase.Stamp
	switch c := m.Command.(type) {
	case absencecase.Report:
		s = c.Stamp
	case absencecase.Cancel:
		s = c.Stamp
	}
	if s.ChangedAt <= now.Add(clockSkew).UnixMicro() {
		return nil
	}
	at := time.UnixMicro(s.ChangedAt).UTC().Format(time.RFC3339)
	return &Refusal{Fields: []*events.FieldError{field("data.changed_at", at, "lies in the future: mend the source's clock, or send a revision")}}
}

func extentOf(f Fields, r *Refusal) (x absence.Extent) {
	before := len(r.Fields)
	date := func(name, v string) *day.Day {
		if v == "" {
			return nil
		}
		d, err := day.Parse(v)
		if err != nil {
			r.add(field("data."+name, v, "is not a date: write it as 2026-12-01"))
			return nil
		}
		// The "last day of all" of HR systems (9999-12-31) is no date, and the
		// day after it could not be written down.
		if y, _, _ := d.Date(); y >= lastYear {
			r.add(field("data."+name, v, "is too far away: correct the date, or leave it out where the end is open"))
			return nil
		}
		return &d
	}
	clock := func(name, v string) *day.TimeOfDay {
		if v == "" {
			return nil
		}
		t, err := day.ParseTime(v)
		if err != nil {
			r.add(field("data."+name, v, "is not a time of day: write it as 08:30"))
			return nil
		}
		return &t
	}
	from, until, last := date("from", f.From), date("until", f.Until), date("last_day", f.LastDay)
	if f.From == "" {
		r.missing("from", "give the first day off")
	}
	x.ExpectedUntil, x.FromTime, x.ToTime = date("expected_until", f.ExpectedUntil), clock("from_time", f.FromTime), clock("to_time", f.ToTime)
	x.Planned = f.Planned != nil && *f.Planned
	if len(r.Fields) > before || from == nil {
		return x
	}
	x.From, x.Until = *from, until
	ends, name, value := until, "until", f.Until
	if last != nil {
		next := *last + 1
		if until != nil && *until != next {
			r.add(field("data.last_day", f.LastDay, "contradicts until "+until.String()+": until is the first day back, the day after last_day; send one of them"))
			return x
		}
		x.Until, ends, name, value = &next, &next, "last_day", f.LastDay
	}
	checkEnd(x, ends, name, value, r)
	if x.Until != nil {
		x.ExpectedUntil = nil // the end is known
	}
	checkTimes(f, x, r)
	return x
}

func checkEnd(x absence.Extent, ends *day.Day, name, value string, r *Refusal) {
	if ends == nil && x.ExpectedUntil != nil {
		ends, name, value = x.ExpectedUntil, "expected_until", x.ExpectedUntil.String()
	}
	if ends == nil {
		return
	}
	y, m, d := x.From.Date()
	switch {
	case *ends <= x.From && name == "last_day":
		r.add(field("data.last_day", value, "the absence ends before it starts on "+x.From.String()+": send the day itself or a later one"))
	case *ends <= x.From:
		r.add(field("data."+name, value, "the absence ends before it starts: "+name+" is the first day back and must lie after from "+x.From.String()))
	case *ends > day.Date(y+MaxYears, m, d):
		r.add(field("data."+name, value, "makes the absence longer than 3 years: correct the date, or leave the end open"))
	}
}

func checkTimes(f Fields, x absence.Extent, r *Refusal) {
	if x.FromTime != nil && *x.FromTime >= day.Clock(24, 0) {
		r.add(field("data.from_time", f.FromTime, "is the end of the day: send the next day as from"))
	}
	if x.ToTime == nil {
		return
	}
	switch {
	case x.Until == nil:
		r.add(field("data.to_time", f.ToTime, "has no last day to belong to: send until or last_day as well"))
	case *x.ToTime == 0:
		r.add(field("data.to_time", f.ToTime, "is the start of the day: send that day as until"))
	case *x.Until == x.From+1 && x.FromTime != nil && *x.ToTime <= *x.FromTime:
		r.add(field("data.to_time", f.ToTime, "the absence ends before it starts at "+x.FromTime.String()+" of the same day"))
	}
}

// kept are the fields that may lie beside a parked message.
func (f Fields) kept() Fields {
	for _, s := range []*string{&f.ChangedAt, &f.From, &f.Until, &f.LastDay, &f.ExpectedUntil, &f.FromTime, &f.ToTime} {
		if len(*s) > quoteLimit || !datelike.MatchString(*s) {
			*s = ""
		}
	}
	if !absenceForm.MatchString(f.AbsenceID) {
		f.AbsenceID = ""
	}
	if !employeeForm.MatchString(f.Employee) {
		f.Employee = ""
	}
	return f
}
