package simulate

import (
	"os"
	"runtime/debug"
)

// garbage is how much memory may lie about before it is collected, in percent of
// what is in use. A simulated city makes some thousand bytes a citizen and forgets
// nearly all of them: at Go's 100 a fifth of the time goes into looking for them.
const garbage = 150

// Spend has memory collected less often, until restore: for a process that does
// nothing else but play. Whoever has set GOGC is left alone.
func Spend() (restore func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	before := debug.SetGCPercent(garbage)
	return func() { debug.SetGCPercent(before) }
}
