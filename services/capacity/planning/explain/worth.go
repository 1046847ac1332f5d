package explain

import (
	"cmp"
	"errors"
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/mincostflow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/wording"
)

// Worth is what one more hour of some skill would bring on top of the plan.
type Worth struct {
	Centre   string `json:"centre"`
	District string `json:"district"`
	// Skills, each of which would bring the same.
	Skills []string `json:"skills"`
	Day    int      `json:"day"`
	// Minutes are 60, or 30 or 15 where less is asked for.
	Minutes int `json:"minutes"`
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
	var found []hourOf
	seen := map[spot]bool{} // district and skill
	asked := 0
	for _, k := range all {
		if asked == hoursAsked {
			break
		}
		key := spot{in.Centres[k.c].District, k.s}
		if seen[key] {
			continue
		}
		if !x.worthwhile() {
			break
		}
		seen[key] = true
		asked++
		f, lent, err := x.lent(k.c, k.s, k.t)
		if err != nil {
			return err
		}
		if lent == 0 {
			continue
		}
		v := Worth{Centre: in.Centres[k.c].ID, District: in.Districts[in.Centres[k.c].District], Skills: []string{in.Skills[k.s]}, Day: k.t,
			Minutes: lent, Price: k.price * float64(lent) / hour, Split: x.after.Split.Minus(f.Split)}
		if v.Gain = v.Split.Sum(); v.Gain < leastWorth {
			continue
		}
		same := slices.IndexFunc(found, func(o hourOf) bool {
			return o.c == k.c && o.t == k.t && o.Minutes == lent && x.gains(en, infinitive, o.Split) == x.gains(en, infinitive, v.Split)
		})
		if same < 0 {
			found = append(found, hourOf{v, k.c, k.t, []int{k.s}})
			continue
		}
		found[same].Skills = append(found[same].Skills, in.Skills[k.s])
		found[same].skills = append(found[same].skills, k.s)
	}
	slices.SortStableFunc(found, func(a, b hourOf) int { return -cmp.Compare(a.Gain, b.Gain) })
	for _, o := range found[:min(hoursTold, len(found))] {
		o.Text = wording.Both(func(l lang) string { return x.hourWords(l, o) })
		x.out.Worth = append(x.out.Worth, o.Worth)
	}
	return nil
}

// lent prices an hour of a skill on top of the plan; where less is asked for,
// half of it, or a quarter.
func (x *explainer) lent(c, s, t int) (f figure, minutes int, err error) {
	defer x.back(&x.at, nil)
	for minutes = hour; minutes >= hour/4; minutes /= 2 {
		var full *mincostflow.InfeasibleError
		if err = x.w.Lend(c, s, t, minutes); errors.As(err, &full) {
			continue
		}
		if err == nil {
			f, err = x.now()
		}
		return f, minutes, err
	}
	return f, 0, nil
}

// hourOf is a Worth with its indices.
type hourOf struct {
	Worth
	c, t   int
	skills []int
}

func (x *explainer) hourWords(l lang, o hourOf) string {
	district := x.names.District(x.in.Centres[o.c].District)
	place := l.Of(" im Bezirk "+district, " in the "+district+" district")
	if o.Split.Uncovered+o.Split.Walkin > o.Gain/2 {
		place = l.Of(" am Standort ", " at ") + x.names.Centre(o.c)
	}
	var skills []string
	for _, s := range o.skills {
		skills = append(skills, x.names.Skill(s).At(l))
	}
	which := l.Or(skills)
	if len(skills) == len(x.in.Skills) && len(skills) > 1 {
		which = l.Of("jedes Anliegen", "any service")
	}
	long := l.Of("eine weitere Stunde für ", "one more hour for ")
	switch o.Minutes {
	case hour / 2:
		long = l.Of("eine weitere halbe Stunde für ", "another half hour for ")
	case hour / 4:
		long = l.Of("eine weitere Viertelstunde für ", "another quarter of an hour for ")
	}
	return wording.Sentence(long + which + place + " " + x.names.Day(o.t).At(l) +
		l.Of(" würde ", " would ") + x.gains(l, infinitive, o.Split))
}
