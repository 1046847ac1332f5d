package hr

import (
	"errors"
	"regexp"

	"github.com/lotse-hamburg/lotse/events"
)

// What may be repeated to the sender and kept with a parked message: only what
// looks like an id, a date, a time or a number. Anything else may be a sentence
// about a person.
var repeatable = regexp.MustCompile(`^[A-Za-z0-9_./:+@{}~=#-]{1,200}$`)

const quoteLimit = 60

func quotable(s string) string {
	if !repeatable.MatchString(s) {
		return ""
	}
	if len(s) > quoteLimit {
		return s[:quoteLimit] + "…"
	}
	return s
}

// datelike is what a date, a time or a number looks like at most.
var datelike = regexp.MustCompile(`^[0-9TZ:.+-]{1,200}$`)

// names of fields that hold an identifier; all others hold dates and numbers.
var identifiers = map[string]bool{"data.absence_id": true, "data.employee": true, "type": true, "id": true}

func field(name, value, reason string) *events.FieldError {
	if !identifiers[name] && !datelike.MatchString(value) {
		value = ""
	}
	return &events.FieldError{Field: name, Value: quotable(value), Reason: reason}
}

// Refusal says what is wrong with a message, field by field, without anything
// that must not be repeated.
type Refusal struct {
	Fields []*events.FieldError
	// Malformed: it is no CloudEvent or no JSON; otherwise its content is wrong.
	Malformed bool
}

func (r *Refusal) Error() string {
	s := ""
	for i, f := range r.Fields {
		if i > 0 {
			s += "; "
		}
		s += f.Error()
	}
	return s
}

// ReusedID refuses a message whose id an earlier one with another content had.
func ReusedID(id string) *Refusal {
	return &Refusal{Fields: []*events.FieldError{field("id", id, "was used before by a message that says something else: give every message an id of its own")}}
}

// Unwrap gives the fields to errors.As.
func (r *Refusal) Unwrap() []error {
	all := make([]error, len(r.Fields))
	for i, f := range r.Fields {
		all[i] = f
	}
	return all
}

// Add refuses a value of a field. The value is repeated only where it looks like
// an id, a date or a number.
func (r *Refusal) Add(name, value, reason string) { r.add(field(name, value, reason)) }

func (r *Refusal) add(f *events.FieldError) { r.Fields = append(r.Fields, f) }

// err is nil without fields.
func (r *Refusal) err() error {
	if len(r.Fields) == 0 {
		return nil
	}
	return r
}

// envelopeFields takes over what the envelope's parser found, quoting no more
// than quotable allows.
func (r *Refusal) envelopeFields(err error) {
	r.Malformed = true
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			r.envelopeFields(e)
		}
		return
	}
	var f *events.FieldError
	if errors.As(err, &f) {
		r.add(field(f.Field, f.Value, f.Reason))
		return
	}
	r.add(field("body", "", "is not a CloudEvent"))
}
