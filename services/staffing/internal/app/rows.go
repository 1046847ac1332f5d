package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/domain/calendar"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/domain/employee"
)

// StaffList is what is imported, and exported in the same form.
type StaffList struct {
	Employees []Row              `json:"employees"`
	Holidays  []calendar.Holiday `json:"holidays,omitempty"`
	// HorizonDays is how far duties are worked out; 0 keeps what holds.
	HorizonDays int `json:"horizon_days,omitempty"`
	// Source is whose personnel numbers the employees have; empty: StaffSource's.
	Source string `json:"-"`
}

// StaffSource is the source of staff lists that name none: the HR system that
// absences come from, too.
const StaffSource = "hr"

// Row is one employee with the terms agreed.
type Row struct {
	ID id.Employee `json:"employee"`
	employee.Terms
}

// BadRows lists all that is wrong with an import.
type BadRows struct {
	Fields []*events.FieldError
	// More errors were found than are listed.
	More int
	// Malformed: it is no JSON of the right shape at all.
	Malformed bool
}

const maxRowErrors = 200

// quotable is what may be repeated: an id, a date, a time or a number. Anything
// else may be a name.
var quotable = regexp.MustCompile(`^[A-Za-z0-9_.:+–-]{1,60}$`)

func (b *BadRows) add(field, value, reason string) {
	if len(b.Fields) == maxRowErrors {
		b.More++
		return
	}
	if !quotable.MatchString(value) {
		value = ""
	}
	b.Fields = append(b.Fields, &events.FieldError{Field: field, Value: value, Reason: reason})
}

func (b *BadRows) Error() string {
	s := fmt.Sprintf("%d errors, nothing was imported", len(b.Fields)+b.More)
	for i, f := range b.Fields {
		if i == 5 {
			return s + "; …"
		}
		s += "; " + f.Error()
	}
	return s
}

// The same form as text, so that every wrong value can be named.
type (
	listText struct {
		Employees   []json.RawMessage `json:"employees"`
		Holidays    []json.RawMessage `json:"holidays"`
		HorizonDays *int              `json:"horizon_days"`
	}
	rowText struct {
		ID                 string                 `json:"employee"`
		Home               string                 `json:"home"`
		Skills             []string               `json:"skills"`
		Mobile             bool                   `json:"mobile"`
		Volunteer          bool                   `json:"volunteer"`
		Deployable         bool                   `json:"deployable"`
		MaxDaysAwayPerWeek int                    `json:"max_days_away_per_week"`
		Rotation           []map[string]shiftText `json:"rotation"`
		From               *string                `json:"from"`
		Until              *string                `json:"until"`
	}
	shiftText struct {
		spanText
		Breaks []spanText `json:"breaks"`
	}
	spanText struct {
		From string `json:"from"`
		To   string `json:"to"`
	}
	holidayText struct {
		Name   string `json:"name"`
		From   string `json:"from"`
		Until  string `json:"until"`
		School bool   `json:"school"`
	}
)

var idForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

// ReadStaff reads an import. The error is *BadRows with every fault found.
func ReadStaff(data []byte) (StaffList, error) {
	var text listText
	bad := &BadRows{}
	if err := events.DecodeStrict(data, &text); err != nil {
		bad.Malformed = true
		bad.shape("", err)
		return StaffList{}, bad
	}
	out := StaffList{}
	switch n := text.HorizonDays; {
	case n == nil:
	case *n < 1 || *n > calendar.MaxHorizonDays:
		bad.add("horizon_days", strconv.Itoa(*n), "lies outside 1 to 366: give days ahead, or leave it out")
	default:
		out.HorizonDays = *n
	}
	if text.Employees == nil {
		bad.add("employees", "", "is missing: send a list, an empty one to set the calendar alone")
	}
	seen := map[string]int{}
	for i, raw := range text.Employees {
		at := fmt.Sprintf("employees[%d]", i)
		var row rowText
		if err := events.DecodeStrict(raw, &row); err != nil {
			bad.shape(at, err)
			continue
		}
		if first, twice := seen[row.ID]; twice && row.ID != "" {
			bad.add(at+".employee", row.ID, fmt.Sprintf("stands in employees[%d] already: list each employee once", first))
		}
		seen[row.ID] = i
		out.Employees = append(out.Employees, bad.row(at+".", row))
	}
	for i, raw := range text.Holidays {
		at := fmt.Sprintf("holidays[%d]", i)
		var h holidayText
		if err := events.DecodeStrict(raw, &h); err != nil {
			bad.shape(at, err)
			continue
		}
		p := day.Period{From: bad.date(at+".from", h.From), Until: bad.date(at+".until", h.Until)}
		if p.From != 0 && p.Until != 0 && p.Until <= p.From {
			bad.add(at+".until", h.Until, "is not after from "+h.From+": give the first day that is no holiday any more")
		}
		out.Holidays = append(out.Holidays, calendar.Holiday{Name: h.Name, Period: p, School: h.School})
	}
	if len(bad.Fields) > 0 {
		return StaffList{}, bad
	}
	return out, nil
}

