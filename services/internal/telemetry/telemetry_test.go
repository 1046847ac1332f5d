package telemetry_test

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/lotse-hamburg/lotse/services/internal/telemetry"
)

func setUp(t testing.TB, o telemetry.Options) telemetry.Shutdown {
	t.Helper()
	shutdown, err := telemetry.Setup(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := shutdown(context.Background()); err != nil {
			t.Errorf("shut down: %v", err)
		}
	})
	return shutdown
}

func TestTraceRunsThroughWithoutAnExporter(t *testing.T) {
	setUp(t, telemetry.Options{Service: "absence", Version: "test"})
	headers := propagation.MapCarrier{"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
	ctx := otel.GetTextMapPropagator().Extract(t.Context(), headers)
	ctx, span := otel.Tracer("test").Start(ctx, "record")
	defer span.End()

	out := propagation.MapCarrier{}
	otel.GetTextMapPropagator().Inject(ctx, out)
	sc := span.SpanContext()
	if want := "00-0af7651916cd43dd8448eb211c80319c-" + sc.SpanID().String() + "-01"; out["traceparent"] != want {
		t.Errorf("traceparent is %q, want %q", out["traceparent"], want)
	}
	if sc.SpanID().String() == "b7ad6b7169203331" {
		t.Error("the span has its parent's id")
	}
	_, root := otel.Tracer("test").Start(context.Background(), "tick")
	defer root.End()
	if !root.SpanContext().IsValid() || !root.SpanContext().IsSampled() {
		t.Errorf("a span without parent is %+v, want a valid, sampled one", root.SpanContext())
	}
}

func TestParentFromOutsideDecidesOnSampling(t *testing.T) {
	setUp(t, telemetry.Options{Service: "absence"})
	ctx := otel.GetTextMapPropagator().Extract(t.Context(),
		propagation.MapCarrier{"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"})
	_, span := otel.Tracer("test").Start(ctx, "record")
	defer span.End()
	if span.SpanContext().IsSampled() {
		t.Error("the parent was not sampled, the span is")
	}
}

func TestMetricsAreThoseOfTheNewestSetup(t *testing.T) {
	get := func() (int, string) {
		w := httptest.NewRecorder()
		telemetry.MetricsHandler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		return w.Code, w.Body.String()
	}
	for _, service := range []string{"first", "second"} {
		shutdown := setUp(t, telemetry.Options{Service: service})
		counter, err := otel.Meter("lotse/test").Int64Counter("lotse.test.sick_notes")
		if err != nil {
			t.Fatal(err)
		}
		counter.Add(t.Context(), 3)
		code, body := get()
		if code != http.StatusOK || !strings.Contains(body, `lotse_test_sick_notes_total{`) ||
			!strings.Contains(body, `service_name="`+service+`"`) || !strings.Contains(body, "go_goroutines ") {
			t.Errorf("%s: metrics answer %d:\n%s", service, code, body)
		}
		if err := shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if code, _ := get(); code != http.StatusServiceUnavailable {
			t.Errorf("metrics answer %d after the shutdown, want 503", code)
		}
	}
}

// Whoever looks at a slow request finds its trace: the bucket that counted it names
// one, to those who ask in OpenMetrics, as Prometheus does.
func TestHistogramsNameTraces(t *testing.T) {
	setUp(t, telemetry.Options{Service: "booking"})
	took, err := otel.Meter("lotse/test").Float64Histogram("lotse_test_seconds")
	if err != nil {
		t.Fatal(err)
	}
	ctx, span := otel.Tracer("test").Start(t.Context(), "book")
	took.Record(ctx, 3)
	span.End()
	ask := func(accept string) string {
		r, w := httptest.NewRequest(http.MethodGet, "/metrics", nil), httptest.NewRecorder()
		r.Header.Set("Accept", accept)
		telemetry.MetricsHandler().ServeHTTP(w, r)
		return w.Body.String()
	}
	exemplar := `trace_id="` + span.SpanContext().TraceID().String() + `"`
	for accept, want := range map[string]bool{"application/openmetrics-text;version=1.0.0": true, "text/plain": false} {
		found := false
		for line := range strings.Lines(ask(accept)) {
			found = found || strings.HasPrefix(line, "lotse_test_seconds_bucket{") && strings.Contains(line, exemplar)
		}
		if found != want {
			t.Errorf("%s: an exemplar is there: %t, wanted %t:\n%s", accept, found, want, ask(accept))
		}
	}
}

func TestSpansReachACollector(t *testing.T) {
	type call struct{ path, body string }
	calls := make(chan call, 8)
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := io.Reader(r.Body)
		if r.Header.Get("Content-Encoding") == "gzip" {
			body, _ = gzip.NewReader(body)
		}
		raw, _ := io.ReadAll(body)
		calls <- call{r.URL.Path, string(raw)}
	}))
	defer collector.Close()
	shutdown := setUp(t, telemetry.Options{Service: "capacity", OTLPEndpoint: collector.URL})
	_, span := otel.Tracer("test").Start(t.Context(), "plan the city")
	span.End()
	if err := shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := <-calls
	if got.path != "/v1/traces" || !strings.Contains(got.body, "plan the city") || !strings.Contains(got.body, "capacity") {
		t.Errorf("the collector got %q on %s", got.body, got.path)
	}
}

func TestSetupNamesWhatIsWrong(t *testing.T) {
	for want, o := range map[string]telemetry.Options{
		"Options.Service":                         {},
		`"collector:4318" is not a URL: write it`: {Service: "x", OTLPEndpoint: "collector:4318"},
	} {
		if _, err := telemetry.Setup(t.Context(), o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Setup(%+v) = %v, want %q", o, err, want)
		}
	}
}

// BenchmarkSpan is the cost of a span that nobody collects.
func BenchmarkSpan(b *testing.B) {
	setUp(b, telemetry.Options{Service: "bench"})
	tracer := otel.Tracer("bench")
	b.ReportAllocs()
	for b.Loop() {
		_, span := tracer.Start(b.Context(), "handle", trace.WithSpanKind(trace.SpanKindConsumer))
		span.End()
	}
}
