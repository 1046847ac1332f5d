package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app/contact"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/quota"
	"github.com/lotse-hamburg/lotse/services/booking/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// ErrTooManyAppointments: a contact has as many open appointments for a service
// as the policy allows.
var ErrTooManyAppointments = errors.New("this contact has as many open appointments for this service as it may have: cancel one, or telephone")

var quotas = journal.Aggregate[quota.State, quota.Command]{Category: read.QuotaCategory, Decider: quota.Decider, Codec: Codec}

// keptMonths is how long a month's key outlives the month.
const keptMonths = 1

// months are the keys under which contacts are counted, by month of the
// appointment; those known already are kept in memory.
type months struct {
	mu    sync.Mutex
	keys  map[string]eventlog.Key
	swept string
}

func monthOf(d day.Day) string { return d.String()[:7] }

func monthKey(month string) string { return "quota/" + month }

// month finds the key of a month, and makes it on first use.
func (a *App) month(ctx context.Context, month string) (eventlog.Key, error) {
	a.months.mu.Lock()
	k, known := a.months.keys[month]
	a.months.mu.Unlock()
	if known {
		return k, nil
	}
	k, err := a.node.Store().PersonalKey(ctx, monthKey(month))
	if errors.Is(err, eventlog.ErrNotFound) {
		fresh, wrong := a.vault.NewMonth(monthKey(month))
		if wrong != nil {
			return k, wrong
		}
		_, wrong = a.node.Do(ctx, func(tx *journal.Tx) error { tx.PutKey(fresh); return nil })
		// Another request, or another replica, may have been quicker: ours is refused
		// then, and theirs counts.
		if k, err = a.node.Store().PersonalKey(ctx, monthKey(month)); errors.Is(err, eventlog.ErrNotFound) && wrong != nil {
			err = wrong
		}
	}
	if err != nil {
		return k, fmt.Errorf("key of %s: %w", month, err)
	}
	a.months.mu.Lock()
	defer a.months.mu.Unlock()
	if a.months.keys == nil {
		a.months.keys = map[string]eventlog.Key{}
	}
	a.months.keys[month] = k
	return k, nil
}

// sweepMonths destroys the keys of months that are over.
func (a *App) sweepMonths(ctx context.Context, now time.Time) error {
	local := now.In(a.zone)
	over := time.Date(local.Year(), local.Month()-keptMonths-1, 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
	if a.months.swept == over {
		return nil
	}
	gone := []string{over, time.Date(local.Year(), local.Month()-keptMonths-2, 1, 0, 0, 0, 0, time.UTC).Format("2006-01")}
	for _, month := range gone {
		_, err := a.node.Store().PersonalKey(ctx, monthKey(month))
		if errors.Is(err, eventlog.ErrNotFound) || errors.Is(err, eventlog.ErrKeyDestroyed) {
			continue
		}
		if err == nil {
			_, err = a.node.Do(ctx, func(tx *journal.Tx) error { tx.ForgetKey(monthKey(month)); return nil })
		}
		if err != nil {
			return err
		}
	}
	a.months.mu.Lock()
	defer a.months.mu.Unlock()
	for month := range a.months.keys {
		if month <= over {
			delete(a.months.keys, month)
		}
	}
	a.months.swept = over
	return nil
}

// allowance is how a contact's open appointments are counted; the zero value
// counts nothing. Of the months only those count in which the read model knows
// of something: two bookings in different months within the same moment may
// both be the last one allowed, two in the same month may not.
type allowance struct {
	names []string // of the contact's counts, by month, as far as one can book
	own   string   // that of the appointment's month
	most  int
}

// allowance of a contact for an appointment on a day. Staff may exceed it.
func (a *App) allowance(ctx context.Context, d day.Day, c contact.Contact) (l allowance, err error) {
	p := a.policy()
	who := reached(c)
	if p.OpenPerContact <= 0 || who == "" || !a.counts(ctx) {
		return l, nil
	}
	l.most = p.OpenPerContact
	today := a.now().Day
	last := ""
	for x := today - 31; x <= max(d, today+day.Day(p.HorizonDays)); x++ {
		month := monthOf(x)
		if month == last {
			continue
		}
		last = month
		k, err := a.month(ctx, month)
		if errors.Is(err, eventlog.ErrKeyDestroyed) {
			continue
		}
		if err != nil {
			return l, err
		}
		name, err := a.vault.Counted(k, who)
		if err != nil {
			return l, err
		}
		name = month + "/" + name
		l.names = append(l.names, name)
		if month == monthOf(d) {
			l.own = name
		}
	}
	a.node.View(func() {
		l.names = slices.DeleteFunc(l.names, func(n string) bool { return n != l.own && !a.models.Counted.Has(n) })
	})
	return l, nil
}

// counts reports whether a caller's bookings are counted: staff's are not, nor
// those of the same process, such as a simulation's.
func (a *App) counts(ctx context.Context) bool {
	who, found := CallerOf(ctx)
	return found && !who.Staff
}

// reached is what makes two contacts the same: the mail address, else the
// number. Capitals, and what stands behind a plus, make no difference.
func reached(c contact.Contact) string {
	if name, host, ok := strings.Cut(strings.ToLower(strings.TrimSpace(c.Email)), "@"); ok {
		name, _, _ = strings.Cut(name, "+")
		return "mail:" + name + "@" + host
	}
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, c.Phone)
	if digits == "" {
		return ""
	}
	return "phone:" + digits
}

