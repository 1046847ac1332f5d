package intake

import (
	"maps"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// About says what a list is, without anything of its content.
type About struct {
	Kind   string    `json:"kind"`   // what form it has, such as "table"
	Source string    `json:"source"` // the system that it comes from
	Hash   string    `json:"hash"`   // SHA-256 of its entries, hex
	Total  int       `json:"total"`  // entries
	ReadAt time.Time `json:"read_at"`
}

type (
	// Accepted: somebody wants all entries of a draft taken in.
	Accepted struct {
		Import string `json:"import"`
		About
	}
	// Advanced: the first Done entries are taken in, and what became of them.
	Advanced struct {
		Import string         `json:"import"`
		Done   int            `json:"done"`
		Counts map[string]int `json:"counts"`
	}
	// Broken: the rest cannot be taken in. What was taken in stays.
	Broken struct {
		Import string `json:"import"`
		Why    string `json:"why"` // Gone or Failed
	}
)

// Why an import broke.
const (
	Gone   = "gone"   // the draft cannot be read any more
	Failed = "failed" // an entry is refused for ever
)

// EventType is the wire name.
func (Accepted) EventType() string { return "intake.accepted.v1" }

// EventType is the wire name.
func (Advanced) EventType() string { return "intake.advanced.v1" }

// EventType is the wire name.
func (Broken) EventType() string { return "intake.broken.v1" }

// Events lists examples of all events, for the service's codec.
func Events() []decider.Event { return []decider.Event{Accepted{}, Advanced{}, Broken{}} }

// state of one import.
type state struct {
	Accepted bool
	Broken   bool
	Total    int
	Done     int
	Counts   map[string]int
}

func (s state) ended() bool { return s.Broken || s.Accepted && s.Done >= s.Total }

type command interface{ command() }

type (
	accept struct{ Accepted }
	// advance counts the entries [From, To).
	advance struct {
		Import   string
		From, To int
		Counts   map[string]int
	}
	give struct{ Broken }
)

func (accept) command()  {}
func (advance) command() {}
func (give) command()    {}

// imports are the streams "import-<id>".
var imports = journal.Aggregate[state, command]{Category: "import", Codec: decider.NewCodec(Events()...),
	Decider: decider.Decider[state, command]{Initial: func() state { return state{} }, Decide: decide, Evolve: evolve}}

func decide(s state, c command) ([]decider.Event, error) {
	switch c := c.(type) {
	case accept:
		if !s.Accepted {
			return []decider.Event{c.Accepted}, nil
		}
	case advance:
		if s.Accepted && !s.ended() && c.From == s.Done && c.To > c.From {
			return []decider.Event{Advanced{c.Import, c.To, added(s.Counts, c.Counts)}}, nil
		}
	case give:
		if s.Accepted && !s.ended() {
			return []decider.Event{c.Broken}, nil
		}
	}
	return nil, nil
}

func evolve(s state, e decider.Event) state {
	switch e := e.(type) {
	case Accepted:
		s.Accepted, s.Total = true, e.Total
	case Advanced:
		s.Done, s.Counts = e.Done, e.Counts
	case Broken:
		s.Broken = true
	}
	return s
}

func added(a, b map[string]int) map[string]int {
	sum := maps.Clone(a)
	if sum == nil {
		sum = map[string]int{}
	}
	for k, n := range b {
		sum[k] += n
	}
	return sum
}
