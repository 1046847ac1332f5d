// Package mapping translates what HR systems send in their own forms into the
// fields of the schema. What a system calls its fields and states is data, one
// file per system under systems/; what cannot be data is a small function here.
//
// A mapping names what it takes. Anything else of a message, the type of leave
// and every text above all, is counted and dropped before it leaves Read.
package mapping

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
)

// MaxWords bounds the absences of one message.
const MaxWords = 1000

// Mapping is one system's file.
type Mapping struct {
	Title string `json:"title"`
	// Source says where the shapes were looked up, and what could not be.
	Source string `json:"source"`
	// Reasons are the system's names for why somebody is off, beside the usual.
	Reasons []string `json:"reasons"`
	// Signature is how the system signs its webhooks; nil: as Lotse's own.
	Signature *Signature `json:"signature"`
	Shapes    []Shape    `json:"shapes"`
}

// Shape is one form in which a system speaks of an absence.
type Shape struct {
	Name string `json:"name"`
	// If holds for messages of this shape; all of them must.
	If []Condition `json:"if"`
	// Rows is where a list of absences lies; empty: the message is one absence.
	Rows string `json:"rows"`
	// ID is the message's own id, if it has one.
	ID string `json:"id"`
	// Kinds tell what happened; the first that holds counts.
	Kinds  []Kind           `json:"kinds"`
	Fields map[string]Field `json:"fields"`
	// Part tells of part days; the first that says something counts.
	Part []Part `json:"part"`
	// Replaces is the id of an absence that this one stands in for.
	Replaces string `json:"replaces"`
	// Fetch is where the current state is to be had when the message has none.
	Fetch string `json:"fetch"`
}

// Condition holds when the value at Path is one of In, or starts with Prefix,
// or, without both, is there at all. Not turns it round.
type Condition struct {
	Path   string   `json:"path"`
	In     []string `json:"in"`
	Prefix string   `json:"prefix"`
	Not    bool     `json:"not"`
}

// What a message says; the first three are said to others.
const (
	Reported  = "reported"
	Changed   = "changed"
	Cancelled = "cancelled"
	Pending   = "pending" // nothing is decided yet
	Fetched   = "fetch"   // the message is thin: the state must be fetched
)

// Kind says what happened when its conditions hold.
type Kind struct {
	Is string      `json:"is"`
	If []Condition `json:"if"`
}

// Field is where a field of the schema lies, the first path that has a value,
// and in what form: text, date, instant (a moment, without zone in the city's;
// instant-utc: in UTC) or flag.
type Field struct {
	Paths []string `json:"paths"`
	Form  string   `json:"form"`
	// Skip are values that mean nothing, for instance a last day of all.
	Skip []string `json:"skip"`
}

//go:embed systems/*.json
var files embed.FS

var systems = load()

func load() map[string]Mapping {
	out := map[string]Mapping{}
	entries, err := files.ReadDir("systems")
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		data, err := files.ReadFile("systems/" + e.Name())
		if err != nil {
			panic(err)
		}
		var m Mapping
		d := json.NewDecoder(bytes.NewReader(data))
		d.DisallowUnknownFields()
		if err := d.Decode(&m); err != nil {
			panic(fmt.Sprintf("systems/%s: %v", e.Name(), err))
		}
		out[strings.TrimSuffix(e.Name(), ".json")] = m
	}
	return out
}

// Systems lists the systems that can be read, by name.
func Systems() []string { return slices.Sorted(maps.Keys(systems)) }

// Signs returns how a system signs its webhooks; false where there is no such
// system. What has no scheme of its own is signed as Lotse asks for.
func Signs(system string) (Signature, bool) {
	m, ok := systems[system]
	switch {
	case system == CloudEvents || ok && m.Signature == nil:
		return own, true
	case ok:
		return *m.Signature, true
	}
	return Signature{}, false
}

