package demo

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/absence"
	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/events/lotse"
	"github.com/lotse-hamburg/lotse/events/staffing"
)

// centreDay is where slots are.
type centreDay struct {
	Centre id.Centre
	Day    day.Day
}

// Watcher sees what an outside subscriber of lotse.> sees, and when.
type Watcher struct {
	registry *events.Registry

	mu       sync.Mutex
	moved    chan struct{} // closed and replaced at every message
	last     time.Time     // of the last message
	messages int
	untraced int // messages without traceparent

	slots     map[centreDay]booking.SlotsChanged
	load      map[centreDay]booking.LoadChanged
	lead      map[string]capacity.LeadTime
	proposals map[id.Proposal]*Proposal
	order     []id.Proposal
	employees map[id.Employee]bool

	notes   map[string]*noteWatch
	moves   map[id.Deployment]*moveWatch
	absent  map[id.Absence]bool
	opened  int
	closed  int
	secured int
	refused []capacity.Refusal
}

// The hops of a sick note, each heard on the bus.
const (
	hopRecorded = iota // absence has it
	hopDuties          // staffing took the person off duty
	hopOffering        // capacity offers less on every day concerned
	hops
)

// noteWatch follows one HR event.
type noteWatch struct {
	sent   time.Time
	waits  map[day.Day]*dayWait
	said   [hops]time.Time // when each hop had spoken last
	closed time.Time       // when the last day's slots had closed
	lost   int             // slots closed in its name
}

type dayWait struct {
	place   centreDay
	version int64 // of the offering without the person; 0: not seen yet
}

// moveWatch follows one move of an approved proposal.
type moveWatch struct {
	proposal *Proposal
	move     capacity.Move
	ordered  bool
	version  int64
	done     time.Time
	refused  bool
}

// Proposal as it went through its life.
type Proposal struct {
	Draft    capacity.ProposalDrafted
	Drafted  time.Time
	Approved time.Time
	Auto     bool
	State    string
	Lead     map[string]capacity.LeadTime // measured when it was drafted
	After    map[string]capacity.LeadTime // measured when the bus had come to rest after it
	Opened   int                          // slots
	Secured  int                          // appointments that were at risk
	Refused  int                          // moves
}

// Watch subscribes from outside.
func Watch(nc *nats.Conn) (*Watcher, error) {
	w := &Watcher{registry: lotse.Registry(), moved: make(chan struct{}), last: time.Now(),
		slots: map[centreDay]booking.SlotsChanged{}, load: map[centreDay]booking.LoadChanged{}, lead: map[string]capacity.LeadTime{},
		proposals: map[id.Proposal]*Proposal{}, employees: map[id.Employee]bool{}, absent: map[id.Absence]bool{},
		notes: map[string]*noteWatch{}, moves: map[id.Deployment]*moveWatch{}}
	sub, err := nc.Subscribe("lotse.>", w.take)
	if err != nil {
		return nil, fmt.Errorf("subscribe to lotse.>: %w", err)
	}
	return w, sub.SetPendingLimits(-1, -1)
}

func (w *Watcher) take(m *nats.Msg) {
	at := time.Now()
	e, err := events.ParseMessage(m.Header, m.Data)
	if err != nil {
		return
	}
	ev, err := w.registry.Decode(e.Type, e.Data)
	if err != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.messages++
	w.last = at
	if e.TraceParent == "" {
		w.untraced++
	}
	switch ev := ev.(type) {
	case absence.AbsenceRecorded:
		w.absent[ev.Absence] = true
		w.hop(e.CorrelationID, hopRecorded, at)
	case absence.AbsenceChanged:
		w.hop(e.CorrelationID, hopRecorded, at)
	case absence.AbsenceCancelled:
		delete(w.absent, ev.Absence)
		w.hop(e.CorrelationID, hopRecorded, at)
	case booking.AppointmentSecured:
		w.securedAt(centreDay{ev.Centre, ev.Day})
	case capacity.OfferingChanged:
		w.offering(ev, at)
	case booking.SlotsChanged:
		w.slotsChanged(ev, at)
	case booking.LoadChanged:
		w.load[centreDay{ev.Centre, ev.Day}] = ev
	case capacity.LeadTimeMeasured:
		w.lead[leadKey(ev.District, ev.Skill)] = ev.LeadTime
	case staffing.DutiesChanged:
		w.employees[ev.Employee] = true
		w.hop(e.CorrelationID, hopDuties, at)
	case staffing.DeploymentOrdered:
		if m := w.moves[ev.Deployment]; m != nil {
			m.ordered = true
		}
	case staffing.DeploymentRefused:
		w.refuse(capacity.Refusal{Deployment: ev.Deployment, Rule: ev.Rule, Reason: ev.Reason})
	default:
		w.proposal(ev, at)
	}
	close(w.moved)
	w.moved = make(chan struct{})
}

