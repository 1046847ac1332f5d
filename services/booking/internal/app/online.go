package app

import (
	"context"
	"errors"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/online"
	"github.com/lotse-hamburg/lotse/services/booking/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// ErrNotOnline: a service without a link.
var ErrNotOnline = errors.New("this service cannot be done online: book a visit")

// TakeOnline counts that somebody took the link, and answers it.
func (a *App) TakeOnline(ctx context.Context, key string, s id.Service, channel string) (link string, rec journal.Receipt, err error) {
	t, err := a.service(s)
	if err != nil {
		return "", rec, err
	}
	if t.Online == "" {
		return "", rec, ErrNotOnline
	}
	if channel == "" {
		channel = booking.Online
	}
	if _, err := a.limits(channel); err != nil {
		return "", rec, err
	}
	_, rec, err = node.Command(ctx, a.node, prefixed("online", key), []string{string(s), channel}, func(tx *journal.Tx) (struct{}, error) {
		c := online.Take{OnlineTaken: booking.OnlineTaken{Service: s, Channel: channel, On: a.moment(tx.Now()).Day}}
		_, err := journal.Execute(tx, spared, string(s), c)
		return struct{}{}, err
	})
	return t.Online, rec, err
}

// Spared counts the visits spared in a period.
func (a *App) Spared(p day.Period) (all []read.Spared) {
	a.node.View(func() { all = a.models.Spared.In(p) })
	return all
}