// Word is what one message says of one absence.
type Word struct {
	hr.Message
	// Refusal is an *hr.Refusal, or nil.
	Refusal error
	// Fetch is true where the absence's current state must be fetched; the
	// message then carries no command, only the absence and when it was said.
	Fetch bool
	// At is where it is to be fetched, as the message says; may be empty.
	At string
}

// Read takes in one message of a system. No words: it says nothing that is
// decided, or is not about absences. The error, an *hr.Refusal, means that it
// could not be read at all. Zone is that of times written without one.
func Read(system, source string, zone *time.Location, body []byte) ([]Word, hr.Stripped, error) {
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	r := &hr.Refusal{}
	m, ok := systems[system]
	if !ok {
		r.Add("system", "", "is not known: send one of "+strings.Join(Systems(), ", "))
		return nil, hr.Stripped{}, r
	}
	if len(body) > hr.MaxBytes {
		r.Malformed = true
		r.Add("body", "", "is longer than 64 KiB: send fewer absences per message")
		return nil, hr.Stripped{}, r
	}
	doc, ok := decoded(body, r)
	if !ok {
		return nil, hr.Stripped{}, r
	}
	for _, s := range m.Shapes {
		if !all(s.If, doc) {
			continue
		}
		rows := []any{doc}
		if s.Rows != "" {
			list, ok := at(doc, s.Rows).([]any)
			if !ok {
				continue
			}
			rows = list
		}
		if len(rows) > MaxWords {
			r.Add("body", "", "has more than "+strconv.Itoa(MaxWords)+" absences: send fewer per message")
			return nil, hr.Stripped{}, r
		}
		var words []Word
		var stripped hr.Stripped
		id := text(at(doc, s.ID))
		if !hr.Repeatable(id) || len(id) > 100 {
			id = hash
		}
		for i, row := range rows {
			own := id
			if len(rows) > 1 {
				own += "#" + strconv.Itoa(i)
			}
			count(row, "", s.taken(), m.Reasons, &stripped)
			for _, w := range s.read(source, own, zone, row) {
				w.Hash = hash
				words = append(words, w)
			}
		}
		return words, stripped, nil
	}
	var stripped hr.Stripped
	count(doc, "", nil, m.Reasons, &stripped)
	return nil, stripped, nil
}

// read makes the words of one absence.
func (s Shape) read(source, id string, zone *time.Location, doc any) []Word {
	r := &hr.Refusal{}
	f := hr.Fields{}
	s.fill(&f, zone, doc, r)
	kind := ""
	for _, k := range s.Kinds {
		if all(k.If, doc) {
			kind = k.Is
			break
		}
	}
	switch kind {
	case Pending:
		return nil
	case "":
		r.Add("status", "", "is not known: the mapping names every state that it understands")
		m, err := hr.Word(source, id, hr.TypeChanged, f, r)
		return []Word{{Message: m, Refusal: s.renamed(err)}}
	case Fetched:
		m, _ := hr.Word(source, id, hr.TypeCancelled, hr.Fields{AbsenceID: f.AbsenceID, Employee: f.Employee, ChangedAt: f.ChangedAt}, r)
		m.Command = nil
		var refusal error
		if len(r.Fields) > 0 {
			refusal = s.renamed(r)
		}
		return []Word{{Message: m, Refusal: refusal, Fetch: true, At: text(at(doc, s.Fetch))}}
	case Cancelled:
		m, err := hr.Word(source, id, hr.TypeCancelled, hr.Fields{AbsenceID: f.AbsenceID, Employee: f.Employee, ChangedAt: f.ChangedAt, Revision: f.Revision}, r)
		return []Word{{Message: m, Refusal: s.renamed(err)}}
	}
	for _, p := range s.Part {
		if p.apply(&f, doc) {
			break
		}
	}
	m, err := hr.Word(source, id, "hr.absence."+kind+".v1", f, r)
	words := []Word{{Message: m, Refusal: s.renamed(err)}}
	if old := text(at(doc, s.Replaces)); old != "" && err == nil {
		m, err := hr.Word(source, id+"#replaced", hr.TypeCancelled, hr.Fields{AbsenceID: old, ChangedAt: f.ChangedAt}, &hr.Refusal{})
		words = append([]Word{{Message: m, Refusal: s.renamed(err)}}, words...)
	}
	return words
}

