package telemetry_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/trace"

	"github.com/lotse-hamburg/lotse/services/internal/telemetry"
)

func TestLinesNameTheTrace(t *testing.T) {
	var out bytes.Buffer
	handler := slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}})
	log := telemetry.Logger(handler, "booking")
	sc := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}})
	ctx := trace.ContextWithSpanContext(t.Context(), sc)
	const ids = "trace_id=01000000000000000000000000000000 span_id=0200000000000000"

	for _, c := range []struct {
		name, want string
		write      func()
	}{
		{"in a span", `level=INFO msg=opened service=booking ` + ids + ` slots=3`,
			func() { log.InfoContext(ctx, "opened", "slots", 3) }},
		{"without one", `level=INFO msg=opened service=booking slots=3`,
			func() { log.Info("opened", "slots", 3) }},
		{"ids stay at the top, groups open below", `level=WARN msg=late service=booking a=1 ` + ids + ` lane.from=capacity lane.p=7`,
			func() { log.With("a", 1).WithGroup("lane").With("from", "capacity").WarnContext(ctx, "late", "p", 7) }},
		{"levels are the next handler's", ``,
			func() { log.DebugContext(ctx, "quiet") }},
	} {
		out.Reset()
		c.write()
		if got := strings.TrimSpace(out.String()); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
}
