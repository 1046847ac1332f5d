package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/events/absence"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/absence/internal/domain/absencecase"
	"github.com/lotse-hamburg/lotse/services/absence/internal/domain/sweep"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr/mapping"
	"github.com/lotse-hamburg/lotse/services/absence/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// Sweep is the full list of a source's absences that touch a window of days, as
// it was at a moment.
type Sweep struct {
	Source string
	AsOf   time.Time
	From   day.Day
	Until  *day.Day // first day that it does not list; nil: it lists all from From on
	Table  []byte   // rows as of ImportAbsences, or
	System string   // the list of this system, in its own form
	DryRun bool     // tell only
	// Confirmed takes in a sweep too that cancels most of what is known.
	Confirmed bool
}

// Reconciled tells how a sweep and what was known differed.
type Reconciled struct {
	AsOf      time.Time `json:"as_of"`
	From      day.Day   `json:"from"`
	Until     *day.Day  `json:"until,omitempty"`
	DryRun    bool      `json:"dry_run"`
	Named     int       `json:"named" doc:"Absences that the sweep lists."`
	Added     int       `json:"added" doc:"Listed and not known, or known as cancelled."`
	Changed   int       `json:"changed"`
	Cancelled int       `json:"cancelled" doc:"Known and not listed, or listed as cancelled."`
	Kept      int       `json:"kept" doc:"Known by a word that is newer than the sweep."`
	Unchanged int       `json:"unchanged"`
	// Differences are the first MaxDifferences.
	Differences []Difference `json:"differences"`
	Epoch       int64        `json:"-"`
	Position    int64        `json:"-"`
}

// MaxDifferences bounds the differences that are listed one by one.
const MaxDifferences = 1000

// Difference is one absence that was not as the sweep says.
type Difference struct {
	Absence id.Absence      `json:"absence"`
	What    string          `json:"what" enum:"added,changed,cancelled,kept"`
	Before  *absence.Extent `json:"before,omitempty"`
	After   *absence.Extent `json:"after,omitempty"`
}

// ErrDoubtful: a sweep would cancel most of what is known of the source, as a
// list that broke off would.
var ErrDoubtful = errors.New("the list does not name most of the absences that are known, as if it broke off: see what it does by a dry run, then send it with confirmed")

// fewCancelled are too few to be doubtful.
const fewCancelled = 20

// Reconcile takes in a sweep: adds, changes and cancels until what is known of
// the source in the window is what the sweep says. It wins over what was said
// before its moment, also over words that come in later. Asking again with the
// same list changes nothing.
func (a *App) Reconcile(ctx context.Context, s Sweep) (Reconciled, error) {
	out := Reconciled{AsOf: s.AsOf, From: s.From, Until: s.Until, DryRun: s.DryRun, Differences: []Difference{}}
	if err := s.check(a.node.Now()); err != nil {
		return out, err
	}
	t, pending, err := a.listed(s)
	if err != nil {
		return out, err
	}
	a.count(hr.Message{Source: s.Source, Stripped: t.Stripped})
	if err := a.node.Fold(ctx); err != nil {
		return out, err
	}
	listed := map[id.Absence]bool{}
	asOf := s.AsOf.UnixMicro()
	var todo []absencecase.Command
	for _, m := range t.Rows {
		switch c := m.Command.(type) {
		case absencecase.Report:
			c.AsOf, c.Stamp.ChangedAt = asOf, 0
			todo = append(todo, c)
			out.Named++
		case absencecase.Cancel:
			c.AsOf, c.Stamp.ChangedAt = asOf, 0
			todo = append(todo, c)
		}
		listed[m.Absence] = true
	}
	for _, p := range pending {
		listed[p] = true // and what is known of it stays
	}
	known := map[id.Absence]read.Off{}
	a.node.View(func() {
		for _, o := range a.off.Of(s.Source, func(o read.Off) bool { return listed[o.Absence] || sweep.Touches(o.Extent, s.From, s.Until) }) {
			known[o.Absence] = o
		}
	})
	missing := 0
	for _, o := range known {
		if !listed[o.Absence] {
			missing++
			todo = append(todo, absencecase.Cancel{Absence: o.Absence, AsOf: asOf})
		}
	}
	if missing > fewCancelled && missing*2 > len(known) && !s.DryRun && !s.Confirmed {
		return out, fmt.Errorf("%d of %d known absences would be cancelled: %w", missing, len(known), ErrDoubtful)
	}
	slices.SortFunc(todo, func(x, y absencecase.Command) int { return strings.Compare(string(named(x)), string(named(y))) })
	story := fmt.Sprintf("%s-sweep-%d", s.Source, asOf)
	ctx = journal.WithCause(ctx, journal.Cause{CorrelationID: story, CausationID: story, Actor: "hr/" + s.Source})
	for begin := 0; begin < len(todo); begin += chunk {
		if err := a.reconcile(ctx, s, known, todo[begin:min(begin+chunk, len(todo))], &out); err != nil {
			return out, err
		}
	}
	rec, err := a.node.Do(ctx, func(tx *journal.Tx) error {
		if s.DryRun {
			return nil
		}
		_, err := journal.Execute(tx, Sweeps, s.Source, sweep.Take{Source: s.Source, AsOf: asOf, From: s.From, Until: s.Until,
			Named: out.Named, Added: out.Added, Changed: out.Changed, Cancelled: out.Cancelled, Kept: out.Kept})
		return err
	})
	if rec.Position != 0 {
		out.Epoch, out.Position = rec.Epoch, rec.Position
	}
	return out, err
}

