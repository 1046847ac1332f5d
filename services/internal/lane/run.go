package lane

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/bus"
	"github.com/lotse-hamburg/lotse/services/internal/relay"
)

// Run takes in events until the context ends; it returns the context's error.
func (l *Lane) Run(ctx context.Context) error {
	sub, err := bus.NewSubscriber(bus.SubscriberOptions{
		Conn: l.o.Conn, Start: l.start, Retry: l.o.Retry, Logger: l.o.Logger,
	})
	if err != nil {
		return err
	}
	router, err := bus.Router(bus.RouterOptions{
		Permanent: IsPermanent, Park: l.parkMessage,
		Retry: l.o.Retry, OnRetry: l.failed, Timeout: l.o.Timeout,
		Tracing: l.o.Tracing, Logger: l.o.Logger,
	})
	if err != nil {
		return err
	}
	router.AddConsumerHandler(l.o.Consumer+"<-"+l.o.Source, l.o.Source, sub, l.receive)
	watch, stop := context.WithCancel(ctx)
	watched := make(chan struct{})
	go func() { defer close(watched); l.watch(watch, sub) }()
	defer func() { stop(); <-watched }()
	return bus.Run(ctx, router)
}

// receive is the router's handler.
func (l *Lane) receive(msg *message.Message) error {
	l.working.Store(true)
	defer l.working.Store(false)
	e, mine, err := l.read(msg)
	if !mine {
		l.strangers.Add(1)
		l.strangerSeen.Do(func() {
			l.o.Logger.Error("lane: a message that is not of the source is ignored; only its relay's user may publish there",
				"subject", bus.StreamSubject(msg), "id", msg.UUID)
		})
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		return l.malformed(msg.Context(), e, err)
	}
	return l.react(msg.Context(), e)
}

// malformed takes an event of the source whose envelope cannot be read: it is
// parked in its turn, like any that fails for good.
func (l *Lane) malformed(ctx context.Context, e events.Envelope, cause error) error {
	at, err := l.checkpoint(ctx)
	switch {
	case err != nil:
		return err
	case e.Epoch == at.Epoch && e.Position <= at.Position, e.Epoch < at.Epoch:
		l.repeats.Add(1)
		return nil
	case e.Position > at.Position+1:
		if err := l.fill(ctx, e.Position-1); !errors.Is(err, errAgain) {
			return err
		}
	}
	return Permanent(cause)
}

// read takes the event out of a message and tells whether it is of the source's
// relay: position in the header and sequence in the stream are the same.
func (l *Lane) read(msg *message.Message) (e events.Envelope, mine bool, err error) {
	seq, err := bus.Sequence(msg)
	if err != nil {
		return e, false, nil
	}
	e, err = bus.FromMessage(msg)
	mine = e.Position > 0 && uint64(e.Position) == seq && e.Epoch > 0 &&
		e.Source == relay.Source(l.o.Source) && strings.HasPrefix(bus.StreamSubject(msg), "lotse."+l.o.Source+".")
	return e, mine, err
}

func (l *Lane) parkMessage(msg *message.Message, reason error) error {
	e, _, _ := l.read(msg)
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.park(msg.Context(), e, reason)
}

// failed counts transient errors and raises the alarm.
func (l *Lane) failed(msg *message.Message, failures int, err error) {
	l.retries.Add(1)
	if failures%l.o.AlarmAfter == 0 {
		seq, _ := bus.Sequence(msg)
		l.o.Logger.Error("lane: an event fails again and again, later ones wait behind it", "position", seq, "type", msg.Metadata["ce-type"], "failures", failures, "err", err)
		l.o.OnAlarm(int64(seq), failures, err)
	}
}

// start is where to begin reading the stream as it is now.
func (l *Lane) start(ctx context.Context) (uint64, error) {
	info, err := l.stream(ctx)
	if err != nil {
		return 0, err
	}
	epoch := bus.StreamEpoch(info.Config)
	if err := l.confirm(ctx, epoch); err != nil {
		return 0, err
	}
	from, err := l.Begin(ctx, epoch, int64(info.State.FirstSeq))
	return uint64(from), err
}

// confirm asks the source about a stream of an epoch below that of the own log.
func (l *Lane) confirm(ctx context.Context, epoch int64) error {
	if l.o.Epoch == nil {
		return nil
	}
	own, err := l.o.Epoch(ctx)
	if err != nil {
		return fmt.Errorf("epoch of the own log: %w", err)
	}
	if own <= epoch {
		return nil
	}
	source, err := l.page(ctx, 0, 0)
	if err != nil {
		return fmt.Errorf("the own log was restored from a backup (epoch %d), and perhaps that of %s with it: %w", own, l.o.Source, err)
	}
	if source.Epoch != epoch {
		return fmt.Errorf("the stream of %s is of epoch %d and its log of %d: its relay has yet to make it anew", l.o.Source, epoch, source.Epoch)
	}
	return nil
}

func (l *Lane) stream(ctx context.Context) (*jetstream.StreamInfo, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	s, err := l.o.Conn.JetStream().Stream(ctx, events.StreamName(l.o.Source))
	if err != nil {
		return nil, fmt.Errorf("stream of %s: %w", l.o.Source, err)
	}
	return s.CachedInfo(), nil
}

// watch begins the subscription anew when the stream is ahead of the checkpoint
// and the lane neither works nor moves: whatever the reason, a fresh look at
// checkpoint and stream mends it.
func (l *Lane) watch(ctx context.Context, sub *bus.Subscriber) {
	last := int64(-1)
	for bus.Pause(ctx, l.o.Check) {
		at := l.position.Load()
		if l.working.Load() || at != last {
			last = at
			continue
		}
		info, err := l.stream(ctx)
		if err != nil {
			continue // the subscription is trying by itself
		}
		if int64(info.State.LastSeq) > at && !l.working.Load() && l.position.Load() == at {
			l.o.Logger.Warn("lane: the stream is ahead but nothing arrives, subscribing anew", "position", at, "stream", info.State.LastSeq)
			sub.Restart()
		}
		last = at
	}
}
