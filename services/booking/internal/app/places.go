package app

import (
	"context"
	"errors"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app/contact"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/quota"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/waiting"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// ErrTooManyPlaces: a contact stands on the waiting list as often as it may.
var ErrTooManyPlaces = errors.New("this contact has as many places on the waiting list as it may have: give one up, or telephone")

// onTheList stands for a service in the counts of contacts: places on the waiting
// list are counted like appointments, and as many are allowed. A place counts in
// the month in which it was taken, until its last day.
const onTheList id.Service = "@waiting-list"

// placesOf is how a contact's places are counted.
func (a *App) placesOf(ctx context.Context, c contact.Contact) (allowance, error) {
	return a.allowance(ctx, a.now().Day, c)
}

// openPlace counts a place in the unit that takes it.
func (a *App) openPlace(tx *journal.Tx, l allowance, w waiting.ID, until day.Day) error {
	if l.own == "" {
		return nil
	}
	n, err := l.counted(tx, onTheList, a.moment(tx.Now()).Day)
	if err != nil {
		return err
	}
	if n >= l.most {
		return ErrTooManyPlaces
	}
	_, err = journal.Execute(tx, quotas, l.own, quota.Command(quota.Open{Appointment: keyOfWaiting(w), Services: []id.Service{onTheList}, Day: until}))
	return err
}
