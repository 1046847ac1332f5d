package rule

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

// Impossibility is a part of an instance that no staffing whatever mends, even
// with everybody who may be sent there. Centre, District, Day and Skill are -1
// where the part has none, Centre also where several centres compete for the same
// people; a District of -1 beside a Skill means the citizens who
// accept any centre.
type Impossibility struct {
	Centre   int `json:"centre"`
	District int `json:"district"`
	Day      int `json:"day"`
	Skill    int `json:"skill"`
	// Minutes that stay unserved: booked ones at a centre on a day, or requests
	// of a district that are late at the end.
	Minutes int `json:"minutes,omitempty"`
	// Heads that stay missing.
	Heads int `json:"heads,omitempty"`
	// Points are what it costs at least.
	Points float64 `json:"points"`
	// Rules that keep away those who would help, the one that keeps away most
	// first; empty where there is nobody.
	Rules []Name `json:"rules,omitempty"`
	De    string `json:"de"`
	En    string `json:"en"`
}

// Impossible lists what cannot be had, the dearest first: minima of centres,
// booked minutes, and requests that are late whatever one does. Each part is
// looked at by itself, with everybody who may be there; of parts that can be
// mended one by one but not both only minima of heads are found. The points
// together are a lower bound of every plan's price, but for what is booked at a
// closed centre, which no plan can change and no price counts. The instance is
// taken as valid.
func Impossible(in *planning.Instance) []Impossibility {
	f := &finder{b: New(in), in: in}
	f.readPossible()
	for c := range in.Centres {
		for t := range in.Horizon {
			f.heads(c, t)
			f.booked(c, t)
		}
	}
	for t := range in.Horizon {
		f.together(t)
	}
	for s := range in.Skills {
		for r := range in.Districts {
			f.requests(r, s, in.DemandOwn[r][s])
		}
		f.requests(none, s, in.DemandAny[s])
	}
	slices.SortStableFunc(f.all, func(a, b Impossibility) int { return cmp.Compare(b.Points, a.Points) })
	return f.all
}

type finder struct {
	b   *Book
	in  *planning.Instance
	who [][]int // c·T+t: everybody who may be there
	all []Impossibility
}

func (f *finder) readPossible() {
	f.who = make([][]int, len(f.in.Centres)*f.in.Horizon)
	for e := range f.in.Staff {
		for t := range f.in.Horizon {
			f.b.PlacesOf(e, t, func(c int) {
				i := c*f.in.Horizon + t
				f.who[i] = append(f.who[i], e)
			})
		}
	}
}

func (f *finder) day(t int) (de, en string) {
	weekday := (f.in.Weekday0 + t) % 7
	return fmt.Sprintf("am %d. Tag (%s)", t+1, [...]string{"Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"}[weekday]),
		fmt.Sprintf("on day %d (%s)", t+1, [...]string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}[weekday])
}

// inTheWay are the rules that keep people who are present and helpful from a
// centre on a day, the most frequent first.
func (f *finder) inTheWay(c, t int, helps func(e int) bool) []Name {
	kept := map[Name]int{}
	for e := range f.in.Staff {
		if f.in.Avail[e][t] > 0 && helps(e) {
			kept[f.b.Place(e, t, c)]++
		}
	}
	return byWeight(kept)
}

// heads: a centre below its minimum even with everybody who may be there.
func (f *finder) heads(c, t int) {
	short := f.b.Missing(c, t, f.who[c*f.in.Horizon+t])
	if short <= 0 {
		return
	}
	de, en := f.day(t)
	id := f.in.Centres[c].ID
	f.all = append(f.all, Impossibility{Centre: c, District: none, Day: t, Skill: none, Heads: short,
		Points: float64(short) * f.in.Weights.MissingHead, Rules: f.inTheWay(c, t, func(int) bool { return true }),
		De: fmt.Sprintf("Am Standort %s %s, auch wenn alle kommen, die kommen dürfen.", id,
			count(short, "fehlt "+de+" mindestens eine Person", "fehlen "+de+" mindestens %d Personen")),
		En: fmt.Sprintf("Centre %s is at least %s short %s, even if everybody comes who may.", id, count(short, "one person", "%d people"), en)})
}

