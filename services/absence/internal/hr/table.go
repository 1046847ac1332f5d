package hr

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"github.com/lotse-hamburg/lotse/services/internal/sheet"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Table is a file of absences, one a row.
type Table struct {
	Rows     []Message
	Stripped Stripped // columns that were dropped
	Hash     string
}

// MaxTableErrors bounds the errors listed for one table.
const MaxTableErrors = 100

// ReadTable reads comma- or semicolon-separated rows with a header line that
// names columns like the fields of the schema, in English or German; a column
// "cancelled" with true takes an absence back. Every bad cell is named with its
// line. Rows without a revision are as new as now, whose zone is that of times
// without one.
//
// What a German Excel writes is understood: semicolons, a byte order mark or the
// letters of Windows-1252, a line "sep=;", 1.12.2026, 12:30 Uhr, ja and nein,
// WAHR and FALSCH.
func ReadTable(source string, now time.Time, data []byte) (Table, error) {
	sum := sha256.Sum256(data)
	t := Table{Hash: hex.EncodeToString(sum[:])}
	r := &Refusal{}
	if !sourceForm.MatchString(source) {
		r.add(field("source", source, "is not a name of letters, digits, _ and - with at most 40 characters"))
		return t, r
	}
	c, skipped := sheet.Open(data)
	head, err := c.Read()
	if err != nil {
		r.Malformed = true
		r.add(field("line 1", "", "is not a header line: name the columns, at least absence_id, employee and from"))
		return t, r
	}
	columns := t.columns(head, r)
	if len(r.Fields) > 0 {
		return t, r
	}
	for {
		cells, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			r.Malformed = !errors.Is(err, csv.ErrFieldCount)
			reason := "has unbalanced quotes"
			if !r.Malformed {
				reason = "has " + strconv.Itoa(len(cells)) + " cells, the header " + strconv.Itoa(len(head)) + ": give every column a cell"
			}
			r.add(field("line "+strconv.Itoa(broken.Line+skipped), "", reason))
			if r.Malformed {
				return t, r
			}
			continue
		} else if err != nil {
			return t, err
		}
		line, _ := c.FieldPos(0) // known only of a row that was read
		t.row(source, now, line+skipped, columns, cells, r)
		if len(r.Fields) >= MaxTableErrors {
			r.Fields = r.Fields[:MaxTableErrors]
			return t, r
		}
	}
	return t, r.err()
}

// columns tells which field each column is; "" for one that is dropped.
func (t *Table) columns(head []string, r *Refusal) []string {
	columns := make([]string, len(head))
	for i, h := range head {
		name := strings.ToLower(strings.TrimSpace(h))
		if english, ok := german[plain(name)]; ok {
			name = english
		}
		switch {
		case slices.Contains(known, name) || name == "cancelled":
			if slices.Contains(columns, name) {
				r.add(field("line 1", "", "names column "+name+" twice"))
			}
			columns[i] = name
		case slices.Contains(reasons, name):
			t.Stripped.Reasons++
		default:
			t.Stripped.Unknown++
		}
	}
	for _, must := range []string{"absence_id", "employee", "from"} {
		if !slices.Contains(columns, must) {
			r.add(field("line 1", "", "has no column "+must+": add it"))
		}
	}
	return columns
}

func (t *Table) row(source string, now time.Time, line int, columns, cells []string, all *Refusal) {
	var f Fields
	r := &Refusal{}
	kind := TypeChanged
	flag := func(name, v string) bool {
		switch strings.ToLower(v) {
		case "true", "1", "yes", "ja", "j", "x", "wahr":
			return true
		case "", "false", "0", "no", "nein", "n", "falsch":
			return false
		}
		r.add(field("data."+name, "", "is not true or false"))
		return false
	}
	for i, name := range columns {
		v := strings.TrimSpace(cells[i])
		switch name {
		case "absence_id":
			f.AbsenceID = v
		case "employee":
			f.Employee = v
		case "revision":
			if v != "" {
				n, err := strconv.ParseInt(v, 10, 64)
				if err != nil {
					r.add(field("data.revision", v, "is not a whole number"))
				}
				f.Revision = &n
			}
		case "changed_at":
			f.ChangedAt = moment(v, now.Location())
		case "from":
			f.From = isoDate(v)
		case "until":
			f.Until = isoDate(v)
		case "last_day":
			f.LastDay = isoDate(v)
		case "expected_until":
			f.ExpectedUntil = isoDate(v)
		case "from_time":
			f.FromTime = clock(v)
		case "to_time":
			f.ToTime = clock(v)
		case "planned":
			p := flag(name, v)
			f.Planned = &p
		case "cancelled":
			if flag(name, v) {
				kind = TypeCancelled
			}
		}
	}
	m, _ := Row(source, now, kind, f, r)
	m.Line = line
	for _, e := range r.Fields {
		e.Field = "line " + strconv.Itoa(line) + ", " + strings.TrimPrefix(e.Field, "data.")
		all.add(e)
	}
	t.Rows = append(t.Rows, m)
}
