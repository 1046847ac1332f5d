package shift

import "math/bits"

// Lack is a half hour with fewer people than it needs, of those with one of
// Skills if that is not 0.
type Lack struct {
	Span
	Present int
	Need    int
	Skills  uint64
}

// Solution is the best split.
type Solution struct {
	// Worst is how many people are missing at the worst half hour, Sum is over
	// all half hours.
	Worst, Sum int
	// Give [choice][shift] says how many people of each choice work each shift.
	Give [][]int
	// Lacks are the half hours that lack people, in order of time.
	Lacks []Lack
}

// Short is how many people are missing at the worst half hour under the best
// split, when count[i] people may choose from the i-th list of shifts. It
// allocates nothing in ordinary cases.
func (s *Split) Short(count []int) int {
	var w walk
	w.start(s, count)
	w.run()
	return int(w.worst)
}

// Solve finds the best split. People beyond what the needs want are spread so
// that the half hours with the fewest over their need gain first.
func (s *Split) Solve(count []int) Solution {
	first := make([]int, len(s.choices)+1)
	for i, c := range s.choices {
		first[i+1] = first[i] + len(c.options)
	}
	all := make([]int, 2*first[len(s.choices)])
	w := walk{both: true, first: first, give: all[:len(all)/2], best: all[len(all)/2:]}
	w.start(s, count)
	w.run()
	out := Solution{Worst: int(w.worst), Sum: int(w.sum), Give: make([][]int, len(s.choices))}
	present := s.spread(count, w.best, first)
	for i, c := range s.choices {
		out.Give[i] = make([]int, c.shifts)
		for o, x := range c.options {
			out.Give[i][x.shift] = w.best[first[i]+o]
		}
	}
	for _, c := range s.cells {
		if n := present[c.class]; n < c.need {
			out.Lacks = append(out.Lacks, Lack{c.span, n, c.need, c.skills})
		}
	}
	return out
}

// spread gives a shift to those whom no need wants, and answers who is there by
// class.
func (s *Split) spread(count, give, first []int) (present []int) {
	present = make([]int, len(s.classes))
	add := func(mask uint64, n int) {
		for m := mask; m != 0; m &= m - 1 {
			present[bits.TrailingZeros64(m)] += n
		}
	}
	for i, c := range s.choices {
		for o, x := range c.options {
			add(x.mask, give[first[i]+o])
		}
	}
	for i, c := range s.choices {
		left := count[i]
		for o := range c.options {
			left -= give[first[i]+o]
		}
		for ; left > 0; left-- {
			best, over := 0, headsMax*headsMax
			for o, x := range c.options {
				for m := x.mask; m != 0; m &= m - 1 {
					k := bits.TrailingZeros64(m)
					if v := present[k] - s.classes[k].need; v < over {
						best, over = o, v
					}
				}
			}
			give[first[i]+best]++
			add(c.options[best].mask, 1)
		}
	}
	return present
}

// many is how many cases a walk may have before it remembers what it has seen.
const many = 4096

// walk goes through the ways to give people shifts, depth first.
type walk struct {
	s     *Split
	count []int
	lack  [most]int32 // by class: need less those placed
	reach [most]int32 // by class: those not placed yet who may be there
	worst int32       // best so far
	sum   int32
	least [2]int32 // no split can be below this worst and sum
	both  bool     // the sum matters
	done  bool
	first []int
	give  []int
	best  []int
	seen  map[string]bool
}

func (w *walk) start(s *Split, count []int) {
	w.s, w.count = s, count
	for k, c := range s.classes {
		w.lack[k] = int32(c.need)
	}
	cases := 1
	for i, c := range s.choices {
		n := count[i]
		if n <= 0 {
			continue
		}
		if len(c.options) == 1 {
			w.add(&w.lack, c.options[0].mask, -n)
			if w.give != nil {
				w.give[w.first[i]] = n
			}
			continue
		}
		w.add(&w.reach, c.suffix[0], n)
		for range len(c.options) - 1 {
			cases = min(cases*(1+min(n, s.most)), many+1)
		}
	}
	if cases > many {
		w.seen = map[string]bool{}
	}
	w.worst, w.sum = headsMax*headsMax, headsMax*headsMax
	w.least[0], w.least[1] = w.bound()
}

func (w *walk) run() { w.group(0) }

func (w *walk) add(to *[most]int32, mask uint64, n int) {
	for m := mask; m != 0; m &= m - 1 {
		to[bits.TrailingZeros64(m)] += int32(n)
	}
}

// bound is what is missing at least, if everybody not placed yet were wherever
// he may be; exact once all are placed.
func (w *walk) bound() (worst, sum int32) {
	for k := range w.s.classes {
		if v := w.lack[k] - w.reach[k]; v > 0 {
			worst = max(worst, v)
			sum += v * int32(w.s.classes[k].weight)
		}
	}
	return worst, sum
}

// group places the people of choice i and those behind it.
func (w *walk) group(i int) {
	for i < len(w.s.choices) && (w.count[i] <= 0 || len(w.s.choices[i].options) == 1) {
		i++
	}
	if i < len(w.s.choices) {
		if w.seen == nil || w.unseen(i) {
			w.place(i, 0, w.count[i])
		}
		return
	}
	worst, sum := w.bound()
	if worst < w.worst || w.both && worst == w.worst && sum < w.sum {
		w.worst, w.sum = worst, sum
		copy(w.best, w.give)
		w.done = worst == w.least[0] && (!w.both || sum == w.least[1])
	}
}

// unseen reports that these lacks have not yet stood before choice i.
func (w *walk) unseen(i int) bool {
	key := make([]byte, 0, 2*most+2)
	key = append(key, byte(i), byte(i>>8))
	for k := range w.s.classes {
		v := max(0, w.lack[k])
		key = append(key, byte(v), byte(v>>8))
	}
	if w.seen[string(key)] {
		return false
	}
	w.seen[string(key)] = true
	return true
}

// place gives option o of choice i and the ones behind it to those left. No
// option takes more than its half hours lack.
func (w *walk) place(i, o, left int) {
	c := &w.s.choices[i]
	x := &c.options[o]
	wanted := int32(0)
	for m := x.mask; m != 0; m &= m - 1 {
		wanted = max(wanted, w.lack[bits.TrailingZeros64(m)])
	}
	last := o+1 == len(c.options)
	n := min(left, int(wanted))
	w.add(&w.reach, c.suffix[o], -left)
	for ; n >= 0; n-- {
		w.add(&w.lack, x.mask, -n)
		w.add(&w.reach, c.suffix[o+1], left-n)
		if w.give != nil {
			w.give[w.first[i]+o] = n
		}
		if worst, sum := w.bound(); worst < w.worst || w.both && worst == w.worst && sum < w.sum {
			if last {
				w.group(i + 1)
			} else {
				w.place(i, o+1, left-n)
			}
		}
		w.add(&w.lack, x.mask, n)
		w.add(&w.reach, c.suffix[o+1], n-left)
		if last || w.done {
			break
		}
	}
	w.add(&w.reach, c.suffix[o], left)
}
