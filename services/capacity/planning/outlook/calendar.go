package outlook

import "github.com/lotse-hamburg/lotse/events/day"

// Calendar tells kinds of days by public and school holidays; either may be nil.
func Calendar(public, school func(day.Day) bool) func(day.Day) Kind {
	closed := func(d day.Day) bool { return d-d.Monday() > 4 || public != nil && public(d) }
	return func(d day.Day) Kind {
		switch {
		case public != nil && public(d):
			return Public
		case !closed(d) && after(d, public, closed):
			return After
		case school != nil && school(d):
			return School
		}
		return Ordinary
	}
}

// after: between the last working day and this one there was a public holiday that
// would have been one.
func after(d day.Day, public, closed func(day.Day) bool) bool {
	for x := d - 1; closed(x) && x > d-8; x-- {
		if public != nil && public(x) && x-x.Monday() <= 4 {
			return true
		}
	}
	return false
}
