package bus

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"

	"github.com/lotse-hamburg/lotse/events"
)

// ErrSubscriberClosed answers a subscription on a closed subscriber.
var ErrSubscriberClosed = errors.New("bus: subscriber is closed")

// SubscriberOptions choose one of two modes.
//
// Durable: the server remembers what the group has acknowledged; several
// subscribers of a group share the messages, of which one at a time is
// outstanding for the whole group. Messages that nobody acknowledged come again.
//
// From a position: the reader remembers. Start is asked at each connection for
// the sequence to begin with, and the server's consumer lives only as long as
// the connection.
type SubscriberOptions struct {
	Conn    *Conn
	Durable string                                    // name of the consumer group
	Start   func(ctx context.Context) (uint64, error) // first sequence, 1 or more

	// Stream names the stream of a topic; nil: the topic is a service's name
	// (events.StreamName).
	Stream func(topic string) string
	// Retry is the pace of redelivery after a Nack and of reconnecting; zero:
	// DefaultBackoff.
	Retry Backoff
	// AckWait: an unacknowledged message of a reader that died comes again
	// after this time. Readers that live extend it. 0: 30 s.
	AckWait time.Duration
	// Ahead is how many messages wait in memory when reading from a position;
	// 0: 256.
	Ahead  int
	Logger *slog.Logger
}

// Subscriber hands the messages of a JetStream stream to watermill, strictly in
// order and one at a time: the next message comes only after Ack. A Nack makes
// the same message come again, after a pause, before any later one.
//
// The metadata of a message are its headers, the first value of each; Sequence
// and StreamSubject tell where it stood. Its context ends with the subscription.
type Subscriber struct {
	o    SubscriberOptions
	mu   sync.Mutex
	open map[*subscription]struct{}
	done bool
	wg   sync.WaitGroup
}

// NewSubscriber checks the options; it does not talk to the server yet.
func NewSubscriber(o SubscriberOptions) (*Subscriber, error) {
	switch {
	case o.Conn == nil:
		return nil, errors.New("bus: subscriber needs a Conn")
	case o.Durable == "" && o.Start == nil:
		return nil, errors.New("bus: subscriber needs either Durable (a group's name) or Start (a position)")
	case o.Durable != "" && o.Start != nil:
		return nil, errors.New("bus: subscriber has both Durable and Start: choose one")
	}
	if o.Stream == nil {
		o.Stream = events.StreamName
	}
	if o.Retry == (Backoff{}) {
		o.Retry = DefaultBackoff
	}
	o.AckWait = cmp.Or(o.AckWait, 30*time.Second)
	o.Ahead = cmp.Or(o.Ahead, 256)
	o.Logger = cmp.Or(o.Logger, slog.Default())
	return &Subscriber{o: o, open: map[*subscription]struct{}{}}, nil
}

// Subscribe begins to read. It returns at once: a stream that does not exist
// yet is waited for. The channel is closed when ctx ends or at Close.
func (s *Subscriber) Subscribe(ctx context.Context, topic string) (<-chan *message.Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.done {
		return nil, ErrSubscriberClosed
	}
	ctx, cancel := context.WithCancel(ctx)
	sub := &subscription{
		o: s.o, stream: s.o.Stream(topic), cancel: cancel,
		out: make(chan *message.Message), restart: make(chan struct{}, 1),
	}
	s.open[sub] = struct{}{}
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		defer cancel()
		defer s.forget(sub)
		defer close(sub.out)
		remove := s.o.Conn.OnReconnect(sub.again)
		defer remove()
		sub.run(ctx)
	}()
	return sub.out, nil
}

func (s *Subscriber) forget(sub *subscription) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, sub)
}

// Restart makes every subscription begin anew, at what Start then says.
func (s *Subscriber) Restart() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for sub := range s.open {
		sub.again()
	}
}

// Close ends all subscriptions and waits for them. The connection stays open.
func (s *Subscriber) Close() error {
	s.mu.Lock()
	s.done = true
	for sub := range s.open {
		sub.cancel()
	}
	s.mu.Unlock()
	s.wg.Wait()
	return nil
}
