package events

import "testing"

func TestNewer(t *testing.T) {
	for _, c := range []struct {
		epoch, version, knownEpoch, knownVersion int64
		want                                     bool
	}{
		{1, 2, 1, 1, true}, {1, 1, 1, 1, false}, {1, 1, 1, 2, false},
		{2, 1, 1, 9, true}, {1, 9, 2, 1, false}, {1, 1, 0, 0, true},
	} {
		if got := Newer(c.epoch, c.version, c.knownEpoch, c.knownVersion); got != c.want {
			t.Errorf("(%d, %d) after (%d, %d): %v", c.epoch, c.version, c.knownEpoch, c.knownVersion, got)
		}
	}
}
