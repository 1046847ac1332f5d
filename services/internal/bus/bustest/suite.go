package bustest

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/nats-io/nats.go"

	"github.com/lotse-hamburg/lotse/services/internal/bus"
)

// Bus is what the conformance suite needs of an implementation: subscribers of
// both modes, a way to publish, and the faults that a bus may have.
type Bus interface {
	Topic(t testing.TB, name string)
	Publish(t testing.TB, topic string, msgs ...*message.Message)
	PublishRaw(t testing.TB, topic string, h nats.Header, data []byte)
	Durable(t testing.TB, group string) *bus.Subscriber
	From(t testing.TB, start func(context.Context) (uint64, error)) *bus.Subscriber
	Readers(t testing.TB, topic string) int // known to the server
	ForgetReaders(t testing.TB, topic string)
	Recreate(t testing.TB, topic string)
	Restart(t testing.TB)
}

// Run judges a bus. Each case has a topic of its own; cases run one after the
// other, because some restart the server.
func Run(t *testing.T, b Bus) {
	for _, c := range []struct {
		name string
		run  func(t *testing.T, b Bus, topic string)
	}{
		{"OneAtATimeInOrder", oneAtATime},
		{"NackRepeatsInPlace", nackInPlace},
		{"BeginsAtThePosition", fromPosition},
		{"GroupGoesOnWhereItStopped", groupGoesOn},
		{"LongWorkIsNotGivenToAnother", longWork},
		{"RepeatedHeadersDoNotKill", oddHeaders},
		{"WaitsForAStream", waitsForStream},
		{"SurvivesForgottenReaders", forgottenReaders},
		{"SurvivesARecreatedStream", recreatedStream},
		{"SurvivesARestart", restart},
		{"CancelledFiftyTimes", cancelled},
		{"CloseWaits", closeWaits},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, b, "conformance-"+c.name) })
	}
}

// modes runs a case for both modes of the subscriber.
func modes(t *testing.T, b Bus, topic string, run func(t *testing.T, topic string, s *bus.Subscriber)) {
	t.Run("durable", func(t *testing.T) { run(t, topic+"-d", b.Durable(t, "group")) })
	t.Run("from-position", func(t *testing.T) { run(t, topic+"-p", b.From(t, at(1))) })
}

func at(n uint64) func(context.Context) (uint64, error) {
	return func(context.Context) (uint64, error) { return n, nil }
}

// numbered makes messages whose ids are "1", "2" … from one number to another.
func numbered(from, to int) (list []*message.Message) {
	for i := from; i <= to; i++ {
		list = append(list, message.NewMessage(fmt.Sprint(i), []byte("{}")))
	}
	return list
}

