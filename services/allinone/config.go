package allinone

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/lotse-hamburg/lotse/services/absence"
	"github.com/lotse-hamburg/lotse/services/booking"
	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/daemon"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
	"github.com/lotse-hamburg/lotse/services/staffing"
)

// Config of the single process.
type Config struct {
	// Data is the folder for logs, keys and the bus's files.
	Data string
	// HTTP is the address of all APIs, host:port; port 0 takes a free one.
	HTTP string
	// NATS is the address of the bus, host:port; port 0 takes a free one.
	NATS string
	// Postgres, when set, is the URL of a database that holds the logs, a
	// schema per service; else SQLite files in Data hold them.
	Postgres string
	// Access says who is believed. Where it says nothing, development tokens are
	// made in Data, and HTTP must be an address of this machine only.
	Access access.Config
	// Server is how HTTP is served; the zero value has every default.
	Server httpserver.ServerConfig
	// FeedbackMail is the address that the pages name for feedback; empty: none.
	FeedbackMail string
	// OTLP is the endpoint that traces are sent to; empty: none.
	OTLP string
	// Absence, Staffing and Booking change these services' configurations, which
	// have their defaults otherwise; nil: nothing.
	Absence  func(*absence.Config)
	Staffing func(*staffing.Config)
	Booking  func(*booking.Config)
	// StaffNumbers: HR systems and staff lists send personnel numbers, which are
	// replaced by pseudonyms with a key that is kept in Data. Else every id is
	// taken as a pseudonym.
	StaffNumbers bool
	// SnapshotEvery so many events a service with snapshots writes one; 0: the
	// service's own measure.
	SnapshotEvery int64
	// Now is the clock; nil: the machine's, in the city's zone.
	Now func() time.Time
	// Logger; nil: none.
	Logger *slog.Logger
}

// FromEnvironment reads Access and Server from it, as the deployables do.
func (c *Config) FromEnvironment() error {
	var read struct {
		FeedbackMail string `split_words:"true"`
		httpserver.ServerConfig
		access.Config
	}
	err := daemon.Read("LOTSE", &read)
	if c.Logger != nil {
		for _, key := range daemon.Unread(os.Environ(), "LOTSE", &read) {
			c.Logger.Warn("this variable of the environment does nothing here: correct its name, or use a flag", "name", key)
		}
	}
	c.FeedbackMail, c.Server, c.Access = read.FeedbackMail, read.ServerConfig, read.Config
	return err
}

func (c *Config) check() error {
	var errs []error
	if c.Server == (httpserver.ServerConfig{}) {
		c.Server = httpserver.DefaultServer()
	}
	if c.Access == (access.Config{}) {
		c.Access = access.DefaultConfig()
	}
	c.Server.ProxiesGiven = c.Access.Proxies
	if err := c.Server.Validate(); err != nil {
		errs = append(errs, err)
	}
	if c.Data == "" {
		errs = append(errs, errors.New("--data is empty: name a folder"))
	}
	for _, a := range [][2]string{{"--http", c.HTTP}, {"--nats", c.NATS}} {
		if _, _, err := splitAddress(a[1]); err != nil {
			errs = append(errs, fmt.Errorf("%s is %q: %w", a[0], a[1], err))
		}
	}
	return errors.Join(errs...)
}

func splitAddress(a string) (host string, port int, err error) {
	host, p, err := net.SplitHostPort(a)
	if err != nil {
		return "", 0, errors.New("write it as host:port, such as 127.0.0.1:8080")
	}
	if port, err = strconv.Atoi(p); err != nil || port < 0 || port > 65535 {
		return "", 0, fmt.Errorf("port %q is not a number from 0 to 65535", p)
	}
	return host, port, nil
}
