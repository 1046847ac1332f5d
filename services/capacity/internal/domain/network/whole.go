package network

import (
	"fmt"
	"maps"
	"slices"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/demand"
)

// Network is the whole of it, as a file has it.
type Network struct {
	Districts []capacity.District     `json:"districts"`
	Centres   []capacity.Centre       `json:"centres"`
	Groups    []capacity.ServiceGroup `json:"groups"`
	Services  []capacity.ServiceType  `json:"services"`
	Policy    capacity.Policy         `json:"policy"`
	Holidays  []capacity.Holiday      `json:"holidays"`
	Measures  []capacity.Measure      `json:"measures"`
}

// MinimumHours hold on every weekday from Monday to Friday.
var MinimumHours = day.Span{From: day.Clock(8, 0), To: day.Clock(18, 0)}

var weekdays = [...]string{"", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

func bad(field, value, reason string, args ...any) error {
	return &events.FieldError{Field: field, Value: value, Reason: fmt.Sprintf(reason, args...)}
}

// Check validates the network as of a day and returns the first problem, a
// *events.FieldError that names field, value and cure.
func (n Network) Check(today day.Day) error {
	districts, err := n.checkDistricts()
	if err != nil {
		return err
	}
	centres, err := n.checkCentres(districts)
	if err != nil {
		return err
	}
	if err := n.checkCatalogue(); err != nil {
		return err
	}
	if err := CheckPolicy(n.Policy); err != nil {
		return err
	}
	for i, h := range n.Holidays {
		if h.Days() == 0 {
			return bad(fmt.Sprintf("holidays[%d].until", i), h.Until.String(), "is not after from %s: name the day after the last one", h.From)
		}
	}
	seen := map[id.Measure]bool{}
	for i, m := range n.Measures {
		f := fmt.Sprintf("measures[%d]", i)
		if err := CheckMeasure(f, m); err != nil {
			return err
		}
		if seen[m.ID] {
			return bad(f+".id", string(m.ID), "stands twice: give each measure its own id")
		}
		seen[m.ID] = true
		if !districts[m.District] {
			return bad(f+".district", string(m.District), "is not a district of this network")
		}
		if d, known := centres[m.Centre]; m.Centre != "" && (!known || d != m.District) {
			return bad(f+".centre", string(m.Centre), "is not a centre of district %q", m.District)
		}
	}
	for i, c := range n.Centres {
		if err := CheckHours(fmt.Sprintf("centres[%d]", i), c, n.Measures, today); err != nil {
			return err
		}
	}
	return nil
}

func (n Network) checkDistricts() (map[id.District]bool, error) {
	known := map[id.District]bool{}
	for i, d := range n.Districts {
		f := fmt.Sprintf("districts[%d]", i)
		switch {
		case d.ID == "" || events.Token(string(d.ID)) != string(d.ID):
			return nil, bad(f+".id", string(d.ID), "must be made of A-Z, a-z, 0-9, _ and -")
		case known[d.ID]:
			return nil, bad(f+".id", string(d.ID), "stands twice")
		case !(d.AnyShare >= 0 && d.AnyShare <= 1):
			return nil, bad(f+".any_share", fmt.Sprint(d.AnyShare), "must lie between 0 and 1")
		}
		for s, m := range d.DailyDemand {
			if m < 0 {
				return nil, bad(f+".daily_demand."+string(s), fmt.Sprint(m), "must not be negative")
			}
		}
		known[d.ID] = true
	}
	if len(known) == 0 {
		return nil, bad("districts", "", "is empty: name at least one district")
	}
	return known, nil
}

func (n Network) checkCentres(districts map[id.District]bool) (map[id.Centre]id.District, error) {
	known := map[id.Centre]id.District{}
	for i, c := range n.Centres {
		f := fmt.Sprintf("centres[%d]", i)
		_, twice := known[c.ID]
		switch {
		case c.ID == "" || events.Token(string(c.ID)) != string(c.ID):
			return nil, bad(f+".id", string(c.ID), "must be made of A-Z, a-z, 0-9, _ and -")
		case twice:
			return nil, bad(f+".id", string(c.ID), "stands twice")
		case c.District == "":
			return nil, bad(f+".district", "", "is missing at centre %q: name one of the districts", c.ID)
		case !districts[c.District]:
			return nil, bad(f+".district", string(c.District), "of centre %q is not a district of this network", c.ID)
		case c.Counters < 0 || c.MinStaff < 0:
			return nil, bad(f+".counters", fmt.Sprint(c.Counters), "and min_staff %d must not be negative", c.MinStaff)
		case c.MinPresent < 0 || c.MinPresent > 500:
			return nil, bad(f+".min_present", fmt.Sprint(c.MinPresent), "must lie between 0 and 500")
		case c.Opens != nil && c.Closes != nil && *c.Closes <= *c.Opens:
			return nil, bad(f+".closes", c.Closes.String(), "is not after opens %s", c.Opens)
		}
		for w, spans := range c.Hours {
			if err := checkSpans(fmt.Sprintf("%s.hours.%d", f, w), w, spans); err != nil {
				return nil, err
			}
		}
		for k, x := range c.Exceptions {
			if err := checkSpans(fmt.Sprintf("%s.exceptions[%d].hours", f, k), 1, x.Hours); err != nil {
				return nil, err
			}
		}
		known[c.ID] = c.District
	}
	if len(known) == 0 {
		return nil, bad("centres", "", "is empty: name at least one centre")
	}
	return known, nil
}

func checkSpans(f string, weekday int, spans []day.Span) error {
	if weekday < 1 || weekday > 7 {
		return bad(f, "", "is not a weekday: use 1 for Monday to 7 for Sunday")
	}
	for i, s := range spans {
		if s.To <= s.From || s.From < 0 || s.To > day.Clock(24, 0) {
			return bad(fmt.Sprintf("%s[%d]", f, i), s.String(), "is not a span of a day: from must lie before to")
		}
		if i > 0 && s.From < spans[i-1].To {
			return bad(fmt.Sprintf("%s[%d]", f, i), s.String(), "begins before the one before it ends: sort and separate them")
		}
	}
	return nil
}

func (n Network) checkCatalogue() error {
	groups := map[id.Skill]bool{}
	for i, g := range n.Groups {
		if g.Skill == "" || groups[g.Skill] {
			return bad(fmt.Sprintf("groups[%d].skill", i), string(g.Skill), "is empty or stands twice")
		}
		groups[g.Skill] = true
	}
	if len(groups) == 0 || len(groups) > 12 {
		return bad("groups", fmt.Sprint(len(groups)), "must have 1 to 12 entries")
	}
	seen := map[id.Service]bool{}
	for i, s := range n.Services {
		f := fmt.Sprintf("services[%d]", i)
		switch {
		case s.ID == "" || seen[s.ID]:
			return bad(f+".id", string(s.ID), "is empty or stands twice")
		case !groups[s.Skill]:
			return bad(f+".skill", string(s.Skill), "of service %q is not one of the groups", s.ID)
		case s.Minutes < 5 || s.Minutes%5 != 0 || s.Minutes > 240:
			return bad(f+".minutes", fmt.Sprint(s.Minutes), "of service %q must be a multiple of 5, 5 to 240", s.ID)
		case !(s.Share >= 0 && s.Share <= 1):
			return bad(f+".share", fmt.Sprint(s.Share), "of service %q must lie between 0 and 1", s.ID)
		}
		seen[s.ID] = true
	}
	if n.Policy.Planning != nil {
		for i, s := range n.Policy.Planning.Seasons {
			if !groups[s.Skill] {
				return bad(fmt.Sprintf("policy.planning.seasons[%d].skill", i), string(s.Skill), "is not one of the groups")
			}
		}
	}
	return nil
}

// CheckPolicy validates a policy.
func CheckPolicy(p capacity.Policy) error {
	for _, r := range []struct {
		field     string
		v, lo, hi int
	}{
		{"goal_days", p.GoalDays, 1, p.LimitDays}, {"limit_days", p.LimitDays, 1, 365}, {"horizon_days", p.HorizonDays, 1, 180},
		{"min_lead_days", p.MinLeadDays, 0, p.GoalDays}, {"hold_minutes", p.HoldMinutes, 1, 1440}, {"express_counters", p.ExpressCounters, 0, 1000},
		{"notice_days", p.NoticeDays, 0, 90}, {"max_days_away_per_week", p.MaxDaysAwayPerWeek, 0, 7},
		{"max_travel_minutes", p.MaxTravelMinutes, 0, 1440}, {"proposal_days", p.ProposalDays, 1, 90},
		{"automatic.max_moves", p.Automatic.MaxMoves, 0, 10000}, {"automatic.max_travel_minutes", p.Automatic.MaxTravelMinutes, 0, 1440},
	} {
		if r.v < r.lo || r.v > r.hi {
			return bad("policy."+r.field, fmt.Sprint(r.v), "must lie between %d and %d", r.lo, r.hi)
		}
	}
	for f, v := range map[string]float64{"walk_in_share": p.WalkInShare, "stale_loss": p.StaleLoss} {
		if !(v >= 0 && v <= 1) {
			return bad("policy."+f, fmt.Sprint(v), "must lie between 0 and 1")
		}
	}
	if err := p.Booking.Check(); err != nil {
		return err
	}
	return demand.Check("policy.planning", p.Planning)
}

var measureKinds = []string{capacity.MeasureClosure, capacity.MeasureRelocation, capacity.MeasureSite, capacity.MeasureReserve, capacity.MeasureHours}

// CheckMeasure validates one measure by itself.
func CheckMeasure(f string, m capacity.Measure) error {
	switch {
	case m.ID == "" || events.Token(string(m.ID)) != string(m.ID):
		return bad(f+".id", string(m.ID), "must be made of A-Z, a-z, 0-9, _ and -")
	case !slices.Contains(measureKinds, m.Kind):
		return bad(f+".kind", m.Kind, "must be one of %v", measureKinds)
	case m.Until <= m.From:
		return bad(f+".until", m.Until.String(), "is not after from %s: a measure needs an end", m.From)
	case m.Reason == "":
		return bad(f+".reason", "", "is missing: say what about the place makes the measure necessary")
	case m.Centre == "" && m.Kind != capacity.MeasureSite && m.Kind != capacity.MeasureReserve:
		return bad(f+".centre", "", "is missing: a measure of kind %q belongs to a centre", m.Kind)
	case m.Kind == capacity.MeasureHours && m.Hours == nil:
		return bad(f+".hours", "", "is missing: a measure of kind hours says which")
	case m.Site != nil && m.Kind != capacity.MeasureSite && m.Kind != capacity.MeasureRelocation:
		return bad(f+".site", m.Site.Name, "belongs to a relocation or a temporary site only")
	case m.People != 0 && m.Kind != capacity.MeasureReserve:
		return bad(f+".people", fmt.Sprint(m.People), "belongs to a reserve only")
	case m.People < 0 || m.People > 500:
		return bad(f+".people", fmt.Sprint(m.People), "must lie between 0 and 500")
	}
	if m.Site != nil {
		if err := checkSite(f+".site", *m.Site); err != nil {
			return err
		}
	}
	return CheckSpans(f+".hours", m.Hours)
}

// CheckSpans validates opening hours by weekday; f is their path.
func CheckSpans(f string, hours map[int][]day.Span) error {
	for _, w := range slices.Sorted(maps.Keys(hours)) {
		if err := checkSpans(fmt.Sprintf("%s.%d", f, w), w, hours[w]); err != nil {
			return err
		}
	}
	return nil
}

// CheckHours holds a centre to the minimum opening hours, Monday to Friday: on
// a weekday below them a dated measure with a reason must be in force, today or
// when the centre opens.
func CheckHours(f string, c capacity.Centre, measures []capacity.Measure, today day.Day) error {
	on := today
	if c.Opens != nil {
		on = max(on, *c.Opens)
	}
	if c.Closes != nil && *c.Closes <= on {
		return nil
	}
	for _, m := range measures {
		if m.Centre == c.ID && m.Contains(on) && m.Reason != "" &&
			(m.Kind == capacity.MeasureHours || m.Kind == capacity.MeasureClosure || m.Kind == capacity.MeasureRelocation) {
			return nil
		}
	}
	for w := 1; w <= 5; w++ {
		if !covers(c.Hours[w], MinimumHours) {
			return bad(fmt.Sprintf("%s.hours.%d", f, w), fmt.Sprint(c.Hours[w]),
				"of centre %q on %s lie below the minimum %s: extend them, or enter a measure of kind \"hours\" or \"closure\" for it with a reason and an end", c.ID, weekdays[w], MinimumHours)
		}
	}
	return nil
}

// covers reports whether spans, sorted, cover all of s without a gap.
func covers(spans []day.Span, s day.Span) bool {
	at := s.From
	for _, o := range spans {
		if o.From <= at && o.To > at {
			at = o.To
		}
	}
	return at >= s.To
}

// Opening is when a centre serves on a day: a closure beats an exception, that
// a public holiday, that a measure's hours, those the weekday's. measures are
// those of this centre that have not ended.
func Opening(c capacity.Centre, measures []capacity.Measure, holidays []capacity.Holiday, d day.Day) []day.Span {
	if c.Opens != nil && d < *c.Opens || c.Closes != nil && d >= *c.Closes {
		return nil
	}
	hours := c.Hours
	for _, m := range measures {
		if m.Centre != c.ID || !m.Contains(d) {
			continue
		}
		switch m.Kind {
		case capacity.MeasureClosure:
			return nil
		case capacity.MeasureHours:
			hours = m.Hours
		}
	}
	for _, x := range c.Exceptions {
		if x.Day == d {
			return x.Hours
		}
	}
	if PublicHoliday(holidays, d) {
		return nil
	}
	return hours[int(d-d.Monday())+1]
}

// PublicHoliday reports whether nobody serves on a day.
func PublicHoliday(holidays []capacity.Holiday, d day.Day) bool {
	for _, h := range holidays {
		if !h.School && h.Contains(d) {
			return true
		}
	}
	return false
}

// SchoolHoliday reports whether schools are closed.
func SchoolHoliday(holidays []capacity.Holiday, d day.Day) bool {
	for _, h := range holidays {
		if h.School && h.Contains(d) {
			return true
		}
	}
	return false
}
