package shift

import (
	"fmt"
	"slices"
)

// Span is a half-open span of a day, [From, To), in minutes after midnight.
type Span struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// Shift is a way to work a day: from, to, and the breaks within.
type Shift struct {
	Span
	Breaks []Span `json:"breaks,omitempty"`
}

// Need asks for so many people in every half hour that a span touches. Where
// Skills is not 0 it is a set of skills, as bits, and only people who have one of
// them count.
type Need struct {
	Span
	Heads  int    `json:"heads"`
	Skills uint64 `json:"skills,omitempty"`
}

// Day is what a centre needs on a day. Where several needs for the same skills
// meet the largest holds; people count for every need they have a skill for. Half
// hours outside the opening hours need nobody.
type Day struct {
	Open  []Span
	Needs []Need
}

// Least is a day that needs the same number of people as long as it is open.
func Least(open []Span, heads int) Day {
	d := Day{Open: open}
	for _, s := range open {
		d.Needs = append(d.Needs, Need{Span: s, Heads: heads})
	}
	return d
}

const (
	halfHour = 30
	dayEnd   = 24 * 60
	cellsMax = dayEnd / halfHour
	most     = 64 // classes
	headsMax = 1000
)

// Split is a day with the choices of shifts there are, made ready. It never
// changes.
type Split struct {
	cells   []cell
	classes []class
	choices []choice
	most    int // largest need
}

// cell is a half hour in which somebody with one of the skills is needed.
type cell struct {
	span   Span // within opening hours
	skills uint64
	need   int
	class  int
}

// class is half hours that are alike: same need, same shifts that count.
type class struct {
	need, weight int
}

// choice is what one kind of people may choose from: options are the shifts
// that no other one of the choice covers.
type choice struct {
	shifts  int
	options []option
	suffix  []uint64 // classes that option i or a later one covers
}

type option struct {
	shift int
	mask  uint64 // classes covered
}

// New makes a day ready for people who may each choose from one of the lists of
// shifts. An error names the field, its value and what may stand there.
func New(day Day, choices [][]Shift) (*Split, error) { return NewSkilled(day, choices, nil) }

// NewSkilled is New for people of whom those with choices[i] have the set of
// skills skills[i]; nil stands for none.
func NewSkilled(day Day, choices [][]Shift, skills []uint64) (*Split, error) {
	if skills == nil {
		skills = make([]uint64, len(choices))
	}
	if len(skills) != len(choices) {
		return nil, fmt.Errorf("skills has %d entries: give one set for each of the %d choices", len(skills), len(choices))
	}
	for i, s := range day.Open {
		if err := s.check(fmt.Sprintf("open[%d]", i)); err != nil {
			return nil, err
		}
	}
	for i, n := range day.Needs {
		if err := n.check(fmt.Sprintf("needs[%d]", i)); err != nil {
			return nil, err
		}
		if n.Heads < 0 || n.Heads > headsMax {
			return nil, fmt.Errorf("needs[%d].heads is %d: give 0 to %d people", i, n.Heads, headsMax)
		}
	}
	for i, shifts := range choices {
		if len(shifts) == 0 {
			return nil, fmt.Errorf("choices[%d] is empty: give at least one shift", i)
		}
		for j, s := range shifts {
			at := fmt.Sprintf("choices[%d][%d]", i, j)
			if err := s.check(at); err != nil {
				return nil, err
			}
			for k, b := range s.Breaks {
				if err := b.check(fmt.Sprintf("%s.breaks[%d]", at, k)); err != nil {
					return nil, err
				}
			}
		}
	}
	s := &Split{}
	s.cut(day)
	s.classify(choices, skills)
	if len(s.classes) > most {
		return nil, fmt.Errorf("needs and shifts make %d different half hours: at most %d can be solved; let shifts begin at fewer different times", len(s.classes), most)
	}
	return s, nil
}

