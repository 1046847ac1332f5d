package world_test

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/node"
	"github.com/lotse-hamburg/lotse/services/world"
)

// A world that nobody holds any more is let go, with its logs and models: whoever
// simulates many cities one after the other needs the memory of one.
func TestAWorldIsLetGo(t *testing.T) {
	gone := make(chan string, 4)
	func() {
		w, err := world.New(context.Background(), world.Options{Start: time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)})
		if err != nil {
			t.Fatal(err)
		}
		for name, n := range map[string]*node.Node{"absence": w.Absence.Node(), "staffing": w.Staffing.Node(), "capacity": w.Capacity.Node(), "booking": w.Booking.Node()} {
			runtime.AddCleanup(n, func(name string) { gone <- name }, name)
		}
	}()
	left := map[string]bool{"absence": true, "staffing": true, "capacity": true, "booking": true}
	for deadline := time.Now().Add(5 * time.Second); len(left) > 0; {
		runtime.GC()
		select {
		case name := <-gone:
			delete(left, name)
		case <-time.After(20 * time.Millisecond):
			if time.Now().After(deadline) {
				t.Fatalf("still held: %v", left)
			}
		}
	}
}
