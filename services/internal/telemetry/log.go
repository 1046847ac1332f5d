package telemetry

import (
	"context"
	"log/slog"

	"go.opentelemetry.io/otel/trace"
)

// LogHandler adds trace_id and span_id of the context's span to every line, and
// hands it on.
func LogHandler(next slog.Handler) slog.Handler { return &traced{top: next} }

// Logger writes lines with trace_id, span_id and service through next.
func Logger(next slog.Handler, service string) *slog.Logger {
	return slog.New(LogHandler(next)).With("service", service)
}

// traced keeps the ids at the top level: groups opened after it are only opened
// below them.
type traced struct {
	top   slog.Handler // with the attributes given before the first group
	open  bool         // a group was opened
	inner []func(slog.Handler) slog.Handler
}

func (t *traced) Enabled(ctx context.Context, level slog.Level) bool {
	return t.top.Enabled(ctx, level)
}

func (t *traced) Handle(ctx context.Context, r slog.Record) error {
	next := t.top
	if sc := trace.SpanContextFromContext(ctx); sc.IsValid() {
		next = next.WithAttrs([]slog.Attr{
			slog.String("trace_id", sc.TraceID().String()), slog.String("span_id", sc.SpanID().String())})
	}
	for _, f := range t.inner {
		next = f(next)
	}
	return next.Handle(ctx, r)
}

func (t *traced) WithAttrs(attrs []slog.Attr) slog.Handler {
	if len(attrs) == 0 {
		return t
	}
	if !t.open {
		return &traced{top: t.top.WithAttrs(attrs)}
	}
	return t.then(func(h slog.Handler) slog.Handler { return h.WithAttrs(attrs) })
}

func (t *traced) WithGroup(name string) slog.Handler {
	if name == "" {
		return t
	}
	return t.then(func(h slog.Handler) slog.Handler { return h.WithGroup(name) })
}

func (t *traced) then(f func(slog.Handler) slog.Handler) slog.Handler {
	return &traced{top: t.top, open: true, inner: append(t.inner[:len(t.inner):len(t.inner)], f)}
}
