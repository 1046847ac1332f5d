package node

import (
	"context"
	"fmt"
)

// loadParked counts what waits, by source and key. Whoever parks meanwhile
// counts afterwards: perhaps twice, never too little.
func (n *Node) loadParked(ctx context.Context) error {
	n.parkedMu.Lock()
	defer n.parkedMu.Unlock()
	all, err := n.Parked(ctx)
	if err != nil {
		return fmt.Errorf("read the parked messages: %w", err)
	}
	n.parked = map[string]map[string]int{}
	for _, p := range all {
		if p.Consumer == n.spec.Service && p.Position > 0 {
			n.oneMore(p.Source, p.Key)
		}
	}
	return nil
}

func (n *Node) countParked(source, key string) {
	n.parkedMu.Lock()
	defer n.parkedMu.Unlock()
	n.oneMore(source, key)
}

// oneMore is called with parkedMu held.
func (n *Node) oneMore(source, key string) {
	if n.parked[source] == nil {
		n.parked[source] = map[string]int{}
	}
	n.parked[source][key]++
}

// waiting counts the messages of a key that are parked. Where there are any the
// store is asked, since another replica may have settled them.
func (n *Node) waiting(ctx context.Context, source, key string) (int, error) {
	count := func() int {
		n.parkedMu.Lock()
		defer n.parkedMu.Unlock()
		return n.parked[source][key]
	}
	if count() == 0 {
		return 0, nil
	}
	err := n.loadParked(ctx)
	return count(), err
}
