package httpserver

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events/day"
)

// The calendar's types are strings in JSON; with their form in the schema,
// validation names the field of a wrong one.
type (
	date      string
	timeOfDay string
)

func (date) Schema(huma.Registry) *huma.Schema {
	return form("date", `^\d{4}-\d{2}-\d{2}$`, "a date, such as 2026-12-01", "2026-12-01")
}

func (timeOfDay) Schema(huma.Registry) *huma.Schema {
	return form("", `^([01]\d|2[0-3]):[0-5]\d$|^24:00$`, "a time of day, such as 08:30", "08:30")
}

func form(format, pattern, description, example string) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString, Format: format, Pattern: pattern, PatternDescription: description, Examples: []any{example}}
	s.PrecomputeMessages()
	return s
}

func registerCalendar(r huma.Registry) {
	r.RegisterTypeAlias(reflect.TypeFor[day.Day](), reflect.TypeFor[date]())
	r.RegisterTypeAlias(reflect.TypeFor[day.TimeOfDay](), reflect.TypeFor[timeOfDay]())
}
