package world_test

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/events/staffing"
)

// What is recorded of a block, in words and in a fixed order: what commands
// answered, what closed and opened, the damage, what was decided in the order in
// which it was said, and the lead times that are others now.

// turn begins a block.
func (l *ledger) turn() { l.before, l.story = l.clone(), nil }

// tell says what the block has changed.
func (c *city) tell() (string, error) {
	l := c.ledger
	lines := slices.Clone(c.telling)
	lines = append(lines, l.places()...)
	damages, err := l.newDamages()
	if err != nil {
		return "", err
	}
	lines = append(lines, damages...)
	for _, e := range l.story {
		told, err := l.words(e)
		if err != nil {
			return "", err
		}
		lines = append(lines, told...)
	}
	suggested, err := l.newSuggestions()
	if err != nil {
		return "", err
	}
	lines = append(lines, suggested...)
	lines = append(lines, l.newLeads()...)
	if len(lines) == 0 {
		lines = []string{"nothing changes"}
	}
	return l.plain(strings.Join(lines, "\n")) + "\n", nil
}

// places says where counters were closed and opened, and what became at risk.
func (l *ledger) places() (lines []string) {
	type change struct {
		place
		was, is  int // counters
		risk     int
		from, to map[id.Skill]int // free
	}
	var all []change
	fresh := 0
	for p, o := range l.offerings {
		old, there := l.before.offerings[p]
		if !there {
			if len(o.Lines) > 0 {
				fresh++
			}
			continue
		}
		x := change{p, len(old.Lines), len(o.Lines), l.loads[p].AtRisk - l.before.loads[p].AtRisk, l.before.slots[p].FreeSlots, l.slots[p].FreeSlots}
		if x.was != x.is || x.risk != 0 || old.Tentative != o.Tentative {
			all = append(all, x)
		}
	}
	slices.SortFunc(all, func(a, b change) int { return comparePlaces(a.place, b.place) })
	if fresh > 0 {
		lines = append(lines, fmt.Sprintf("%d centre-days are on offer anew", fresh))
	}
	for len(all) > 0 {
		n := 1 // a run of days of one centre that lose or gain alike
		for n < len(all) && all[n].centre == all[0].centre && all[n].is-all[n].was == all[0].is-all[0].was {
			n++
		}
		if n <= 5 {
			n = 1
		}
		run := all[:n]
		all = all[n:]
		sum := run[0]
		when := "on " + sum.day.String()
		counters := fmt.Sprintf("%d → %d counters", sum.was, sum.is)
		if sum.was == sum.is {
			counters = fmt.Sprintf("%d counters as before", sum.is)
		}
		if n > 1 {
			when = fmt.Sprintf("on %d days from %s to %s", n, run[0].day, run[n-1].day)
			counters = fmt.Sprintf("%+d counters", sum.is-sum.was)
			sum.from, sum.to = maps.Clone(sum.from), maps.Clone(sum.to)
			for _, x := range run[1:] {
				sum.risk += x.risk
				add(sum.from, x.from)
				add(sum.to, x.to)
			}
		}
		line := fmt.Sprintf("%s %s: %s", sum.centre, when, counters)
		if !maps.Equal(sum.from, sum.to) {
			var free []string
			for _, s := range slices.Sorted(maps.Keys(sum.to)) {
				if sum.from[s] != sum.to[s] {
					free = append(free, fmt.Sprintf("%s %d → %d", s, sum.from[s], sum.to[s]))
				}
			}
			line += ", free " + strings.Join(free, ", ")
		}
		switch {
		case sum.risk > 0:
			line += fmt.Sprintf("; %d appointments are at risk", sum.risk)
		case sum.risk < 0:
			line += fmt.Sprintf("; %d appointments are safe again", -sum.risk)
		}
		lines = append(lines, line)
	}
	return lines
}

func add(to, more map[id.Skill]int) {
	for s, n := range more {
		to[s] += n
	}
}

// damage is what the API says of one cause.
type damage struct {
	Cause     string      `json:"cause"`
	Points    float64     `json:"points"`
	Uncovered day.Minutes `json:"uncovered_minutes"`
	Proposal  id.Proposal `json:"proposal"`
	Unsolved  []string    `json:"unsolved"`
}

