package read

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/waiting"
)

// kinds has those on the list for whom nothing is kept, together who wish for
// the same but for the days, and by place: before each slot that it gives away the
// writer asks who waits for it, and most of the list do not.
type kinds struct {
	all       map[string]*kind
	anywhere  map[string]*kind
	centres   map[id.Centre]map[string]*kind
	districts map[id.District]map[string]*kind
}

type kind struct {
	waiting.Wish            // without its days
	idle         []*wanting // who waits for the latest days first, then who has waited longer
}

func newKinds() kinds {
	return kinds{map[string]*kind{}, map[string]*kind{}, map[id.Centre]map[string]*kind{}, map[id.District]map[string]*kind{}}
}

// kindOf is the same for all who find the same slots, on days that both want.
func kindOf(a waiting.WaitingAsked) string {
	wish := a.Wish
	wish.From, wish.Until = 0, 0
	key, err := json.Marshal(wish)
	if err != nil {
		return string(a.Waiting) // a kind of its own
	}
	return a.Channel + string(key)
}

// until is the first day that does not count any more.
func (w *wanting) until() day.Day {
	if w.than != nil {
		return min(w.asked.Wish.Until, w.than.Day)
	}
	return w.asked.Wish.Until
}

func (w *wanting) idle() bool { return w.offer == nil && !w.over }

// change takes somebody out of their kind, lets them be changed, and puts them in
// again where nothing is kept for them. A nil change takes them out.
func (k *kinds) change(w *wanting, change func()) {
	if w.idle() {
		k.remove(w)
	}
	if change == nil {
		return
	}
	if change(); w.idle() {
		k.add(w)
	}
}

func (k *kinds) add(w *wanting) {
	key := kindOf(w.asked)
	all := k.all[key]
	if all == nil {
		all = &kind{Wish: w.asked.Wish}
		all.From, all.Until = 0, 0
		k.all[key] = all
		if len(all.Centres)+len(all.Districts) == 0 {
			k.anywhere[key] = all
		}
		for _, c := range all.Centres {
			stand(k.centres, c, key, all)
		}
		for _, d := range all.Districts {
			stand(k.districts, d, key, all)
		}
	}
	i, _ := all.find(w)
	all.idle = slices.Insert(all.idle, i, w)
}

func (k *kinds) remove(w *wanting) {
	key := kindOf(w.asked)
	all := k.all[key]
	if all == nil {
		return
	}
	if i, found := all.find(w); found {
		all.idle = slices.Delete(all.idle, i, i+1)
	}
	if len(all.idle) > 0 {
		return
	}
	delete(k.all, key)
	delete(k.anywhere, key)
	for _, c := range all.Centres {
		leave(k.centres, c, key)
	}
	for _, d := range all.Districts {
		leave(k.districts, d, key)
	}
}

func stand[P comparable](at map[P]map[string]*kind, place P, key string, k *kind) {
	if at[place] == nil {
		at[place] = map[string]*kind{}
	}
	at[place][key] = k
}

func leave[P comparable](at map[P]map[string]*kind, place P, key string) {
	if delete(at[place], key); len(at[place]) == 0 {
		delete(at, place)
	}
}

// find is where somebody stands, or would.
func (k *kind) find(w *wanting) (int, bool) {
	return slices.BinarySearchFunc(k.idle, w, func(a, b *wanting) int {
		return cmp.Or(cmp.Compare(b.until(), a.until()), cmp.Compare(a.since, b.since))
	})
}

// On lists who has nothing kept for them and waits for a day at a centre, in
// the order in which slots are offered. Of each kind fits is asked once, with the
// first of them.
func (m *WhoWantsEarlier) On(c network.Centre, d day.Day, fits func(Wanting) bool) (all []Wanting) {
	for _, at := range []map[string]*kind{m.kinds.anywhere, m.kinds.centres[c.ID], m.kinds.districts[c.District]} {
		for key, k := range at {
			if k.Accessible && !c.Accessible {
				continue
			}
			fitted := false
			for _, w := range k.idle {
				if w.until() <= d {
					break
				}
				if w.asked.Wish.From > d {
					continue
				}
				x := w.wanting()
				x.Kind = key
				if !fitted && !fits(x) {
					break
				}
				fitted = true
				all = append(all, x)
			}
		}
	}
	inOrder(all)
	return slices.CompactFunc(all, func(a, b Wanting) bool { return a.Waiting == b.Waiting }) // named by centre and by district
}
