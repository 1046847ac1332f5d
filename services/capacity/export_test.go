package capacity

import "context"

// React calls one reactor once, for measuring it alone.
func (s *Service) React(ctx context.Context, name string) (bool, error) {
	return s.app.React(ctx, name)
}

// Hold does what planning does while the models are held.
func (s *Service) Hold() {
	s.app.Node().View(func() { s.app.City.Still() })
}
