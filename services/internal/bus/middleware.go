package bus

import (
	"fmt"
	"runtime/debug"

	"github.com/ThreeDotsLabs/watermill/message"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

const tracerName = "github.com/lotse-hamburg/lotse/services/internal/bus"

// span opens a consumer span under the sender's trace. Attributes follow the
// OpenTelemetry semantic conventions for messaging; no payload enters them.
func span(tp trace.TracerProvider) message.HandlerMiddleware {
	tracer := tp.Tracer(tracerName)
	var w3c propagation.TraceContext
	return func(next message.HandlerFunc) message.HandlerFunc {
		return func(msg *message.Message) ([]*message.Message, error) {
			ctx := w3c.Extract(msg.Context(), propagation.MapCarrier(msg.Metadata))
			kind := msg.Metadata["ce-type"]
			ctx, s := tracer.Start(ctx, "process "+kind, trace.WithSpanKind(trace.SpanKindConsumer))
			defer s.End()
			if s.IsRecording() {
				s.SetAttributes(
					attribute.String("messaging.system", "nats"),
					attribute.String("messaging.operation.type", "process"),
					attribute.String("messaging.destination.name", StreamSubject(msg)),
					attribute.String("messaging.message.id", msg.UUID),
					attribute.String("messaging.message.conversation_id", msg.Metadata["ce-correlationid"]),
				)
			}
			msg.SetContext(ctx)
			out, err := next(msg)
			if err != nil {
				// The type only: an error's text may quote what was sent.
				s.SetStatus(codes.Error, fmt.Sprintf("%T", err))
			}
			return out, err
		}
	}
}

// park writes down what failed for good and acknowledges it.
func park(permanent func(error) bool, record func(*message.Message, error) error) message.HandlerMiddleware {
	return func(next message.HandlerFunc) message.HandlerFunc {
		return func(msg *message.Message) ([]*message.Message, error) {
			out, err := next(msg)
			if err == nil || !permanent(err) {
				return out, err
			}
			trace.SpanFromContext(msg.Context()).AddEvent("parked")
			return nil, NoPanic(func() error { return record(msg, err) })
		}
	}
}

// retry tries again in place: the lane stands still meanwhile, later messages
// never overtake. It gives up only when the message's context ends.
func retry(pace Backoff, permanent func(error) bool, onRetry func(*message.Message, int, error)) message.HandlerMiddleware {
	return func(next message.HandlerFunc) message.HandlerFunc {
		return func(msg *message.Message) ([]*message.Message, error) {
			ctx := msg.Context()
			for failures := 1; ; failures++ {
				out, err := next(msg)
				msg.SetContext(ctx) // the try's time limit must not bind the next one
				if err == nil || permanent(err) {
					return out, err
				}
				if ctx.Err() != nil {
					return nil, ctx.Err()
				}
				onRetry(msg, failures, err)
				if !Pause(ctx, pace.Wait(failures)) {
					return nil, ctx.Err()
				}
			}
		}
	}
}

// PanicError is a panic of a handler, as an error.
type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("handler panicked: %v", e.Value) }

// NoPanic calls f and turns a panic into a *PanicError.
func NoPanic(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	return f()
}

func recoverer(next message.HandlerFunc) message.HandlerFunc {
	return func(msg *message.Message) (out []*message.Message, err error) {
		err = NoPanic(func() error {
			out, err = next(msg)
			return err
		})
		return out, err
	}
}