func leadKey(d id.District, s id.Skill) string { return string(d) + "/" + string(s) }

func (w *Watcher) proposal(ev events.Event, at time.Time) {
	set := func(p id.Proposal, state string) *Proposal {
		if known := w.proposals[p]; known != nil {
			known.State = state
			return known
		}
		return nil
	}
	switch ev := ev.(type) {
	case capacity.ProposalDrafted:
		w.proposals[ev.Proposal] = &Proposal{Draft: ev, Drafted: at, State: "drafted", Lead: maps.Clone(w.lead)}
		w.order = append(w.order, ev.Proposal)
	case capacity.ProposalApproved:
		if p := set(ev.Proposal, "approved"); p != nil {
			p.Auto = ev.Automatic
			if p.Approved.IsZero() {
				p.Approved = at
			}
			w.expect(p, ev.Deployments)
		}
	case capacity.ProposalApplied:
		set(ev.Proposal, "applied")
		for _, r := range ev.Refused {
			w.refuse(r)
		}
	case capacity.ProposalRejected:
		set(ev.Proposal, "rejected")
	case capacity.ProposalSuperseded:
		set(ev.Proposal, "superseded")
	case capacity.ProposalExpired:
		set(ev.Proposal, "expired")
	case capacity.ProposalUndone:
		set(ev.Proposal, "undone")
	}
}

func (w *Watcher) expect(p *Proposal, deployments []id.Deployment) {
	for _, m := range p.Draft.Moves {
		if slices.Contains(deployments, m.Deployment) && w.moves[m.Deployment] == nil {
			w.moves[m.Deployment] = &moveWatch{proposal: p, move: m}
		}
	}
}

func (w *Watcher) refuse(r capacity.Refusal) {
	if m := w.moves[r.Deployment]; m != nil && !m.refused {
		m.refused = true
		m.proposal.Refused++
		w.refused = append(w.refused, r)
	}
}

func (w *Watcher) hop(note string, hop int, at time.Time) {
	if n := w.notes[note]; n != nil && n.closed.IsZero() && (hop == hopOffering || n.said[hop].IsZero()) {
		n.said[hop] = at
	}
}

func (w *Watcher) offering(ev capacity.OfferingChanged, at time.Time) {
	place := centreDay{ev.Centre, ev.Day}
	for _, cause := range ev.Causes {
		n := w.notes[cause]
		if n == nil || !n.closed.IsZero() {
			continue
		}
		if d := n.waits[ev.Day]; d != nil && d.version == 0 {
			d.place, d.version = place, ev.Version
			w.hop(cause, hopOffering, at)
		}
	}
	for _, m := range w.moves {
		if m.ordered && m.version == 0 && m.move.To == ev.Centre && m.move.Day == ev.Day {
			m.version = ev.Version
		}
	}
}

// securedAt credits the proposal that brought somebody there.
func (w *Watcher) securedAt(place centreDay) {
	w.secured++
	for i := len(w.order) - 1; i >= 0; i-- {
		p := w.proposals[w.order[i]]
		for _, m := range p.Draft.Moves {
			if watch := w.moves[m.Deployment]; watch != nil && watch.ordered && (centreDay{m.To, m.Day}) == place {
				p.Secured++
				return
			}
		}
	}
}

// change is the largest change of any group, with its sign.
func change(before, after map[id.Skill]int) int {
	most := 0
	for s := range after {
		if d := after[s] - before[s]; abs(d) > abs(most) {
			most = d
		}
	}
	for s := range before {
		if _, still := after[s]; !still && before[s] > abs(most) {
			most = -before[s]
		}
	}
	return most
}

