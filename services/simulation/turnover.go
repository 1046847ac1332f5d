package simulation

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/simulation/dice"
	"github.com/lotse-hamburg/lotse/services/simulation/scenario"
)

// leaving is somebody who leaves the city's service, and who comes after them.
type leaving struct {
	Person
	until  day.Day // the first day on which the post is vacant
	hired  day.Day // from when on it is not
	serves day.Day // after onboarding
	next   id.Employee
}

// leavings of a period: who leaves does so at the end of a month, by a constant
// rate. A post is given up once in a run at most.
func leavings(seed uint64, set scenario.Turnover, in day.Period, people []Person) (all []leaving) {
	if set.Leaving <= 0 {
		return nil
	}
	for _, p := range people {
		d := dice.Of(seed, "turnover", string(p.ID))
		rate := set.Leaving
		if x, given := set.District[p.District]; given {
			rate *= x
		}
		after := d.ExpFloat64() * 365 / rate
		if !(after < float64(in.Days())) {
			continue
		}
		t := (in.From + day.Day(after)).At(0, time.UTC)
		until := day.Of(time.Date(t.Year(), t.Month()+1, 1, 0, 0, 0, 0, time.UTC), time.UTC)
		if until >= in.Until {
			continue
		}
		hired := until + day.Day(set.Vacant)
		all = append(all, leaving{p, until, hired, hired + day.Day(set.Onboarding), "n-" + p.ID})
	}
	return all
}

// stays says until when somebody is called by their name here, and by which one
// after that; empty: they are gone.
type stays struct {
	until day.Day
	next  id.Employee
}

// cut spells at the day on which somebody leaves or is called otherwise.
func cut(all []spell, ends map[id.Employee]stays) (out []spell) {
	for _, s := range all {
		e, ends := ends[s.who]
		if !ends || s.Until <= e.until {
			out = append(out, s)
			continue
		}
		before, after := s, s
		before.Until, after.From, after.who = min(s.Until, e.until), max(s.From, e.until), e.next
		if before.Days() > 0 {
			out = append(out, before)
		}
		if e.next != "" && after.Days() > 0 {
			out = append(out, after)
		}
	}
	return out
}

// roster is staffing's list, row by row.
type roster struct {
	rows map[id.Employee]map[string]any
	rest map[string]any // what the list says beside the rows
}

func rosterOf(list json.RawMessage) (roster, error) {
	out := roster{rows: map[id.Employee]map[string]any{}}
	if err := json.Unmarshal(list, &out.rest); err != nil {
		return out, fmt.Errorf("the staff list: %w", err)
	}
	rows, _ := out.rest["employees"].([]any)
	for _, r := range rows {
		if row, ok := r.(map[string]any); ok {
			who, _ := row["employee"].(string)
			out.rows[id.Employee(who)] = row
		}
	}
	return out, nil
}

// with is a row with some fields set.
func (r roster) with(who id.Employee, fields map[string]any) map[string]any {
	row := map[string]any{}
	for k, v := range r.rows[who] {
		row[k] = v
	}
	for k, v := range fields {
		row[k] = v
	}
	return row
}

// say brings rows to staffing.
func (r *run) say(key string, rows ...map[string]any) error {
	list := map[string]any{}
	for k, v := range r.roster.rest {
		list[k] = v
	}
	list["employees"] = rows
	body, err := json.Marshal(list)
	if err != nil {
		return err
	}
	if _, err := r.world.Staffing.ImportStaff(r.ctx, key, body); err != nil {
		return fmt.Errorf("staff list %s: %w", key, err)
	}
	return r.turn()
}

// turnoverBegins enters who leaves and who comes, and answers until when they are
// there.
func (r *run) turnoverBegins(ends map[id.Employee]stays) (joined []Person, from []day.Day) {
	set := r.Scenario.Turnover
	for _, l := range leavings(r.Seed, set, r.days, r.City.People) {
		ends[l.ID] = stays{until: l.until}
		r.onDay(l.until-day.Day(set.Notice), "HR says who leaves", func() error {
			return r.say("leaves "+string(l.ID), r.roster.with(l.ID, map[string]any{"until": l.until}))
		})
		post := id.Post("post-" + string(l.ID))
		r.onDay(l.until, "a post is vacant", func() error {
			if r.counts() {
				r.tally.out.Left++
			}
			if err := r.world.Absence.OpenVacancy(r.ctx, post, l.Home, l.until); err != nil {
				return err
			}
			return r.turn()
		})
		if l.hired >= r.days.Until {
			continue
		}
		r.onDay(l.hired, "a post is filled", func() error {
			if err := r.world.Absence.FillVacancy(r.ctx, post, l.next, l.serves); err != nil {
				return err
			}
			row := r.roster.with(l.ID, map[string]any{"employee": l.next, "from": l.serves})
			delete(row, "until")
			return r.say("joins "+string(l.next), row)
		})
		if l.serves < r.days.Until {
			r.onDay(l.serves, "somebody new serves", func() error {
				if r.counts() {
					r.tally.out.Joined++
				}
				return nil
			})
			joined, from = append(joined, Person{l.next, l.Home, l.District}), append(from, l.serves)
		}
	}
	return joined, from
}

// onDay enters what happens on a day's morning; a day before the run is its first.
func (r *run) onDay(on day.Day, what string, act func() error) {
	r.agenda.At(max(on, r.days.From).At(day.Clock(6, 40), r.City.Zone), what, act)
}

// hrBegins enters what HR will say in the run: who is away, who leaves, who comes.
func (r *run) hrBegins() {
	ends := map[id.Employee]stays{}
	joined, from := r.turnoverBegins(ends)
	r.mergersBegin(ends)
	for i, x := range r.absences(ends, joined, from) {
		r.tell(i, x)
	}
}

// absences of everybody, those who join on their days included.
func (r *run) absences(ends map[id.Employee]stays, joined []Person, from []day.Day) []spell {
	s := &r.Scenario
	all := away(r.Seed, s, r.days, r.City.People, r.City.Network.Holidays)
	for i, p := range joined {
		for _, x := range illnesses(r.Seed, s.Sickness, day.Period{From: from[i], Until: r.days.Until}, p, nil) {
			all = append(all, spell{p.ID, x.Period, 0})
		}
	}
	all = append(all, strikers(r.Seed, s, r.City.People)...)
	all = slices.DeleteFunc(all, func(x spell) bool { return x.Until <= r.days.From || x.From >= r.days.Until })
	return cut(all, ends)
}
