package node

import (
	"testing"
	"time"
)

// A replica is late when what stood in the log is not folded after ten seconds,
// however much comes behind it; one that follows is not.
func TestReadModelsThatStandStillAreLate(t *testing.T) {
	at := func(seconds int) time.Time { return time.Date(2026, 12, 1, 8, 0, seconds, 0, time.UTC) }
	for name, looks := range map[string][]struct {
		head, applied int64
		second        int
		late          bool
	}{
		"stands still":     {{100, 90, 0, false}, {110, 90, 9, false}, {500, 90, 11, true}, {500, 99, 12, true}, {500, 100, 13, false}, {500, 100, 24, true}},
		"follows":          {{100, 90, 0, false}, {200, 150, 11, false}, {300, 250, 22, false}},
		"nothing to do":    {{100, 100, 0, false}, {100, 100, 60, false}, {101, 100, 61, false}, {101, 100, 70, false}},
		"idle, then stuck": {{0, 0, 0, false}, {1, 0, 50, false}, {1, 0, 59, false}, {1, 0, 61, true}},
	} {
		t.Run(name, func(t *testing.T) {
			var tr trail
			for _, l := range looks {
				if late := tr.late(l.head, l.applied, at(l.second)); late != l.late {
					t.Errorf("second %d, %d of %d: late is %t", l.second, l.applied, l.head, late)
				}
			}
		})
	}
}
