package read

import "time"

// burst is how often a place may be said again at once; after that there is at
// most one saying per pace, and what came between is said together.
const burst = 3

// pace bounds how often each place's offering is said: where hundreds of duties
// arrive one by one, each saying makes a centre-day be decided and published
// anew. The zero value bounds nothing.
type pace struct {
	every time.Duration
	said  map[Place]sayings
}

// sayings are those still free at a moment.
type sayings struct {
	free int
	at   time.Time
}

// at counts what has come back since: one saying per pace, at most a burst.
func (p *pace) at(k Place, now time.Time) sayings {
	s, known := p.said[k]
	if !known {
		return sayings{burst, now}
	}
	if back := int(now.Sub(s.at) / p.every); back > 0 {
		s.free, s.at = min(s.free+back, burst), s.at.Add(time.Duration(back)*p.every)
	}
	if s.free == burst {
		s.at = now
	}
	return s
}

// due is how long a place must wait; 0: not at all.
func (p *pace) due(k Place, now time.Time) time.Duration {
	if p.every <= 0 {
		return 0
	}
	s := p.at(k, now)
	if s.free > 0 {
		return 0
	}
	return s.at.Add(p.every).Sub(now)
}

// note a saying. What has its whole burst again is forgotten.
func (p *pace) note(k Place, now time.Time) {
	if p.every <= 0 {
		return
	}
	s := p.at(k, now)
	s.free--
	if p.said == nil {
		p.said = map[Place]sayings{}
	}
	p.said[k] = s
	if len(p.said)%1024 == 0 {
		for other := range p.said {
			if p.at(other, now).free == burst {
				delete(p.said, other)
			}
		}
	}
}

// Pace sets how often, at most, one place's offering is said where many changes
// come at once; 0: whenever it is asked for. It is called before the first event.
func (c *City) Pace(every time.Duration) { c.pace.every = every }

// Due is how long the offerings reactor has to wait for the next place; asked
// is false where none waits.
func (c *City) Due(now time.Time) (wait time.Duration, asked bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for k := range c.dirty {
		if d := c.pace.due(k, now); !asked || d < wait {
			wait, asked = d, true
		}
	}
	return wait, asked
}
