package bus

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"
)

// The server shows a sign of life this often while nothing is published, so a
// consumer that vanished with its server is noticed after twice this time.
const (
	pullHeartbeat = time.Second
	pullExpiry    = 30 * time.Second
	// While a message is worked on nobody reads those signs; after this time
	// it is simpler to begin anew than to trust what has piled up.
	longWork = 15 * time.Second
)

// errRestart ends one life of a subscription: begin anew at once.
var errRestart = errors.New("restart")

// subscription is one Subscribe: a goroutine that reads, hands on and waits.
type subscription struct {
	o       SubscriberOptions
	stream  string
	cancel  context.CancelFunc
	out     chan *message.Message
	restart chan struct{}
}

// again asks for a new life; it never blocks.
func (s *subscription) again() {
	select {
	case s.restart <- struct{}{}:
	default:
	}
}

// run leads one life after the other until the context ends.
func (s *subscription) run(ctx context.Context) {
	for failures := 0; ctx.Err() == nil; {
		worked, err := s.live(ctx)
		if worked {
			failures = 0
		}
		if errors.Is(err, errRestart) || ctx.Err() != nil {
			continue
		}
		failures++
		level := s.o.Logger.Debug
		if failures%10 == 0 { // a stream not created yet is no news; minutes without one are
			level = s.o.Logger.Warn
		}
		level("bus: subscription begins anew", "stream", s.stream, "failures", failures, "err", err)
		if !s.idle(ctx, s.o.Retry.Wait(failures)) {
			return
		}
	}
}

// idle waits, but not longer than until a restart is asked for.
func (s *subscription) idle(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-s.restart:
	case <-t.C:
	}
	return true
}

// live opens a consumer and works on its messages until something ends it. A
// restart ends everything that waits for the server, but not a message's work.
func (s *subscription) live(ctx context.Context) (worked bool, err error) {
	select {
	case <-s.restart: // what was asked for before this life began is fulfilled by it
	default:
	}
	life, end := context.WithCancelCause(ctx)
	stopped := make(chan struct{})
	defer func() { end(nil); <-stopped }()
	go func() {
		defer close(stopped)
		select {
		case <-s.restart:
			end(errRestart)
		case <-life.Done():
		}
	}()
	worked, err = s.read(ctx, life)
	if cause := context.Cause(life); cause != nil && err != nil {
		err = cause
	}
	return worked, err
}

func (s *subscription) read(ctx, life context.Context) (worked bool, err error) {
	consumer, err := s.consumer(life)
	if err != nil {
		return false, err
	}
	if s.o.Durable == "" {
		defer s.discard(consumer.CachedInfo().Name)
	}
	it, err := consumer.Messages(
		jetstream.PullMaxMessages(s.ahead()), jetstream.PullThresholdMessages((s.ahead()+1)/2),
		jetstream.PullExpiry(pullExpiry), jetstream.PullHeartbeat(pullHeartbeat),
		jetstream.WithMessagesErrOnMissingHeartbeat(true))
	if err != nil {
		return false, fmt.Errorf("read %s: %w", s.stream, err)
	}
	defer it.Stop()
	heartbeat := time.NewTicker(s.o.AckWait / 3)
	defer heartbeat.Stop()
	var last uint64 // acknowledged in this life
	for {
		m, err := it.Next(jetstream.NextContext(life))
		if err != nil {
			return worked, err
		}
		meta, err := m.Metadata()
		if err != nil {
			return worked, fmt.Errorf("message of %s without JetStream metadata: %w", s.stream, err)
		}
		seq, began := meta.Sequence.Stream, time.Now()
		// Reading from a position, what waited too long in memory is sent
		// again by the server; it was handled from memory.
		if s.o.Durable != "" || seq > last {
			if err := s.deliver(ctx, m, seq, heartbeat); err != nil {
				return worked, err
			}
			last = seq
		}
		worked = true
		if err := m.Ack(); err != nil {
			return worked, fmt.Errorf("acknowledge %s/%d: %w", s.stream, seq, err)
		}
		if time.Since(began) > longWork {
			return worked, errRestart
		}
	}
}

