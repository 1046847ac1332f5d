package capacity

import (
	"context"

	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
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