func subscribe(t *testing.T, s *bus.Subscriber, topic string) <-chan *message.Message {
	t.Helper()
	c, err := s.Subscribe(t.Context(), topic)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// take waits for the next message; it fails the test after 20 s.
func take(t *testing.T, c <-chan *message.Message) *message.Message {
	t.Helper()
	limit := time.NewTimer(20 * time.Second)
	defer limit.Stop()
	select {
	case m, ok := <-c:
		if !ok {
			t.Fatal("the channel was closed")
		}
		return m
	case <-limit.C:
		t.Fatal("no message within 20 s")
	}
	return nil
}

// expect takes and acknowledges messages and checks that they have these ids.
func expect(t *testing.T, c <-chan *message.Message, from, to int) {
	t.Helper()
	for i := from; i <= to; i++ {
		m := take(t, c)
		if m.UUID != fmt.Sprint(i) {
			t.Fatalf("message %s came where %d is due", m.UUID, i)
		}
		m.Ack()
	}
}

func oneAtATime(t *testing.T, b Bus, topic string) {
	modes(t, b, topic, func(t *testing.T, topic string, s *bus.Subscriber) {
		b.Topic(t, topic)
		b.Publish(t, topic, numbered(1, 200)...)
		c := subscribe(t, s, topic)
		m := take(t, c)
		if seq, err := bus.Sequence(m); err != nil || seq != 1 || bus.StreamSubject(m) != topic {
			t.Errorf("first message is at %d of %q (%v)", seq, bus.StreamSubject(m), err)
		}
		select {
		case second := <-c:
			t.Fatalf("%s came although %s is not acknowledged", second.UUID, m.UUID)
		case <-time.After(30 * time.Millisecond): // long enough for a subscriber that does not wait
		}
		m.Ack()
		expect(t, c, 2, 200)
	})
}

func nackInPlace(t *testing.T, b Bus, topic string) {
	modes(t, b, topic, func(t *testing.T, topic string, s *bus.Subscriber) {
		b.Topic(t, topic)
		b.Publish(t, topic, numbered(1, 20)...)
		c := subscribe(t, s, topic)
		for i := 1; i <= 20; i++ {
			for range i % 4 {
				m := take(t, c)
				if m.UUID != fmt.Sprint(i) {
					t.Fatalf("%s overtook the refused %d", m.UUID, i)
				}
				m.Nack()
			}
			expect(t, c, i, i)
		}
	})
}

func fromPosition(t *testing.T, b Bus, topic string) {
	b.Topic(t, topic)
	b.Publish(t, topic, numbered(1, 10)...)
	expect(t, subscribe(t, b.From(t, at(7)), topic), 7, 10)
	late := subscribe(t, b.From(t, at(13)), topic) // not there yet
	b.Publish(t, topic, numbered(11, 14)...)
	expect(t, late, 13, 14)
}

func groupGoesOn(t *testing.T, b Bus, topic string) {
	b.Topic(t, topic)
	b.Publish(t, topic, numbered(1, 30)...)
	for first := 1; first <= 30; first += 10 {
		s := b.Durable(t, "group")
		c := subscribe(t, s, topic)
		expect(t, c, first, first+9)
		if first < 21 {
			if m := take(t, c); m.UUID != fmt.Sprint(first+10) {
				t.Fatalf("%s came where %d is due", m.UUID, first+10)
			} // left unacknowledged: the next one has it at once
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// longWork holds a message for longer than AckWait (1 s in this suite).
func longWork(t *testing.T, b Bus, topic string) {
	b.Topic(t, topic)
	b.Publish(t, topic, numbered(1, 2)...)
	mine, other := subscribe(t, b.Durable(t, "group"), topic), (<-chan *message.Message)(nil)
	m := take(t, mine)
	other = subscribe(t, b.Durable(t, "group"), topic)
	select {
	case x := <-other:
		t.Fatalf("%s was given to another while it is worked on", x.UUID)
	case x := <-mine:
		t.Fatalf("%s came again while it is worked on", x.UUID)
	case <-time.After(2500 * time.Millisecond):
	}
	m.Ack()
	select {
	case m = <-mine:
	case m = <-other:
	}
	if m.UUID != "2" {
		t.Errorf("%s came where 2 is due", m.UUID)
	}
	m.Ack()
}

func oddHeaders(t *testing.T, b Bus, topic string) {
	modes(t, b, topic, func(t *testing.T, topic string, s *bus.Subscriber) {
		b.Topic(t, topic)
		b.PublishRaw(t, topic, nats.Header{"ce-id": {"1", "another"}, "x": {"a", "b"}}, nil)
		b.PublishRaw(t, topic, nil, nil)
		b.PublishRaw(t, topic, nats.Header{"ce-id": {"3"}, "empty": {}}, []byte("not json"))
		c := subscribe(t, s, topic)
		m := take(t, c)
		if m.UUID != "1" || m.Metadata["x"] != "a" {
			t.Errorf("id %q, x %q: the first value counts", m.UUID, m.Metadata["x"])
		}
		m.Ack()
		if m = take(t, c); m.UUID != "" {
			t.Errorf("a message without headers has id %q", m.UUID)
		}
		m.Ack()
		expect(t, c, 3, 3)
	})
}

func waitsForStream(t *testing.T, b Bus, topic string) {
	modes(t, b, topic, func(t *testing.T, topic string, s *bus.Subscriber) {
		c := subscribe(t, s, topic)
		b.Publish(t, topic, numbered(1, 3)...)
		expect(t, c, 1, 3)
	})
}

func forgottenReaders(t *testing.T, b Bus, topic string) {
	t.Run("from-position", func(t *testing.T) {
		var done atomic.Uint64
		topic += "-p"
		b.Topic(t, topic)
		c := subscribe(t, b.From(t, func(context.Context) (uint64, error) { return done.Load() + 1, nil }), topic)
		for first := 1; first <= 30; first += 10 {
			b.Publish(t, topic, numbered(first, first+9)...)
			expect(t, c, first, first+9)
			done.Store(uint64(first + 9))
			b.ForgetReaders(t, topic)
		}
	})
	t.Run("durable", func(t *testing.T) { // the group begins anew: repeats, but nothing is lost
		topic += "-d"
		b.Topic(t, topic)
		c := subscribe(t, b.Durable(t, "group"), topic)
		b.Publish(t, topic, numbered(1, 10)...)
		expect(t, c, 1, 10)
		b.ForgetReaders(t, topic)
		expect(t, c, 1, 10)
	})
}

func recreatedStream(t *testing.T, b Bus, topic string) {
	modes(t, b, topic, func(t *testing.T, topic string, s *bus.Subscriber) {
		b.Topic(t, topic)
		b.Publish(t, topic, numbered(1, 10)...)
		c := subscribe(t, s, topic)
		expect(t, c, 1, 10)
		b.Recreate(t, topic)
		b.Publish(t, topic, numbered(11, 15)...)
		expect(t, c, 11, 15)
	})
}

func restart(t *testing.T, b Bus, topic string) {
	t.Run("durable", func(t *testing.T) {
		topic += "-d"
		b.Topic(t, topic)
		c := subscribe(t, b.Durable(t, "group"), topic)
		b.Publish(t, topic, numbered(1, 5)...)
		expect(t, c, 1, 4)
		held := take(t, c) // worked on while the server is away
		b.Restart(t)
		held.Ack()
		b.Publish(t, topic, numbered(6, 10)...)
		m := take(t, c)
		for m.UUID == "5" { // the acknowledgement may have been lost
			m.Ack()
			m = take(t, c)
		}
		if m.UUID != "6" {
			t.Fatalf("%s came where 6 is due", m.UUID)
		}
		m.Ack()
		expect(t, c, 7, 10)
	})
	t.Run("from-position", func(t *testing.T) {
		topic += "-p"
		var done atomic.Uint64
		b.Topic(t, topic)
		c := subscribe(t, b.From(t, func(context.Context) (uint64, error) { return done.Load() + 1, nil }), topic)
		b.Publish(t, topic, numbered(1, 5)...)
		expect(t, c, 1, 4)
		held := take(t, c)
		b.Restart(t)
		done.Store(5)
		held.Ack()
		b.Publish(t, topic, numbered(6, 10)...)
		expect(t, c, 6, 10)
	})
}

func cancelled(t *testing.T, b Bus, topic string) {
	modes(t, b, topic, func(t *testing.T, topic string, s *bus.Subscriber) {
		b.Topic(t, topic)
		b.Publish(t, topic, numbered(1, 100)...)
		for i := range 50 {
			ctx, cancel := context.WithCancel(context.Background())
			c, err := s.Subscribe(ctx, topic)
			if err != nil {
				t.Fatal(err)
			}
			if i%2 == 0 {
				m := take(t, c)
				go m.Nack() // in a race with the end
			}
			cancel()
			for m := range c { // closed, or the test hangs
				m.Nack()
			}
		}
		if m := take(t, subscribe(t, s, topic)); m.UUID != "1" {
			t.Errorf("%s came although 1 was never acknowledged", m.UUID)
		}
		Eventually(t, "the server has one reader, not those of cancelled subscriptions", func() bool { return b.Readers(t, topic) == 1 })
	})
}

func closeWaits(t *testing.T, b Bus, topic string) {
	modes(t, b, topic, func(t *testing.T, topic string, s *bus.Subscriber) {
		b.Topic(t, topic)
		b.Publish(t, topic, numbered(1, 2)...)
		c := subscribe(t, s, topic)
		m := take(t, c)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if _, open := <-c; open {
			t.Error("a message came after Close")
		}
		if m.Context().Err() == nil {
			t.Error("the message's context outlives the subscription")
		}
		if _, err := s.Subscribe(t.Context(), topic); err == nil {
			t.Error("subscribed on a closed subscriber")
		}
		if err := s.Close(); err != nil {
			t.Errorf("closed twice: %v", err)
		}
	})
}
