// Package app has capacity's commands and reactions: what comes in from
// staffing, booking and planners, and what follows from it.
package app

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/app/planner"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/calendar"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/damage"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/observed"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/offering"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/overhaul"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/promise"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/suggestion"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// Codec knows every event of capacity's log.
var Codec = decider.NewCodec(
	capacity.CentreChanged{}, capacity.CatalogueChanged{}, capacity.PolicyChanged{}, capacity.MeasureChanged{},
	capacity.OfferingChanged{}, capacity.ProposalDrafted{}, capacity.ProposalApproved{}, capacity.ProposalRejected{},
	capacity.ProposalSuperseded{}, capacity.ProposalExpired{}, capacity.ProposalApplied{}, capacity.ProposalUndone{},
	capacity.DeploymentRequested{}, capacity.DeploymentWithdrawn{}, capacity.PromiseAtRisk{}, capacity.PromiseRestored{},
	capacity.LeadTimeMeasured{},
	observed.DutiesObserved{}, observed.LoadObserved{}, observed.BookingsObserved{}, observed.SearchesObserved{}, calendar.Began{}, damage.Assessed{},
	proposal.Detailed{}, proposal.Closing{}, proposal.Failed{}, proposal.Ordered{}, proposal.Refused{},
	proposal.Cancelled{}, proposal.ReturnBegan{}, proposal.Reappraised{},
	network.PolicyEdited{}, network.PolicyFiled{},
	overhaul.Began{}, overhaul.Ended{}, suggestion.Made{}, suggestion.Accepted{},
)

// The families of streams.
var (
	centres     = journal.Aggregate[network.CentreState, network.CentreCommand]{Category: "centre", Decider: network.Centre, Codec: Codec}
	catalogues  = journal.Aggregate[capacity.CatalogueChanged, network.SetCatalogue]{Category: "catalogue", Decider: network.Catalogue, Codec: Codec}
	policies    = journal.Aggregate[network.PolicyState, network.PolicyCommand]{Category: "policy", Decider: network.Policy, Codec: Codec}
	measures    = journal.Aggregate[capacity.MeasureChanged, network.MeasureCommand]{Category: "measure", Decider: network.Measure, Codec: Codec}
	duties      = journal.Aggregate[observed.DutiesObserved, observed.DutiesObserved]{Category: "duties", Decider: observed.Duties, Codec: Codec}
	loads       = journal.Aggregate[observed.LoadObserved, observed.LoadObserved]{Category: "load", Decider: observed.Load, Codec: Codec}
	bookings    = journal.Aggregate[observed.BookingsObserved, observed.BookingsObserved]{Category: "bookings", Decider: observed.Bookings, Codec: Codec}
	searches    = journal.Aggregate[observed.SearchesObserved, observed.SearchesObserved]{Category: "searches", Decider: observed.Searches, Codec: Codec}
	offerings   = journal.Aggregate[offering.State, offering.Set]{Category: "offering", Decider: offering.Offering, Codec: Codec}
	proposals   = journal.Aggregate[proposal.State, proposal.Command]{Category: "proposal", Decider: proposal.Decider, Codec: Codec}
	leadTimes   = journal.Aggregate[promise.State, promise.Measure]{Category: "leadtime", Decider: promise.Decider, Codec: Codec}
	damages     = journal.Aggregate[damage.Assessed, damage.Assessed]{Category: "damage", Decider: damage.Decider, Codec: Codec}
	overhauls   = journal.Aggregate[overhaul.State, overhaul.Command]{Category: "overhaul", Decider: overhaul.Decider, Codec: Codec}
	suggestions = journal.Aggregate[suggestion.State, suggestion.Command]{Category: "suggestion", Decider: suggestion.Decider, Codec: Codec}
	days        = journal.Aggregate[calendar.Began, calendar.Began]{Category: "calendar", Decider: calendar.Decider, Codec: Codec}
)

// city is the id of streams that exist once.
const city = "city"

func placeID(p read.Place) string { return string(p.Centre) + "/" + p.Day.String() }

// Options of the application.
type Options struct {
	// Zone is the city's time zone: a plan day is a date in it.
	Zone *time.Location
	// Watch the city only: nothing is planned.
	Watch bool
	// RepairTime bounds one repair by the node's clock.
	RepairTime time.Duration
	// NightDraws bounds an overhaul by its work, see planner.NewOverhaul; 0: not.
	NightDraws int
	// AnswerDraws and Terse are planner.Options.
	AnswerDraws int
	Terse       bool
	// OfferingPace bounds how often one centre-day's offering is said where many
	// changes come at once; 0: not at all.
	OfferingPace time.Duration
}

