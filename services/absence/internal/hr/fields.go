package hr

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// Fields are all that the schema of an HR event knows. Nothing else of a
// message is ever looked at, kept or repeated.
type Fields struct {
	AbsenceID     string `json:"absence_id,omitempty" doc:"The HR system's id of the absence: letters, digits and . _ : - , at most 100."`
	Employee      string `json:"employee,omitempty" doc:"Pseudonym: letters, digits, _ and -, at most 64."`
	Revision      *int64 `json:"revision,omitempty" doc:"Counts the changes of this absence, from 0; the highest wins."`
	ChangedAt     string `json:"changed_at,omitempty" format:"date-time" doc:"When the source changed it; counts where there is no revision."`
	From          string `json:"from,omitempty" format:"date" doc:"First day off."`
	Until         string `json:"until,omitempty" format:"date" doc:"First day back; without it the end is open."`
	LastDay       string `json:"last_day,omitempty" format:"date" doc:"Last day off, in place of until."`
	ExpectedUntil string `json:"expected_until,omitempty" format:"date" doc:"Expected first day back of an open end."`
	FromTime      string `json:"from_time,omitempty" doc:"On the first day off only from this time on, as 12:30."`
	ToTime        string `json:"to_time,omitempty" doc:"On the last day off only up to this time, as 12:30."`
	Planned       *bool  `json:"planned,omitempty" doc:"True for leave known ahead."`
}

var known = []string{"absence_id", "employee", "revision", "changed_at", "from", "until", "last_day",
	"expected_until", "from_time", "to_time", "planned"}

// reasons are names under which HR systems tell why; they are counted apart, so
// that somebody can ask that system to stop sending them.
var reasons = []string{"reason", "absence_reason", "type", "absence_type", "leave_type", "kind", "category", "diagnosis",
	"illness", "comment", "note", "notes", "description", "summary", "text", "certificate", "certificate_status",
	"icd", "icd10", "icd_10", "au", "eau", "grund", "art", "bemerkung", "abwesenheitsart", "abwesenheitsgrund", "fehlgrund", "kommentar",
	"beschreibung", "diagnose", "attest", "krankmeldung", "bescheinigung", "notiz"}

// TellsWhy reports whether HR systems tell why under this name.
func TellsWhy(name string) bool { return slices.Contains(reasons, strings.ToLower(name)) }

// Stripped counts what was removed.
type Stripped struct {
	Reasons int // fields that tell why
	Unknown int // other fields that the schema does not know
}

// read takes the known fields out of a JSON object. Values of a wrong kind and
// names that are a slip of the pen of a known one are refused; anything else
// that is unknown is dropped and counted.
// It is not ok where there is no object at all.
func read(data []byte, r *Refusal) (f Fields, s Stripped, ok bool) {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil || raw == nil {
		r.Malformed = true
		r.add(field("data", "", "is not a JSON object"))
		return f, s, false
	}
	text := func(name string, into *string) {
		v, ok := raw[name]
		if !ok || isNull(v) {
			return
		}
		if json.Unmarshal(v, into) != nil {
			r.add(field("data."+name, "", "is not a JSON string: write it in quotes"))
		} else if *into == "" {
			r.add(field("data."+name, "", "is empty: leave it out or fill it"))
		}
	}
	identity := func(name string, into *string) {
		v := raw[name]
		var n json.Number
		if len(v) > 0 && v[0] != '"' && json.Unmarshal(v, &n) == nil && !isNull(v) && !strings.ContainsAny(string(v), ".eE") {
			*into = n.String()
			return
		}
		text(name, into)
	}
	identity("absence_id", &f.AbsenceID)
	identity("employee", &f.Employee)
	for _, t := range []struct {
		name string
		into *string
	}{{"changed_at", &f.ChangedAt}, {"from", &f.From}, {"until", &f.Until}, {"last_day", &f.LastDay},
		{"expected_until", &f.ExpectedUntil}, {"from_time", &f.FromTime}, {"to_time", &f.ToTime}} {
		text(t.name, t.into)
	}
	if v, ok := raw["revision"]; ok && !isNull(v) {
		if json.Unmarshal(v, &f.Revision) != nil {
			r.add(field("data.revision", "", "is not a whole number"))
		}
	}
	if v, ok := raw["planned"]; ok && !isNull(v) {
		if json.Unmarshal(v, &f.Planned) != nil {
			r.add(field("data.planned", "", "is not true or false"))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		switch {
		case slices.Contains(known, name):
		case slices.Contains(reasons, strings.ToLower(name)):
			s.Reasons++
		default:
			s.Unknown++
			if meant := slip(name, raw); meant != "" {
				r.add(field("data."+meant, "", "is missing, but a field with nearly this name was sent: correct its name"))
			}
		}
	}
	return f, s, true
}

func isNull(v json.RawMessage) bool { return bytes.Equal(v, []byte("null")) }

// slip finds the known field that an unknown one was probably meant to be and
// that was not sent. Dropping "untl" in silence would make the end open.
func slip(name string, sent map[string]json.RawMessage) string {
	plain := func(s string) string { return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(s)) }
	n := plain(name)
	if n == "" || len(n) > 40 {
		return ""
	}
	for _, k := range known {
		if _, have := sent[k]; have {
			continue
		}
		limit := 1
		if len(k) >= 8 {
			limit = 2
		}
		if distance(n, plain(k)) <= limit && (n[:1] == k[:1] || len(n) == len(plain(k))) {
			return k
		}
	}
	return ""
}

// distance counts insertions, deletions, replacements and swaps of neighbours
// (optimal string alignment).
func distance(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}
