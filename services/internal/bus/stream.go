package bus

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/lotse-hamburg/lotse/events"
)

// epochKey stands in the metadata of a stream: the epoch of the log that it is
// a copy of.
const epochKey = "lotse-epoch"

// StreamSpec describes the stream of a service's public events.
type StreamSpec struct {
	Service string
	Epoch   int64
	// Head tells the log's newest public position. It is asked after the
	// stream's state was read, so that a stream is never judged by an older
	// head than its own content.
	Head func(ctx context.Context) (int64, error)
	// FirstSeq is the sequence that the first message of a new stream gets;
	// 0 or 1 copies the log from its beginning. Consumers that are further
	// back ask the service itself (backfill).
	FirstSeq uint64
	MaxAge   time.Duration // how long messages are kept; 0: for ever
	Replicas int           // 0: 1
}

// streamCreateErr is the server's code for a stream whose store could not be
// made (nats-server 2.15.2, errors.json: JSStreamCreateErrF), which nats.go has
// no name for.
const streamCreateErr jetstream.ErrorCode = 10049

// EnsureStream makes the stream exist with this description and returns the
// sequence of its last message (FirstSeq-1 when it is empty). A stream of
// another epoch, or one that is longer than the log, is thrown away and created
// again: the log is the truth.
func EnsureStream(ctx context.Context, c *Conn, s StreamSpec) (lastSeq uint64, err error) {
	want := s.config()
	dropped := false
	for range 8 {
		var stream jetstream.Stream
		stream, err = c.js.Stream(ctx, want.Name)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			stream, err = c.js.CreateStream(ctx, want)
			if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
				continue // another replica was quicker
			}
			var api *jetstream.APIError
			if errors.As(err, &api) && api.ErrorCode == streamCreateErr && Pause(ctx, DefaultBackoff.Wait(3)) {
				continue // the files of the stream that was removed are in its way for a moment
			}
		}
		if errors.Is(err, nats.ErrNoResponders) || errors.Is(err, jetstream.ErrJetStreamNotEnabled) || errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount) {
			return 0, fmt.Errorf("bus: stream %s: %w: start the NATS server with JetStream (nats-server -js)", want.Name, err)
		}
		if err != nil {
			return 0, fmt.Errorf("bus: stream %s: %w", want.Name, err)
		}
		info := stream.CachedInfo()
		why := ""
		if dropped && info.State.Msgs > 0 {
			why = "messages of the stream that was removed have come back"
		} else if e := StreamEpoch(info.Config); e != s.Epoch {
			why = fmt.Sprintf("it is of epoch %d, the log of epoch %d", e, s.Epoch)
		} else if s.Head != nil && info.State.LastSeq > 0 {
			head, err := s.Head(ctx)
			if err != nil {
				return 0, fmt.Errorf("bus: head of the log of %s: %w", s.Service, err)
			}
			// A new stream with FirstSeq reports FirstSeq-1.
			if info.State.LastSeq > uint64(head) {
				why = fmt.Sprintf("it ends at %d, the log at %d", info.State.LastSeq, head)
			}
		}
		if why == "" {
			return info.State.LastSeq, c.adjust(ctx, info.Config, want)
		}
		c.log.Warn("bus: stream does not fit its log and is created again", "stream", want.Name, "why", why)
		// The server removes a stream's files in the background. Who removes
		// a stream, creates it and removes it again within that moment finds the
		// old messages in the next one (nats-server 2.15.2, fileStore.Delete:
		// the second rename fails on what is left of the first).
		if dropped && !Pause(ctx, DefaultBackoff.Wait(3)) {
			return 0, ctx.Err()
		}
		if err := DropStream(ctx, c, s.Service); err != nil {
			return 0, err
		}
		dropped = true
	}
	return 0, fmt.Errorf("bus: stream %s does not become what it should be: are two logs publishing as service %q?", want.Name, s.Service)
}

// DropStream removes the stream of a service; its relay fills a new one.
func DropStream(ctx context.Context, c *Conn, service string) error {
	err := c.js.DeleteStream(ctx, events.StreamName(service))
	if err != nil && !errors.Is(err, jetstream.ErrStreamNotFound) {
		return fmt.Errorf("bus: remove stream %s: %w", events.StreamName(service), err)
	}
	return nil
}

// StreamEpoch is the epoch written in a stream's metadata, 0 when there is none.
func StreamEpoch(cfg jetstream.StreamConfig) int64 {
	n, _ := strconv.ParseInt(cfg.Metadata[epochKey], 10, 64)
	return n
}

func (s StreamSpec) config() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:        events.StreamName(s.Service),
		Description: "public events of " + s.Service + ", a cache of its log",
		Subjects:    []string{events.StreamSubjects(s.Service)},
		Storage:     jetstream.FileStorage,
		Retention:   jetstream.LimitsPolicy,
		Discard:     jetstream.DiscardOld,
		DenyDelete:  true,
		MaxAge:      s.MaxAge,
		Replicas:    max(s.Replicas, 1),
		FirstSeq:    s.FirstSeq,
		AllowDirect: true,
		// The log never publishes twice, so no window of message ids is needed.
		Duplicates: minWindow(s.MaxAge),
		Metadata:   map[string]string{epochKey: strconv.FormatInt(s.Epoch, 10)},
	}
}

// minWindow is a duplicate window that is never longer than the stream's age
// limit, which the server would refuse.
func minWindow(maxAge time.Duration) time.Duration {
	if maxAge > 0 && maxAge < 2*time.Minute {
		return maxAge
	}
	return 0
}

// adjust brings limits of an existing stream up to date.
func (c *Conn) adjust(ctx context.Context, have, want jetstream.StreamConfig) error {
	if have.MaxAge == want.MaxAge && have.Replicas == want.Replicas {
		return nil
	}
	have.Metadata = maps.Clone(have.Metadata)
	have.MaxAge, have.Replicas, have.Duplicates = want.MaxAge, want.Replicas, want.Duplicates
	if _, err := c.js.UpdateStream(ctx, have); err != nil {
		return fmt.Errorf("bus: change limits of stream %s: %w", want.Name, err)
	}
	return nil
}
