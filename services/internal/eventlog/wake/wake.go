// Package wake tells followers of a log that there is something new to read.
package wake

import "sync"

// Bell wakes any number of followers. Rings are coalesced: a follower that is
// busy while the bell rings three times is woken once more, never blocked on.
// The zero value is ready.
type Bell struct {
	mu        sync.Mutex
	followers map[chan struct{}]struct{}
}

// Watch returns a channel of capacity 1 that receives a value after each Ring,
// and a function that ends it. The channel is never closed.
func (b *Bell) Watch() (woken <-chan struct{}, stop func()) {
	c := make(chan struct{}, 1)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.followers == nil {
		b.followers = map[chan struct{}]struct{}{}
	}
	b.followers[c] = struct{}{}
	return c, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.followers, c)
	}
}

// Ring wakes every follower.
func (b *Bell) Ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for c := range b.followers {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}
