package mapping

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
)

// List is all absences of a source, as its system lists them.
type List struct {
	hr.Table
	// Pending are listed and not decided: what is known of them stays.
	Pending []id.Absence
}

// further is where systems say that their list goes on.
var further = []string{"d.__next", "_meta.links.next", "links.next", "metadata.next"}

// ReadList takes in what a system answers when it is asked for all absences: its
// list, or an array of its lists (the pages, in order) or of single absences.
// Nothing of a list with a bad entry is taken in; the error, an *hr.Refusal,
// names each. A list that says that it goes on is refused, since what it leaves
// out would be cancelled.
func ReadList(system, source string, zone *time.Location, body []byte) (List, error) {
	sum := sha256.Sum256(body)
	out := List{Table: hr.Table{Hash: hex.EncodeToString(sum[:])}}
	r := &hr.Refusal{}
	m, ok := systems[system]
	if !ok {
		r.Add("system", "", "is not known: send one of "+strings.Join(Systems(), ", "))
		return out, r
	}
	if !hr.Source(source) {
		r.Add("source", "", "is not a name of letters, digits, _ and - with at most 40 characters")
		return out, r
	}
	doc, ok := decoded(body, r)
	if !ok {
		return out, r
	}
	pages, several := doc.([]any)
	if !several {
		pages = []any{doc}
	}
	entry := 0
	for i, page := range pages {
		for _, path := range further {
			if next := at(page, path); i == len(pages)-1 && next != nil && next != "" {
				r.Add("body", "", "says at "+path+" that the list goes on: send all pages, as one array")
			}
		}
		shape, rows := m.rows(page)
		if shape == nil {
			r.Add("entry "+strconv.Itoa(entry+1), "", "is neither a list nor an absence of this system")
			rows = []any{nil}
		}
		for _, row := range rows {
			if entry++; shape != nil {
				out.take(m, *shape, source, zone, row, entry, r)
			}
			if len(r.Fields) >= hr.MaxTableErrors {
				r.Fields = r.Fields[:hr.MaxTableErrors]
				return out, r
			}
		}
	}
	if len(r.Fields) > 0 {
		return out, r
	}
	return out, nil
}

// rows finds the shape of a document and the absences in it.
func (m Mapping) rows(doc any) (*Shape, []any) {
	for _, s := range m.Shapes {
		if !all(s.If, doc) {
			continue
		}
		if s.Rows == "" {
			return &s, []any{doc}
		}
		if list, ok := at(doc, s.Rows).([]any); ok {
			return &s, list
		}
	}
	return nil, nil
}

func (l *List) take(m Mapping, s Shape, source string, zone *time.Location, row any, entry int, r *hr.Refusal) {
	count(row, "", s.taken(), m.Reasons, &l.Stripped)
	words := s.read(source, "", zone, row)
	if len(words) == 0 {
		var f hr.Fields
		s.fill(&f, zone, row, &hr.Refusal{})
		l.Pending = append(l.Pending, id.Absence(source+"/"+f.AbsenceID))
	}
	name := "entry " + strconv.Itoa(entry)
	for _, w := range words {
		switch refusal, _ := w.Refusal.(*hr.Refusal); {
		case refusal != nil:
			for _, f := range refusal.Fields {
				f.Field = name + ", " + strings.TrimPrefix(f.Field, "data.")
				r.Fields = append(r.Fields, f)
			}
		case w.Fetch:
			r.Add(name, "", "says that an absence changed, not how: send the absence itself")
		default:
			l.Rows = append(l.Rows, w.Message)
		}
	}
}
