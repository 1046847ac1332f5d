package read

import (
	"maps"

	"github.com/lotse-hamburg/lotse/services/internal/snapshot"
)

// Snapshot of the waiting list.
func (m *WhoWantsEarlier) Snapshot(w *snapshot.Writer) {
	snapshot.Put(w, apart(m.all))
	snapshot.Put(w, maps.Clone(m.appts))
	snapshot.Put(w, maps.Clone(m.holds))
	snapshot.Put(w, m.freed)
}

// Restore what Snapshot put.
func (m *WhoWantsEarlier) Restore(r *snapshot.Reader) {
	snapshot.Get(r, &m.all)
	snapshot.Get(r, &m.appts)
	snapshot.Get(r, &m.holds)
	snapshot.Get(r, &m.freed)
	r.Then(func() {
		m.many.Store(int64(len(m.all)))
		m.kinds = newKinds()
		for _, w := range m.all {
			if w.idle() {
				m.kinds.add(w)
			}
		}
	})
}
