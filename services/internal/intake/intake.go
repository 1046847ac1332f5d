package intake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// chunk is how many entries are decided in one unit: large enough to be quick,
// small enough to let others in between and to show progress.
const chunk = 50

// Work takes in some entries of an import and counts what became of them. It
// looks around first, then returns the job, which is decided in one unit with
// the event that counts it.
type Work[E any] func(ctx context.Context, about About, entries []E) (func(*journal.Tx) (map[string]int, error), error)

// Intake is one service's way of taking in lists of entries E, whose previews are P.
type Intake[E, P any] struct {
	node  *node.Node
	work  Work[E]
	model *Imports
	swept time.Time

	mu      sync.Mutex
	opened  string // the import whose entries are at hand
	entries []E
}

// New makes a service's intake; Use must be called before it runs.
func New[E, P any](model *Imports, work Work[E]) *Intake[E, P] {
	return &Intake[E, P]{model: model, work: work}
}

// Use gives the node.
func (in *Intake[E, P]) Use(n *node.Node) { in.node = n }

// Accept has a draft taken in. Asked again it changes nothing.
func (in *Intake[E, P]) Accept(ctx context.Context, id string) (journal.Receipt, error) {
	about, _, err := in.Show(ctx, id)
	if errors.Is(err, ErrGone) {
		about = About{} // perhaps it was accepted before
	} else if err != nil {
		return journal.Receipt{}, err
	}
	return in.node.Do(ctx, func(tx *journal.Tx) error {
		s, _, err := journal.Load(tx, imports, id)
		switch {
		case err != nil || s.Accepted:
			return err
		case about.Hash == "":
			return ErrGone
		}
		if about.Total == 0 {
			tx.ForgetKey(keyID(id))
		}
		_, err = journal.Execute(tx, imports, id, command(accept{Accepted{id, about}}))
		return err
	})
}

// ErrOtherwise: what an upload would do changed since it was looked at.
var ErrOtherwise = errors.New("what the import would do has changed since you looked at it: look again")

// Agree has a draft taken in, if it would still do what was looked at, whose
// effect is named; again looks anew, after the preview that was shown, and tells
// the effect. Else the error is ErrOtherwise, and the id that of a draft of the
// same list that says what it would do now. Asked again it changes nothing.
func (in *Intake[E, P]) Agree(ctx context.Context, id, effect string, again func(about About, shown P, entries []E) (now P, its string, err error)) (string, journal.Receipt, error) {
	accepted := false
	in.node.View(func() { _, accepted = in.model.Find(id) })
	if !accepted {
		about, shown, err := in.Show(ctx, id)
		if err != nil {
			return id, journal.Receipt{}, err
		}
		entries, err := in.Entries(ctx, id)
		if err != nil {
			return id, journal.Receipt{}, err
		}
		now, its, err := again(about, shown, entries)
		if err != nil {
			return id, journal.Receipt{}, err
		}
		if its != effect {
			next, err := in.Keep(ctx, Name(id, []byte(its)), about, entries, now)
			if err != nil {
				return id, journal.Receipt{}, err
			}
			return next, journal.Receipt{}, fmt.Errorf("import %s: %w", id, ErrOtherwise)
		}
	}
	rec, err := in.Accept(ctx, id)
	return id, rec, err
}

// React takes in one chunk of the oldest import that was accepted, and says
// whether there is more to do.
func (in *Intake[E, P]) React(ctx context.Context) (more bool, err error) {
	var next *Import
	in.node.View(func() { next = in.model.next() })
	in.close(next)
	if next == nil {
		return false, nil
	}
	ctx = journal.WithCause(ctx, next.cause())
	entries, err := in.at(ctx, next.ID)
	switch {
	case errors.Is(err, ErrGone):
		return true, in.give(ctx, next.ID, Gone)
	case err != nil:
		return false, err
	case len(entries) != next.Total:
		return true, in.give(ctx, next.ID, Gone)
	}
	from, to := next.Done, min(next.Done+chunk, next.Total)
	job, err := in.work(ctx, next.About, entries[from:to])
	if err != nil {
		return false, err
	}
	_, err = in.node.Do(ctx, func(tx *journal.Tx) error {
		s, _, err := journal.Load(tx, imports, next.ID)
		if err != nil || s.ended() || s.Done != from {
			return err
		}
		counts, err := job(tx)
		if err != nil {
			return err
		}
		if to == next.Total {
			tx.ForgetKey(keyID(next.ID))
		}
		_, err = journal.Execute(tx, imports, next.ID, command(advance{next.ID, from, to, counts}))
		return err
	})
	var field *events.FieldError
	switch {
	case errors.As(err, &field):
		return true, in.give(ctx, next.ID, Failed)
	case err != nil:
		return false, fmt.Errorf("import %s, entries %d to %d: %w", next.ID, from, to, err)
	}
	return true, in.node.Fold(ctx)
}

