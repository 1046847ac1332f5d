package trial

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"time"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/outbox"
	"github.com/lotse-hamburg/lotse/services/internal/clock"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// Year is what is written into a log.
type Year struct {
	Appointments int // of the past year, about
	Weeks        int // how long the past is; 0: 52
	Seed         uint64
	// Said, when set, is told now and then how far it is.
	Said func(done float64)
}

// Written says what a year's log has.
type Written struct {
	Appointments int           `json:"appointments"` // booked, the coming days' included
	Open         int           `json:"open"`         // of these, of today and later
	CentreDays   int           `json:"centre_days"`
	Events       int64         `json:"events"`
	Took         time.Duration `json:"took"`
}

// templates is how many different centre-days there are.
const templates = 12

// commitEvents is how many events are written in one commit.
const commitEvents = 4000

// instance is one centre-day and how far it is.
type instance struct {
	template *template
	centre   id.Centre
	day      day.Day
	stream   string
	version  int64
	booked   int
}

// writer appends to the log in bulk.
type writer struct {
	store  eventlog.Store
	units  []eventlog.Unit
	events int
	at     time.Time
	done   Written
}

// WriteYear writes a year of a city into an empty log in the folder: offerings,
// holds, appointments, letters, visits, and what was said of them, in the order
// in which they would have happened.
func WriteYear(ctx context.Context, o Options, y Year) (Written, error) {
	begin := time.Now()
	if y.Weeks == 0 {
		y.Weeks = 52
	}
	zone, err := clock.Zone(clock.City)
	if err != nil {
		return Written{}, err
	}
	if err := os.MkdirAll(o.Folder, 0o700); err != nil {
		return Written{}, err
	}
	perDay := max(1, int(math.Round(float64(y.Appointments)/float64(5*y.Weeks*o.Size.Centres))))
	// a counter serves some 40 a day; a tenth stays free
	counters := perDay/36 + 1
	dice := rand.New(rand.NewPCG(y.Seed, 52))
	all := make([]template, min(templates, o.Size.Centres*5*y.Weeks))
	for i := range all {
		if all[i], err = newTemplate(ctx, o, counters, perDay, dice); err != nil {
			return Written{}, fmt.Errorf("book a centre-day: %w", err)
		}
	}
	store, err := o.open(ctx, "booking")
	if err != nil {
		return Written{}, err
	}
	w := &writer{store: store}
	err = w.year(ctx, o, y, all, dice, zone)
	w.done.Took = time.Since(begin)
	return w.done, errors.Join(err, store.Close())
}

func (w *writer) year(ctx context.Context, o Options, y Year, templates []template, dice *rand.Rand, zone *time.Location) error {
	head, err := w.store.Head(ctx)
	if err != nil {
		return err
	}
	if head.Position > 0 {
		return fmt.Errorf("the log has %d events already: name an empty folder", head.Position)
	}
	today := day.Of(time.Now(), zone)
	first := today - day.Day(7*y.Weeks)
	founder := &City{options: o, store: w.store, offered: map[string]int64{}}
	if founder.service, err = o.service(w.store, func() time.Time { return first.At(opens, zone) }); err != nil {
		return err
	}
	for _, e := range found(o.Size) {
		if err := founder.hear(ctx, e); err != nil {
			return err
		}
	}
	open := map[day.Day][]*instance{}
	for now := first; now <= today; now++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if y.Said != nil {
			y.Said(float64(now-first) / float64(today-first+1))
		}
		w.at = now.At(opens, zone)
		for d := now + 1; d <= now+day.Day(o.Size.Days); d++ {
			if weekend(d) {
				continue
			}
			if open[d] == nil {
				for c := range o.Size.Centres {
					i := &instance{template: &templates[dice.IntN(len(templates))], centre: Centre(c), day: d,
						stream: "day-" + string(Centre(c)) + "/" + d.String()}
					open[d] = append(open[d], i)
					w.done.CentreDays++
					if err := w.add(ctx, i, now, i.template.offered); err != nil {
						return err
					}
				}
			}
			for _, i := range open[d] {
				for want := int(booked(int(d-now)) * float64(len(i.template.bookings))); i.booked < want; i.booked++ {
					if err := w.add(ctx, i, now, i.template.bookings[i.booked]); err != nil {
						return err
					}
					w.done.Appointments++
					if d >= today {
						w.done.Open++
					}
				}
			}
		}
		for _, i := range open[now] {
			if now == today {
				break // it is early
			}
			if err := w.remind(ctx, i); err != nil {
				return err
			}
			for _, v := range i.template.visits {
				if err := w.add(ctx, i, now, v); err != nil {
					return err
				}
			}
		}
		delete(open, now)
	}
	return w.flush(ctx)
}

