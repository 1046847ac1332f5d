package app

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/intake"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/domain/calendar"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/domain/employee"
)

// StaffKind is the kind of uploads of staff lists.
const StaffKind = "staff"

// Entry of an upload is one employee, or the calendar.
type Entry struct {
	Row      *Row          `json:"row,omitempty"`
	Calendar *calendar.Set `json:"calendar,omitempty"`
}

// What an entry does.
const (
	Created   = "created"
	Changed   = "changed"
	Unchanged = "unchanged"
	// CalendarChanged: holidays or horizon are new; all duties follow.
	CalendarChanged = "calendar"
)

// Change is what one entry does.
type Change struct {
	Employee id.Employee     `json:"employee"`
	What     string          `json:"what"`
	Before   *employee.Terms `json:"before,omitempty"`
	After    employee.Terms  `json:"after"`
}

// Preview is what an upload would do.
type Preview struct {
	Counts map[string]int `json:"counts"`
	// Changes are the first MaxShown that are new or change.
	Changes []Change `json:"changes"`
	More    int      `json:"more,omitempty"`
	// Leaving: of them, who is given a last day.
	Leaving int `json:"leaving,omitempty"`
	// Unlisted are known and do not stand in the list; nothing happens to them.
	Unlisted int `json:"unlisted"`
	// Effect is a hash of all that would be done.
	Effect string `json:"effect"`
}

// MaxShown bounds the changes of a preview that are listed one by one.
const MaxShown = 500

// Draft is a list whose preview can be looked at.
type Draft = intake.Intake[Entry, Preview]

// Drafts are the uploads that are looked at or taken in.
func (a *App) Drafts() *Draft { return a.drafts }

// Imports are what was accepted, and how far it is.
func (a *App) Imports() *intake.Imports { return a.imports }

// Read reads a staff list, JSON or a table, and keeps what it would do as a draft,
// whose id it returns. key is the form's; source says whose personnel numbers the
// list has. The error is *BadRows; then nothing is kept.
func (a *App) Read(ctx context.Context, key, source string, data []byte) (string, error) {
	reads := ReadTable
	if head := bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), " \t\r\n"); len(head) > 0 && (head[0] == '{' || head[0] == '[') {
		reads = ReadStaff
	}
	list, err := reads(data)
	if err != nil {
		return "", err
	}
	source = cmp.Or(source, StaffSource)
	entries := []Entry{}
	if list.Holidays != nil || list.HorizonDays != 0 {
		entries = append(entries, Entry{Calendar: &calendar.Set{Holidays: list.Holidays, HorizonDays: list.HorizonDays}})
	}
	for _, row := range list.Employees {
		row.ID = id.Employee(a.settings.Names.Of(source, string(row.ID)))
		entries = append(entries, Entry{Row: &row})
	}
	hash, err := intake.HashOf(entries)
	if err != nil {
		return "", err
	}
	p, err := a.preview(ctx, entries)
	if err != nil {
		return "", err
	}
	draft := intake.Name(key, append([]byte(source+"\n"), data...))
	return a.drafts.Keep(ctx, draft, intake.About{Kind: StaffKind, Source: source, Hash: hash, Total: len(entries), ReadAt: a.node.Now()}, entries, p)
}

// preview works out what entries would do now.
func (a *App) preview(ctx context.Context, entries []Entry) (Preview, error) {
	p := Preview{Counts: map[string]int{}, Changes: []Change{}}
	if err := a.node.Fold(ctx); err != nil {
		return p, err
	}
	var all []Change
	listed := map[id.Employee]bool{}
	a.node.View(func() {
		for _, e := range entries {
			if e.Calendar != nil {
				if evs, err := Calendars.Decide(a.known.Calendar(), calendar.Command(*e.Calendar)); err == nil && len(evs) > 0 {
					p.Counts[CalendarChanged]++
				} else {
					p.Counts[Unchanged]++
				}
				continue
			}
			listed[e.Row.ID] = true
			c := Change{Employee: e.Row.ID, What: Created, After: e.Row.Terms}
			if known, ok := a.known.TermsOf(e.Row.ID); ok {
				c.What = Changed
				if known.Equal(e.Row.Terms) {
					c.What = Unchanged
				}
				before := known
				c.Before = &before
			}
			p.Counts[c.What]++
			if c.What != Unchanged {
				all = append(all, c)
			}
			if c.After.Until != nil && (c.Before == nil || c.Before.Until == nil || *c.Before.Until != *c.After.Until) {
				p.Leaving++
			}
		}
		p.Unlisted = a.known.Count()
		for who := range listed {
			if _, known := a.known.TermsOf(who); known {
				p.Unlisted--
			}
		}
	})
	data, err := json.Marshal(struct {
		Counts map[string]int
		All    []Change
	}{p.Counts, all})
	if err != nil {
		return p, err
	}
	sum := sha256.Sum256(data)
	p.Effect = hex.EncodeToString(sum[:])
	p.Changes = slices.Clip(all[:min(len(all), MaxShown)])
	p.More = len(all) - len(p.Changes)
	return p, nil
}

// Apply has a draft taken in as it was looked at: see intake.Intake.Agree.
func (a *App) Apply(ctx context.Context, draft, effect string) (string, journal.Receipt, error) {
	return a.drafts.Agree(ctx, draft, effect, func(_ intake.About, _ Preview, entries []Entry) (Preview, string, error) {
		now, err := a.preview(ctx, entries)
		return now, now.Effect, err
	})
}

// work takes in some entries of an import that was accepted.
func (a *App) work(_ context.Context, _ intake.About, entries []Entry) (func(*journal.Tx) (map[string]int, error), error) {
	return func(tx *journal.Tx) (map[string]int, error) {
		counts := map[string]int{}
		for _, e := range entries {
			if e.Calendar != nil {
				evs, err := journal.Execute(tx, Calendars, city, calendar.Command(*e.Calendar))
				if err != nil {
					return nil, err
				}
				counts[map[bool]string{true: CalendarChanged, false: Unchanged}[len(evs) > 0]]++
				continue
			}
			h, err := a.horizon(tx)
			if err != nil {
				return nil, err
			}
			what, err := a.importRow(tx, *e.Row, h)
			if err != nil {
				return nil, err
			}
			counts[what]++
		}
		return counts, nil
	}, nil
}

// importRow sets one employee's terms and says what that did.
func (a *App) importRow(tx *journal.Tx, r Row, h employee.Horizon) (string, error) {
	before, _, err := journal.Load(tx, Employees, string(r.ID))
	if err != nil {
		return "", err
	}
	evs, err := journal.Execute(tx, Employees, string(r.ID), employee.Command(employee.Import{Employee: r.ID, Terms: r.Terms, Horizon: h}))
	if err != nil {
		return "", fmt.Errorf("employee %s: %w", r.ID, err)
	}
	for _, e := range evs {
		if _, is := e.(employee.Imported); is && before.Known {
			return Changed, nil
		}
	}
	if !before.Known {
		return Created, nil
	}
	return Unchanged, nil
}
