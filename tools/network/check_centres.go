package network

import (
	"fmt"
	"slices"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
)

// minimumHours is the city-wide rule for Monday to Friday: open from 8 to 18.
var minimumHours = day.Span{From: day.Clock(8, 0), To: day.Clock(18, 0)}

func (f *files) checkCentres() {
	s := f.sources[centresFile]
	s.need("", "centres")
	seen := unique{}
	for i, c := range f.centres.Centres {
		at := fmt.Sprintf("centres[%d]", i)
		s.need(at, "id", "name", "address", "lat", "lon", "counters", "min_staff", "hours")
		seen.check(s, at+".id", string(c.ID), at)
		if !s.has(at + ".district") {
			s.bad(at+".district", "is missing", "name the district it lies in; "+near("", f.districtIDs()))
		}
		known(s, at+".district", c.District, "district", f.districtIDs())
		f.checkPlace(s, at, c)
		f.checkLife(s, at, c)
		if s.has(at+".counters") && c.Counters < 1 {
			s.bad(at+".counters", fmt.Sprintf("%d is too few", c.Counters), "write the number of counters, at least 1")
		}
		if s.has(at+".min_staff") && (c.MinStaff < 1 || c.MinStaff > c.Counters && c.Counters > 0) {
			s.bad(at+".min_staff", fmt.Sprintf("%d is not within 1 and the %d counters", c.MinStaff, c.Counters), "write the least number that may run the centre")
		}
		if s.has(at + ".hours") {
			checkHours(s, at+".hours", c.Hours)
			if !f.excused(c.ID) {
				checkMinimum(s, at+".hours", c.Hours)
			}
		}
		days := map[day.Day]bool{}
		for j, e := range c.Exceptions {
			at := fmt.Sprintf("%s.exceptions[%d]", at, j)
			s.need(at, "day", "note")
			if days[e.Day] {
				s.bad(at+".day", e.Day.String()+" has an exception already", "keep one")
			}
			days[e.Day] = true
			checkSpans(s, at+".hours", e.Hours)
		}
		if s.has(at + ".travel_minutes") {
			s.bad(at+".travel_minutes", "stands in the wrong file", "write travel minutes in "+travelFile)
		}
	}
}

func (f *files) checkPlace(s *source, at string, c capacity.Centre) {
	b := f.city.Bounds
	if s.has(at+".lat") && (c.Lat < b.South || c.Lat > b.North) {
		s.bad(at+".lat", fmt.Sprintf("%v is outside the city (%v to %v)", c.Lat, b.South, b.North), "latitude comes first: about 53.55 for Hamburg")
	}
	if s.has(at+".lon") && (c.Lon < b.West || c.Lon > b.East) {
		s.bad(at+".lon", fmt.Sprintf("%v is outside the city (%v to %v)", c.Lon, b.West, b.East), "longitude comes second: about 9.99 for Hamburg")
	}
}

func (f *files) checkLife(s *source, at string, c capacity.Centre) {
	if c.Opens != nil && c.Closes != nil && *c.Closes <= *c.Opens {
		s.bad(at+".closes", fmt.Sprintf("%s is not after opens %s", c.Closes, c.Opens), "closes is the first day without service")
	}
	if c.Successor == "" {
		return
	}
	if c.Closes == nil {
		s.bad(at+".successor", "there is one although the centre does not close", "write closes: or remove it")
	}
	if c.Successor == c.ID {
		s.bad(at+".successor", "the centre succeeds itself", "name another centre")
		return
	}
	if !known(s, at+".successor", c.Successor, "centre", f.centreIDs()) {
		return
	}
	next, _ := f.centre(c.Successor)
	if next.Closes != nil && c.Closes != nil && *next.Closes <= *c.Closes {
		s.bad(at+".successor", fmt.Sprintf("%s closes on %s, not later than this one", next.ID, next.Closes), "name the centre that serves its citizens in the end")
	}
}

// checkHours: spans in order on weekdays, none on Sunday, which is no working
// day (ArbZG § 9).
func checkHours(s *source, at string, hours map[int][]day.Span) {
	for d := 1; d <= 7; d++ {
		key := at + "." + weekdays[d-1]
		checkSpans(s, key, hours[d])
		if d == 7 && len(hours[d]) > 0 {
			s.bad(key, "a centre opens on Sunday", "remove it: Sunday is no working day (ArbZG § 9)")
		}
	}
}