// shape reports what encoding/json found, below a path.
func (b *BadRows) shape(at string, err error) {
	var f *events.FieldError
	if !errors.As(err, &f) {
		b.add(at, "", "cannot be read")
		return
	}
	name := f.Field
	if len(name) > 5 && name[:5] == "data." {
		name = name[5:]
	} else if name == "data" {
		name = ""
	}
	switch {
	case at == "" && name == "":
		at = "body"
	case at == "":
		at = name
	case name != "":
		at += "." + name
	}
	b.add(at, f.Value, f.Reason)
}

func (b *BadRows) date(field, v string) day.Day {
	d, err := day.Parse(v)
	switch {
	case v == "":
		b.add(field, "", "is missing: write it as 2026-12-01")
	case err != nil:
		b.add(field, v, "is not a date: write it as 2026-12-01")
	}
	return d
}

func (b *BadRows) id(field, v, what string) {
	switch {
	case v == "":
		b.add(field, "", "is missing: give "+what)
	case !idForm.MatchString(v):
		b.add(field, v, "is not an id: use letters, digits, _ and -, at most 64 characters")
	}
}

func (b *BadRows) row(at string, r rowText) Row {
	b.id(at+"employee", r.ID, "the employee's pseudonym")
	b.id(at+"home", r.Home, "the id of the home centre")
	t := employee.Terms{Home: id.Centre(r.Home), Skills: []id.Skill{}, Mobile: r.Mobile, Volunteer: r.Volunteer,
		Deployable: r.Deployable, MaxDaysAwayPerWeek: r.MaxDaysAwayPerWeek}
	for i, s := range r.Skills {
		b.id(fmt.Sprintf("%sskills[%d]", at, i), s, "a service group's key")
		if slices.Contains(t.Skills, id.Skill(s)) {
			b.add(fmt.Sprintf("%sskills[%d]", at, i), s, "stands twice: list it once")
		}
		t.Skills = append(t.Skills, id.Skill(s))
	}
	if r.MaxDaysAwayPerWeek < 0 || r.MaxDaysAwayPerWeek > 7 {
		b.add(at+"max_days_away_per_week", strconv.Itoa(r.MaxDaysAwayPerWeek), "lies outside 0 to 7: give days of one week")
	}
	if r.From != nil {
		d := b.date(at+"from", *r.From)
		t.From = &d
	}
	if r.Until != nil {
		d := b.date(at+"until", *r.Until)
		t.Until = &d
		if t.From != nil && d <= *t.From {
			b.add(at+"until", *r.Until, "is not after from "+*r.From+": give the first day of employment no more")
		}
	}
	if len(r.Rotation) == 0 || len(r.Rotation) > 52 {
		b.add(at+"rotation", "", "has "+strconv.Itoa(len(r.Rotation))+" weeks: give 1 to 52, with shifts by weekday")
	}
	for w, week := range r.Rotation {
		t.Rotation = append(t.Rotation, b.week(fmt.Sprintf("%srotation[%d].", at, w), week))
	}
	return Row{id.Employee(r.ID), t}
}

func (b *BadRows) week(at string, week map[string]shiftText) employee.Week {
	out := employee.Week{}
	weekdays := make([]string, 0, len(week))
	for wd := range week {
		weekdays = append(weekdays, wd)
	}
	slices.Sort(weekdays)
	for _, wd := range weekdays {
		n, err := strconv.Atoi(wd)
		if err != nil || n < 1 || n > 7 || wd != strconv.Itoa(n) {
			b.add(at+wd, "", "is not a weekday: use 1 (Monday) to 7 (Sunday)")
			continue
		}
		shift := employee.Shift{Span: b.span(at+wd, week[wd].spanText)}
		for i, br := range week[wd].Breaks {
			field := fmt.Sprintf("%s%s.breaks[%d]", at, wd, i)
			s := b.span(field, br)
			if shift.Minutes() > 0 && s.Minutes() > 0 && !shift.Contains(s) {
				b.add(field, s.String(), "lies outside the shift "+shift.String()+": move it inside")
			}
			if i > 0 && s.From < shift.Breaks[i-1].To {
				b.add(field, s.String(), "begins before the break before it ends: list breaks in order, without overlap")
			}
			shift.Breaks = append(shift.Breaks, s)
		}
		out[n] = shift
	}
	return out
}

func (b *BadRows) span(at string, s spanText) day.Span {
	clock := func(field, v string) day.TimeOfDay {
		t, err := day.ParseTime(v)
		switch {
		case v == "":
			b.add(field, "", "is missing: write it as 08:30")
		case err != nil:
			b.add(field, v, "is not a time of day: write it as 08:30")
		}
		return t
	}
	before := len(b.Fields)
	out := day.Span{From: clock(at+".from", s.From), To: clock(at+".to", s.To)}
	if len(b.Fields) == before && out.Minutes() == 0 {
		b.add(at+".to", s.To, "is not after from "+s.From+": give a later time")
	}
	return out
}