// fill takes the fields out of a document.
func (s Shape) fill(f *hr.Fields, zone *time.Location, doc any, r *hr.Refusal) {
	announced := ""
	for _, name := range slices.Sorted(maps.Keys(s.Fields)) {
		field := s.Fields[name]
		v := ""
		for _, p := range field.Paths {
			if v = text(at(doc, p)); v != "" {
				break
			}
		}
		if v == "" || slices.Contains(field.Skip, v) {
			continue
		}
		var ok bool
		switch field.Form {
		case "date":
			v, ok = date(v)
		case "instant":
			v, ok = instant(v, zone)
		case "instant-utc":
			v, ok = instant(v, time.UTC)
		default:
			ok = true
		}
		if !ok {
			r.Add("data."+name, v, "is not a "+strings.TrimSuffix(field.Form, "-utc"))
			continue
		}
		if slices.Contains(field.Skip, v) {
			continue
		}
		switch name {
		case "absence_id":
			f.AbsenceID = v
		case "employee":
			f.Employee = v
		case "changed_at":
			f.ChangedAt = v
		case "from":
			f.From = v
		case "last_day":
			f.LastDay = v
		case "until":
			f.Until = v
		case "expected_until":
			f.ExpectedUntil = v
		case "announced":
			announced = v
		}
	}
	f.Planned = ahead(announced, f.From)
	if f.LastDay != "" && yes(s.flag("open_end", doc)) {
		f.LastDay = ""
	}
}

// knownAhead is how long before its first day an absence is entered to count as
// planned. Nothing else may tell: the type of leave never crosses.
const knownAhead = 3 * 24 * time.Hour

func ahead(announced, from string) *bool {
	a, err1 := time.Parse(time.RFC3339Nano, announced)
	f, err2 := time.Parse(time.DateOnly, from)
	if err1 != nil || err2 != nil {
		return nil
	}
	yes := f.Sub(a) >= knownAhead
	return &yes
}

func (s Shape) flag(name string, doc any) string {
	for _, p := range s.Fields[name].Paths {
		if v := text(at(doc, p)); v != "" {
			return v
		}
	}
	return ""
}

// renamed says the system's own names of fields, so that its people find them.
func (s Shape) renamed(err error) error {
	r, ok := err.(*hr.Refusal)
	if !ok {
		return err
	}
	for _, e := range r.Fields {
		if f, ok := s.Fields[strings.TrimPrefix(e.Field, "data.")]; ok && len(f.Paths) > 0 {
			e.Field = f.Paths[0]
		}
	}
	return r
}

// taken are the paths that this shape looks at.
func (s Shape) taken() []string {
	out := []string{s.ID, s.Replaces, s.Fetch}
	for _, c := range s.If {
		out = append(out, c.Path)
	}
	for _, k := range s.Kinds {
		for _, c := range k.If {
			out = append(out, c.Path)
		}
	}
	for _, f := range s.Fields {
		out = append(out, f.Paths...)
	}
	for _, p := range s.Part {
		out = append(out, p.Flag, p.Day, p.Start, p.End, p.Amount, p.Unit)
	}
	return out
}

// decoded reads a body that holds one JSON value and nothing else.
func decoded(body []byte, r *hr.Refusal) (doc any, ok bool) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&doc); err != nil || d.Decode(new(any)) != io.EOF {
		r.Malformed = true
		r.Add("body", "", "is not JSON")
		return nil, false
	}
	return doc, true
}
