package verify

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/id"
	bookings "github.com/lotse-hamburg/lotse/services/booking"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// Receipt is one command that a client was told is done: a line of its journal.
type Receipt struct {
	Service string `json:"service"`
	// Position is the answer's Lotse-Position, epoch-position; "" where none was told.
	Position string `json:"position,omitempty"`
	// Key is the Idempotency-Key that was sent, if one was; Command what it was sent
	// with, for booking, which remembers keys by command: hold, confirm, move, cancel …
	Key     string `json:"key,omitempty"`
	Command string `json:"command,omitempty"`
	// Message is the id of an HR event that was answered with "recorded".
	Message string `json:"message,omitempty"`
	// Appointment that was booked, moved or cancelled; State is what was told of
	// it: booked, cancelled, kept or missed, or Unknown; Place where, if it stands.
	Appointment id.Appointment `json:"appointment,omitempty"`
	State       string         `json:"state,omitempty"`
	Place       *booking.Place `json:"place,omitempty"`
}

// Unknown is the State of an appointment when a command to it got no answer: what
// was told before no longer counts.
const Unknown = "unknown"

// key is under what the answer is remembered.
func (r Receipt) key() string {
	if r.Command != "" {
		return node.ResultKey(r.Command + ":" + r.Key)
	}
	return node.ResultKey(r.Key)
}

// ReadReceipts reads a journal. A last line that was cut is left out: its writer
// was killed before it knew.
func ReadReceipts(r io.Reader) (all []Receipt, err error) {
	lines := bufio.NewReaderSize(r, 1<<16)
	for n := 1; ; n++ {
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		if strings.TrimSpace(line) == "" {
			continue
		}
		var one Receipt
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			return all, fmt.Errorf("line %d of the journal is no receipt: %w", n, err)
		}
		if one.Service == "" || one.Position == "" && one.Key == "" && one.Message == "" && one.Appointment == "" {
			return all, fmt.Errorf("line %d of the journal names no service, or nothing to look for: give position, key, message or appointment", n)
		}
		all = append(all, one)
	}
}

// promises are what was last told of each appointment.
func promises(all []Receipt) (told []bookings.Promise) {
	last := map[id.Appointment]int{}
	for _, r := range all {
		if r.Service != booking.Service || r.Appointment == "" || r.State == "" {
			continue
		}
		p := bookings.Promise{Appointment: r.Appointment, State: r.State}
		if r.Place != nil {
			p.Place = *r.Place
		}
		if i, ok := last[r.Appointment]; ok {
			told[i] = p
			continue
		}
		last[r.Appointment] = len(told)
		told = append(told, p)
	}
	return slices.DeleteFunc(told, func(p bookings.Promise) bool { return p.State == Unknown })
}

// stories are the ids of the HR events that a log has something of.
type stories map[string]bool

func (s stories) apply(e eventlog.Event) {
	if e.Meta.CorrelationID != "" {
		s[e.Meta.CorrelationID] = true
	}
}

// acknowledged looks for each receipt in its log.
func acknowledged(ctx context.Context, c *Check, all []Receipt, logs Logs, heads map[string]eventlog.Head, heard stories) error {
	for i, r := range all {
		c.Looked++
		log, ok := logs[r.Service]
		if !ok {
			c.fault("line %d: there is no service %q", i+1, r.Service)
			continue
		}
		if r.Position != "" {
			if why := stands(r.Position, heads[r.Service]); why != "" {
				c.fault("line %d: %s has answered with position %s: %s", i+1, r.Service, r.Position, why)
			}
		}
		if r.Key != "" {
			_, err := log.IdempotencyResult(ctx, r.key())
			switch {
			case errors.Is(err, eventlog.ErrNotFound):
				c.fault("line %d: %s has acknowledged the key %s and knows nothing of it", i+1, r.Service, r.Key)
			case err != nil:
				return err
			}
		}
		if r.Message != "" && !heard[r.Message] {
			c.fault("line %d: %s has recorded the message %s and has nothing of it", i+1, r.Service, r.Message)
		}
	}
	return nil
}

// stands says why a position cannot have been answered by this log; "" if it can.
func stands(position string, head eventlog.Head) string {
	e, p, ok := strings.Cut(position, "-")
	epoch, err := strconv.ParseInt(e, 10, 64)
	at, perr := strconv.ParseInt(p, 10, 64)
	switch {
	case !ok || err != nil || perr != nil:
		return "it is not epoch-position"
	case epoch > head.Epoch:
		return fmt.Sprintf("the log is in epoch %d", head.Epoch)
	case epoch == head.Epoch && at > head.Position:
		return fmt.Sprintf("the log ends at %d", head.Position)
	}
	return ""
}
