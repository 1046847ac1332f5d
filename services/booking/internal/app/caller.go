package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/internal/access"
)

// Refusals of who asks, or how often.
var (
	ErrStaffOnly     = errors.New("this is for staff: log in, or send a token of a desk or the telephone service as Authorization: Bearer")
	ErrTooManyHolds  = errors.New("you keep too many slots at once: confirm or give back one of them, or wait until it runs out")
	ErrCaptchaNeeded = errors.New("solve a challenge first: GET /v1/captcha, and send the solution in the header Lotse-Altcha")
	ErrCaptchaWrong  = errors.New("the solution in Lotse-Altcha is wrong, has run out or was used before: GET /v1/captcha for a new challenge")
)

// Caller is who asks over the network. Callers in the same process carry none:
// they may do everything.
type Caller struct {
	Client   string // pseudonym of the address, for a day
	Staff    bool
	Solution string // of a captcha
	Plain    bool   // a page asks whose browser runs no scripts, and so solves nothing
}

type callerKey struct{}

// WithCaller says who asks.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// CallerOf a request; found is false for callers in the same process.
func CallerOf(ctx context.Context) (c Caller, found bool) {
	c, found = ctx.Value(callerKey{}).(Caller)
	return c, found
}

// trusted may act for others.
func trusted(ctx context.Context) bool {
	c, found := CallerOf(ctx)
	return !found || c.Staff
}

// mayUse refuses the channels of staff to everybody else: each is for its own.
func mayUse(ctx context.Context, channel string) error {
	role, theirs := map[string]access.Role{booking.Telephone: access.TelephoneAgent, booking.Desk: access.Desk}[channel]
	if who := access.Of(ctx); theirs && (!trusted(ctx) || who.Known() && !who.Is(role)) {
		return fmt.Errorf("channel %s: %w", channel, ErrStaffOnly)
	}
	return nil
}

// mayUseAt keeps desks to their own centres, too.
func mayUseAt(ctx context.Context, channel string, centre id.Centre) error {
	err := mayUse(ctx, channel)
	if err == nil && channel == booking.Desk {
		err = access.DeskAt(ctx, centre)
	}
	return err
}

// own are the centres whose lists whoever asks may see: a desk its own, everybody
// else all.
func own(ctx context.Context) func(id.Centre) bool {
	p, bound := access.Bound(ctx, access.Desk)
	return func(k id.Centre) bool { return !bound || access.Owns(p.Centres, k) }
}

// clients counts the holds that each client keeps at present, on this replica:
// with more replicas behind one address a client may keep as many times more.
// What is remembered ends with the hold.
type clients struct {
	most int // 0: as many as they like

	mu    sync.Mutex
	holds map[string]map[centreday.HoldID]time.Time // until when
	doing map[string]int                            // that are being placed
	owner map[centreday.HoldID]string
	plain map[string]time.Time // by when who solves nothing has paid for its holds
}

// Who solves no challenge although one is wanted keeps one slot at a time, and is
// given plainBurst in a row, then one every plainEvery.
const (
	plainBurst = 3
	plainEvery = 10 * time.Minute
)

func newClients(most int) *clients {
	return &clients{most: most, holds: map[string]map[centreday.HoldID]time.Time{}, doing: map[string]int{}, owner: map[centreday.HoldID]string{}, plain: map[string]time.Time{}}
}

// begin asks for one more hold; end must be called with what became of it. With
// unsolved it is one of who solves no challenge.
func (c *clients) begin(ctx context.Context, now time.Time, unsolved bool) (end func(centreday.HoldID, time.Time, error), err error) {
	who, found := CallerOf(ctx)
	if !found || who.Staff || c.most <= 0 && !unsolved {
		return func(centreday.HoldID, time.Time, error) {}, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	open := c.doing[who.Client]
	for h, until := range c.holds[who.Client] {
		if now.Before(until) {
			open++
		} else {
			c.forget(h)
		}
	}
	if open >= c.most && c.most > 0 || unsolved && open > 0 {
		return nil, ErrTooManyHolds
	}
	if unsolved {
		paid := c.plain[who.Client]
		if paid.Before(now) {
			paid = now
		}
		if paid.Sub(now) > (plainBurst-1)*plainEvery {
			return nil, ErrTooManyHolds
		}
		c.plain[who.Client] = paid.Add(plainEvery)
	}
	c.doing[who.Client]++
	return func(h centreday.HoldID, until time.Time, err error) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.doing[who.Client]--; c.doing[who.Client] <= 0 {
			delete(c.doing, who.Client)
		}
		if err != nil {
			return
		}
		if c.holds[who.Client] == nil {
			c.holds[who.Client] = map[centreday.HoldID]time.Time{}
		}
		c.holds[who.Client][h], c.owner[h] = until, who.Client
	}, nil
}

// ended gives a hold's place back.
func (c *clients) ended(h centreday.HoldID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forget(h)
}

func (c *clients) forget(h centreday.HoldID) {
	who, known := c.owner[h]
	if !known {
		return
	}
	delete(c.owner, h)
	if delete(c.holds[who], h); len(c.holds[who]) == 0 {
		delete(c.holds, who)
	}
}

// sweep forgets holds that ran out.
func (c *clients) sweep(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for who, paid := range c.plain {
		if paid.Before(now) {
			delete(c.plain, who)
		}
	}
	for _, holds := range c.holds {
		for h, until := range holds {
			if !now.Before(until) {
				c.forget(h)
			}
		}
	}
}
