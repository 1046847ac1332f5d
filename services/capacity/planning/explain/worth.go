package explain

import (
	"cmp"
	"errors"
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/mincostflow"
)

// Worth is what one more hour of a skill would bring on top of the plan.
type Worth struct {
	Centre   string `json:"centre"`
	District string `json:"district"`
	Skill    string `json:"skill"`
	Day      int    `json:"day"`
	Minutes  int    `json:"minutes"`
	// Price of those minutes by the last minute's shadow price, in points: no
	// more can be gained. Gain is what they bring indeed, priced anew.
	Price float64 `json:"price"`
	Gain  float64 `json:"gain"`
	Split Split   `json:"split"`
	Text  Text    `json:"text"`
}

const (
	hour       = 60
	hoursAsked = 5 // priced
	hoursTold  = 3
	leastWorth = 1 // points
)

// worth prices the hours that the shadow prices promise most of, one for each
// district and skill.
func (x *explainer) worth() error {
	if len(x.steps) == 0 && len(x.out.Unsolved) == 0 {
		return nil
	}
	in := x.in
	days, districts := make([]bool, in.Horizon), make([]bool, len(in.Districts))
	for _, k := range x.q.Places {
		days[k.Day], districts[in.Centres[k.Centre].District] = true, true
	}
	type candidate struct {
		c, s, t int
		price   float64
	}
	var all []candidate
	for t := in.Today; t < in.Horizon; t++ {
		for c := range in.Centres {
			if !in.OpenOn(c, t) || len(x.q.Places) > 0 && !(days[t] && districts[in.Centres[c].District]) {
				continue
			}
			for s := range in.Skills {
				if v := x.w.SkillWorth(c, s, t) * hour; v >= leastWorth {
					all = append(all, candidate{c, s, t, v})
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return -cmp.Compare(a.price, b.price) })
	seen := map[spot]bool{} // district and skill
	asked := 0
	for _, k := range all {
		if asked == hoursAsked {
			break
		}
		if key := (spot{in.Centres[k.c].District, k.s}); seen[key] {
			continue
		} else if !x.worthwhile() {
			break
		} else {
			seen[key] = true
		}
		asked++
		var f figure
		err := x.w.Lend(k.c, k.s, k.t, hour)
		if err == nil {
			f, err = x.now()
		}
		x.back(&x.at, nil)
		var full *mincostflow.InfeasibleError
		if errors.As(err, &full) { // less than an hour is asked for there
			continue
		}
		if err != nil {
			return err
		}
		v := Worth{Centre: in.Centres[k.c].ID, District: in.Districts[in.Centres[k.c].District], Skill: in.Skills[k.s], Day: k.t,
			Minutes: hour, Price: k.price, Split: x.after.Split.Minus(f.Split)}
		if v.Gain = v.Split.Sum(); v.Gain < leastWorth {
			continue
		}
		v.Text = both(func(l lang) string {
			place := l.of(" im Bezirk "+x.names.District(in.Centres[k.c].District), " in the "+x.names.District(in.Centres[k.c].District)+" district")
			if v.Split.Uncovered+v.Split.Walkin > v.Gain/2 {
				place = l.of(" am Standort ", " at ") + x.names.Centre(k.c)
			}
			return sentence(l.of("eine weitere Stunde für ", "one more hour for ") + x.names.Skill(k.s).at(l) + place + " " + x.names.Day(k.t).at(l) +
				l.of(" würde ", " would ") + x.gains(l, infinitive, v.Split))
		})
		x.out.Worth = append(x.out.Worth, v)
	}
	slices.SortStableFunc(x.out.Worth, func(a, b Worth) int { return -cmp.Compare(a.Gain, b.Gain) })
	x.out.Worth = x.out.Worth[:min(hoursTold, len(x.out.Worth))]
	return nil
}