func count(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return fmt.Sprintf(more, n)
}

// booked: minutes that nobody who may be there can serve. What a set of skills
// can be served is at most the minutes of those who hold one of them; serving
// the dearest first, each as far as all these bounds allow, leaves the least
// (greedy on a polymatroid, Edmonds 1970).
func (f *finder) booked(c, t int) {
	in, T := f.in, f.in.Horizon
	var need uint16
	for s := range in.Skills {
		if in.Booked[c][s][t] > 0 {
			need |= 1 << s
		}
	}
	if need == 0 {
		return
	}
	rank := make([]int, 1<<len(in.Skills)) // minutes of those who hold a skill of the set
	if in.OpenOn(c, t) {
		for _, e := range f.who[c*T+t] {
			rank[f.b.skills[e]] += in.Avail[e][t]
		}
	}
	within := sumSubsets(rank, len(in.Skills))
	all := within[len(within)-1]
	order := skillsByPrice(in)
	served := make([]int, len(in.Skills))
	for _, s := range order {
		if need&(1<<s) == 0 {
			continue
		}
		room := in.Booked[c][s][t]
		for set := range within {
			if set&(1<<s) == 0 {
				continue
			}
			free := all - within[(len(within)-1)&^set]
			for m := uint16(set) & need; m != 0; m &= m - 1 {
				free -= served[bits.TrailingZeros16(m)]
			}
			room = min(room, free)
		}
		served[s] = room
		if left := in.Booked[c][s][t] - room; left > 0 {
			f.unserved(c, s, t, left)
		}
	}
}

func (f *finder) unserved(c, s, t, left int) {
	in := f.in
	rules := []Name{Open}
	if in.OpenOn(c, t) {
		rules = f.inTheWay(c, t, func(e int) bool { return f.b.skills[e]&(1<<s) != 0 })
		if !f.knows(s) && len(in.Staff) > 0 {
			rules = []Name{Skills}
		}
	}
	de, en := f.day(t)
	id := in.Centres[c].ID
	f.all = append(f.all, Impossibility{Centre: c, District: none, Day: t, Skill: s, Minutes: left,
		Points: float64(left) / in.SlotMinutes[s] * in.Weights.UncoveredSlot, Rules: rules,
		De: fmt.Sprintf("Am Standort %s bleiben %s %d gebuchte Minuten für %s ohne Personal, auch wenn alle kommen, die kommen dürfen.", id, de, left, in.Skills[s]),
		En: fmt.Sprintf("At centre %s %d booked minutes of %s have no staff %s, even if everybody comes who may.", id, left, in.Skills[s], en)})
}

// skillsByPrice are the skills, the dearest booked minute first.
func skillsByPrice(in *planning.Instance) []int {
	order := make([]int, len(in.Skills))
	for s := range order {
		order[s] = s
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(in.SlotMinutes[a], in.SlotMinutes[b]) })
	return order
}

// sumSubsets turns amounts by set into amounts of all its subsets together.
func sumSubsets(a []int, n int) []int {
	for s := range n {
		for set := range a {
			if set&(1<<s) != 0 {
				a[set] += a[set&^(1<<s)]
			}
		}
	}
	return a
}