// newDamages tells the damages that were assessed anew.
func (l *ledger) newDamages() (lines []string, err error) {
	var page struct{ Damages []damage }
	if err := l.c.Ask("capacity", "/v1/damages?limit=500", &page); err != nil {
		return nil, err
	}
	slices.SortFunc(page.Damages, func(a, b damage) int {
		return cmp.Or(cmp.Compare(len(a.Cause), len(b.Cause)), cmp.Compare(a.Cause, b.Cause))
	})
	for _, d := range page.Damages {
		// The proposal's own list of what is not solved is the same.
		told := []string{fmt.Sprintf("damage of %s: %s points, %d booked minutes that nobody can serve", l.cause(d.Cause), points(d.Points), d.Uncovered)}
		for _, u := range d.Unsolved {
			told = append(told, split("  not solved: ", "              ", u)...)
		}
		if text := strings.Join(told, "\n"); l.damages[d.Cause] != text {
			l.damages[d.Cause] = text
			lines = append(lines, told...)
		}
	}
	return lines, nil
}

// newSuggestions tells what else would help, the greatest gain first.
func (l *ledger) newSuggestions() (lines []string, err error) {
	var page struct{ Suggestions []capacity.Suggestion }
	if err := l.c.Ask("capacity", "/v1/suggestions", &page); err != nil {
		return nil, err
	}
	more := 0
	for _, s := range page.Suggestions {
		if l.suggested[s.ID] {
			continue
		}
		l.suggested[s.ID] = true
		if len(lines) > 0 && len(lines)/3 >= atMost {
			more++
			continue
		}
		lines = append(lines, fmt.Sprintf("suggested: %s at %s, gains %s for %d minutes of people", s.Kind, s.Centre, points(s.Gain), s.StaffMinutes))
		lines = append(lines, languages("     ", s.Why)...)
	}
	if more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more suggestions", more))
	}
	return lines, nil
}

// atMost is how many suggestions are told of one block.
const atMost = 3

// split breaks a text in two languages.
func split(first, rest, text string) (lines []string) {
	for i, part := range strings.Split(text, " / ") {
		if i == 0 {
			lines = append(lines, first+part)
		} else {
			lines = append(lines, rest+part)
		}
	}
	return lines
}

func points(p float64) string { return strconv.FormatFloat(math.Round(p*10)/10, 'f', -1, 64) }

// words says one event.
func (l *ledger) words(event events.Event) ([]string, error) {
	one := func(form string, a ...any) ([]string, error) { return []string{fmt.Sprintf(form, a...)}, nil }
	switch e := event.(type) {
	case capacity.ProposalDrafted:
		return l.proposalWords(e)
	case capacity.ProposalApproved:
		by := "the planner"
		if e.Automatic {
			by = "the guardrails"
		}
		line := fmt.Sprintf("%s is approved by %s: %s", l.proposalName(e.Proposal), by, l.indices(e.Deployments))
		if len(e.Dropped) > 0 {
			line += ", without " + l.indices(e.Dropped)
		}
		return []string{line}, nil
	case capacity.ProposalRejected:
		return one("%s is rejected: %s", l.proposalName(e.Proposal), e.Reason)
	case capacity.ProposalSuperseded:
		line := fmt.Sprintf("%s is void: %s", l.proposalName(e.Proposal), e.Reason)
		if e.By != "" {
			line += "; in its place stands " + l.proposalName(e.By)
		}
		return append([]string{line}, languages("   ", e.Why)...), nil
	case capacity.ProposalExpired:
		return one("%s has expired", l.proposalName(e.Proposal))
	case capacity.ProposalApplied:
		line := fmt.Sprintf("%s is applied: %d ordered", l.proposalName(e.Proposal), len(e.Ordered))
		for _, r := range e.Refused {
			line += fmt.Sprintf("; %s not (%s: %s)", l.moveName(r.Deployment), r.Rule, r.Reason)
		}
		return []string{line}, nil
	case capacity.ProposalUndone:
		return one("%s is taken back: %s", l.proposalName(e.Proposal), e.Reason)
	case capacity.OfferingChanged:
		return one("%s on %s gives first: %d counters, tentative", e.Centre, e.Day, len(e.Lines))
	case capacity.DeploymentRequested:
		return one("staffing is asked for %s: %s from %s to %s on %s", l.moveName(e.Deployment), e.Employee, e.From, e.To, e.Day)
	case capacity.DeploymentWithdrawn:
		return one("%s is withdrawn", l.moveName(e.Deployment))
	case staffing.DeploymentOrdered:
		return one("staffing orders %s", l.moveName(e.Deployment))
	case staffing.DeploymentRefused:
		return one("staffing refuses %s (%s): %s", l.moveName(e.Deployment), e.Rule, e.Reason)
	case staffing.DeploymentCancelled:
		return one("staffing cancels %s (%s)", l.moveName(e.Deployment), e.Cause)
	case capacity.PromiseAtRisk:
		return one("the promise is at risk in %s for %s: %s days, the limit is %d", e.District, e.Skill, days(e.Days), e.Limit)
	case capacity.PromiseRestored:
		return one("the promise holds again in %s for %s: %s days", e.District, e.Skill, days(e.Days))
	}
	return one("%T", event)
}

