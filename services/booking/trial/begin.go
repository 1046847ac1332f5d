package trial

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/booking"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/internal/clock"
)

// Began is how the service of a log began.
type Began struct {
	Took     time.Duration `json:"took"`     // until the first search was answered
	CPU      time.Duration `json:"cpu"`      // computed until then, in all threads
	Resident int64         `json:"resident"` // bytes, then
	Heap     int64         `json:"heap"`     // bytes that are in use, after collecting the others
	Settled  int64         `json:"settled"`  // bytes resident after that
	Events   int64         `json:"events"`   // of the log
	Offers   int           `json:"offers"`   // that the first search found
	Decided  time.Duration `json:"decided"`  // computed for the first hold of a centre-day, on average
	Saved    time.Duration `json:"saved"`    // for writing the snapshot, if it was asked for
}

// Begin starts the service on the log in the folder as its deployable does,
// without the bus: restores, folds, answers a search and decides. With save it
// then writes a snapshot for the next time.
func Begin(ctx context.Context, o Options, save bool) (b Began, err error) {
	zone, err := clock.Zone(clock.City)
	if err != nil {
		return b, err
	}
	begin := time.Now()
	store, err := o.open(ctx, "booking")
	if err != nil {
		return b, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	now := clock.System(zone)
	s, err := o.service(store, now)
	if err != nil {
		return b, err
	}
	if err := s.Node().Start(ctx); err != nil {
		return b, err
	}
	found, err := s.Search(ctx, booking.Search{Service: Usual, Limit: 500})
	if err != nil {
		return b, err
	}
	b.Took, b.CPU, b.Resident, b.Offers = time.Since(begin), CPU(), Resident(), len(found.Offers)
	days := 1
	if save { // so that the snapshot has the state of every centre-day, as after a day's work
		days = o.Size.Days
	}
	if b.Decided, err = decide(ctx, s, o.Size.Centres, day.Of(now(), zone)+2, days); err != nil {
		return b, err
	}
	h, err := store.Head(ctx)
	if err != nil {
		return b, err
	}
	b.Events = h.Position
	if save {
		at := time.Now()
		if err := s.Node().SaveSnapshot(ctx); err != nil {
			return b, err
		}
		b.Saved = time.Since(at)
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.Heap, b.Settled = int64(m.HeapAlloc), Resident()
	runtime.KeepAlive(s)
	return b, nil
}

// decide holds a slot at every centre on so many days, and says what one costs
// on average; that a slot is taken has been decided, too.
func decide(ctx context.Context, s *booking.Service, centres int, first day.Day, days int) (each time.Duration, err error) {
	begin, n := CPU(), 0
	for d := first; n == 0 || d < first+day.Day(days); d++ {
		if weekend(d) {
			continue
		}
		for c := range centres {
			_, err := s.Hold(ctx, "", booking.Wish{Service: Usual, Centre: Centre(c), Day: d, At: opens})
			if err != nil && !errors.Is(err, centreday.ErrSlotTaken) && !errors.Is(err, centreday.ErrTooFar) {
				return 0, fmt.Errorf("hold a slot at %s on %s: %w", Centre(c), d, err)
			}
			n++
		}
	}
	return (CPU() - begin) / time.Duration(max(n, 1)), nil
}