func (s Span) check(path string) error {
	if s.From < 0 || s.To > dayEnd || s.From >= s.To {
		return fmt.Errorf("%s is %d to %d: give minutes after midnight, 0 to %d, the end after the start", path, s.From, s.To, dayEnd)
	}
	return nil
}

// meet is the number of minutes two spans share, or less than 1.
func (s Span) meet(o Span) int { return min(s.To, o.To) - max(s.From, o.From) }

// pieces calls f for every open part of a half hour.
func (d Day) pieces(h int, f func(Span)) {
	for _, o := range d.Open {
		if p := (Span{max(o.From, h*halfHour), min(o.To, (h+1)*halfHour)}); p.From < p.To {
			f(p)
		}
	}
}

// cut lists the half hours in which somebody is needed.
func (s *Split) cut(d Day) {
	for h := range cellsMax {
		var span Span
		d.pieces(h, func(p Span) {
			if span == (Span{}) {
				span = p
			}
			span = Span{min(span.From, p.From), max(span.To, p.To)}
		})
		for i, n := range d.Needs {
			if !slices.ContainsFunc(d.Needs[:i], func(o Need) bool { return o.Skills == n.Skills }) {
				s.need(d, h, cell{span: span, skills: n.Skills})
			}
		}
	}
}

// need lists a half hour if somebody with the cell's skills is needed in it.
func (s *Split) need(d Day, h int, c cell) {
	d.pieces(h, func(p Span) {
		for _, n := range d.Needs {
			if n.Skills == c.skills && n.meet(p) > 0 {
				c.need = max(c.need, n.Heads)
			}
		}
	})
	if c.need > 0 {
		s.cells = append(s.cells, c)
		s.most = max(s.most, c.need)
	}
}

// covers reports whether somebody on a shift is there through a half hour as
// far as it is open.
func (s Shift) covers(c cell) bool {
	if s.From > c.span.From || s.To < c.span.To {
		return false
	}
	for _, b := range s.Breaks {
		if b.meet(c.span) > 0 {
			return false
		}
	}
	return true
}

// classify merges half hours that are alike and drops shifts that another one of
// the same choice covers.
func (s *Split) classify(choices [][]Shift, skills []uint64) {
	over := make([][]byte, len(s.cells)) // by half hour: need, then the shifts over it
	for i, c := range s.cells {
		over[i] = append(over[i], byte(c.need), byte(c.need>>8))
		for j, shifts := range choices {
			counts := c.skills == 0 || c.skills&skills[j] != 0
			for _, x := range shifts {
				if counts && x.covers(c) {
					over[i] = append(over[i], 1)
				} else {
					over[i] = append(over[i], 0)
				}
			}
		}
	}
	known := map[string]int{}
	var column [][]byte
	for i := range s.cells {
		k, ok := known[string(over[i])]
		if !ok {
			k = len(s.classes)
			known[string(over[i])] = k
			s.classes = append(s.classes, class{need: s.cells[i].need})
			column = append(column, over[i][2:])
		}
		s.classes[k].weight++
		s.cells[i].class = k
	}
	n := 0
	for _, shifts := range choices {
		masks := make([]uint64, len(shifts))
		for j := range shifts {
			for k := range column {
				masks[j] |= uint64(column[k][n]) << (k % most)
			}
			n++
		}
		s.choices = append(s.choices, newChoice(masks))
	}
}

func newChoice(masks []uint64) choice {
	c := choice{shifts: len(masks)}
	for j, m := range masks {
		covered := false
		for i, o := range masks {
			if i != j && m&^o == 0 && (m != o || i < j) {
				covered = true
			}
		}
		if !covered {
			c.options = append(c.options, option{j, m})
		}
	}
	c.suffix = make([]uint64, len(c.options)+1)
	for i := len(c.options) - 1; i >= 0; i-- {
		c.suffix[i] = c.suffix[i+1] | c.options[i].mask
	}
	return c
}