// requests: those of a skill that are late whatever one does: because nobody
// knows it, because no centre is open in time, because all who know it have too
// few minutes. On each day all who may be in the district and know the skill
// serve nothing else.
func (f *finder) requests(r, s int, demand []int) {
	in, T := f.in, f.in.Horizon
	capacity := f.capacity(r, s)
	asked := make([]int, T+1)
	for t, m := range demand {
		asked[t+1] = asked[t] + m
	}
	until := func(t int) int { return asked[max(0, min(T, t+1))] }
	served, late, points := 0, 0, 0.0
	ownLate, ownGoal := in.OwnFactors(r)
	for t := range T {
		served += min(capacity[t], max(0, until(t-in.MinLeadDays)-served))
		factor := in.LateFactor(s, t)
		late = max(0, until(t-in.PromiseDays)-served)
		points += float64(late) / in.SlotMinutes[s] * in.Weights.BreachSlotDay * factor * ownLate
		points += float64(max(0, until(t-in.GoalDays)-served)) / in.SlotMinutes[s] * in.Weights.GoalSlotDay * factor * ownGoal
	}
	if points <= 0 {
		return
	}
	x := Impossibility{Centre: none, District: r, Day: none, Skill: s, Minutes: late, Points: points, Rules: f.noService(r, s)}
	who, whose := "in allen Bezirken", "in all districts"
	if r != none {
		who, whose = "in "+in.Districts[r], "in "+in.Districts[r]
	}
	switch known, open := f.knows(s), slices.Max(capacity) > 0; {
	case !known:
		x.De = fmt.Sprintf("Niemand hat die Kompetenz %s: Anfragen dazu bleiben %s liegen.", in.Skills[s], who)
		x.En = fmt.Sprintf("Nobody has the skill %s: requests for it stay unserved %s.", in.Skills[s], whose)
	case !open:
		x.De = fmt.Sprintf("An keinem Tag kann jemand mit der Kompetenz %s %s arbeiten: Anfragen dazu bleiben liegen.", in.Skills[s], who)
		x.En = fmt.Sprintf("On no day can anybody with the skill %s work %s: requests for it stay unserved.", in.Skills[s], whose)
	default:
		x.De = fmt.Sprintf("Anfragen zu %s kommen %s zu spät an die Reihe, auch wenn sich alle nur damit befassen.", in.Skills[s], who)
		x.En = fmt.Sprintf("Requests for %s are served too late %s, even if everybody does nothing else.", in.Skills[s], whose)
	}
	f.all = append(f.all, x)
}

func (f *finder) knows(s int) bool {
	return slices.ContainsFunc(f.b.skills, func(m uint16) bool { return m&(1<<s) != 0 })
}

// capacity are the minutes by day of all who know a skill and may be somewhere
// open in a district, anywhere for none.
func (f *finder) capacity(r, s int) []int {
	in, T := f.in, f.in.Horizon
	minutes := make([]int, T)
	for t := range T {
		seen := make([]bool, len(in.Staff))
		for c := range in.Centres {
			if r != none && in.Centres[c].District != r || !in.OpenOn(c, t) {
				continue
			}
			for _, e := range f.who[c*T+t] {
				if !seen[e] && f.b.skills[e]&(1<<s) != 0 {
					seen[e] = true
					minutes[t] += in.Avail[e][t]
				}
			}
		}
	}
	return minutes
}

// noService are the rules that keep those who know a skill from a district over
// all days, the one that keeps away most first.
func (f *finder) noService(r, s int) []Name {
	if !f.knows(s) && len(f.in.Staff) > 0 {
		return []Name{Skills}
	}
	kept := map[Name]int{}
	for t := range f.in.Horizon {
		for c := range f.in.Centres {
			if r != none && f.in.Centres[c].District != r {
				continue
			}
			if !f.in.OpenOn(c, t) {
				kept[Open]++
				continue
			}
			for e := range f.in.Staff {
				if f.in.Avail[e][t] > 0 && f.b.skills[e]&(1<<s) != 0 {
					kept[f.b.Place(e, t, c)]++
				}
			}
		}
	}
	return byWeight(kept)
}

// byWeight lists rules, those that count most first.
func byWeight(kept map[Name]int) (rules []Name) {
	for _, r := range Rules {
		if kept[r.Name] > 0 {
			rules = append(rules, r.Name)
		}
	}
	slices.SortStableFunc(rules, func(a, b Name) int { return kept[b] - kept[a] })
	return rules
}
