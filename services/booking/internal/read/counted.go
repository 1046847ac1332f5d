package read

import (
	"hash/fnv"
	"maps"
	"strings"

	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/quota"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/snapshot"
)

// QuotaCategory is the category of the quotas' streams.
const QuotaCategory = "quota"

// Counted answers: which contacts have a count in which month? So a booking
// reads only counts that there are, which is nearly always none. It remembers a
// hash of each name; two that are alike cost a read, no more.
type Counted struct{ months map[string]map[uint64]bool }

// keptMonths is how many months back are remembered.
const keptMonths = 2

// NewCounted knows nothing yet.
func NewCounted() *Counted { return &Counted{map[string]map[uint64]bool{}} }

// Apply takes in an event.
func (m *Counted) Apply(stored eventlog.Event, event decider.Event) {
	if _, opened := event.(quota.Opened); !opened {
		return
	}
	month, hash := nameOf(strings.TrimPrefix(stored.Stream, QuotaCategory+"-"))
	if m.months[month] == nil {
		oldest := stored.Meta.Time.UTC().AddDate(0, -keptMonths, 1-stored.Meta.Time.UTC().Day()).Format("2006-01")
		maps.DeleteFunc(m.months, func(k string, _ map[uint64]bool) bool { return k < oldest })
		m.months[month] = map[uint64]bool{}
	}
	m.months[month][hash] = true
}

// Has reports whether a count may have something in it; name begins with its
// month.
func (m *Counted) Has(name string) bool {
	month, hash := nameOf(name)
	return m.months[month][hash]
}

func nameOf(name string) (month string, hash uint64) {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // never fails
	month, _, _ = strings.Cut(name, "/")
	return month, h.Sum64()
}

// Snapshot writes the model down.
func (m *Counted) Snapshot(w *snapshot.Writer) {
	all := make(map[string]map[uint64]bool, len(m.months))
	for k, v := range m.months {
		all[k] = maps.Clone(v)
	}
	snapshot.Put(w, all)
}

// Restore reads it back.
func (m *Counted) Restore(r *snapshot.Reader) { snapshot.Get(r, &m.months) }
