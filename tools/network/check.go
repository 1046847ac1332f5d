package network

import (
	"fmt"
	"math"
	"regexp"
	"slices"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/id"
)

// keyForm is what a subject of the bus carries unchanged.
var keyForm = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// check runs every rule over files that could be parsed.
func (f *files) check() {
	f.checkCity()
	f.checkCatalogue()
	f.checkPolicy()
	f.checkHolidays()
	f.checkCentres()
	f.checkMeasures()
	f.checkTravel()
	f.checkShifts()
	f.checkPatterns()
	f.checkEmployees()
	f.checkPosts()
}

// need reports fields that must be written; it returns whether all are.
func (s *source) need(path string, fields ...string) bool {
	all := true
	for _, k := range fields {
		if at := join(path, k); !s.has(at) && !s.failed[at] {
			s.bad(at, "is missing", "write "+k+": …")
			all = false
		}
	}
	return all
}

// between reports a number out of its bounds.
func between[T int | float64](s *source, field string, v, low, high T, cure string) {
	if v < low || v > high {
		s.bad(field, fmt.Sprintf("%v is not within %v and %v", v, low, high), cure)
	}
}

// unique reports the second and later use of an id, and ids that cannot be
// part of a subject.
type unique map[string]string

func (u unique) check(s *source, field, v, where string) {
	switch first, taken := u[v]; {
	case v == "":
		return // reported as missing
	case taken:
		s.bad(field, fmt.Sprintf("%q is used by %s already", v, first), "give each its own")
	case !keyForm.MatchString(v):
		s.bad(field, fmt.Sprintf("%q has other characters than A-Z, a-z, 0-9, _ and -", v), "write for instance barmbek-uhlenhorst")
	}
	if _, taken := u[v]; !taken {
		u[v] = where
	}
}

func (f *files) districtIDs() []id.District {
	var ids []id.District
	for _, d := range f.city.Districts {
		ids = append(ids, d.ID)
	}
	return ids
}

func (f *files) centreIDs() []id.Centre {
	var ids []id.Centre
	for _, c := range f.centres.Centres {
		ids = append(ids, c.ID)
	}
	return ids
}

func (f *files) skillIDs() []id.Skill {
	var ids []id.Skill
	for _, g := range f.services.Groups {
		ids = append(ids, g.Skill)
	}
	return ids
}

func (f *files) centre(c id.Centre) (capacity.Centre, bool) {
	for _, k := range f.centres.Centres {
		if k.ID == c {
			return k, true
		}
	}
	return capacity.Centre{}, false
}

// known reports a name that refers to nothing; an empty one is reported as
// missing elsewhere.
func known[S ~string](s *source, field string, v S, kind string, all []S) bool {
	for _, k := range all {
		if k == v {
			return true
		}
	}
	if v != "" {
		s.bad(field, fmt.Sprintf("%s %q is not known", kind, v), near(v, all))
	}
	return false
}

func (f *files) checkCity() {
	s := f.sources[cityFile]
	s.need("", "name", "bounds", "districts")
	s.need("bounds", "south", "north", "west", "east")
	if b := f.city.Bounds; s.has("bounds") && (b.South >= b.North || b.West >= b.East) {
		s.bad("bounds", "is empty", "write south below north and west below east, in degrees")
	}
	seen := unique{}
	for i, d := range f.city.Districts {
		at := fmt.Sprintf("districts[%d]", i)
		s.need(at, "id", "name", "population", "any_share", "daily_demand")
		seen.check(s, at+".id", string(d.ID), at)
		between(s, at+".any_share", d.AnyShare, 0, 1, "a share of a tenth is 0.1")
		if s.has(at+".population") && d.Population <= 0 {
			s.bad(at+".population", fmt.Sprintf("%d is not positive", d.Population), "write the number of inhabitants")
		}
		for _, k := range sortedKeys(d.DailyDemand) {
			key := at + ".daily_demand." + string(k)
			known(s, key, k, "skill", f.skillIDs())
			if d.DailyDemand[k] < 0 {
				s.bad(key, fmt.Sprintf("%d is negative", d.DailyDemand[k]), "write minutes per working day")
			}
		}
		f.checkServed(s, at, d)
	}
}

// checkServed: no district is without a centre for good.
func (f *files) checkServed(s *source, at string, d capacity.District) {
	for _, c := range f.centres.Centres {
		if c.District == d.ID && c.Closes == nil {
			return
		}
		if !slices.Contains(f.districtIDs(), c.District) {
			return // reported there; it may be meant for this one
		}
	}
	if d.ID != "" {
		s.bad(at, fmt.Sprintf("no centre of district %q stays open", d.ID), "add one in "+centresFile+" or take the district out")
	}
}