func weekend(d day.Day) bool { return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday }

// booked is the share of a day that is booked so many days before.
func booked(before int) float64 {
	switch {
	case before <= 1:
		return 1
	case before <= 14:
		return 1 - 0.3*float64(before)/14
	default:
		return max(0, 0.7*float64(60-before)/46)
	}
}

// add writes one group of a centre-day's events, and the letters that follow.
func (w *writer) add(ctx context.Context, i *instance, now day.Day, group []record) error {
	centre, on, at := string(i.centre), i.day.String(), now.String()
	a := eventlog.Append{Stream: i.stream, Expected: i.version}
	u := eventlog.Unit{}
	for _, r := range group {
		data := r.data.filled(nil, centre, on, at)
		w.at = w.at.Add(time.Millisecond)
		e := eventlog.NewEvent{ID: uuid.Must(uuid.NewV7()), Type: r.kind, Data: data, Public: r.public,
			Meta: eventlog.Meta{Time: w.at, Key: string(r.key.filled(nil, centre, on, at))}}
		e.Meta.CorrelationID = e.ID.String()
		a.Events = append(a.Events, e)
		if r.appointment != nil {
			u.Appends = append(u.Appends, w.letter(string(r.appointment.filled(nil, centre, on, at)), 0, string(outbox.Confirmation)+"-1"))
		}
	}
	i.version += int64(len(a.Events))
	u.Appends = append(u.Appends, a)
	return w.unit(ctx, u)
}

// remind writes the reminders of a day.
func (w *writer) remind(ctx context.Context, i *instance) error {
	centre, on := string(i.centre), i.day.String()
	for _, group := range i.template.bookings {
		for _, r := range group {
			if r.appointment == nil {
				continue
			}
			name := fmt.Sprintf("%s-24h-%sT%s", outbox.Reminder, on, r.at)
			u := eventlog.Unit{Appends: []eventlog.Append{w.letter(string(r.appointment.filled(nil, centre, on, "")), 2, name)}}
			if err := w.unit(ctx, u); err != nil {
				return err
			}
		}
	}
	return nil
}

// letter is one that was claimed and sent.
func (w *writer) letter(appointment string, version int64, name string) eventlog.Append {
	a := eventlog.Append{Stream: "letter-" + appointment, Expected: version}
	for _, e := range []decider.Event{outbox.LetterClaimed{Appointment: id.Appointment(appointment), Letter: name, By: "trial", Until: w.at.Add(2 * time.Minute)},
		outbox.LetterSent{Appointment: id.Appointment(appointment), Letter: name}} {
		data, err := json.Marshal(e)
		if err != nil {
			panic(err) // texts and times
		}
		n := eventlog.NewEvent{ID: uuid.Must(uuid.NewV7()), Type: e.EventType(), Data: data, Meta: eventlog.Meta{Time: w.at}}
		n.Meta.CorrelationID = n.ID.String()
		a.Events = append(a.Events, n)
	}
	return a
}

func (w *writer) unit(ctx context.Context, u eventlog.Unit) error {
	w.units = append(w.units, u)
	for _, a := range u.Appends {
		w.events += len(a.Events)
	}
	if w.events < commitEvents {
		return nil
	}
	return w.flush(ctx)
}

func (w *writer) flush(ctx context.Context) error {
	if len(w.units) == 0 {
		return nil
	}
	outcomes, err := w.store.Commit(ctx, w.units)
	if err != nil {
		return err
	}
	for i, out := range outcomes {
		if out.Err != nil {
			return fmt.Errorf("unit with stream %s: %w", w.units[i].Appends[0].Stream, out.Err)
		}
		w.done.Events = max(w.done.Events, out.Position)
	}
	w.units, w.events = w.units[:0], 0
	return nil
}
