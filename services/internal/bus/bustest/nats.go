package bustest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/lotse-hamburg/lotse/services/internal/bus"
)

// Topics are streams of the same name, one subject each.
func streamOf(topic string) string { return topic }

// NATS is the bus under test over a real server.
type NATS struct {
	Server *Server
	Conn   *bus.Conn
}

// NewNATS starts a server and connects to it.
func NewNATS(t testing.TB) *NATS {
	t.Helper()
	s := Start(t)
	return &NATS{s, s.Connect(t)}
}

// Topic creates an empty stream.
func (n *NATS) Topic(t testing.TB, name string) {
	t.Helper()
	if err := createStream(n.Conn, name); err != nil {
		t.Fatal(err)
	}
}

// Recreate removes a stream with all its consumers and creates it again, empty.
func (n *NATS) Recreate(t testing.TB, topic string) {
	t.Helper()
	if err := n.Conn.JetStream().DeleteStream(context.Background(), streamOf(topic)); err != nil {
		t.Fatal(err)
	}
	n.Topic(t, topic)
}

// ForgetReaders removes all consumers of a stream.
func (n *NATS) ForgetReaders(t testing.TB, topic string) {
	t.Helper()
	ctx := context.Background()
	names := n.readers(t, topic)
	for _, name := range names {
		if err := n.Conn.JetStream().DeleteConsumer(ctx, streamOf(topic), name); err != nil {
			t.Fatal(err)
		}
	}
	if len(names) == 0 {
		t.Fatal("there was no reader to forget")
	}
}

// Readers is how many consumers a stream has.
func (n *NATS) Readers(t testing.TB, topic string) int { return len(n.readers(t, topic)) }

func (n *NATS) readers(t testing.TB, topic string) (names []string) {
	t.Helper()
	ctx := context.Background()
	s, err := n.Conn.JetStream().Stream(ctx, streamOf(topic))
	if err != nil {
		t.Fatal(err)
	}
	list := s.ConsumerNames(ctx)
	for name := range list.Name() {
		names = append(names, name)
	}
	if list.Err() != nil {
		t.Fatal(list.Err())
	}
	return names
}

// Restart stops the server and starts it again with the same files.
func (n *NATS) Restart(t testing.TB) {
	t.Helper()
	before := n.Conn.NATS().Stats().Reconnects
	n.Server.Stop()
	n.Server.Resume(t)
	Eventually(t, "connected again", func() bool { return n.Conn.NATS().Stats().Reconnects > before && n.Conn.NATS().IsConnected() })
}

// Publish appends messages in order.
func (n *NATS) Publish(t testing.TB, topic string, msgs ...*message.Message) {
	t.Helper()
	if err := (Publisher{n.Conn}).Publish(topic, msgs...); err != nil {
		t.Fatal(err)
	}
}

// PublishRaw appends a message with any headers.
func (n *NATS) PublishRaw(t testing.TB, topic string, h nats.Header, data []byte) {
	t.Helper()
	m := &nats.Msg{Subject: topic, Header: h, Data: data}
	if _, err := n.Conn.JetStream().PublishMsg(context.Background(), m); err != nil {
		t.Fatal(err)
	}
}

// Durable subscribes as a member of a group.
func (n *NATS) Durable(t testing.TB, group string) *bus.Subscriber {
	t.Helper()
	return n.subscriber(t, bus.SubscriberOptions{Durable: group})
}

// From subscribes from a position.
func (n *NATS) From(t testing.TB, start func(context.Context) (uint64, error)) *bus.Subscriber {
	t.Helper()
	return n.subscriber(t, bus.SubscriberOptions{Start: start})
}

func (n *NATS) subscriber(t testing.TB, o bus.SubscriberOptions) *bus.Subscriber {
	t.Helper()
	o.Conn, o.Stream, o.Logger, o.AckWait = n.Conn, streamOf, Quiet(), time.Second
	o.Retry = bus.Backoff{Initial: time.Millisecond, Max: 20 * time.Millisecond}
	s, err := bus.NewSubscriber(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// Publisher is a plain JetStream publisher, for tests only: services publish
// through their log and its relay.
type Publisher struct{ Conn *bus.Conn }

// Publish appends messages one by one and creates the stream when missing.
func (p Publisher) Publish(topic string, msgs ...*message.Message) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for _, m := range msgs {
		h := nats.Header{"ce-id": {m.UUID}}
		for k, v := range m.Metadata {
			h[k] = []string{v}
		}
		msg := &nats.Msg{Subject: topic, Header: h, Data: m.Payload}
		_, err := p.Conn.JetStream().PublishMsg(ctx, msg, jetstream.WithRetryAttempts(0))
		if errors.Is(err, jetstream.ErrNoStreamResponse) {
			if err = createStream(p.Conn, topic); err == nil {
				_, err = p.Conn.JetStream().PublishMsg(ctx, msg)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Close does nothing: the connection is shared.
func (p Publisher) Close() error { return nil }

func createStream(c *bus.Conn, topic string) error {
	_, err := c.JetStream().CreateStream(context.Background(), jetstream.StreamConfig{
		Name: streamOf(topic), Subjects: []string{topic}, Storage: jetstream.FileStorage,
	})
	return err
}