func days(n int) string {
	if n < 0 {
		return "no"
	}
	return strconv.Itoa(n)
}

func (l *ledger) indices(all []id.Deployment) string {
	n := make([]string, len(all))
	for i, d := range all {
		n[i] = strconv.Itoa(l.trips[d].index)
	}
	return "moves " + strings.Join(n, ", ")
}

// languages lists a text in each language that it has.
func languages(indent string, text map[string]string) (lines []string) {
	for _, lang := range slices.Sorted(maps.Keys(text)) {
		lines = append(lines, indent+lang+": "+text[lang])
	}
	return lines
}

// proposalWords tells a draft with what the API adds to it.
func (l *ledger) proposalWords(e capacity.ProposalDrafted) ([]string, error) {
	var view struct {
		Moves []struct {
			Deployment id.Deployment      `json:"deployment"`
			Split      map[string]float64 `json:"split"`
		} `json:"moves"`
		Explanation *explanation `json:"explanation"`
	}
	if err := l.c.Ask("capacity", "/v1/proposals/"+string(e.Proposal), &view); err != nil {
		return nil, err
	}
	causes := make([]string, len(e.Causes))
	for i, c := range e.Causes {
		causes[i] = l.cause(c)
	}
	damage, gain := fmt.Sprintf("damage %s points, ", points(e.Damage)), fmt.Sprintf("its %d moves gain", len(e.Moves))
	if slices.Equal(e.Causes, []string{capacity.Reoptimisation}) { // nothing has happened that could do any
		damage = ""
	}
	if len(e.Moves) == 1 {
		gain = "its one move gains"
	}
	lines := []string{fmt.Sprintf("%s, for %s: %s%s %s; approval by %s, until %s", l.proposalName(e.Proposal),
		strings.Join(causes, ", "), damage, gain, points(e.Gain), e.Approval, e.ExpiresOn)}
	if x := view.Explanation; x != nil {
		lines = append(lines, languages("  ", x.Headline)...)
		lines = append(lines, told("  the cause", x.Cause)...)
		lines = append(lines, told("  without it", x.Without...)...)
	}
	for i, m := range e.Moves {
		line := fmt.Sprintf("  %d. %s on %s from %s to %s, %d minutes away, gains %s", i+1, m.Employee, m.Day, m.From, m.To, m.TravelMinutes, points(m.Gain))
		if len(view.Moves) > i && len(view.Moves[i].Split) > 0 {
			parts := []string{}
			for _, k := range slices.Sorted(maps.Keys(view.Moves[i].Split)) {
				parts = append(parts, k+" "+points(view.Moves[i].Split[k]))
			}
			line += " (" + strings.Join(parts, ", ") + ")"
		}
		lines = append(lines, line)
		lines = append(lines, languages("     ", m.Why)...)
	}
	for _, f := range e.Effects {
		lines = append(lines, fmt.Sprintf("  effect in %s: third next free in %s → %s days, uncovered %d → %d, slot-days late %s → %s", f.District,
			days(f.BeforeDays), days(f.AfterDays), f.UncoveredBefore, f.UncoveredAfter, points(f.LateBefore), points(f.LateAfter)))
	}
	if x := view.Explanation; x != nil {
		lines = append(lines, told("  together", x.Groups...)...)
		lines = append(lines, told("  what an hour is worth", x.Worth...)...)
		lines = append(lines, told("  thought of, and left", x.Rejected...)...)
	}
	return lines, nil
}