// deliver hands a message on until it is acknowledged. It returns an error only
// when the context ended; then another reader of the group may have it at once.
func (s *subscription) deliver(ctx context.Context, m jetstream.Msg, seq uint64, heartbeat *time.Ticker) error {
	for failures := 1; ; failures++ {
		acked, err := s.offer(ctx, m, seq, heartbeat)
		if err == nil && acked {
			return nil
		}
		if err == nil {
			err = s.pause(ctx, m, s.o.Retry.Wait(failures), heartbeat)
		}
		if err != nil {
			if s.o.Durable != "" {
				_ = m.Nak() // the connection may be gone; then AckWait does it
			}
			return err
		}
	}
}

func (s *subscription) offer(ctx context.Context, m jetstream.Msg, seq uint64, heartbeat *time.Ticker) (acked bool, err error) {
	msgCtx, cancel := context.WithCancel(ctx)
	defer cancel()
	msg := s.message(m, seq)
	msg.SetContext(msgCtx)
	out := s.out
	for {
		select {
		case out <- msg:
			out = nil
		case <-msg.Acked():
			return true, nil
		case <-msg.Nacked():
			return false, nil
		case <-heartbeat.C:
			_ = m.InProgress()
		case <-ctx.Done():
			// Whoever just acknowledged is heard, so that it is not redone.
			select {
			case <-msg.Acked():
				return true, nil
			default:
				return false, ctx.Err()
			}
		}
	}
}

func (s *subscription) pause(ctx context.Context, m jetstream.Msg, d time.Duration, heartbeat *time.Ticker) error {
	t := time.NewTimer(d)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			return nil
		case <-heartbeat.C:
			_ = m.InProgress()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *subscription) message(m jetstream.Msg, seq uint64) *message.Message {
	msg := fromHeaders(m.Headers(), m.Data())
	msg.Metadata[sequenceKey] = strconv.FormatUint(seq, 10)
	msg.Metadata[subjectKey] = m.Subject()
	return msg
}

// ahead is how many messages are asked for at a time. A group has one message
// outstanding, but more are asked for, so that the next one follows the
// acknowledgement by itself.
func (s *subscription) ahead() int {
	if s.o.Durable != "" {
		return 64
	}
	return s.o.Ahead
}

func (s *subscription) consumer(ctx context.Context) (jetstream.Consumer, error) {
	cfg := jetstream.ConsumerConfig{
		AckPolicy: jetstream.AckExplicitPolicy,
		AckWait:   s.o.AckWait,
	}
	if s.o.Durable != "" {
		cfg.Durable = s.o.Durable
		cfg.DeliverPolicy = jetstream.DeliverAllPolicy
		cfg.MaxAckPending = 1
	} else {
		start, err := s.o.Start(ctx)
		if err != nil {
			return nil, fmt.Errorf("start position for %s: %w", s.stream, err)
		}
		cfg.DeliverPolicy = jetstream.DeliverByStartSequencePolicy
		cfg.OptStartSeq = max(start, 1)
		cfg.MaxAckPending = s.o.Ahead
		cfg.InactiveThreshold = time.Minute
		cfg.MemoryStorage = true
		cfg.Name = nuid.Next() // so that it can be removed when the answer is lost
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	c, err := s.o.Conn.js.CreateOrUpdateConsumer(ctx, s.stream, cfg)
	if err != nil {
		if s.o.Durable == "" {
			s.discard(cfg.Name)
		}
		return nil, fmt.Errorf("consumer on %s: %w", s.stream, err)
	}
	return c, nil
}

// discard removes the consumer of a life that ended, without waiting for it: a
// consumer that is left behind ends by itself after InactiveThreshold.
func (s *subscription) discard(name string) {
	nc := s.o.Conn.nc
	if nc.Status() == nats.CONNECTED {
		_ = nc.Publish("$JS.API.CONSUMER.DELETE."+s.stream+"."+name, nil)
	}
}
