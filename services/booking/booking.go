package booking

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app/contact"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/httpapi"
	"github.com/lotse-hamburg/lotse/services/booking/internal/httpapi/guard"
	"github.com/lotse-hamburg/lotse/services/booking/internal/httpapi/zms"
	"github.com/lotse-hamburg/lotse/services/booking/internal/web/book"
	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/clock"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// Deps are what the service is given.
type Deps struct {
	Node   node.Deps
	Config Config
	// Random is where keys and nonces come from; nil: the machine's. With
	// Master (32 bytes) no key file is read: a simulation gives both.
	Random io.Reader
	Master []byte
}

// Service is booking. It has no goroutines: node.Run puts them around it.
type Service struct {
	app      *app.App
	guard    *guard.Guard
	replicas int                 // of the bucket of slots
	handler  func() http.Handler // made when it is first asked for: a simulation never does
}

// New makes the service; Node().Start must be called before it serves.
func New(deps Deps) (*Service, error) {
	cfg := deps.Config
	if deps.Master != nil && cfg.KeyFile == "" {
		cfg.KeyFile = "(given)"
	}
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if deps.Random == nil {
		deps.Random = rand.Reader
	}
	vault, err := cfg.vault(deps)
	if err != nil {
		return nil, err
	}
	zone, err := clock.Zone(cfg.Zone)
	if err != nil {
		return nil, err
	}
	post, err := cfg.post()
	if err != nil {
		return nil, err
	}
	replica := make([]byte, 8)
	if _, err := io.ReadFull(deps.Random, replica); err != nil {
		return nil, err
	}
	mail := app.Mail{Post: post, Sender: cfg.sender(), URL: strings.TrimSuffix(cfg.PublicURL, "/"), Replica: hex.EncodeToString(replica)}
	a := app.New(deps.Node, events.NewRegistry(capacity.Kinds()), app.Options{KeyFile: cfg.ring(deps), Vault: vault, Zone: zone, PublishEvery: cfg.PublishEvery, Mail: mail, HoldsPerClient: cfg.HoldsPerClient})
	proxies, err := access.Prefixes("LOTSE_TRUSTED_PROXIES", cfg.Proxies)
	if err != nil {
		return nil, err
	}
	before := guard.New(guard.Options{Reads: cfg.rate(cfg.RateReads), Commands: cfg.rate(cfg.RateCommands),
		Failures: guard.Rate{PerSecond: float64(cfg.WrongCodes) / wrongCodesIn.Seconds(), Burst: cfg.WrongCodes},
		Streams:  cfg.StreamsMost, Proxies: proxies, Now: a.Node().Now, Random: deps.Random})
	return &Service{app: a, guard: before, replicas: deps.Node.StreamReplicas, handler: sync.OnceValue(func() http.Handler {
		mux, citizens := http.NewServeMux(), http.NewServeMux()
		citizens.Handle(zms.Prefix+"/", zms.New(a))
		mux.Handle("/", httpapi.New(a, cfg.SSEWrite, book.Proven))
		mux.Handle(zms.Prefix+"/", access.Gate{Service: "booking"}.Wrap(citizens))
		return before.Wrap(mux)
	})}, nil
}

func (c Config) vault(deps Deps) (*contact.Vault, error) {
	if deps.Master != nil {
		return contact.New(deps.Master, deps.Random)
	}
	return contact.Open(context.Background(), c.KeyFile, c.sealer(), deps.Node.Store, deps.Random)
}

// ring reads the key file when its keys were changed; nil: there is none.
func (c Config) ring(deps Deps) app.KeyFile {
	if deps.Master != nil {
		return nil
	}
	return func(ctx context.Context) (*contact.Ring, error) { return contact.ReadRing(ctx, c.KeyFile, c.sealer()) }
}

// Node runs the service.
func (s *Service) Node() *node.Node { return s.app.Node() }

// Handler serves the HTTP API under /v1, and ZMS's citizen API under /zms.
func (s *Service) Handler() http.Handler { return s.handler() }

// What callers in the same process need.
type (
	// ImportAppointment is an appointment that another system has booked.
	ImportAppointment = app.ImportAppointment
	// ImportReport says how many were booked and why others were not.
	ImportReport = app.ImportReport
	// Wish is the slot that somebody wants.
	Wish = app.Wish
	// Held is a slot kept for a citizen.
	Held = app.Held
	// Confirmation of an appointment, with its code and link.
	Confirmation = app.Confirmation
	// Contact is how to reach a citizen.
	Contact = contact.Contact
	// Search asks for the earliest slots of a service.
	Search = app.Search
	// Found answers a search.
	Found = app.Found
	// HoldID names a hold; a confirmed hold's id becomes the appointment's.
	HoldID = centreday.HoldID
)

// What it takes to forget citizens and to change keys.
type (
	// Whom to forget.
	Whom = app.Whom
	// Forgotten says what was destroyed, searched and found afterwards.
	Forgotten = app.Forgotten
	// Rotated says what became of the data keys.
	Rotated = app.Rotated
)

// Forget destroys the keys of somebody's contacts and searches for what is left.
func (s *Service) Forget(ctx context.Context, w Whom) (Forgotten, error) {
	p, _, err := s.app.ForgetCitizen(ctx, w)
	return p, err
}

// ForgetAgain destroys those of a list of keys that live again after a restore.
func (s *Service) ForgetAgain(ctx context.Context, keys []string) (destroyed int, err error) {
	return s.app.ForgetAgain(ctx, keys)
}

// DestroyedKeys lists the ids of destroyed keys, by id.
func (s *Service) DestroyedKeys(ctx context.Context, after string, limit int) ([]string, error) {
	return s.app.DestroyedKeys(ctx, after, limit)
}

// RotateKeys wraps all data keys with the newest key of the key file.
func (s *Service) RotateKeys(ctx context.Context) (Rotated, error) { return s.app.RotateKeys(ctx) }

// AddKey adds a fresh key encryption key to the key file, which must be there, and
// returns its name.
func AddKey(ctx context.Context, c Config) (name string, err error) {
	if _, err := os.Stat(c.KeyFile); err != nil {
		return "", fmt.Errorf("key file: %w", err)
	}
	return contact.AddKey(ctx, c.KeyFile, c.sealer(), rand.Reader)
}

// RetireKeys takes all keys but the newest out of the key file.
func RetireKeys(ctx context.Context, c Config) (gone []string, err error) {
	return contact.RetireKeys(ctx, c.KeyFile, c.sealer())
}

// Import books what fits of another system's appointments.
func (s *Service) Import(ctx context.Context, all []ImportAppointment) (ImportReport, error) {
	report, _, err := s.app.Import(ctx, all)
	return report, err
}

// Hold keeps a slot; key is the idempotency key or empty.
func (s *Service) Hold(ctx context.Context, key string, w Wish) (Held, error) {
	h, _, err := s.app.Hold(ctx, key, w)
	return h, err
}

// Confirm turns a hold into an appointment.
func (s *Service) Confirm(ctx context.Context, key string, h HoldID, c Contact) (Confirmation, error) {
	out, _, err := s.app.Confirm(ctx, key, h, c)
	return out, err
}

// Search answers from memory.
func (s *Service) Search(ctx context.Context, q Search) (Found, error) { return s.app.Search(ctx, q) }