func (f *files) checkPolicy() {
	s, p := f.sources[policyFile], f.policy
	s.need("", "goal_days", "limit_days", "horizon_days", "min_lead_days", "hold_minutes", "walk_in_share", "express_counters",
		"notice_days", "max_days_away_per_week", "max_travel_minutes", "automatic", "stale_loss", "proposal_days")
	between(s, "walk_in_share", p.WalkInShare, 0, 1, "a share of a tenth is 0.1")
	between(s, "stale_loss", p.StaleLoss, 0, 1, "a share of a fifth is 0.2")
	for _, v := range []struct {
		field     string
		v, lo, hi int
	}{
		{"goal_days", p.GoalDays, 1, 366}, {"limit_days", p.LimitDays, 1, 366}, {"horizon_days", p.HorizonDays, 1, 366},
		{"min_lead_days", p.MinLeadDays, 0, 60}, {"hold_minutes", p.HoldMinutes, 1, 120}, {"express_counters", p.ExpressCounters, 0, 20},
		{"notice_days", p.NoticeDays, 0, 60}, {"max_days_away_per_week", p.MaxDaysAwayPerWeek, 0, 6},
		{"max_travel_minutes", p.MaxTravelMinutes, 0, 240}, {"proposal_days", p.ProposalDays, 1, 60},
		{"automatic.max_moves", p.Automatic.MaxMoves, 0, 1000}, {"automatic.max_travel_minutes", p.Automatic.MaxTravelMinutes, 0, 240},
	} {
		if s.has(v.field) {
			between(s, v.field, v.v, v.lo, v.hi, "write a whole number in these bounds")
		}
	}
	if p.GoalDays > p.LimitDays {
		s.bad("goal_days", fmt.Sprintf("%d is above limit_days %d", p.GoalDays, p.LimitDays), "the goal is the stricter of the two")
	}
	if s.has("horizon_days") && p.LimitDays > p.HorizonDays {
		s.bad("limit_days", fmt.Sprintf("%d is above horizon_days %d", p.LimitDays, p.HorizonDays), "a promise cannot reach beyond the slots on offer")
	}
}

func (f *files) checkHolidays() {
	s := f.sources[holidaysFile]
	s.need("", "public")
	seen := unique{}
	for i, h := range f.holidays.Public {
		at := fmt.Sprintf("public[%d]", i)
		if s.need(at, "name", "on") {
			seen.check(s, at+".on", h.On.String(), at)
		}
	}
	seen = unique{}
	for i, h := range f.holidays.School {
		at := fmt.Sprintf("school[%d]", i)
		if !s.need(at, "name", "from", "until") {
			continue
		}
		if h.Until <= h.From {
			s.bad(at+".until", fmt.Sprintf("%s is not after from %s", h.Until, h.From), "until is the first day after the holidays")
		}
		seen.check(s, at+".from", h.From.String(), at)
	}
}

// haversine is the length of the great circle in km, on a sphere of 6371 km.
func haversine(a, b capacity.Centre) float64 {
	rad := func(deg float64) float64 { return deg * math.Pi / 180 }
	dLat, dLon := rad(b.Lat-a.Lat), rad(b.Lon-a.Lon)
	h := math.Pow(math.Sin(dLat/2), 2) + math.Cos(rad(a.Lat))*math.Cos(rad(b.Lat))*math.Pow(math.Sin(dLon/2), 2)
	return 2 * 6371 * math.Asin(math.Sqrt(h))
}

// EstimateTravel estimates minutes by public transport between two centres
// from the straight line alone: 10 minutes to walk and wait, and a detour of
// 1.3 at 24 km/h. There is no timetable behind it.
func EstimateTravel(a, b capacity.Centre) int {
	return int(math.Round(10 + 1.3*haversine(a, b)/24*60))
}

func (f *files) checkTravel() {
	s := f.sources[travelFile]
	s.need("", "minutes")
	pairs := map[[2]id.Centre]bool{}
	for _, a := range sortedKeys(f.travel.Minutes) {
		known(s, "minutes."+string(a), a, "centre", f.centreIDs())
		for _, b := range sortedKeys(f.travel.Minutes[a]) {
			at := fmt.Sprintf("minutes.%s.%s", a, b)
			known(s, at, b, "centre", f.centreIDs())
			between(s, at, f.travel.Minutes[a][b], 1, 240, "write minutes one way by public transport")
			if a == b {
				s.bad(at, "leads from a centre to itself", "remove it")
			}
			if pairs[[2]id.Centre{b, a}] {
				s.bad(at, fmt.Sprintf("the pair is under %s already", b), "write each pair once")
			}
			pairs[[2]id.Centre{a, b}] = true
		}
	}
	for i, a := range f.centres.Centres {
		for _, b := range f.centres.Centres[:i] {
			if a.ID != b.ID && !pairs[[2]id.Centre{a.ID, b.ID}] && !pairs[[2]id.Centre{b.ID, a.ID}] {
				s.bad("minutes", fmt.Sprintf("%s to %s is missing", b.ID, a.ID),
					fmt.Sprintf("write it; from the coordinates about %d", EstimateTravel(a, b)))
			}
		}
	}
}
