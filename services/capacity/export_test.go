package capacity

import (
	"context"
	"time"

	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read/glance"
)

// React calls one reactor once, for measuring it alone.
func (s *Service) React(ctx context.Context, name string) (bool, error) {
	return s.app.React(ctx, name)
}

// Hold does what planning does while the models are held.
func (s *Service) Hold() {
	s.app.Node().View(func() { s.app.City.Still() })
}

// City is the read model, to be looked at inside Node().View.
func (s *Service) City() *read.City { return s.app.City }

// Glance is the city as pages show it, at the position at which the models are.
func (s *Service) Glance() *glance.City { return s.app.Glance(s.app.Node().Applied()) }

// LookAnew does what a page does after a change: take and see.
func (s *Service) LookAnew() (held time.Duration) {
	var raw *glance.Raw
	began := time.Now()
	s.app.Node().View(func() { raw = glance.Take(s.app.City, s.app.History) })
	held = time.Since(began)
	raw.See()
	return held
}
