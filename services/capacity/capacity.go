package capacity

import (
	"context"
	"errors"
	"net/http"
	"sync"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/app"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/httpapi"
	"github.com/lotse-hamburg/lotse/services/internal/clock"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// Deps are what the service is given.
type Deps struct {
	Node   node.Deps
	Config Config
}

// Network is the body of PUT /v1/network.
type Network = network.Network

// Applied says what ApplyNetwork changed.
type Applied = app.Applied

// Service is capacity.
type Service struct {
	app     *app.App
	handler func() http.Handler // made when it is first asked for: a simulation never does
	config  Config
}

// New makes the service. Its node must be started before it serves.
func New(deps Deps) (*Service, error) {
	if err := deps.Config.Validate(); err != nil {
		return nil, err
	}
	zone, err := clock.Zone(deps.Config.Zone)
	if err != nil {
		return nil, err
	}
	a := app.New(deps.Node, app.Options{Zone: zone, Watch: !deps.Config.Planning, RepairTime: deps.Config.RepairTime, NightDraws: deps.Config.NightDraws, AnswerDraws: deps.Config.AnswerDraws, Terse: deps.Config.Terse, OfferingPace: deps.Config.OfferingPace})
	return &Service{app: a, handler: sync.OnceValue(func() http.Handler { return httpapi.New(a).Handler() }), config: deps.Config}, nil
}

// Node runs the service: lanes in, relay out, reactors, ticks.
func (s *Service) Node() *node.Node { return s.app.Node() }

// Handler serves the API under /v1/.
func (s *Service) Handler() http.Handler { return s.handler() }

// ApplyNetwork makes the network what is given; a dry run only tells.
func (s *Service) ApplyNetwork(ctx context.Context, n Network, dry bool) (Applied, error) {
	out, _, err := s.app.ApplyNetwork(ctx, n, app.Applying{Dry: dry})
	return out, err
}

// Approve a proposal without the moves dropped.
func (s *Service) Approve(ctx context.Context, p id.Proposal, drop ...id.Deployment) error {
	_, err := s.app.Approve(ctx, "", p, app.Amendment{Drop: drop}, 0)
	return err
}

// IsRefusal tells an error that says no from a fault: what was asked cannot be, as
// the world stands.
func IsRefusal(err error) bool {
	var answer interface{ GetStatus() int }
	return errors.As(httpapi.Problems().From(err), &answer) && answer.GetStatus() < http.StatusInternalServerError
}

// Reject a proposal.
func (s *Service) Reject(ctx context.Context, p id.Proposal, reason string) error {
	_, err := s.app.Reject(ctx, "", p, reason)
	return err
}

// Undo an approved proposal.
func (s *Service) Undo(ctx context.Context, p id.Proposal, reason string) error {
	_, err := s.app.Undo(ctx, "", p, reason)
	return err
}
