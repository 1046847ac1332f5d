package bus_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/ThreeDotsLabs/watermill/message/router/middleware"
	"github.com/ThreeDotsLabs/watermill/pubsub/gochannel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/bus"
	"github.com/lotse-hamburg/lotse/services/internal/bus/bustest"
)

var pace = bus.Backoff{Initial: time.Millisecond, Max: 5 * time.Millisecond}

// through sends one event through a router and waits until it is acknowledged.
func through(t *testing.T, o bus.RouterOptions, handle message.NoPublishHandlerFunc) {
	t.Helper()
	o.Retry, o.Logger = pace, bustest.Quiet()
	r, err := bus.Router(o)
	if err != nil {
		t.Fatal(err)
	}
	channel := gochannel.NewGoChannel(gochannel.Config{BlockPublishUntilSubscriberAck: true}, bus.WatermillLogger(bustest.Quiet()))
	r.AddConsumerHandler("test", "topic", channel, handle)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- bus.Run(ctx, r) }()
	<-r.Running()
	if err := channel.Publish("topic", bus.ToMessage(sample)); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("Run returned %v", err)
	}
}

var sample = events.Envelope{
	ID: "id-1", Source: "lotse/absence", Type: "lotse.absence.absence-recorded.v1", Subject: "emp-1",
	Time:          time.Date(2026, 12, 1, 7, 12, 0, 123456789, time.UTC),
	RecordedTime:  time.Date(2026, 12, 1, 7, 12, 1, 0, time.UTC),
	CorrelationID: "hr-17", CausationID: "hr-18 \"ü\" 100%",
	TraceParent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
	Epoch:       2, Position: 41, DataContentType: "application/json", Data: []byte(`{"n":1}`),
}

func TestRouterContinuesTheTraceAndTheStory(t *testing.T) {
	spans := tracetest.NewInMemoryExporter()
	tp := sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans))
	var inside trace.SpanContext
	story := ""
	through(t, bus.RouterOptions{Tracing: tp}, func(m *message.Message) error {
		inside = trace.SpanContextFromContext(m.Context())
		story = middleware.MessageCorrelationID(m)
		return nil
	})
	if story != "hr-17" {
		t.Errorf("correlation id %q", story)
	}
	got := spans.GetSpans()
	if len(got) != 1 {
		t.Fatalf("%d spans", len(got))
	}
	s := got[0]
	if s.SpanContext.SpanID() != inside.SpanID() || s.SpanContext.TraceID().String() != "4bf92f3577b34da6a3ce929d0e0e4736" ||
		s.Parent.SpanID().String() != "00f067aa0ba902b7" || s.SpanKind != trace.SpanKindConsumer {
		t.Errorf("span %+v does not continue the sender's trace", s)
	}
}

func TestRouterTriesAgainUntilItWorks(t *testing.T) {
	tries, heard := 0, 0
	through(t, bus.RouterOptions{OnRetry: func(_ *message.Message, n int, _ error) { heard = n }}, func(m *message.Message) error {
		if m.Context().Err() != nil {
			t.Error("a try begins with a context that has ended")
		}
		if tries++; tries <= 12 {
			return errors.New("database is away")
		}
		return nil
	})
	if tries != 13 || heard != 12 {
		t.Errorf("%d tries, %d failures heard of", tries, heard)
	}
}

func TestRouterParksWhatIsPermanent(t *testing.T) {
	poison := errors.New("poison")
	var parked []error
	tries := 0
	through(t, bus.RouterOptions{
		Permanent: func(err error) bool { return errors.Is(err, poison) },
		Park: func(_ *message.Message, reason error) error {
			if parked = append(parked, reason); len(parked) == 1 {
				return errors.New("the log is away") // then all is tried again
			}
			return nil
		},
	}, func(*message.Message) error { tries++; return fmt.Errorf("translate: %w", poison) })
	if tries != 2 || len(parked) != 2 || !errors.Is(parked[1], poison) {
		t.Errorf("%d tries, parked %v", tries, parked)
	}
}

func TestRouterTurnsAPanicIntoAnError(t *testing.T) {
	var seen *bus.PanicError
	tries := 0
	through(t, bus.RouterOptions{OnRetry: func(_ *message.Message, _ int, err error) { errors.As(err, &seen) }}, func(*message.Message) error {
		if tries++; tries == 1 {
			panic("a bug")
		}
		return nil
	})
	if seen == nil || seen.Value != "a bug" || len(seen.Stack) == 0 {
		t.Errorf("got %+v", seen)
	}
}

func TestRouterLimitsOneTry(t *testing.T) {
	var once sync.Once
	late := false
	through(t, bus.RouterOptions{Timeout: 5 * time.Millisecond}, func(m *message.Message) error {
		var err error
		once.Do(func() { <-m.Context().Done(); late, err = true, m.Context().Err() })
		return err
	})
	if !late {
		t.Error("the try was not limited")
	}
}

func TestBackoff(t *testing.T) {
	b := bus.Backoff{Initial: 20 * time.Millisecond, Max: 5 * time.Second}
	for n, want := range map[int]time.Duration{1: 20 * time.Millisecond, 2: 40 * time.Millisecond, 5: 320 * time.Millisecond, 9: 5 * time.Second, 1000: 5 * time.Second} {
		for range 50 {
			if d := b.Wait(n); d < want*4/5 || d > want*6/5 {
				t.Fatalf("after %d failures: %s, not about %s", n, d, want)
			}
		}
	}
}
