package bustest

import (
	"context"
	"testing"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/ThreeDotsLabs/watermill/pubsub/tests"

	"github.com/lotse-hamburg/lotse/services/internal/bus"
)

// initialised creates the stream before anybody subscribes, as watermill's
// suite asks of subscribers that can.
type initialised struct {
	*bus.Subscriber
	conn *bus.Conn
}

func (i initialised) SubscribeInitialize(topic string) error { return createStream(i.conn, topic) }

// RunWatermill runs watermill's own pub/sub suite in both modes of the
// subscriber. Switched off, and why:
//
//   - ExactlyOnceDelivery: the bus delivers at least once, the checkpoint makes
//     it once; with it off, the suite adds its tests of closing and continuing.
//   - TestReconnect wants a shell command that restarts a broker; the
//     conformance suite restarts the embedded one instead.
//   - Durable: NewSubscriberReceivesOldMessages, a group shares its messages.
//   - From a position: ConsumerGroups, there are none. ForceShort, because every
//     one of the suite's 50 parallel subscribers reads everything.
func RunWatermill(t *testing.T) {
	n := NewNATS(t)
	t.Run("durable", func(t *testing.T) {
		group := func(t *testing.T, group string) (message.Publisher, message.Subscriber) {
			return Publisher{n.Conn}, initialised{n.Durable(t, group), n.Conn}
		}
		tests.TestPubSub(t, tests.Features{ConsumerGroups: true, GuaranteedOrder: true, Persistent: true},
			func(t *testing.T) (message.Publisher, message.Subscriber) { return group(t, "everybody") }, group)
	})
	t.Run("from-position", func(t *testing.T) {
		begin := func(context.Context) (uint64, error) { return 1, nil }
		one := func(t *testing.T) (message.Publisher, message.Subscriber) {
			return Publisher{n.Conn}, initialised{n.From(t, begin), n.Conn}
		}
		tests.TestPubSub(t, tests.Features{
			// Of several parallel readers each has everything in order, but
			// the suite pours them into one channel.
			GuaranteedOrder: true, GuaranteedOrderWithSingleSubscriber: true,
			Persistent: true, NewSubscriberReceivesOldMessages: true, ForceShort: true,
		}, one, nil)
	})
}
