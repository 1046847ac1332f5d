package occupancy

import "fmt"

// Sizes of a day.
const (
	Tick      = 5 // minutes
	Ticks     = 1440 / Tick
	MaxSkills = 8
)

// Mask is a set of skills; bit i stands for skill i of the day's own table.
type Mask uint8

// Span is half-open in minutes since midnight, [From, To).
type Span struct{ From, To int }

// Line is one staffed counter.
type Line struct {
	Span
	Breaks []Span
	Skills Mask
}

// Need is an appointment or a hold: one skill over half-open ticks [From, To).
type Need struct {
	Skill    int // index of the skill; negative: a skill that no line has
	From, To int
}

// NeedAt makes a need from minutes; start and length must be multiples of Tick.
func NeedAt(skill, at, minutes int) (Need, error) {
	if at%Tick != 0 || minutes%Tick != 0 || at < 0 || minutes <= 0 || at+minutes > 1440 {
		return Need{}, fmt.Errorf("start %d and length %d in minutes must be multiples of %d within the day", at, minutes, Tick)
	}
	return Need{skill, at / Tick, (at + minutes) / Tick}, nil
}

// Supply has, per tick and set of skills, how many lines are on duty with any
// skill of the set. It is never changed once made.
type Supply struct {
	skills   int
	sets     int // 1 << skills
	from, to int // ticks with at least one line, half-open
	lines    []int16
}

// NewSupply counts lines on duty. Spans that are not on the tick grid are cut
// inwards, breaks outwards. Skills is the size of the skill table, at most
// MaxSkills.
func NewSupply(skills int, lines []Line) *Supply {
	if skills < 0 || skills > MaxSkills {
		panic(fmt.Sprintf("occupancy: %d skills: at most %d can be told apart", skills, MaxSkills))
	}
	s := &Supply{skills: skills, sets: 1 << skills, from: Ticks, to: 0}
	type duty struct {
		on   [Ticks]bool
		mask Mask
	}
	duties := make([]duty, 0, len(lines))
	for _, l := range lines {
		d := duty{mask: l.Skills & Mask(s.sets-1)}
		if d.mask == 0 {
			continue
		}
		for t := max(0, ceil(l.From)); t < min(Ticks, l.To/Tick); t++ {
			d.on[t] = true
		}
		for _, b := range l.Breaks {
			for t := max(0, b.From/Tick); b.To > b.From && t < min(Ticks, ceil(b.To)); t++ {
				d.on[t] = false
			}
		}
		for t, on := range d.on {
			if on {
				s.from, s.to = min(s.from, t), max(s.to, t+1)
			}
		}
		duties = append(duties, d)
	}
	if s.to <= s.from {
		s.from, s.to = 0, 0
		return s
	}
	s.lines = make([]int16, (s.to-s.from)*s.sets)
	for i := range duties {
		d := &duties[i]
		for t := s.from; t < s.to; t++ {
			if !d.on[t] {
				continue
			}
			row := s.lines[(t-s.from)*s.sets:][:s.sets]
			for u := 1; u < s.sets; u++ {
				if Mask(u)&d.mask != 0 {
					row[u]++
				}
			}
		}
	}
	return s
}

func ceil(minutes int) int { return (minutes + Tick - 1) / Tick }

// From and To bound the ticks at which anybody is on duty, half-open; both are
// 0 when nobody is.
func (s *Supply) From() int { return s.from }

// To is the first tick after the last line.
func (s *Supply) To() int { return s.to }

// Staffed is how many ticks all lines with any skill are on duty together.
func (s *Supply) Staffed() (n int) {
	for t := s.from; t < s.to; t++ {
		n += int(s.lines[(t-s.from)*s.sets+s.sets-1])
	}
	return n
}

// Fits reports whether one more need could be served beside others that can be
// served together. It looks only at the need's own ticks.
func (s *Supply) Fits(n Need, others []Need) bool {
	if n.Skill < 0 || n.Skill >= s.skills || n.From < s.from || n.To > s.to || n.From >= n.To {
		return false
	}
	var buffer [24 * MaxSkills]int16
	count := buffer[:]
	if need := (n.To - n.From) * MaxSkills; need > len(count) {
		count = make([]int16, need)
	}
	for _, o := range others {
		if o.Skill < 0 || o.Skill >= s.skills {
			continue
		}
		for t := max(o.From, n.From); t < min(o.To, n.To); t++ {
			count[(t-n.From)*MaxSkills+o.Skill]++
		}
	}
	var sum [1 << MaxSkills]int16
	for t := n.From; t < n.To; t++ {
		at := count[(t-n.From)*MaxSkills:][:MaxSkills]
		at[n.Skill]++
		row := s.lines[(t-s.from)*s.sets:][:s.sets]
		for u := 1; u < s.sets; u++ {
			low := trailing(u)
			sum[u] = sum[u&(u-1)] + at[low]
			if u>>n.Skill&1 == 1 && sum[u] > row[u] {
				return false
			}
		}
	}
	return true
}
