//go:build !unix

package trial

import "time"

// CPU is not known on this system.
func CPU() time.Duration { return 0 }

// Resident is not known on this system.
func Resident() int64 { return 0 }
