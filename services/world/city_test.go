package world_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events"
	eventscapacity "github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity"
	"github.com/lotse-hamburg/lotse/services/internal/clock"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/world"
)

// city is a world with what a script says of it and what was heard in it.
type city struct {
	t   testing.TB
	ctx context.Context
	*world.World
	zone *time.Location

	network capacity.Network
	staff   []employee
	changed struct{ network, staff bool }

	ledger   *ledger
	causes   map[string]string // HR event's id → what it says
	off      map[id.Employee]absenceNote
	hrEvents int
	lists    int    // staff lists imported
	listSays string // what is new in the next one
	booked   int    // appointments asked for
	promised int    // and given
	late     bool   // a service is slow to reach another
	keep     time.Duration
	telling  []string // what commands answered in this block
}

// employee is a row of the staff list.
type employee struct {
	ID         id.Employee                 `json:"employee"`
	Home       id.Centre                   `json:"home"`
	Skills     []id.Skill                  `json:"skills"`
	Mobile     bool                        `json:"mobile"`
	Volunteer  bool                        `json:"volunteer"`
	Deployable bool                        `json:"deployable"`
	MaxAway    int                         `json:"max_days_away_per_week"`
	Rotation   []map[string]map[string]any `json:"rotation"`
	Until      *day.Day                    `json:"until,omitempty"`
}

// absenceNote is HR's newest word on one absence.
type absenceNote struct {
	name     string
	revision int
	from     day.Day
}

func newCity(t testing.TB) *city {
	zone, err := clock.Zone(clock.City)
	if err != nil {
		t.Fatal(err)
	}
	c := &city{t: t, ctx: t.Context(), zone: zone, causes: map[string]string{}, off: map[id.Employee]absenceNote{}}
	c.ledger = newLedger(c)
	c.network.Policy = eventscapacity.Policy{GoalDays: 10, LimitDays: 14, HorizonDays: 28, MinLeadDays: 1, HoldMinutes: 10, NoticeDays: 4,
		MaxDaysAwayPerWeek: 2, MaxTravelMinutes: 40, StaleLoss: .2, ProposalDays: 3}
	return c
}

// begin makes the world; the clock stands at a time of a day.
func (c *city) begin(d day.Day, at day.TimeOfDay) error {
	if c.World != nil {
		return fmt.Errorf("today was said before: let the clock move to a later time")
	}
	var err error
	c.World, err = world.New(c.ctx, world.Options{Start: d.At(at, c.zone), Seed: 1, Heard: c.ledger.hear, Keep: c.keep})
	return err
}

// play runs a block until the city rests, and answers what was to be seen.
func (c *city) play(b block) (string, error) {
	c.telling = nil
	c.ledger.turn()
	for i, line := range b.happen {
		if strings.HasPrefix(line, "#") {
			continue
		}
		if err := c.run(line); err != nil {
			return "", fmt.Errorf("line %d: %w", b.line+i, err)
		}
	}
	if err := c.apply(); err != nil {
		return "", fmt.Errorf("line %d: %w", b.line, err)
	}
	if c.World == nil {
		return "", fmt.Errorf("line %d: say first what today is", b.line)
	}
	if err := c.Settle(c.ctx); err != nil {
		return "", err
	}
	c.ledger.atRest()
	return c.tell()
}

// apply brings what was said of network and staff to the services.
func (c *city) apply() error {
	if c.changed.network {
		if _, err := c.Capacity.ApplyNetwork(c.ctx, c.network, false); err != nil {
			return err
		}
	}
	if c.changed.staff {
		type holiday struct {
			Name string `json:"name"`
			day.Period
			School bool `json:"school,omitempty"`
		}
		holidays := []holiday{}
		for _, h := range c.network.Holidays {
			holidays = append(holidays, holiday{h.Name, h.Period, h.School})
		}
		body, err := json.Marshal(map[string]any{"employees": c.staff, "holidays": holidays, "horizon_days": c.network.Policy.HorizonDays})
		if err != nil {
			return err
		}
		c.lists++
		list := fmt.Sprintf("staff-list-%d", c.lists)
		c.causes[list], c.listSays = cmp.Or(c.listSays, "the staff list"), ""
		ctx := journal.WithCause(c.ctx, journal.Cause{CorrelationID: list})
		if _, err := c.Staffing.ImportStaff(ctx, "", body); err != nil {
			return err
		}
	}
	c.changed.network, c.changed.staff = false, false
	return nil
}

// hr sends an event as an HR system does.
func (c *city) hr(kind, says string, note absenceNote, e id.Employee, more map[string]any) error {
	c.hrEvents++
	name := fmt.Sprintf("hr-%d", c.hrEvents)
	c.causes[name] = says
	c.off[e] = note
	data := map[string]any{"absence_id": note.name, "employee": e, "revision": note.revision}
	for k, v := range more {
		data[k] = v
	}
	raw, err := json.Marshal(data)
	if err != nil {
		return err
	}
	env := events.Envelope{ID: name, Source: "hr", Type: "hr.absence." + kind + ".v1", Time: c.Now(), Data: raw}
	receipt, err := c.Absence.Receive(c.ctx, "hr", env.Headers(), raw)
	if err == nil && receipt.Status != "recorded" {
		c.say("HR is told: %s", receipt.Status)
	}
	return err
}

