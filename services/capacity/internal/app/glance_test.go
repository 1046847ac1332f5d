package app

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/capacity/internal/read/glance"
)

// Whoever listens takes no older look for that of the position at which the models
// are, also while somebody else takes the next one: in a quiet city they would not
// hear of the last change.
func TestWhoListensIsServedNothingOlder(t *testing.T) {
	var g glances
	var at atomic.Int64
	at.Store(1)
	now := func() *glance.City { return &glance.City{Position: at.Load()} }
	g.of(0, at.Load, now)
	at.Store(2)
	looking, release := make(chan struct{}), make(chan struct{})
	go g.of(2, at.Load, func() *glance.City {
		close(looking)
		<-release
		return now()
	})
	<-looking
	if c := g.of(0, at.Load, now); c.Position != 1 {
		t.Errorf("while somebody looks a page is served the look at %d", c.Position)
	}
	got := make(chan int64, 1)
	go func() { got <- g.soon(t.Context(), at.Load, now).Position }()
	select {
	case seen := <-got:
		t.Fatalf("the models are at 2, and who listens is served %d", seen)
	case <-time.After(2 * glanceEvery):
	}
	close(release)
	if seen := <-got; seen != 2 {
		t.Errorf("the models are at 2, and who listens is served %d", seen)
	}
}