func abs(n int) int { return max(n, -n) }

func (w *Watcher) slotsChanged(ev booking.SlotsChanged, at time.Time) {
	place := centreDay{ev.Centre, ev.Day}
	old, known := w.slots[place]
	if known && ev.Version <= old.Version {
		return
	}
	w.slots[place] = ev
	delta := 0
	if known && ev.OfferingVersion > old.OfferingVersion {
		delta = change(old.FreeSlots, ev.FreeSlots)
	}
	for _, n := range w.notes {
		if !n.closed.IsZero() {
			continue
		}
		for d, wait := range n.waits {
			if wait.place == place && wait.version > 0 && ev.OfferingVersion >= wait.version {
				delete(n.waits, d)
				n.lost -= min(delta, 0)
				if len(n.waits) == 0 {
					n.closed = at
				}
			}
		}
	}
	for _, m := range w.moves {
		if m.done.IsZero() && !m.refused && m.version > 0 && ev.OfferingVersion >= m.version && m.move.To == ev.Centre && m.move.Day == ev.Day {
			m.done = at
			m.proposal.Opened += max(delta, 0)
		}
	}
	w.opened += max(delta, 0)
	w.closed -= min(delta, 0)
}

// ended notes the lead times for the proposals that have come to their end. The
// caller holds mu, and the bus has come to rest.
func (w *Watcher) ended() {
	for _, p := range w.proposals {
		if p.After == nil {
			p.After = maps.Clone(w.lead)
		}
	}
}

// Expect begins to follow an HR event that is about to be sent.
func (w *Watcher) Expect(n Note) {
	w.mu.Lock()
	defer w.mu.Unlock()
	watch := &noteWatch{sent: time.Now(), waits: map[day.Day]*dayWait{}}
	for _, d := range n.Days {
		watch.waits[d] = &dayWait{}
	}
	w.notes[n.ID] = watch
}

// approving notes when a planner's approval left.
func (w *Watcher) approving(p id.Proposal) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if k := w.proposals[p]; k != nil {
		k.Approved = time.Now()
	}
}

// Until waits until ok holds (asked after every message) or the time is up.
func (w *Watcher) Until(limit time.Duration, ok func() bool) bool {
	end := time.NewTimer(limit)
	defer end.Stop()
	for {
		w.mu.Lock()
		good, moved := ok(), w.moved
		w.mu.Unlock()
		if good {
			return true
		}
		select {
		case <-moved:
		case <-end.C:
			return false
		}
	}
}

// Settled waits until ok holds, or nothing was heard for a while: then it will
// not come true any more.
func (w *Watcher) Settled(silence time.Duration, ok func() bool) bool {
	began := time.Now()
	for time.Since(began) < 10*time.Second {
		w.mu.Lock()
		good, quiet := ok(), time.Since(w.last) > silence && time.Since(began) > silence
		w.mu.Unlock()
		if good || quiet {
			return good
		}
		w.Until(silence/4, ok)
	}
	return false
}

// Quiet waits until nothing was heard for a while, from now on.
func (w *Watcher) Quiet(silence, limit time.Duration) bool {
	began := time.Now()
	for time.Since(began) < limit {
		w.mu.Lock()
		since, moved := min(time.Since(w.last), time.Since(began)), w.moved
		w.mu.Unlock()
		if since >= silence {
			return true
		}
		select {
		case <-moved:
		case <-time.After(silence - since):
		}
	}
	return false
}

// appointments is what is booked over all centre-days, and how many of them
// are at risk.
func (w *Watcher) appointments() (booked, atRisk int) {
	for _, l := range w.load {
		booked += l.Appointments
		atRisk += l.AtRisk
	}
	return booked, atRisk
}

// proposalsFor lists drafts that name an HR event as a cause.
func (w *Watcher) proposalsFor(cause string) []*Proposal {
	var found []*Proposal
	for _, p := range w.order {
		if slices.Contains(w.proposals[p].Draft.Causes, cause) {
			found = append(found, w.proposals[p])
		}
	}
	return found
}
