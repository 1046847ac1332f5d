// Package app has booking's commands, one method each, and what it does by
// itself: publish what changed, end holds that ran out, note unmet searches.
// Every method is synchronous; a simulation may drive them in one goroutine.
package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app/contact"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/ahead"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/forgotten"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/intake"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/online"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/outbox"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/queue"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/quota"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/relocation"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/unmet"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/waiting"
	"github.com/lotse-hamburg/lotse/services/booking/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// Refusals of the application; those of the domain stand beside its commands.
var (
	ErrUnknownService  = errors.New("there is no such service: see GET /v1/services")
	ErrUnknownCentre   = errors.New("there is no such centre: see GET /v1/centres")
	ErrMailNeeded      = errors.New("an online booking needs an e-mail address, since it is confirmed by a link in a mail: give one, or telephone")
	ErrNothingToDo     = errors.New("the visit names no service: name at least one, see GET /v1/services")
	ErrUnknownDistrict = errors.New("there is no such district: see GET /v1/centres")
	ErrWrongCode       = errors.New("the code does not belong to this appointment: use the one from the confirmation")
)

// Codec knows every event of booking's log.
var Codec = func() decider.Codec {
	all := append(centreday.Events(), network.Events()...)
	all = append(all, queue.Events()...)
	all = append(all, outbox.Events()...)
	all = append(all, relocation.Events()...)
	all = append(all, waiting.Events()...)
	all = append(all, intake.Events()...)
	all = append(all, quota.Events()...)
	all = append(all, forgotten.Events()...)
	return decider.NewCodec(append(all, booking.SearchUnmet{}, booking.OnlineTaken{}, booking.BookingsCounted{})...)
}()

// The aggregates. Categories are part of the log and never change.
var (
	days        = journal.Aggregate[centreday.State, centreday.Command]{Category: read.DayCategory, Decider: centreday.Decider, Codec: Codec}
	heard       = journal.Aggregate[network.State, network.Observe]{Category: "network", Decider: network.Decider, Codec: Codec}
	letters     = journal.Aggregate[outbox.State, outbox.Command]{Category: "letter", Decider: outbox.Decider, Codec: Codec}
	spared      = journal.Aggregate[online.State, online.Take]{Category: "online", Decider: online.Decider, Codec: Codec}
	relocations = journal.Aggregate[relocation.State, relocation.Command]{Category: "relocation", Decider: relocation.Decider, Codec: Codec}
	waitings    = journal.Aggregate[waiting.State, waiting.Command]{Category: "waiting", Decider: waiting.Decider, Codec: Codec}
	queues      = journal.Aggregate[queue.State, queue.Command]{Category: read.QueueCategory, Decider: queue.Decider, Codec: Codec}
	counted     = journal.Aggregate[booking.BookingsCounted, ahead.Tell]{Category: "bookings", Decider: ahead.Decider, Codec: Codec}
	unmets      = journal.Aggregate[unmet.State, unmet.Note]{Category: "search", Decider: unmet.Decider, Codec: Codec}
)

// onDay decides a command of one centre-day. The key of a contact that waited
// with a hold goes with the hold, in the same unit.
func onDay(tx *journal.Tx, id string, c centreday.Command) ([]decider.Event, error) {
	say, err := journal.Execute(tx, days, id, c)
	for _, e := range say {
		if ended, ok := e.(centreday.HoldEnded); ok && ended.ContactKey != "" {
			tx.ForgetKey(ended.ContactKey)
		}
	}
	if err == nil {
		err = recount(tx, id, say)
	}
	return say, err
}

// Models are booking's read models.
type Models struct {
	City        *read.City
	Free        *read.FreeSlots
	Said        *read.SaidSlots
	Unpublished *read.Unpublished
	Holds       *read.HoldsDue
	Risk        *read.WhoIsAtRisk
	Letters     *read.LettersOwed
	Spared      *read.VisitsSpared
	Relocate    *read.WhoNeedsAnotherSlot
	Queues      *read.WhoWaits
	Earlier     *read.WhoWantsEarlier
	Attendance  *read.WhoCame
	Intakes     *read.Intakes
	Counted     *read.Counted
	Durations   *read.HowLong
	Ahead       *read.HowFarAhead
}

// App decides booking's commands.
type App struct {
	node   *node.Node
	models Models
	vault  *contact.Vault
	zone   *time.Location

	mail  Mail
	pause time.Time // before which no mail server is asked; the mail reactor's alone

	clients *clients // of holds over the network
	months  months   // keys under which contacts are counted
	ring    KeyFile  // nil: there is none
	codes   codes    // of the appointments that are still to come

	looked   looked                       // the waiting list's reactor's alone
	vain     map[id.Appointment]time.Time // until when not to try again; the reactor's alone
	retained day.Day                      // until when contacts were forgotten; the sweep's alone
	released time.Time                    // until when stages and shares have been looked at; the tick's alone

	mu    sync.Mutex
	unmet map[unmetKey]booking.SearchUnmet // to be noted at the next tick
	lost  lost                             // who has been counted today
}