// explanation is how a proposal explains itself; each sentence by language.
type explanation struct {
	Headline map[string]string   `json:"headline"`
	Cause    map[string]string   `json:"cause"`
	Without  []map[string]string `json:"without"`
	Groups   []map[string]string `json:"groups"`
	Worth    []map[string]string `json:"worth"`
	Rejected []map[string]string `json:"rejected"`
}

// told lists sentences below a heading.
func told(heading string, all ...map[string]string) (lines []string) {
	for _, text := range all {
		lines = append(lines, languages("    ", text)...)
	}
	if len(lines) > 0 {
		lines = slices.Insert(lines, 0, heading+":")
	}
	return lines
}

// newLeads tells lead times that are others than before the block, a district a
// line.
func (l *ledger) newLeads() (lines []string) {
	for _, d := range l.c.network.Districts {
		var changed []string
		for _, g := range l.gauges() {
			was, known := l.before.leads[g]
			if is := l.leads[g]; g.district == d.ID && known && was.Days != is.Days {
				changed = append(changed, fmt.Sprintf("%s %s → %s", g.skill, days(was.Days), days(is.Days)))
			}
		}
		if len(changed) > 0 {
			lines = append(lines, fmt.Sprintf("days to the third next free in %s: %s", d.ID, strings.Join(changed, ", ")))
		}
	}
	return lines
}

func (l *ledger) gauges() []gauge {
	return slices.SortedFunc(maps.Keys(l.leads), func(a, b gauge) int {
		return cmp.Or(cmp.Compare(a.district, b.district), cmp.Compare(a.skill, b.skill))
	})
}

// leadTable lists all lead times, a district a line.
func (l *ledger) leadTable() (lines []string) {
	for _, d := range l.c.network.Districts {
		line := "days to the third next free in " + string(d.ID) + ":"
		for _, g := range l.gauges() {
			if g.district == d.ID {
				line += fmt.Sprintf(" %s %s,", g.skill, days(l.leads[g].Days))
			}
		}
		lines = append(lines, strings.TrimSuffix(line, ","))
	}
	return lines
}

// table shows the centres' open days of a period.
func (l *ledger) table(from, to day.Day) []string {
	centres := []id.Centre{}
	for _, c := range l.c.network.Centres {
		centres = append(centres, c.ID)
	}
	head := fmt.Sprintf("%-14s", "")
	rows := map[string]string{}
	var order []string
	row := func(c id.Centre, name string, value int) {
		k := string(c) + "\x00" + name
		if _, known := rows[k]; !known {
			order = append(order, k)
		}
		text := "."
		if value != 0 {
			text = strconv.Itoa(value)
		}
		rows[k] += fmt.Sprintf("%9s", text)
	}
	for d := from; d <= to; d++ {
		if d-d.Monday() > 4 {
			continue
		}
		_, month, n := d.Date()
		head += fmt.Sprintf("%9s", fmt.Sprintf("%s %d.%d", d.Weekday().String()[:2], n, month))
		for _, c := range centres {
			p := place{c, d}
			here, guests := 0, 0
			for _, e := range l.duties {
				if at, on := dutyOn(e, d); on && at.Centre == c {
					if here++; at.Deployment != "" {
						guests++
					}
				}
			}
			row(c, "on duty", here)
			row(c, "  sent here", guests)
			row(c, "booked", l.loads[p].Appointments)
			row(c, "  at risk", l.loads[p].AtRisk)
			free := 0
			for _, n := range l.slots[p].FreeSlots {
				free = max(free, n)
			}
			row(c, "free", free)
		}
	}
	slices.SortStableFunc(order, func(a, b string) int {
		x, _, _ := strings.Cut(a, "\x00")
		y, _, _ := strings.Cut(b, "\x00")
		return slices.Index(centres, id.Centre(x)) - slices.Index(centres, id.Centre(y))
	})
	lines := []string{head}
	last := ""
	for _, k := range order {
		c, name, _ := strings.Cut(k, "\x00")
		if strings.Trim(rows[k], " .") == "" && strings.HasPrefix(name, " ") {
			continue
		}
		if c != last {
			lines, last = append(lines, c), c
		}
		lines = append(lines, strings.TrimRight(fmt.Sprintf("  %-12s%s", name, rows[k]), " "))
	}
	alive, risk := 0, 0
	for _, a := range l.appointments {
		if !a.ended {
			if alive++; a.atRisk {
				risk++
			}
		}
	}
	return append(lines, fmt.Sprintf("%d appointments in all, %d of them at risk", alive, risk))
}