// checkMinimum compares with the city-wide rule; days that are written as one
// range are one problem.
func checkMinimum(s *source, at string, hours map[int][]day.Span) {
	key := func(d int) string { return at + "." + weekdays[d-1] }
	for d := 1; d <= 5; d++ {
		if covers(hours[d], minimumHours) || s.failed[key(d)] {
			continue
		}
		is, last := "closed", d
		if len(hours[d]) > 0 {
			is = "open " + spans(hours[d])
		}
		for last < 5 && s.line(key(last+1)) == s.line(key(d)) && slices.Equal(hours[last+1], hours[d]) {
			last++
		}
		field := key(d)
		if last > d {
			field += "-" + weekdays[last-1]
		}
		s.at(s.line(key(d)), field, fmt.Sprintf("%s, below the city-wide rule of %s", is, minimumHours),
			"lengthen the hours, or enter a measure with a reason and an end in "+measuresFile)
		d = last
	}
}

func spans(list []day.Span) string {
	out := ""
	for i, s := range list {
		if i > 0 {
			out += ", "
		}
		out += s.String()
	}
	return out
}

// checkSpans: each ends after it starts, none overlaps another.
func checkSpans(s *source, at string, list []day.Span) {
	for i, a := range list {
		key := at
		if indexed := fmt.Sprintf("%s[%d]", at, i); s.has(indexed) {
			key = indexed
		}
		if a.To <= a.From && !s.failed[key] {
			s.bad(key, fmt.Sprintf("%s closes before it opens", a), "write the earlier time first")
			continue
		}
		for _, b := range list[:i] {
			if a.Meet(b).Minutes() > 0 {
				s.bad(key, fmt.Sprintf("%s overlaps %s", a, b), "join the two or shorten one")
			}
		}
	}
}

var measureKinds = []string{capacity.MeasureClosure, capacity.MeasureRelocation, capacity.MeasureSite, capacity.MeasureReserve, capacity.MeasureHours}

// excused reports whether a dated measure allows a centre to lie below the
// city-wide hours.
func (f *files) excused(c id.Centre) bool {
	return slices.ContainsFunc(f.measures.Measures, func(m capacity.Measure) bool {
		return m.Centre == c && m.Reason != "" && m.Until > m.From &&
			(m.Kind == capacity.MeasureHours || m.Kind == capacity.MeasureClosure || m.Kind == capacity.MeasureRelocation)
	})
}

func (f *files) checkMeasures() {
	s := f.sources[measuresFile]
	seen := unique{}
	for i, m := range f.measures.Measures {
		at := fmt.Sprintf("measures[%d]", i)
		s.need(at, "id", "district", "centre", "kind")
		if !s.has(at + ".reason") {
			s.bad(at+".reason", "is missing", "say what befell the place, never the person")
		}
		if !s.has(at + ".until") {
			s.bad(at+".until", "is missing", "a measure is temporary: write the first day without it")
		}
		s.need(at, "from")
		seen.check(s, at+".id", string(m.ID), at)
		known(s, at+".district", m.District, "district", f.districtIDs())
		if known(s, at+".centre", m.Centre, "centre", f.centreIDs()) {
			if c, _ := f.centre(m.Centre); m.District != "" && c.District != "" && c.District != m.District {
				s.bad(at+".district", fmt.Sprintf("%s lies in %s, not in %s", m.Centre, c.District, m.District), "a district takes measures for its own centres")
			}
		}
		known(s, at+".kind", m.Kind, "kind", measureKinds)
		if s.has(at+".from") && s.has(at+".until") && m.Until <= m.From {
			s.bad(at+".until", fmt.Sprintf("%s is not after from %s", m.Until, m.From), "until is the first day without the measure")
		}
		checkHours(s, at+".hours", m.Hours)
		switch {
		case m.Kind == capacity.MeasureHours && len(m.Hours) == 0:
			s.bad(at+".hours", "is missing", "kind hours needs the hours that replace the centre's")
		case m.Kind != capacity.MeasureHours && len(m.Hours) > 0:
			s.bad(at+".hours", fmt.Sprintf("a measure of kind %q has hours", m.Kind), "remove them or write kind: hours")
		}
		for j, o := range f.measures.Measures[:i] {
			if m.Kind == capacity.MeasureHours && o.Kind == m.Kind && o.Centre == m.Centre && m.Centre != "" && m.Meet(o.Period).Days() > 0 {
				s.bad(at+".from", fmt.Sprintf("overlaps measures[%d] of the same centre", j), "end one before the other begins")
			}
		}
	}
}
