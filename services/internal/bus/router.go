package bus

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/ThreeDotsLabs/watermill/message/router/middleware"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
)

// RouterOptions say what happens around every handler of a router.
type RouterOptions struct {
	// Permanent tells errors that trying again cannot heal; nil: none is.
	Permanent func(error) bool
	// Park writes down a message that failed for good. When it fails it is
	// tried again like a handler. nil: permanent errors are retried too.
	Park func(msg *message.Message, reason error) error
	// Retry is the pace after transient errors; it never gives up. Zero:
	// DefaultBackoff.
	Retry Backoff
	// OnRetry hears of each transient failure, before the wait.
	OnRetry func(msg *message.Message, failures int, err error)
	// Timeout of one try; 0: 30 s.
	Timeout time.Duration
	// CloseTimeout is how long a closing router waits for handlers; 0: 10 s.
	CloseTimeout time.Duration
	Tracing      trace.TracerProvider // nil: the global one
	Logger       *slog.Logger         // nil: slog.Default()
}

// Router builds a watermill router with all its middleware, outermost first:
//
//	span         continues the sender's trace
//	correlation  the story's id goes on to whatever the handler publishes
//	retry        of parking, should that fail
//	park         permanent errors are written down, the lane goes on
//	retry        transient errors, in place, until the context ends
//	timeout      of one try
//	recover      a panic becomes a *PanicError
func Router(o RouterOptions) (*message.Router, error) {
	log := cmp.Or(o.Logger, slog.Default())
	r, err := message.NewRouter(message.RouterConfig{CloseTimeout: cmp.Or(o.CloseTimeout, 10*time.Second)}, WatermillLogger(log))
	if err != nil {
		return nil, err
	}
	if o.Permanent == nil || o.Park == nil {
		o.Permanent = func(error) bool { return false }
	}
	if o.Retry == (Backoff{}) {
		o.Retry = DefaultBackoff
	}
	if o.OnRetry == nil {
		o.OnRetry = func(*message.Message, int, error) {}
	}
	tracing := o.Tracing
	if tracing == nil {
		tracing = otel.GetTracerProvider()
	}
	never := func(error) bool { return false }
	r.AddMiddleware(
		span(tracing),
		middleware.CorrelationID,
		retry(o.Retry, never, o.OnRetry),
		park(o.Permanent, o.Park),
		retry(o.Retry, o.Permanent, o.OnRetry),
		middleware.Timeout(cmp.Or(o.Timeout, 30*time.Second)),
		recoverer,
	)
	return r, nil
}

// Run runs a router until the context ends and waits for its handlers.
func Run(ctx context.Context, r *message.Router) error {
	if err := r.Run(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	return ctx.Err()
}
