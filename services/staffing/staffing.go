package staffing

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"
	_ "time/tzdata" // the city's zone must be known in bare containers too

	"github.com/lotse-hamburg/lotse/events/lotse"
	"github.com/lotse-hamburg/lotse/events/staffing"
	"github.com/lotse-hamburg/lotse/services/internal/node"
	"github.com/lotse-hamburg/lotse/services/internal/pseudonym"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/app"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/httpapi"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/read"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/web/staff"
)

// Deps are what the service is given.
type Deps struct {
	Node   node.Deps
	Config Config
}

// Counts says what an import did.
type Counts = app.Counts

// Order is a day's work at another centre that is ordered by hand.
type Order = app.Order

// Service is the staffing service.
type Service struct {
	node    *node.Node
	app     *app.App
	models  staff.Models
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
	zone, err := time.LoadLocation(deps.Config.Zone)
	if err != nil {
		return nil, err
	}
	names, err := pseudonym.Load(deps.Config.Pseudonyms, deps.Config.PseudonymKey)
	if err != nil {
		return nil, err
	}
	a := app.New(app.Settings{Names: names, Zone: zone, HorizonDays: deps.Config.HorizonDays, OpenDays: deps.Config.OpenAbsenceDays})
	models := httpapi.Models{Employees: read.NewEmployees(), Deployments: read.NewDeployments(), Unknown: read.NewUnknownEmployees(), Posts: read.NewPosts(),
		Attendance: read.NewAttendance(), SmallGroup: deps.Config.SmallGroup}
	centres := read.NewCentres()
	n := node.New(node.Spec{
		Service:  staffing.Service,
		Codec:    app.Codec,
		Registry: lotse.Registry(),
		Sources:  a.Sources(),
		Models:   []node.Model{models.Employees, models.Deployments, models.Unknown, models.Posts, models.Attendance, centres, a.Imports()},
		Reactors: []node.Reactor{{Name: "horizon", React: a.Advance}, {Name: "imports", React: a.Drafts().React}},
		Tick: func(ctx context.Context, now time.Time) error {
			return errors.Join(a.Tick(ctx), a.Drafts().Sweep(ctx, now))
		},
	}, deps.Node)
	a.Use(n, models.Employees)
	return &Service{node: n, app: a, handler: sync.OnceValue(func() http.Handler { return httpapi.New(n, a, models) }), models: staff.Models{Employees: models.Employees, Deployments: models.Deployments,
		Unknown: models.Unknown, Posts: models.Posts, Attendance: models.Attendance, Centres: centres, SmallGroup: models.SmallGroup}}, nil
}

// Node runs the service.
func (s *Service) Node() *node.Node { return s.node }

// Handler serves the API below /v1.
func (s *Service) Handler() http.Handler { return s.handler() }

// ImportStaff takes in a list of employees and holidays, the body of POST
// /v1/imports/staff. The error names every bad row; nothing is applied then.
func (s *Service) ImportStaff(ctx context.Context, key string, body []byte) (Counts, error) {
	list, err := app.ReadStaff(body)
	if err != nil {
		return Counts{}, err
	}
	counts, _, err := s.app.ImportStaff(ctx, key, list)
	return counts, err
}

// Order deploys people by hand, without a proposal. What was ordered and what a rule
// forbids is said as events.
func (s *Service) Order(ctx context.Context, orders ...Order) error {
	_, err := s.app.Order(ctx, orders)
	return err
}