// listed reads the list of a sweep; pending are listed and undecided.
func (a *App) listed(s Sweep) (t hr.Table, pending []id.Absence, err error) {
	if s.System == "" {
		t, err = a.table(s.Source, s.AsOf.In(a.zone), s.Table)
		return t, nil, err
	}
	l, err := mapping.ReadList(s.System, s.Source, a.zone, s.Table)
	if err != nil {
		return l.Table, nil, err
	}
	return l.Table, l.Pending, a.name(l.Rows)
}

func (s Sweep) check(now time.Time) error {
	r := &hr.Refusal{}
	switch {
	case s.AsOf.IsZero():
		r.Add("as_of", "", "is missing: say when the list was read, as 2026-12-01T07:12:00+01:00")
	case s.AsOf.After(now.Add(time.Minute)):
		r.Add("as_of", s.AsOf.Format(time.RFC3339), "lies in the future: send when the list was read")
	}
	if s.Until != nil && *s.Until <= s.From {
		r.Add("until", s.Until.String(), "is not after from: until is the first day that the list leaves out")
	}
	if len(r.Fields) > 0 {
		return r
	}
	return nil
}

func named(c absencecase.Command) id.Absence {
	switch c := c.(type) {
	case absencecase.Report:
		return c.Absence
	case absencecase.Cancel:
		return c.Absence
	}
	return ""
}

// reconcile decides some cases in one unit, or only tells what it would decide.
func (a *App) reconcile(ctx context.Context, s Sweep, known map[id.Absence]read.Off, todo []absencecase.Command, out *Reconciled) error {
	var part Reconciled
	rec, err := a.node.Do(ctx, func(tx *journal.Tx) error {
		part = Reconciled{}
		last, _, err := journal.Load(tx, Sweeps, s.Source)
		if err != nil {
			return err
		}
		if err := last.Check(s.AsOf.UnixMicro()); err != nil {
			return err
		}
		for _, c := range todo {
			before, _, err := journal.Load(tx, Cases, string(named(c)))
			if err != nil {
				return err
			}
			// Nothing tells when it was said, but we heard of it after the list was read.
			if o, ok := known[named(c)]; ok && before.Stamp.ChangedAt == 0 && o.RecordedAt.After(s.AsOf) {
				part.add(c, "kept", before)
				continue
			}
			evs, err := Cases.Decide(before, c)
			if err != nil {
				return err
			}
			part.add(c, what(before, c, evs), before)
			if !s.DryRun {
				if _, err := journal.Execute(tx, Cases, string(named(c)), c); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	out.Added += part.Added
	out.Changed += part.Changed
	out.Cancelled += part.Cancelled
	out.Kept += part.Kept
	out.Unchanged += part.Unchanged
	out.Differences = append(out.Differences, part.Differences...)
	out.Differences = out.Differences[:min(len(out.Differences), MaxDifferences)]
	out.Epoch, out.Position = rec.Epoch, rec.Position
	return nil
}

// what a decision does to a case.
func what(before absencecase.State, c absencecase.Command, evs []decider.Event) string {
	standing := before.Seen && !before.Cancelled
	report, off := c.(absencecase.Report)
	switch {
	case status(evs) == Unchanged && off && (!standing || !absencecase.SameExtent(before.Extent, report.Extent)):
		return "kept"
	case status(evs) == Unchanged && !off && standing:
		return "kept"
	case status(evs) == Unchanged:
		return "unchanged"
	case !off:
		return "cancelled"
	case standing:
		return "changed"
	}
	return "added"
}

func (r *Reconciled) add(c absencecase.Command, what string, before absencecase.State) {
	d := Difference{Absence: named(c), What: what}
	if before.Seen && !before.Cancelled {
		d.Before = &before.Extent
	}
	if report, ok := c.(absencecase.Report); ok {
		d.After = &report.Extent
	}
	switch what {
	case "added":
		r.Added++
	case "changed":
		r.Changed++
	case "cancelled":
		r.Cancelled++
	case "kept":
		r.Kept++
	default:
		r.Unchanged++
		return
	}
	r.Differences = append(r.Differences, d)
}

// overtaken reports whether the newest sweep of the source has considered what a
// message says.
func overtaken(tx *journal.Tx, m hr.Message) (bool, error) {
	last, version, err := journal.Load(tx, Sweeps, m.Source)
	if err != nil || version == 0 {
		return false, err
	}
	known, _, err := journal.Load(tx, Cases, string(m.Absence))
	if err != nil {
		return false, err
	}
	if r, ok := m.Command.(absencecase.Report); ok {
		return last.Overtakes(m.Said, r.Extent), nil
	}
	return known.Seen && !known.Cancelled && last.Overtakes(m.Said, known.Extent), nil
}
