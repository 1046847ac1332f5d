package hr

import (
	"errors"
	"strings"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/absence/internal/domain/absencecase"
)

// Names gives employees their pseudonyms; sources that send pseudonyms already
// are not keyed.
type Names interface {
	Keyed(source string) bool
	Of(source, number string) string
	Mark(source, text string) string
}

// telling is the shortest number that is looked for in other fields.
const telling = 4

// Named puts the pseudonym in the place of the personnel number, in all that goes
// on from here: fields, command, and what a refusal repeats. Ids and hashes that
// were made of the number are replaced by marks that tell nothing; an absence id
// that holds it is refused, since it could not be told again without it. The
// refusal is what was wrong before, and is returned with what is.
func (m *Message) Named(n Names, refusal error) error {
	if n == nil || !n.Keyed(m.Source) {
		return refusal
	}
	number := m.Fields.Employee
	r := &Refusal{}
	known := errors.As(refusal, &r)
	for i, f := range r.Fields {
		if f.Value != "" && (f.Field == "data.employee" || holds(f.Value, number)) {
			r.Fields[i] = &events.FieldError{Field: f.Field, Reason: f.Reason}
		}
	}
	m.Hash, m.Sender = n.Mark(m.Source, m.Hash), without(m.Sender, number)
	if len(m.ID) == 64 || holds(m.ID, number) { // a hash, where the sender gave no id
		m.ID = n.Mark(m.Source, m.ID)
	}
	m.Fields.Employee = n.Of(m.Source, number)
	switch {
	case m.composed && m.Fields.AbsenceID != "":
		m.Fields.AbsenceID = m.Fields.Employee + "-" + m.Fields.From
		m.Absence = id.Absence(m.Source + "/" + m.Fields.AbsenceID)
	case holds(m.Fields.AbsenceID, number):
		m.Fields.AbsenceID, m.Absence = "", ""
		r.add(field("data.absence_id", "", "holds the personnel number, which must not be stored: send an id that is not made of it"))
	}
	switch c := m.Command.(type) {
	case absencecase.Report:
		c.Absence, c.Employee = m.Absence, id.Employee(m.Fields.Employee)
		m.Command = c
	case absencecase.Cancel:
		c.Absence, c.Employee = m.Absence, id.Employee(m.Fields.Employee)
		m.Command = c
	}
	if refusal != nil && !known {
		return refusal
	}
	return r.err()
}

func holds(text, number string) bool {
	return len(number) >= telling && strings.Contains(text, number)
}

func without(text, number string) string {
	if holds(text, number) {
		return ""
	}
	return text
}