// close lets go of the entries that are at hand of any other import than the one
// under way: it has ended, also where another replica took in the rest.
func (in *Intake[E, P]) close(but *Import) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if but == nil || in.opened != but.ID {
		in.opened, in.entries = "", nil
	}
}

// at keeps the entries of one import at hand while it is taken in.
func (in *Intake[E, P]) at(ctx context.Context, id string) (all []E, err error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.opened == id {
		return in.entries, nil
	}
	if all, err = in.Entries(ctx, id); err == nil {
		in.opened, in.entries = id, all
	}
	return all, err
}

func (in *Intake[E, P]) give(ctx context.Context, id, why string) error {
	_, err := in.node.Do(ctx, func(tx *journal.Tx) error {
		tx.ForgetKey(keyID(id))
		_, err := journal.Execute(tx, imports, id, command(give{Broken{id, why}}))
		return err
	})
	if err != nil {
		return err
	}
	return in.node.Fold(ctx)
}

// Import is how far one import is.
type Import struct {
	ID string
	About
	AcceptedAt time.Time
	Done       int
	Counts     map[string]int // by what became of an entry's words
	EndedAt    time.Time      // zero while it runs
	Broken     string         // why it ended early
	event      string
	by         eventlog.Meta
}

// By is who accepted it: role and pseudonym.
func (i Import) By() string { return i.by.Actor }

func (i Import) cause() journal.Cause {
	return journal.Cause{CorrelationID: i.by.CorrelationID, CausationID: i.event, TraceParent: i.by.TraceParent, Actor: i.by.Actor}
}

// keptImports is how many are remembered.
const keptImports = 500

// Imports knows what was accepted and how far it is; a read model.
type Imports struct{ list []*Import } // by acceptance

// NewImports is empty.
func NewImports() *Imports { return &Imports{} }

// Apply takes in one event.
func (m *Imports) Apply(stored eventlog.Event, event decider.Event) {
	switch e := event.(type) {
	case Accepted:
		i := &Import{ID: e.Import, About: e.About, AcceptedAt: stored.Meta.Time, event: stored.ID.String(), by: stored.Meta}
		if e.Total == 0 {
			i.EndedAt = stored.Meta.Time
		}
		if m.list = append(m.list, i); len(m.list) > keptImports && !m.list[0].EndedAt.IsZero() {
			m.list = m.list[1:]
		}
	case Advanced:
		if i := m.find(e.Import); i != nil {
			if i.Done, i.Counts = e.Done, e.Counts; i.Done >= i.Total {
				i.EndedAt = stored.Meta.Time
			}
		}
	case Broken:
		if i := m.find(e.Import); i != nil {
			i.Broken, i.EndedAt = e.Why, stored.Meta.Time
		}
	}
}

func (m *Imports) find(id string) *Import {
	i := slices.IndexFunc(m.list, func(i *Import) bool { return i.ID == id })
	if i < 0 {
		return nil
	}
	return m.list[i]
}

// Find one import.
func (m *Imports) Find(id string) (Import, bool) {
	if i := m.find(id); i != nil {
		return *i, true
	}
	return Import{}, false
}

// Newest lists at most so many, the newest first.
func (m *Imports) Newest(limit int) (out []Import) {
	for _, i := range slices.Backward(m.list) {
		if len(out) == limit {
			return out
		}
		out = append(out, *i)
	}
	return out
}

func (m *Imports) next() *Import {
	for _, i := range m.list {
		if i.EndedAt.IsZero() {
			running := *i
			return &running
		}
	}
	return nil
}
