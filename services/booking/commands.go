package booking

import (
	"context"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
)

// Further commands for callers in the same process.
type (
	// Proof that somebody may act for an appointment: its code, or a channel of
	// staff.
	Proof = app.Proof
	// NewPlace is where an appointment moves to.
	NewPlace = app.NewPlace
)

// Book takes a slot at once, as staff does at the telephone or the desk.
func (s *Service) Book(ctx context.Context, key string, w Wish, c Contact) (Confirmation, error) {
	out, _, err := s.app.Book(ctx, key, w, c, false)
	return out, err
}

// Move an appointment.
func (s *Service) Move(ctx context.Context, key string, ap id.Appointment, p Proof, to NewPlace) (Confirmation, error) {
	out, _, err := s.app.Move(ctx, key, ap, p, to)
	return out, err
}

// Cancel an appointment.
func (s *Service) Cancel(ctx context.Context, key string, ap id.Appointment, p Proof) error {
	_, err := s.app.Cancel(ctx, key, ap, p)
	return err
}

// Keep notes that the citizen was served.
func (s *Service) Keep(ctx context.Context, key string, ap id.Appointment) error {
	_, err := s.app.Keep(ctx, key, ap)
	return err
}

// Miss notes that the citizen did not come.
func (s *Service) Miss(ctx context.Context, key string, ap id.Appointment) error {
	_, err := s.app.Miss(ctx, key, ap)
	return err
}
