package bus

import (
	"context"
	"log/slog"

	"github.com/ThreeDotsLabs/watermill"
)

// watermillLog sends watermill's log to slog at debug level: what matters to an
// operator is logged by the middleware and by the lanes, once.
type watermillLog struct{ log *slog.Logger }

// WatermillLogger adapts a slog logger for watermill.
func WatermillLogger(l *slog.Logger) watermill.LoggerAdapter { return watermillLog{l} }

func (w watermillLog) Error(msg string, err error, f watermill.LogFields) {
	w.write(msg, f, slog.Any("err", err))
}
func (w watermillLog) Info(msg string, f watermill.LogFields)  { w.write(msg, f) }
func (w watermillLog) Debug(msg string, f watermill.LogFields) { w.write(msg, f) }

// Trace is dropped: watermill writes two such lines per message.
func (w watermillLog) Trace(string, watermill.LogFields) {}

func (w watermillLog) With(f watermill.LogFields) watermill.LoggerAdapter {
	args := make([]any, 0, 2*len(f))
	for k, v := range f {
		args = append(args, k, v)
	}
	return watermillLog{w.log.With(args...)}
}

func (w watermillLog) write(msg string, f watermill.LogFields, more ...slog.Attr) {
	ctx := context.Background()
	if !w.log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	for k, v := range f {
		more = append(more, slog.Any(k, v))
	}
	w.log.LogAttrs(ctx, slog.LevelDebug, "watermill: "+msg, more...)
}
