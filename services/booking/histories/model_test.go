package histories

import (
	"fmt"
	"hash/fnv"
	"slices"

	"github.com/anishathalye/porcupine"
)

// The small city of all histories: two centres, open for an hour of four slots
// of a quarter of an hour, on a few days. Appointments move within a day, from
// any slot of it to any other: so each day can be judged by itself.
const (
	centres = 2
	starts  = 4
)

type kind int

const (
	holding kind = iota
	confirming
	releasing
	moving
	cancelling
	looking
	offering
)

var kinds = [...]string{"hold", "confirm", "release", "move", "cancel", "look at", "offer"}

// asked is a command or a question.
type asked struct {
	kind   kind
	day    int
	centre int
	start  int
	id     string // of the hold or appointment
	on     int    // today's date in days, when it was asked
	// counters of an offering, by start
	counters [starts]int
}

// answered is what came back.
type answered struct {
	unknown bool // no answer: it may have happened, then or later, or never
	refused bool
	id      string // of a new hold
	life    string // looking
	centre  int
	start   int
	atRisk  bool
}

// day is the state of one day at all centres; a value, copied to be changed.
type dayState struct {
	offers [centres][starts]int
	seq    [centres]int
	taken  []taken // in order of arrival; what was cancelled is gone
}

type taken struct {
	id            string
	centre, start int
	hold, atRisk  bool
	on, seq       int // the order in which counters are given
}

func (d dayState) with() dayState {
	d.taken = slices.Clone(d.taken)
	return d
}

func (d *dayState) find(id string) *taken {
	for i := range d.taken {
		if d.taken[i].id == id {
			return &d.taken[i]
		}
	}
	return nil
}

func (d *dayState) drop(id string) {
	d.taken = slices.DeleteFunc(d.taken, func(t taken) bool { return t.id == id })
}

// free counters at a start; never below zero by construction.
func (d *dayState) free(centre, start int) int {
	n := d.offers[centre][start]
	for _, t := range d.taken {
		if t.centre == centre && t.start == start && !t.atRisk {
			n--
		}
	}
	return n
}

// regain gives what was freed at a start to those at risk there, in order.
func (d *dayState) regain(centre, start int) {
	for d.free(centre, start) > 0 {
		var first *taken
		for i := range d.taken {
			t := &d.taken[i]
			if t.centre == centre && t.start == start && t.atRisk && (first == nil || before(t, first)) {
				first = t
			}
		}
		if first == nil {
			return
		}
		first.atRisk = false
	}
}

func before(a, b *taken) bool { return a.on < b.on || a.on == b.on && a.seq < b.seq }

// offer gives the counters out anew: to appointments in their order, then to
// holds in theirs; what finds none is at risk, or withdrawn.
func (d *dayState) offer(centre int, counters [starts]int) {
	d.offers[centre] = counters
	for start := range starts {
		var appointments []*taken
		for i := range d.taken {
			if t := &d.taken[i]; t.centre == centre && t.start == start && !t.hold {
				appointments = append(appointments, t)
			}
		}
		slices.SortFunc(appointments, func(a, b *taken) int {
			if before(a, b) {
				return -1
			}
			return 1
		})
		left := counters[start]
		for _, t := range appointments {
			t.atRisk = left <= 0
			left--
		}
		left = max(left, 0)
		d.taken = slices.DeleteFunc(d.taken, func(t taken) bool {
			if t.centre != centre || t.start != start || !t.hold {
				return false
			}
			left--
			return left < 0
		})
	}
}

// step decides one command as a booking system of one clerk would.
func (d dayState) step(in asked, out answered) (ok bool, next dayState) {
	next = d.with()
	t := next.find(in.id)
	may := true // would it be done, or refused?
	switch in.kind {
	case holding:
		if may = d.free(in.centre, in.start) > 0; may {
			next.taken = append(next.taken, taken{id: out.id, centre: in.centre, start: in.start, hold: true})
		}
	case confirming:
		if may = t != nil; may && t.hold {
			next.seq[t.centre]++
			a := *t
			a.hold, a.on, a.seq = false, in.on, next.seq[t.centre]
			next.drop(in.id)
			next.taken = append(next.taken, a)
		}
	case releasing:
		if t != nil && t.hold {
			centre, start := t.centre, t.start
			next.drop(in.id)
			next.regain(centre, start)
		}
	case moving:
		may = t != nil && (t.centre == in.centre && t.start == in.start || d.free(in.centre, in.start) > 0)
		if may && (t.centre != in.centre || t.start != in.start) {
			centre, start := t.centre, t.start
			if t.centre != in.centre {
				next.seq[in.centre]++
				t.seq = next.seq[in.centre]
			}
			t.centre, t.start, t.atRisk = in.centre, in.start, false
			next.regain(centre, start)
		}
	case cancelling:
		if t != nil { // else it was cancelled before
			centre, start := t.centre, t.start
			next.drop(in.id)
			next.regain(centre, start)
		}
	case looking:
		if t == nil {
			return out.life == "cancelled", d
		}
		return out.life == "booked" && out.centre == t.centre && out.start == t.start && out.atRisk == t.atRisk, d
	case offering:
		next.offer(in.centre, in.counters)
	}
	if !may {
		next = d
	}
	// A command without an answer may be set last, after all that was seen.
	return out.unknown || may != out.refused, next
}

// model of the city, one day apart from the other.
var model = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		days := map[int][]porcupine.Operation{}
		for _, o := range history {
			d := o.Input.(asked).day
			days[d] = append(days[d], o)
		}
		var all [][]porcupine.Operation
		for _, d := range days {
			all = append(all, d)
		}
		return all
	},
	Init: func() any { return dayState{} },
	Step: func(state, input, output any) (bool, any) {
		ok, next := state.(dayState).step(input.(asked), output.(answered))
		return ok, next
	},
	Equal: func(a, b any) bool {
		x, y := a.(dayState), b.(dayState)
		return x.offers == y.offers && x.seq == y.seq && slices.Equal(x.taken, y.taken)
	},
	Hash: func(state any) uint64 {
		d := state.(dayState)
		h := fnv.New64a()
		_, _ = fmt.Fprint(h, d.offers, d.seq, d.taken)
		return h.Sum64()
	},
	DescribeOperation: func(input, output any) string {
		in, out := input.(asked), output.(answered)
		return fmt.Sprintf("%s %s day %d centre %d start %d %v → %+v", kinds[in.kind], in.id, in.day, in.centre, in.start, in.counters, out)
	},
	DescribeState: func(state any) string { return fmt.Sprintf("%+v", state) },
}
