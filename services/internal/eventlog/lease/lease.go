// Package lease keeps the leases of a log that one process owns. They live as
// long as the process: nobody else could take them.
package lease

import (
	"sync"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// Book has all leases of a log. The zero value is ready.
type Book struct {
	mu     sync.Mutex
	leases map[string]held
}

type held struct {
	eventlog.Lease
	until time.Time
}

// Take is eventlog.Leases.TakeLease at an instant.
func (b *Book) Take(name, holder string, now time.Time, ttl, rest time.Duration) eventlog.Lease {
	b.mu.Lock()
	defer b.mu.Unlock()
	h, known := b.leases[name]
	if known && h.Holder != holder && now.Before(h.until.Add(rest)) {
		return h.Lease
	}
	if !known || h.Holder != holder {
		h.Lease = eventlog.Lease{Name: name, Holder: holder, Term: h.Term + 1}
	}
	h.until = now.Add(ttl)
	if b.leases == nil {
		b.leases = map[string]held{}
	}
	b.leases[name] = h
	return h.Lease
}

// Release is eventlog.Leases.ReleaseLease at an instant.
func (b *Book) Release(name, holder string, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if h, known := b.leases[name]; known && h.Holder == holder && now.Before(h.until) {
		h.until = now
		b.leases[name] = h
	}
}
