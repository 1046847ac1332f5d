package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app/contact"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// codes finds an appointment by its code alone. Codes are derived and never
// stored, so the index is derived too: by centre-day, anew where that has
// changed, in this process's memory only, on first use.
type codes struct {
	mu   sync.Mutex
	days map[centreday.Key]coded
}

type coded struct {
	mark int64 // of the read model, when it was looked at
	of   map[string]id.Appointment
}

// ByCode finds the appointment, of today or later, that a code belongs to. Like a
// wrong code is answered one whose appointment is over for longer than a day.
func (a *App) ByCode(code string) (id.Appointment, error) {
	code = contact.Tidy(code)
	if len(code) < contact.CodeLength {
		return "", ErrWrongCode
	}
	a.codes.mu.Lock()
	defer a.codes.mu.Unlock()
	if a.codes.days == nil {
		a.codes.days = map[centreday.Key]coded{}
	}
	today := a.now().Day
	for k := range a.codes.days {
		if k.Day < today {
			delete(a.codes.days, k)
		}
	}
	last := today + day.Day(a.policy().HorizonDays) + 1
	for d := today; d <= last; d++ {
		a.encode(d)
	}
	for _, x := range a.codes.days {
		if ap, found := x.of[code]; found {
			return ap, nil
		}
	}
	return "", ErrWrongCode
}

// encode brings the codes of a day up to date; each day in a look of its own, so
// that nobody waits for all of them.
func (a *App) encode(d day.Day) {
	type news struct {
		centreday.Key
		mark int64
		all  []id.Appointment
	}
	var changed []news
	a.node.View(func() {
		for _, x := range a.models.Free.On(d) {
			k := centreday.Key{Centre: x.Centre(), Day: d}
			s, mark := a.models.Free.Day(k.Centre, d)
			if was, known := a.codes.days[k]; known && was.mark == mark {
				continue
			}
			n := news{Key: k, mark: mark}
			for _, ap := range s.Appointments() {
				n.all = append(n.all, ap.ID)
			}
			changed = append(changed, n)
		}
	})
	for _, n := range changed {
		known := a.codes.days[n.Key]
		before := make(map[id.Appointment]string, len(known.of))
		for code, ap := range known.of {
			before[ap] = code
		}
		of := make(map[string]id.Appointment, len(n.all))
		for _, ap := range n.all {
			code, known := before[ap]
			if !known {
				code = a.vault.Code(ap)
			}
			of[code] = ap
		}
		a.codes.days[n.Key] = coded{n.mark, of}
	}
}

// Match is an appointment that a search by name has found.
type Match struct {
	View
	Channel string
}

// maxNames bounds whose contacts one search decrypts: a large centre's on a day.
const maxNames = 1500

// ErrTooManyNames: a search by name would open too many contacts.
var ErrTooManyNames = errors.New("so many contacts are not opened for one search: name the centre or the time of day, too")

// ByName finds appointments of a day whose citizen's name contains all words; the
// centre or the time may be left out, not both. It is for the channels of staff.
func (a *App) ByName(ctx context.Context, channel, name string, d day.Day, centre id.Centre, at *day.TimeOfDay) ([]Match, error) {
	if channel != booking.Telephone && channel != booking.Desk {
		return nil, ErrStaffOnly
	}
	if err := mayUseAt(ctx, channel, centre); err != nil {
		return nil, err
	}
	words := strings.Fields(strings.ToLower(name))
	if len(words) == 0 {
		return nil, &events.FieldError{Field: "name", Reason: "is empty: write a name, or a part of one"}
	}
	var keys []centreday.Key
	n := 0
	a.node.View(func() {
		for _, x := range a.models.Free.On(d) {
			if centre != "" && x.Centre() != centre {
				continue
			}
			keys = append(keys, centreday.Key{Centre: x.Centre(), Day: d})
			s, _ := a.models.Free.Day(x.Centre(), d)
			for _, ap := range s.Appointments() {
				if at == nil || ap.At == *at {
					n++
				}
			}
		}
	})
	if n > maxNames {
		return nil, ErrTooManyNames
	}
	var found []Match
	for _, k := range keys {
		some, err := a.whoAt(ctx, k, func(ap *centreday.Appointment) bool {
			return (ap.Life == centreday.Booked || ap.Life == centreday.Missed) && (at == nil || ap.At == *at)
		})
		if err != nil {
			return nil, err
		}
		for _, m := range some {
			is := strings.ToLower(m.Contact.Name)
			if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(is, w) }) {
				found = append(found, m)
			}
		}
	}
	slices.SortFunc(found, func(x, y Match) int {
		return cmp.Or(cmp.Compare(x.At, y.At), cmp.Compare(x.Appointment, y.Appointment))
	})
	return found, nil
}

// whoAt reads appointments of a centre-day with their contacts.
func (a *App) whoAt(ctx context.Context, k centreday.Key, which func(*centreday.Appointment) bool) (all []Match, err error) {
	var s centreday.State
	if _, err = a.node.Do(ctx, func(tx *journal.Tx) (err error) { s, _, err = journal.Load(tx, days, k.ID()); return err }); err != nil {
		return nil, err
	}
	for _, x := range s.Appointments() {
		if !which(x) {
			continue
		}
		m := Match{Channel: x.Channel, View: View{Appointment: x.ID, Service: x.Service, Place: s.Place(x), Parts: x.Parts, Life: x.Life.String(),
			AtRisk: x.AtRisk, CheckedIn: !x.CheckedIn.IsZero()}}
		if m.Contact, err = a.contact(ctx, x.ID, x.Detail); err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// CodeToReadOut is the code of an appointment that was booked by telephone today:
// that day its agents may say it, later nobody is told it again.
func (a *App) CodeToReadOut(ctx context.Context, ap id.Appointment) (string, error) {
	if err := mayUse(ctx, booking.Telephone); err != nil {
		return "", err
	}
	var at located
	if _, err := a.node.Do(ctx, func(tx *journal.Tx) (err error) { at, err = locate(tx, ap); return err }); err != nil {
		return "", err
	}
	if x := at.appointment; x.Channel != booking.Telephone || x.BookedOn != a.now().Day || x.Life != centreday.Booked {
		return "", fmt.Errorf("the code of %s: %w", ap, access.ErrNotYours)
	}
	return a.vault.Code(ap), nil
}
