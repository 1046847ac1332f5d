package read

import (
	"maps"
	"slices"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/absence/internal/domain/sweep"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// keptSweeps is how many sweeps of each source are remembered.
const keptSweeps = 100

// SweepTaken is what a sweep came to.
type SweepTaken struct {
	Source    string    `json:"source"`
	AsOf      time.Time `json:"as_of"`
	TakenAt   time.Time `json:"taken_at"`
	From      day.Day   `json:"from"`
	Until     *day.Day  `json:"until,omitempty"`
	Named     int       `json:"named" doc:"Absences that the sweep listed."`
	Added     int       `json:"added" doc:"Of which nobody had told."`
	Changed   int       `json:"changed"`
	Cancelled int       `json:"cancelled"`
	Kept      int       `json:"kept" doc:"Known by a word that was newer than the sweep."`
}

// Sweeps knows what the newest sweeps of each source came to: what a source
// fails to say by itself is seen there.
type Sweeps struct{ bySource map[string][]SweepTaken }

// NewSweeps is empty.
func NewSweeps() *Sweeps { return &Sweeps{map[string][]SweepTaken{}} }

// Apply takes in one event.
func (m *Sweeps) Apply(stored eventlog.Event, event decider.Event) {
	e, ok := event.(sweep.Taken)
	if !ok {
		return
	}
	list := append(m.bySource[e.Source], SweepTaken{e.Source, time.UnixMicro(e.AsOf).UTC(), stored.RecordedAt.UTC(), e.From, e.Until, e.Named, e.Added, e.Changed, e.Cancelled, e.Kept})
	m.bySource[e.Source] = list[max(0, len(list)-keptSweeps):]
}

// Of lists a source's sweeps, the newest first; all sources' by source where none
// is named.
func (m *Sweeps) Of(source string) []SweepTaken {
	out := []SweepTaken{}
	for _, s := range slices.Sorted(maps.Keys(m.bySource)) {
		if source == "" || s == source {
			for _, t := range slices.Backward(m.bySource[s]) {
				out = append(out, t)
			}
		}
	}
	return out
}