// desk is where plans are made: the warm session, for one at a time, and which
// open proposals were looked at again since they were marked.
type desk struct {
	mu       sync.Mutex
	session  *planner.Session
	checked  map[id.Proposal]int64
	overhaul *planner.Overhaul
	tried    int64        // log position at which the session was warmed up last
	rest     atomic.Int64 // unix nanoseconds until which no cause is planned for
}

// App is capacity's application.
type App struct {
	node    *node.Node
	City    *read.City
	History *read.History
	opt     Options
	desk    desk
	// glances is what pages show; supposing answers what if.
	glances   glances
	supposing supposing
	// drift is told to the tick.
	drift  drifted
	gauges *gauges
}

// New makes the application and its node.
func New(deps node.Deps, opt Options) *App {
	a := &App{City: read.NewCity(), History: read.NewHistory(opt.Zone), opt: opt, supposing: supposing{turn: make(chan struct{}, 1)}}
	a.City.Pace(opt.OfferingPace)
	a.gauges = newGauges()
	a.desk.session, a.desk.checked = planner.NewSession(planner.Options{Stop: a.soon, Draws: opt.AnswerDraws, Terse: opt.Terse}), map[id.Proposal]int64{}
	a.node = node.New(node.Spec{
		Service: capacity.Service, Codec: Codec, Registry: heard(),
		Sources: a.sources(), Models: []node.Model{a.City, a.History},
		Reactors: []node.Reactor{
			{Name: "offerings", React: a.reactOfferings, Wait: a.offeringsWait},
			{Name: "deployments", React: a.reactDeployments},
			{Name: "planning", React: a.reactPlanning, Wait: a.planningWait},
			{Name: "promise", React: a.reactPromise},
		},
		Tick: a.tick, Watch: a.tellPromise,
	}, deps)
	return a
}

// soon ends a repair when its time is over, by the node's clock. Whoever else has
// work goes first between two looks.
func (a *App) soon() func() bool {
	end, asked := a.node.Now().Add(a.opt.RepairTime), 0
	return func() bool {
		asked++
		runtime.Gosched()
		return asked%16 == 0 && a.node.Now().After(end)
	}
}

// Node runs the service.
func (a *App) Node() *node.Node { return a.node }

// Today is the plan day by the node's clock.
func (a *App) Today() day.Day { return a.dayOf(a.node.Now()) }

func (a *App) dayOf(t time.Time) day.Day { return day.Of(t, a.opt.Zone) }

// caused carries what an event of the log was caused by into later work.
func caused(ctx context.Context, m eventlog.Meta) context.Context {
	c := journal.CauseOf(ctx)
	c.CorrelationID, c.CausationID, c.TraceParent = m.CorrelationID, m.CausationID, m.TraceParent
	return journal.WithCause(ctx, c)
}

// beginDay notes a new day; done says that one began.
func (a *App) beginDay(ctx context.Context, now time.Time) (done bool, err error) {
	today := a.dayOf(now)
	var known day.Day
	a.node.View(func() { known = a.City.Today })
	if known >= today {
		return false, nil
	}
	_, err = a.node.Do(ctx, func(tx *journal.Tx) error {
		_, err := journal.Execute(tx, days, today.String(), calendar.Began{Day: today})
		return err
	})
	return err == nil, err
}

// tick begins the day, lets proposals expire and sets overhauls going.
func (a *App) tick(ctx context.Context, now time.Time) error {
	if _, err := a.beginDay(ctx, now); err != nil {
		return err
	}
	today := a.dayOf(now)
	var due []id.Proposal
	a.node.View(func() {
		for _, p := range a.City.Order {
			if s := a.City.Proposals[p]; s.Open() && today >= s.Draft.ExpiresOn {
				due = append(due, p)
			}
		}
	})
	for _, p := range due {
		if _, err := a.node.Do(ctx, func(tx *journal.Tx) error {
			_, err := journal.Execute(tx, proposals, string(p), proposal.Command(proposal.Expire{Today: today}))
			return err
		}); err != nil {
			return err
		}
	}
	return a.due(ctx, now)
}

// React calls one reactor once.
func (a *App) React(ctx context.Context, name string) (more bool, err error) {
	switch name {
	case "offerings":
		return a.reactOfferings(ctx)
	case "deployments":
		return a.reactDeployments(ctx)
	case "planning":
		return a.reactPlanning(ctx)
	case "promise":
		return a.reactPromise(ctx)
	}
	return false, fmt.Errorf("there is no reactor %q", name)
}
