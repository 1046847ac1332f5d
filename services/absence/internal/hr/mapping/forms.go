package mapping

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// ticks is how OData version 2 writes times in JSON: milliseconds since 1970,
// for a moment with the minutes of its zone, which change nothing.
var ticks = regexp.MustCompile(`^/Date\((-?[0-9]{1,15})(?:[+-][0-9]{1,4})?\)/$`)

func ofTicks(v string) (time.Time, bool) {
	m := ticks.FindStringSubmatch(v)
	if m == nil {
		return time.Time{}, false
	}
	ms, err := strconv.ParseInt(m[1], 10, 64)
	return time.UnixMilli(ms).UTC(), err == nil
}

// date is a calendar date as 2026-12-01. Of a date with a time the date counts
// as it is written; a date in ticks is that of UTC, as OData has no zone there.
func date(v string) (string, bool) {
	if t, ok := ofTicks(v); ok {
		return t.Format(time.DateOnly), t.Year() > 0 && t.Year() < 10000
	}
	d, rest := v, ""
	if len(v) > 10 {
		d, rest = v[:10], v[10:]
	}
	if _, err := time.Parse(time.DateOnly, d); err != nil {
		return v, false
	}
	if rest != "" && rest[0] != 'T' && rest[0] != ' ' {
		return v, false
	}
	return d, true
}

var instants = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999-0700", "2006-01-02T15:04:05.999999999-07"}

var wallClocks = []string{"2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly}

// instant is a moment as RFC 3339 in UTC. Without a zone it is the city's.
func instant(v string, zone *time.Location) (string, bool) {
	t, ok := ofTicks(v)
	for _, form := range instants {
		if ok {
			break
		}
		var err error
		t, err = time.Parse(form, v)
		ok = err == nil
	}
	for _, form := range wallClocks {
		if ok {
			break
		}
		var err error
		t, err = time.ParseInLocation(form, v, zone)
		ok = err == nil
	}
	if !ok {
		// Seconds since 1970, as in headers.
		if n, err := strconv.ParseInt(v, 10, 64); err == nil && n > 1e8 && n < 1e11 {
			t, ok = time.Unix(n, 0), true
		}
	}
	if !ok || t.Year() < 1970 || t.Year() > 9999 {
		return v, false
	}
	return t.UTC().Format(time.RFC3339Nano), true
}

var odataTime = regexp.MustCompile(`^PT(?:([0-9]{1,2})H)?(?:([0-9]{1,2})M)?(?:[0-9.]+S)?$`)

// clockOf is a time of day as 12:30: of a time, a moment as it is written, or
// OData's PT12H30M00S. Midnight and anything else are "".
func clockOf(v string) string {
	if m := odataTime.FindStringSubmatch(v); m != nil {
		h, _ := strconv.Atoi("0" + m[1])
		m, _ := strconv.Atoi("0" + m[2])
		return clockAt(h, m)
	}
	if i := strings.IndexAny(v, "T "); i == 10 {
		v = v[11:]
	}
	if len(v) < 5 || v[2] != ':' {
		return ""
	}
	h, err1 := strconv.Atoi(v[:2])
	m, err2 := strconv.Atoi(v[3:5])
	if err1 != nil || err2 != nil {
		return ""
	}
	return clockAt(h, m)
}

func clockAt(h, m int) string {
	if h < 0 || h > 23 || m < 0 || m > 59 || h == 0 && m == 0 {
		return ""
	}
	return pad(h) + ":" + pad(m)
}

func pad(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}