func (c *city) say(form string, a ...any) { c.telling = append(c.telling, fmt.Sprintf(form, a...)) }

// people reads "e-01" and "e-01..e-06".
func people(text string) ([]id.Employee, error) {
	first, last, many := strings.Cut(text, "..")
	if !many {
		return []id.Employee{id.Employee(first)}, nil
	}
	var a, b int
	prefix := strings.TrimRight(first, "0123456789")
	if _, err := fmt.Sscanf(first[len(prefix):]+" "+strings.TrimPrefix(last, prefix), "%d %d", &a, &b); err != nil || b < a {
		return nil, fmt.Errorf("%q is no range of employees: write it as e-01..e-06", text)
	}
	var all []id.Employee
	for i := a; i <= b; i++ {
		all = append(all, id.Employee(fmt.Sprintf("%s%0*d", prefix, len(first)-len(prefix), i)))
	}
	return all, nil
}

// Shifts with their breaks: rests and back-office time.
var shifts = map[string]map[string]any{
	"early":    shift("08:00", "16:20", "10:00", "11:30", "12:00", "12:30", "14:00", "15:20"),
	"late":     shift("09:40", "18:00", "11:00", "12:20", "13:30", "14:00", "15:30", "17:00"),
	"mornings": shift("08:00", "13:00", "10:30", "11:30"),
}

func shift(from, to string, breaks ...string) map[string]any {
	all := []any{}
	for b := range slices.Chunk(breaks, 2) {
		all = append(all, map[string]any{"from": b[0], "to": b[1]})
	}
	return map[string]any{"from": from, "to": to, "breaks": all}
}

// week is Monday to Friday on one shift.
func week(name string) map[string]map[string]any {
	w := map[string]map[string]any{}
	for d := 1; d <= 5; d++ {
		w[fmt.Sprint(d)] = shifts[name]
	}
	return w
}

// hire adds people with what is said of them, such as "id, pass, mobile team".
func (c *city) hire(who string, at id.Centre, traits string) error {
	all, err := people(who)
	if err != nil {
		return err
	}
	c.changed.staff = true
	for _, e := range all {
		p := employee{ID: e, Home: at, Deployable: true, MaxAway: c.network.Policy.MaxDaysAwayPerWeek,
			Rotation: []map[string]map[string]any{week("early"), week("late")}}
		if len(c.staff)%2 == 1 { // half of them are early, the other half late
			slices.Reverse(p.Rotation)
		}
		for trait := range strings.SplitSeq(traits, ", ") {
			switch {
			case trait == "mobile team":
				p.Mobile, p.MaxAway = true, 5
			case trait == "volunteer":
				p.Volunteer = true
			case trait == "not to be sent elsewhere":
				p.Deployable = false
			case shifts[trait] != nil:
				p.Rotation = []map[string]map[string]any{week(trait)}
			case slices.ContainsFunc(c.network.Groups, func(g eventscapacity.ServiceGroup) bool { return string(g.Skill) == trait }):
				p.Skills = append(p.Skills, id.Skill(trait))
			default:
				return fmt.Errorf("%q is neither a skill nor mobile team, volunteer, not to be sent elsewhere, early, late or mornings", trait)
			}
		}
		c.staff = append(c.staff, p)
	}
	return nil
}

func (c *city) person(e id.Employee) (*employee, error) {
	for i := range c.staff {
		if c.staff[i].ID == e {
			return &c.staff[i], nil
		}
	}
	return nil, fmt.Errorf("there is no employee %q", e)
}

func (c *city) district(d id.District) *eventscapacity.District {
	c.changed.network = true
	for i := range c.network.Districts {
		if c.network.Districts[i].ID == d {
			return &c.network.Districts[i]
		}
	}
	c.network.Districts = append(c.network.Districts, eventscapacity.District{ID: d, Name: title(string(d)), Population: 100_000, DailyDemand: map[id.Skill]day.Minutes{}})
	return &c.network.Districts[len(c.network.Districts)-1]
}

func (c *city) centre(k id.Centre) (*eventscapacity.Centre, error) {
	c.changed.network = true
	for i := range c.network.Centres {
		if c.network.Centres[i].ID == k {
			return &c.network.Centres[i], nil
		}
	}
	return nil, fmt.Errorf("there is no centre %q", k)
}

// planning are the planner's settings.
func (c *city) planning() *eventscapacity.Planning {
	if c.network.Policy.Planning == nil {
		c.network.Policy.Planning = &eventscapacity.Planning{}
	}
	return c.network.Policy.Planning
}
