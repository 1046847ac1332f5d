package centreday

import "github.com/lotse-hamburg/lotse/events/booking"

// mixed is a hash that grows field by field (FNV-1a, by words). What was said is
// compared by one of all its fields but the version. It is the same after a
// replay: nothing and an empty list are one, and a map has no order.
type mixed uint64

const (
	mixBasis mixed = 14695981039346656037
	mixPrime mixed = 1099511628211
)

func (h *mixed) number(n int64) {
	*h = (*h ^ mixed(n)) * mixPrime
	*h ^= *h >> 29 // FNV's multiplication carries upwards only
}

func (h *mixed) text(s string) {
	h.number(int64(len(s)))
	for i := range len(s) {
		*h = (*h ^ mixed(s[i])) * mixPrime
	}
}

func (h *mixed) list(all []int) {
	h.number(int64(len(all)))
	for _, n := range all {
		h.number(int64(n))
	}
}

// table adds the hashes of its rows, so that their order is all the same.
func table[K ~string, V any](h *mixed, all map[K]V, add func(*mixed, V)) {
	sum := mixed(0)
	for k, v := range all {
		row := mixBasis
		row.text(string(k))
		add(&row, v)
		sum += row
	}
	h.number(int64(len(all)))
	h.number(int64(sum))
}

func number[N ~int](h *mixed, n N) { h.number(int64(n)) }

func slotsHash(e booking.SlotsChanged) uint64 {
	h := mixBasis
	h.text(string(e.Centre))
	h.number(int64(e.Day))
	h.number(e.OfferingVersion)
	h.number(int64(len(e.Free)))
	for _, f := range e.Free {
		h.text(string(f.Skill))
		h.number(int64(f.Minutes))
		h.number(int64(f.From))
		h.number(int64(f.Step))
		h.list(f.Counts)
	}
	table(&h, e.FreeSlots, number)
	table(&h, e.Open, number)
	return uint64(h)
}

func loadHash(e booking.LoadChanged) uint64 {
	h := mixBasis
	h.text(string(e.Centre))
	h.number(int64(e.Day))
	h.number(e.OfferingVersion)
	h.number(int64(e.Appointments))
	h.number(int64(e.AtRisk))
	h.number(int64(e.Overbooked))
	table(&h, e.Booked, number)
	table(&h, e.Uncovered, number)
	table(&h, e.Free, number)
	if u := e.InUse; u != nil {
		h.number(int64(u.From))
		h.number(int64(u.Step))
		h.list(u.Counters)
		table(&h, u.Skills, (*mixed).list)
		table(&h, u.Uncovered, (*mixed).list)
	}
	return uint64(h)
}