// open counts an appointment in the unit that makes it one.
func (a *App) open(tx *journal.Tx, l allowance, ap id.Appointment, service id.Service, parts []booking.Part, d day.Day) error {
	if l.own == "" {
		return nil
	}
	services := []id.Service{service}
	for i, p := range parts {
		if i > 0 {
			services = append(services, p.Service)
		}
	}
	today := a.moment(tx.Now()).Day
	for _, s := range services {
		n, err := l.counted(tx, s, today)
		if err != nil {
			return err
		}
		if n >= l.most {
			return ErrTooManyAppointments
		}
	}
	_, err := journal.Execute(tx, quotas, l.own, quota.Command(quota.Open{Appointment: ap, Services: services, Day: d}))
	return err
}

// counted is how many the contact has open of a service, under all its names.
func (l allowance) counted(tx *journal.Tx, s id.Service, today day.Day) (n int, err error) {
	for _, name := range l.names {
		q, _, err := journal.Load(tx, quotas, name)
		if err != nil {
			return 0, err
		}
		n += q.Count(s, today)
	}
	return n, nil
}

// recount follows what has happened to counted appointments, in the same unit.
func recount(tx *journal.Tx, aggregate string, say []decider.Event) error {
	for _, e := range say {
		var ap id.Appointment
		var to day.Day
		switch e := e.(type) {
		case centreday.HoldEnded:
			if e.Quota != "" {
				if _, err := journal.Execute(tx, quotas, e.Quota, quota.Command(quota.Close{Appointment: id.Appointment(e.Hold)})); err != nil {
					return err
				}
			}
			continue
		case booking.AppointmentCancelled:
			ap = e.Appointment
		case booking.AppointmentMoved:
			ap, to = e.Appointment, e.To.Day
		default:
			continue
		}
		s, _, err := journal.Load(tx, days, aggregate)
		if err != nil {
			return err
		}
		x, here := s.Appointment(ap)
		if !here || x.Detail.Quota == "" {
			continue
		}
		c := quota.Command(quota.Close{Appointment: ap})
		if to != 0 {
			c = quota.Move{Appointment: ap, Day: to}
		}
		if _, err := journal.Execute(tx, quotas, x.Detail.Quota, c); err != nil {
			return err
		}
	}
	return nil
}
