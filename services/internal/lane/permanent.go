package lane

import (
	"errors"

	"github.com/lotse-hamburg/lotse/events"
)

// ErrPermanent marks an error that trying again cannot heal: the event is
// parked and the lane goes on.
var ErrPermanent = errors.New("permanent")

// permanentError keeps the text of its cause.
type permanentError struct{ cause error }

func (e *permanentError) Error() string        { return e.cause.Error() }
func (e *permanentError) Unwrap() error        { return e.cause }
func (e *permanentError) Is(target error) bool { return target == ErrPermanent }

// Permanent marks an error as permanent; nil stays nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &permanentError{err}
}

// IsPermanent tells errors that trying again cannot heal: those marked with
// Permanent, malformed messages, and event types that are not known here.
func IsPermanent(err error) bool {
	var field *events.FieldError
	var unknown *events.UnknownTypeError
	return errors.Is(err, ErrPermanent) || errors.As(err, &field) || errors.As(err, &unknown)
}