// looked is when the waiting list was gone through last, and what was free then.
type looked struct {
	freed int64
	day   day.Day
	at    time.Time
	rest  time.Duration // how long it is left alone
	owed  bool          // there was news while it was
}

// Options of an App.
type Options struct {
	Vault *contact.Vault
	Zone  *time.Location
	// PublishEvery is the shortest time between two publications of a
	// centre-day.
	PublishEvery time.Duration
	// HoldsPerClient over the network at once; 0: no limit.
	HoldsPerClient int
	// KeyFile reads the key encryption keys when they are changed; nil: never.
	KeyFile KeyFile
	// Mail says how letters leave; without a post none does.
	Mail Mail
}

// New makes the application and the node under it.
func New(deps node.Deps, registry *events.Registry, opt Options) *App {
	a := &App{ring: opt.KeyFile, clients: newClients(opt.HoldsPerClient), vain: map[id.Appointment]time.Time{}, vault: opt.Vault, zone: opt.Zone, mail: opt.Mail, unmet: map[unmetKey]booking.SearchUnmet{},
		models: Models{read.NewCity(), read.NewFreeSlots(), read.NewSaidSlots(), read.NewUnpublished(opt.PublishEvery), read.NewHoldsDue(), read.NewWhoIsAtRisk(), read.NewLettersOwed(opt.Zone), read.NewVisitsSpared(), read.NewWhoNeedsAnotherSlot(), read.NewWhoWaits(), read.NewWhoWantsEarlier(), read.NewWhoCame(), read.NewIntakes(), read.NewCounted(), read.NewHowLong(), read.NewHowFarAhead()}}
	m := a.models
	reactors := []node.Reactor{{Name: "publish", React: a.publishNext, Wait: a.publishWait}, {Name: "relocate", React: a.Relocate},
		{Name: "waiting list", React: a.offerEarlier, Wait: a.offerWait}}
	if a.mail.Post != nil {
		reactors = append(reactors, node.Reactor{Name: "mail", React: a.sendLetters})
	}
	a.node = node.New(node.Spec{
		Service: booking.Service, Codec: Codec, Registry: registry, Citizens: true,
		Sources:   []node.Source{a.capacity()},
		Models:    []node.Model{m.City, m.Free, m.Said, m.Unpublished, m.Holds, m.Risk, m.Letters, m.Spared, m.Relocate, m.Queues, m.Earlier, m.Attendance, m.Intakes, m.Counted, m.Durations, m.Ahead},
		Reactors:  reactors,
		Tick:      a.tick,
		Sweep:     a.sweep,
		Watch:     a.tellRisk,
		Snapshots: node.Snapshots{Schema: snapshotSchema, Streams: openDay},
	}, deps)
	return a
}

// Node under the application.
func (a *App) Node() *node.Node { return a.node }

// Models for reading, inside Node().View.
func (a *App) Models() Models { return a.models }

// now is the moment in the city.
func (a *App) now() centreday.Moment { return a.moment(a.node.Now()) }

func (a *App) service(s id.Service) (t network.ServiceType, err error) {
	found := false
	a.node.View(func() { t, found = a.models.City.Service(s) })
	if !found {
		return t, fmt.Errorf("service %q: %w", s, ErrUnknownService)
	}
	return t, nil
}

func (a *App) centre(c id.Centre) error {
	found := false
	a.node.View(func() { _, found = a.models.City.Centre(c) })
	if !found {
		return fmt.Errorf("centre %q: %w", c, ErrUnknownCentre)
	}
	return nil
}

func (a *App) policy() (p network.Policy) {
	a.node.View(func() { p = a.models.City.Policy() })
	return p
}

// limits of a channel: citizens keep the minimum lead, staff need not.
func (a *App) limits(channel string) (centreday.Limits, error) {
	p := a.policy()
	l := centreday.Limits{Now: a.now(), HorizonDays: p.HorizonDays, Channel: channel, Shares: p.Shares}
	switch channel {
	case booking.Online:
		l.LeadDays = p.MinLeadDays
	case booking.Telephone, booking.Desk:
	default:
		return l, &events.FieldError{Field: "channel", Value: channel, Reason: "is not known: use online, telephone or desk"}
	}
	return l, nil
}

// tick does what has fallen due.
func (a *App) tick(ctx context.Context, now time.Time) error {
	a.release(now)
	return errors.Join(a.expireHolds(ctx, now), a.settleIntakes(ctx, now), a.missUnattended(ctx, now), a.countBookings(ctx, now))
}

// sweep notes what this process alone knows of, and forgets what it should not
// know any more.
func (a *App) sweep(ctx context.Context, now time.Time) error {
	a.clients.sweep(now)
	return errors.Join(a.noteUnmet(ctx), a.sweepMonths(ctx, now), a.retain(ctx, now))
}
