package centreday

import (
	"iter"

	"github.com/lotse-hamburg/lotse/events/id"
)

// roster lists a day's appointments in the order in which they came. It is never
// changed; the next one shares with it all sheets but the one that differs. A large
// centre has some hundreds on a day, and each event changes one.
type roster struct {
	sheets []*sheet // all full but the last
	unfit  int      // how many are
}

// sheetSize is how many appointments a change copies at most.
const sheetSize = 32

type sheet struct {
	n     int
	appts [sheetSize]*Appointment
	// marks of the appointments; 0: none was made.
	marks [sheetSize]uint32 `snapshot:"-"`
}

// mark is short, and seldom that of two ids: their ends differ.
func mark(a id.Appointment) (m uint32) {
	for i := max(0, len(a)-8); i < len(a); i++ {
		m = m*31 + uint32(a[i])
	}
	return m
}

func (r roster) len() int {
	if n := len(r.sheets); n > 0 {
		return (n-1)*sheetSize + r.sheets[n-1].n
	}
	return 0
}

func (r roster) at(i int) *Appointment { return r.sheets[i/sheetSize].appts[i%sheetSize] }

// all in their order.
func (r roster) all() iter.Seq2[int, *Appointment] {
	return func(yield func(int, *Appointment) bool) {
		for k, s := range r.sheets {
			for i, a := range s.appts[:s.n] {
				if !yield(k*sheetSize+i, a) {
					return
				}
			}
		}
	}
}

// index of an appointment; -1: it is not here.
func (r roster) index(a id.Appointment) int {
	m := mark(a)
	for k, s := range r.sheets {
		for i, x := range s.marks[:s.n] {
			if (x == m || x == 0) && s.appts[i].ID == a {
				return k*sheetSize + i
			}
		}
	}
	return -1
}

// with has another appointment in the place of one.
func (r roster) with(i int, a *Appointment) roster {
	r.unfit += count(a.unfit) - count(r.at(i).unfit)
	s := *r.sheets[i/sheetSize]
	s.appts[i%sheetSize], s.marks[i%sheetSize] = a, mark(a.ID)
	r.sheets = append([]*sheet(nil), r.sheets...)
	r.sheets[i/sheetSize] = &s
	return r
}

// and has one more at the end.
func (r roster) and(a *Appointment) roster {
	n := len(r.sheets)
	var last sheet
	if n > 0 && r.sheets[n-1].n < sheetSize {
		n--
		last = *r.sheets[n]
	}
	last.appts[last.n], last.marks[last.n] = a, mark(a.ID)
	last.n++
	sheets := make([]*sheet, n+1)
	copy(sheets, r.sheets[:n])
	sheets[n] = &last
	return roster{sheets, r.unfit + count(a.unfit)}
}

// without one: those behind it move up.
func (r roster) without(i int) roster {
	unfit := r.unfit - count(r.at(i).unfit)
	at, left := i%sheetSize, append([]*sheet(nil), r.sheets...)
	for k := i / sheetSize; k < len(left); k++ {
		s := *left[k]
		copy(s.appts[at:], s.appts[at+1:s.n])
		copy(s.marks[at:], s.marks[at+1:s.n])
		if k+1 < len(left) { // and one from the next sheet
			s.appts[sheetSize-1], s.marks[sheetSize-1] = left[k+1].appts[0], left[k+1].marks[0]
		} else {
			s.n--
			s.appts[s.n], s.marks[s.n] = nil, 0
		}
		left[k], at = &s, 0
	}
	if last := len(left) - 1; left[last].n == 0 {
		left = left[:last]
	}
	return roster{left, unfit}
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
