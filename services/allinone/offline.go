package allinone

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/lotse-hamburg/lotse/services/booking"
	"github.com/lotse-hamburg/lotse/services/internal/clock"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// BookingConfig is booking's configuration in a city of this one.
func (c Config) BookingConfig() booking.Config {
	cfg := booking.DefaultConfig()
	cfg.KeyFile = filepath.Join(c.Data, "booking.kek")
	return changed(cfg, c.Booking)
}

// Booking opens booking's log of a city that does not run, folds it and hands it
// to do. Nothing else is started, and nobody else hears of what do decides before
// the city runs again.
func Booking(ctx context.Context, cfg Config, do func(*booking.Service) error) (err error) {
	own := cfg.BookingConfig()
	if _, err := os.Stat(own.KeyFile); err != nil {
		return fmt.Errorf("%w: name the folder of a Lotse with --data", err) // a fresh key would be of no use
	}
	c := &City{cfg: cfg, log: cfg.Logger}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	defer c.release()
	store, err := c.openLog(ctx, "booking")
	if err != nil {
		return err
	}
	zone, err := clock.Zone(clock.City)
	if err != nil {
		return err
	}
	var now func() time.Time = clock.System(zone)
	if cfg.Now != nil {
		now = cfg.Now
	}
	s, err := booking.New(booking.Deps{Node: node.Deps{Store: store, Now: now, Logger: c.log}, Config: own})
	if err != nil {
		return err
	}
	if err := s.Node().Start(ctx); err != nil {
		return err
	}
	return do(s)
}
