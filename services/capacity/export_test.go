package capacity

import "context"

// React calls one reactor once, for measuring it alone.
func (s *Service) React(ctx context.Context, name string) (bool, error) {
	return s.app.React(ctx, name)
}
