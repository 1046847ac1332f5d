package absence

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"
	_ "time/tzdata" // the zone must be known in bare containers too

	"github.com/lotse-hamburg/lotse/events/absence"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/events/lotse"
	"github.com/lotse-hamburg/lotse/services/absence/internal/app"
	"github.com/lotse-hamburg/lotse/services/absence/internal/app/connector"
	"github.com/lotse-hamburg/lotse/services/absence/internal/domain/vacancy"
	"github.com/lotse-hamburg/lotse/services/absence/internal/httpapi"
	"github.com/lotse-hamburg/lotse/services/absence/internal/read"
	"github.com/lotse-hamburg/lotse/services/absence/internal/web/absences"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/intake"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
	"github.com/lotse-hamburg/lotse/services/internal/pseudonym"
)

// Deps are what the service is given.
type Deps struct {
	Node   node.Deps
	Config Config
}

// Receipt answers an HR message.
type Receipt = app.Receipt

// Off is one absence that stands.
type Off = read.Off

// Service is the absence service.
type Service struct {
	config  Config
	node    *node.Node
	app     *app.App
	off     *read.WhoIsOff
	models  absences.Models
	handler func() http.Handler // made when it is first asked for: a simulation never does
}

// New wires the service. It starts nothing.
func New(deps Deps) (*Service, error) {
	if deps.Config == (Config{}) {
		deps.Config = DefaultConfig()
	}
	if err := deps.Config.Validate(); err != nil {
		return nil, err
	}
	off, vacancies := read.NewWhoIsOff(), read.NewVacancies()
	owed, swept, imports := read.NewOwed(), read.NewSweeps(), intake.NewImports()
	var a *app.App
	reactors := []node.Reactor{{Name: "imports", React: func(ctx context.Context) (bool, error) { return a.Drafts().React(ctx) }}}
	var asks *connector.Client
	if deps.Config.Connectors != "" {
		var err error
		if asks, err = connector.Load(deps.Config.Connectors); err != nil {
			return nil, fmt.Errorf("LOTSE_ABSENCE_CONNECTORS: %w", err)
		}
		for _, source := range asks.Sources() {
			reactors = append(reactors, node.Reactor{Name: "fetch " + source, React: func(ctx context.Context) (bool, error) { return a.FetchNext(ctx, source) }})
		}
	}
	n := node.New(node.Spec{
		Service:  absence.Service,
		Codec:    app.Codec,
		Registry: lotse.Registry(),
		Models:   []node.Model{off, vacancies, owed, swept, imports},
		Reactors: reactors,
		Tick:     func(ctx context.Context, now time.Time) error { return a.Drafts().Sweep(ctx, now) },
		Foreign: func(tx *journal.Tx, p eventlog.Parked, data json.RawMessage) (json.RawMessage, error) {
			return a.Correct(tx, p, data)
		},
	}, deps.Node)
	a = app.New(n, off, imports)
	zone, err := time.LoadLocation(deps.Config.Zone)
	if err != nil {
		return nil, err
	}
	a.Zone(zone)
	names, err := pseudonym.Load(deps.Config.Pseudonyms, deps.Config.PseudonymKey)
	if err != nil {
		return nil, err
	}
	a.Naming(names)
	if asks != nil {
		if err := a.Fetching(asks, owed); err != nil {
			return nil, err
		}
	}
	a.Signed(deps.Config.webhookSecrets)
	return &Service{config: deps.Config, node: n, app: a, off: off,
		models:  absences.Models{Off: off, Vacancies: vacancies, Sweeps: swept},
		handler: sync.OnceValue(func() http.Handler { return httpapi.New(n, a, off, vacancies, swept) })}, nil
}

// Node runs the service.
func (s *Service) Node() *node.Node { return s.node }

// Handler serves the API below /v1.
func (s *Service) Handler() http.Handler { return s.handler() }

// Receive takes in one CloudEvent of an HR system, binary or structured. With a
// refusal (IsRefusal) the message was bad and is parked; any other error means
// that nothing is recorded and the sender should try again.
func (s *Service) Receive(ctx context.Context, source string, header map[string][]string, body []byte) (Receipt, error) {
	return s.app.Receive(ctx, source, header, body)
}

// IsRefusal tells a bad message from a fault of ours.
func IsRefusal(err error) bool { return app.IsRefusal(err) }

// OpenVacancy says that a post has nobody from a day on.
func (s *Service) OpenVacancy(ctx context.Context, post id.Post, centre id.Centre, from day.Day) error {
	_, err := s.app.OpenVacancy(ctx, "", vacancy.Open{Post: post, Centre: centre, From: from})
	return err
}

// FillVacancy says who serves on a post from a day on.
func (s *Service) FillVacancy(ctx context.Context, post id.Post, employee id.Employee, from day.Day) error {
	_, err := s.app.FillVacancy(ctx, "", vacancy.Fill{Post: post, Employee: employee, From: from})
	return err
}

// WhoIsOff lists the absences of a day, by absence id.
func (s *Service) WhoIsOff(d day.Day) (out []Off) {
	s.node.View(func() { out = s.off.On(d) })
	return out
}

// Stripped counts the fields that were removed from the messages of each source
// since the start: those that tell why, and others that no schema names.
func (s *Service) Stripped() (reasons, unknown map[string]int) {
	reasons, unknown = map[string]int{}, map[string]int{}
	for source, c := range s.app.Stripped() {
		reasons[source], unknown[source] = c.Reasons, c.Unknown
	}
	return reasons, unknown
}

// Became counts, by source and then by what became of it, the messages since the
// start: recorded, unchanged, duplicate, refused (and parked), undecided, forged.
// A message that speaks of several absences counts once for each.
func (s *Service) Became() map[string]map[string]int { return s.app.Became() }
