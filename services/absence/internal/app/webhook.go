package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr/mapping"
)

// Delivery says what became of a webhook's message, an absence each; none where
// it says nothing that is decided.
type Delivery struct {
	Receipts []Receipt `json:"receipts"`
}

// Secrets returns the secrets that a source may sign a system's form with: more
// than one while they are being changed, none for a source that is not known.
type Secrets func(source, system string) ([][]byte, error)

// Webhook takes in what a system posts. mapping.ErrForged means that the sender
// is not who it says; nothing is kept of such a message. An *hr.Refusal means
// that it could not be read in whole; what could not was parked without its
// content, the rest is recorded.
func (a *App) Webhook(ctx context.Context, source, system string, header map[string][]string, body []byte) (Delivery, error) {
	out := Delivery{Receipts: []Receipt{}}
	scheme, known := mapping.Signs(system)
	if !known || !hr.Source(source) || a.secrets == nil {
		a.tally(hr.NoSource, Forged)
		return out, mapping.ErrForged
	}
	secrets, err := a.secrets(source, system)
	if err != nil {
		return out, fmt.Errorf("read the webhook secret of %s: %w", source, err)
	}
	if err := scheme.Verify(secrets, header, body, a.node.Now()); err != nil {
		if len(secrets) == 0 {
			source = hr.NoSource // anybody may think up names
		}
		a.tally(source, Forged)
		return out, err
	}
	if system == mapping.CloudEvents {
		// The signature is over the body: no header may say what the message means.
		r, err := a.Receive(ctx, source, map[string][]string{"Content-Type": {events.StructuredContentType}}, body)
		out.Receipts = append(out.Receipts, r)
		return out, err
	}
	words, stripped, err := mapping.Read(system, source, a.zone, body)
	a.count(hr.Message{Source: source, Stripped: stripped})
	if err != nil {
		sum := sha256.Sum256(body)
		hash := hex.EncodeToString(sum[:])
		r, err := a.Take(ctx, hr.Message{Source: source, ID: hash, Sender: source, Hash: hash}, err)
		out.Receipts = append(out.Receipts, r)
		return out, err
	}
	if len(words) == 0 {
		a.tally(source, Undecided)
	}
	var refused error
	for _, w := range words {
		refusal := w.Refusal
		if refusal == nil && w.Fetch {
			if a.fetches(source) {
				r, err := a.owe(ctx, system, w)
				if err != nil {
					return out, err
				}
				a.tally(source, r.Status)
				out.Receipts = append(out.Receipts, r)
				continue
			}
			refusal = unfetched()
		}
		r, err := a.Take(ctx, w.Message, refusal)
		out.Receipts = append(out.Receipts, r)
		switch {
		case err == nil:
		case IsRefusal(err):
			refused = errors.Join(refused, err)
		default:
			return out, err
		}
	}
	return out, refused
}

// unfetched refuses a thin message, which says that an absence changed and not
// how, where nothing is set up to ask.
func unfetched() error {
	r := &hr.Refusal{}
	r.Add("body", "", "says that an absence changed, not how: send the absence itself, or sweeps of all absences")
	return r
}

// Zone is that of times which HR systems write without one.
func (a *App) Zone(zone *time.Location) { a.zone = zone }

// Signed sets where the secrets of webhooks are.
func (a *App) Signed(s Secrets) { a.secrets = s }
