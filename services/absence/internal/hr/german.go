package hr

import (
	"regexp"
	"strings"
	"time"
)

// german are the columns' names in German, without blanks, hyphens and
// umlauts' dots. "bis" is the last day off, as people write it.
var german = map[string]string{
	"abwesenheitsid": "absence_id", "abwesenheitsnummer": "absence_id", "vorgang": "absence_id", "vorgangsnummer": "absence_id", "id": "absence_id",
	"pseudonym": "employee", "personalnummer": "employee",
	"von": "from", "ab": "from", "erstertag": "from", "beginn": "from",
	"bis": "last_day", "letztertag": "last_day", "ende": "last_day",
	"wiederda": "until", "erstertagzuruck": "until", "zuruckam": "until",
	"voraussichtlichzuruck": "expected_until", "voraussichtlichwiederda": "expected_until",
	"abuhrzeit": "from_time", "vonuhrzeit": "from_time", "bisuhrzeit": "to_time",
	"geplant": "planned", "version": "revision", "stand": "revision",
	"geandertam": "changed_at", "geandert": "changed_at",
	"storniert": "cancelled", "zuruckgenommen": "cancelled",
}

var dots = strings.NewReplacer("ä", "a", "ö", "o", "ü", "u", "ß", "ss", " ", "", "-", "", "_", "", ".", "")

// plain is a column's name as it stands in german.
func plain(name string) string { return dots.Replace(name) }

var germanDate = regexp.MustCompile(`^([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})$`)

// isoDate writes 1.12.2026 as 2026-12-01 and leaves anything else as it is.
func isoDate(v string) string {
	m := germanDate.FindStringSubmatch(v)
	if m == nil {
		return v
	}
	two := func(s string) string { return ("0" + s)[len(s)-1:] }
	return m[3] + "-" + two(m[2]) + "-" + two(m[1])
}

// clock writes 8:30 Uhr as 08:30.
func clock(v string) string {
	v = strings.TrimSpace(strings.TrimSuffix(v, "Uhr"))
	if len(v) == 4 && v[1] == ':' {
		return "0" + v
	}
	if len(v) == 8 && strings.HasSuffix(v, ":00") {
		return v[:5] // Excel adds seconds
	}
	return v
}

// moment writes 1.12.2026 07:12 as a moment of a zone.
func moment(v string, zone *time.Location) string {
	for _, form := range []string{"2.1.2006 15:04:05", "2.1.2006 15:04", "2.1.2006"} {
		if t, err := time.ParseInLocation(form, v, zone); err == nil {
			return t.Format(time.RFC3339)
		}
	}
	return v
}
