package app

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/domain/calendar"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/domain/employee"
)

// chunk is how many employees are decided in one unit: large enough to be
// quick, small enough to let others in between.
const chunk = 50

// Counts says what an import did.
type Counts struct {
	Created   int `json:"created"`
	Changed   int `json:"changed"`
	Unchanged int `json:"unchanged"`
	// CalendarChanged: holidays or horizon are new; all duties follow.
	CalendarChanged bool `json:"calendar_changed"`
}

// ImportStaff takes in a list that ReadStaff has checked, the calendar first,
// then the employees in chunks. It is an upsert: who is not listed stays, and
// leaves by the date "until". A repeat changes nothing; a crash in between is
// mended by asking again. Personnel numbers become pseudonyms first. With a key, the first complete answer is repeated.
func (a *App) ImportStaff(ctx context.Context, key string, list StaffList) (Counts, journal.Receipt, error) {
	list.Employees = slices.Clone(list.Employees)
	for i, e := range list.Employees {
		list.Employees[i].ID = id.Employee(a.settings.Names.Of(cmp.Or(list.Source, StaffSource), string(e.ID)))
	}
	if done, rec, err := a.answered(ctx, key, list); err != nil || done != nil {
		if done == nil {
			done = &Counts{}
		}
		return *done, rec, err
	}
	var out Counts
	rec, err := a.node.Do(ctx, func(tx *journal.Tx) error {
		evs, err := journal.Execute(tx, Calendars, city, calendar.Command(calendar.Set{Holidays: list.Holidays, HorizonDays: list.HorizonDays}))
		out.CalendarChanged = len(evs) > 0
		return err
	})
	if err != nil {
		return Counts{}, rec, fmt.Errorf("import the calendar: %w", err)
	}
	for begin := 0; begin < len(list.Employees); begin += chunk {
		rows := list.Employees[begin:min(begin+chunk, len(list.Employees))]
		var part Counts
		rec, err = a.node.Do(ctx, func(tx *journal.Tx) (err error) { part, err = a.importRows(tx, rows); return err })
		if err != nil {
			return Counts{}, rec, fmt.Errorf("import employees %d to %d: %w", begin, begin+len(rows)-1, err)
		}
		out.Created, out.Changed, out.Unchanged = out.Created+part.Created, out.Changed+part.Changed, out.Unchanged+part.Unchanged
	}
	if key == "" {
		return out, rec, nil
	}
	return node.Command(ctx, a.node, key, list, func(*journal.Tx) (Counts, error) { return out, nil })
}

// answered finds the answer to a key that was used before.
func (a *App) answered(ctx context.Context, key string, list StaffList) (*Counts, journal.Receipt, error) {
	if key == "" {
		return nil, journal.Receipt{}, nil
	}
	r, err := a.node.Store().IdempotencyResult(ctx, node.ResultKey(key))
	if errors.Is(err, eventlog.ErrNotFound) {
		return nil, journal.Receipt{}, nil
	}
	if err != nil {
		return nil, journal.Receipt{}, err
	}
	raw, err := json.Marshal(list)
	if err != nil {
		return nil, journal.Receipt{}, err
	}
	if sum := sha256.Sum256(raw); r.BodyHash != hex.EncodeToString(sum[:]) {
		return nil, journal.Receipt{}, journal.ErrReusedKey
	}
	head, err := a.node.Store().Head(ctx)
	if err != nil {
		return nil, journal.Receipt{}, err
	}
	var c Counts
	err = json.Unmarshal(r.Data, &c)
	return &c, journal.Receipt{Epoch: head.Epoch, Position: r.Position}, err
}

func (a *App) importRows(tx *journal.Tx, rows []Row) (out Counts, err error) {
	h, err := a.horizon(tx)
	if err != nil {
		return out, err
	}
	for _, r := range rows {
		what, err := a.importRow(tx, r, h)
		if err != nil {
			return out, err
		}
		switch what {
		case Created:
			out.Created++
		case Changed:
			out.Changed++
		default:
			out.Unchanged++
		}
	}
	return out, nil
}

// Advance brings the duties of at most one chunk of employees up to the city's
// day and calendar, and says whether more may be behind.
func (a *App) Advance(ctx context.Context) (more bool, err error) {
	behind := a.behind(chunk + 1)
	if len(behind) == 0 {
		return false, nil
	}
	if err := a.advance(ctx, behind[:min(chunk, len(behind))]); err != nil {
		return false, err
	}
	// Else the next call would find the same employees behind.
	return len(behind) > chunk, a.node.Fold(ctx)
}

// Tick does the same for all employees when a day has begun.
func (a *App) Tick(ctx context.Context) error {
	behind := a.behind(math.MaxInt)
	for begin := 0; begin < len(behind); begin += chunk {
		if err := a.advance(ctx, behind[begin:min(begin+chunk, len(behind))]); err != nil {
			return err
		}
	}
	return nil
}

func (a *App) behind(limit int) (who []id.Employee) {
	today, _ := a.clock(a.node.Now())
	a.node.View(func() { who = a.known.Lagging(today, limit) })
	return who
}

func (a *App) advance(ctx context.Context, who []id.Employee) error {
	_, err := a.node.Do(ctx, func(tx *journal.Tx) error {
		h, err := a.horizon(tx)
		if err != nil {
			return err
		}
		for _, e := range who {
			if err := onEmployee(tx, e, employee.AdvanceHorizon{Employee: e, Horizon: h}); err != nil {
				return fmt.Errorf("advance the duties of %s: %w", e, err)
			}
		}
		return nil
	})
	return err
}
