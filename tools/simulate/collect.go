package simulate

import (
	"math"
	"os"
	"runtime/debug"
)

// garbage is how much memory may lie about before it is collected, in percent of
// what is in use. A simulated city makes some ten thousand bytes a citizen and
// forgets nearly all of them: at Go's 100 a fifth of the time goes into looking for
// them. After three months a city of Hamburg's size has about 950 MB in use, so a run
// takes up to 5 GB.
const garbage = 400

// enough is from how many bytes on memory is collected as often as it takes to stay
// below. Two cities side by side meet it: marking took 6.6 % of their time, of one's
// 4.4 %.
const enough = 6 << 30

// Spend has memory collected less often, until restore: for a process that does
// nothing else but play. Whoever has set GOGC or GOMEMLIMIT is left alone.
func Spend() (restore func()) {
	percent, limit := debug.SetGCPercent(-1), debug.SetMemoryLimit(-1)
	debug.SetGCPercent(percent)
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
		if limit == math.MaxInt64 {
			debug.SetMemoryLimit(enough)
		}
	}
	return func() { debug.SetGCPercent(percent); debug.SetMemoryLimit(limit) }
}
