package verify

import "fmt"

// Report is what was found.
type Report struct {
	Checks []Check `json:"checks"`
}

// Check is one thing that must hold.
type Check struct {
	Name string `json:"name"`
	// Holds says what is proved when there are no faults.
	Holds string `json:"holds"`
	// Looked is at how many things it looked.
	Looked int    `json:"looked_at"`
	Of     string `json:"of"` // what they are: events, receipts, answers
	Faults int    `json:"faults"`
	// First are the first offenders.
	First []string `json:"first,omitempty"`
	// Left says why it was not looked at.
	Left string `json:"left_out,omitempty"`
}

// told is how many offenders are named.
const told = 20

func (c *Check) fault(format string, args ...any) {
	if c.Faults++; len(c.First) < told {
		c.First = append(c.First, fmt.Sprintf(format, args...))
	}
}

// Faults of all checks.
func (r Report) Faults() (n int) {
	for _, c := range r.Checks {
		n += c.Faults
	}
	return n
}
