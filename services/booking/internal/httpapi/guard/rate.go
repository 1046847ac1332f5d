package guard

import (
	"sync"
	"time"
)

// Rate lets through Burst at once and PerSecond in the long run. A zero Rate
// lets everything through.
type Rate struct {
	PerSecond float64
	Burst     int
}

func (r Rate) none() bool { return r.PerSecond <= 0 || r.Burst <= 0 }

// maxClients bounds what one meter remembers; further clients share one place.
const maxClients = 1 << 17

// meter is the generic cell rate algorithm (ITU-T I.371, annex A), which needs
// one instant per client: the theoretical arrival time of the next request.
// A client that has been quiet is forgotten.
type meter struct {
	rate Rate

	mu    sync.Mutex
	next  map[string]time.Time
	swept time.Time
}

func newMeter(r Rate) *meter { return &meter{rate: r, next: map[string]time.Time{}} }

func (m *meter) interval() time.Duration {
	return time.Duration(float64(time.Second) / m.rate.PerSecond)
}

// wait is how long a client has to wait before its next request; 0: not at
// all, and the request is counted. With look it is not counted.
func (m *meter) wait(client string, now time.Time, look bool) time.Duration {
	if m.rate.none() {
		return 0
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweep(now)
	if _, known := m.next[client]; !known && len(m.next) >= maxClients {
		client = ""
	}
	at := m.next[client]
	if at.Before(now) {
		at = now
	}
	if early := at.Sub(now) - time.Duration(m.rate.Burst-1)*m.interval(); early > 0 {
		return early
	}
	if !look {
		m.next[client] = at.Add(m.interval())
	}
	return 0
}

// sweep forgets, once a minute, who has nothing to wait for.
func (m *meter) sweep(now time.Time) {
	if now.Sub(m.swept) < time.Minute {
		return
	}
	m.swept = now
	for c, at := range m.next {
		if !at.After(now) {
			delete(m.next, c)
		}
	}
}
