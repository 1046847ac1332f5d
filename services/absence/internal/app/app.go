// Package app carries out what absence is asked for: it takes in the words of
// HR systems and keeps the list of vacancies.
package app

import (
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/absence/internal/domain/absencecase"
	"github.com/lotse-hamburg/lotse/services/absence/internal/domain/fetch"
	"github.com/lotse-hamburg/lotse/services/absence/internal/domain/sweep"
	"github.com/lotse-hamburg/lotse/services/absence/internal/domain/vacancy"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
	"github.com/lotse-hamburg/lotse/services/absence/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/intake"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// Codec of the absence log.
var Codec = decider.NewCodec(slices.Concat(absencecase.Events(), vacancy.Events(), sweep.Events(), fetch.Events(), intake.Events())...)

var (
	// Cases are the streams "case-<source>/<absence id>".
	Cases = journal.Aggregate[absencecase.State, absencecase.Command]{Category: "case", Decider: absencecase.Decider(), Codec: Codec}
	// Sweeps are the streams "sweep-<source>".
	Sweeps = journal.Aggregate[sweep.State, sweep.Take]{Category: "sweep", Decider: sweep.Decider(), Codec: Codec}
	// Fetches are the streams "fetch-<source>/<absence id>".
	Fetches = journal.Aggregate[fetch.State, fetch.Command]{Category: "fetch", Decider: fetch.Decider(), Codec: Codec}
	// Vacancies are the streams "vacancy-<post>".
	Vacancies = journal.Aggregate[vacancy.State, vacancy.Command]{Category: "vacancy", Decider: vacancy.Decider(), Codec: Codec}
)

// App runs commands on a node.
type App struct {
	node     *node.Node
	off      *read.WhoIsOff
	stripped metric.Int64Counter
	messages metric.Int64Counter
	secrets  Secrets
	names    hr.Names // nil: ids are taken as given
	zone     *time.Location

	drafts  *Draft
	imports *intake.Imports

	connector Connector
	owed      *read.Owed
	later     map[string]map[id.Absence]retry // by source, each its reactor's own

	mu     sync.Mutex
	counts map[string]hr.Stripped
	became map[string]map[string]int
}

// New makes the app of a node.
func New(n *node.Node, off *read.WhoIsOff, imports *intake.Imports) *App {
	c, err := otel.Meter("lotse/absence").Int64Counter("lotse_absence_stripped_fields",
		metric.WithDescription("Fields of HR messages that were removed before anything saw them."))
	if err != nil {
		otel.Handle(err)
	}
	m, err := otel.Meter("lotse/absence").Int64Counter("lotse_absence_hr_messages",
		metric.WithDescription("What became of the messages of HR systems, an absence each."))
	if err != nil {
		otel.Handle(err)
	}
	a := &App{node: n, off: off, imports: imports, stripped: c, messages: m, zone: time.UTC, counts: map[string]hr.Stripped{}, became: map[string]map[string]int{}}
	a.drafts = intake.New[Entry, Preview](imports, a.work)
	a.drafts.Use(n)
	return a
}

// Imports are what was accepted, and how far it is.
func (a *App) Imports() *intake.Imports { return a.imports }

// CityZone is the time zone of days.
func (a *App) CityZone() *time.Location { return a.zone }

// Naming sets how employees get their pseudonyms.
func (a *App) Naming(n hr.Names) { a.names = n }
