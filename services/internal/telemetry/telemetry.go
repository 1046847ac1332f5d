// Package telemetry sets up traces, metrics and the log lines that name a
// trace, once per process.
//
// Nothing leaves the process unless an OTLP endpoint is configured. Spans are
// sampled all the same: their ids become the traceparent of every event, so
// that one trace runs from the sick note to the slot even where only a neighbour
// of Lotse collects spans.
package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	otelprometheus "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// Options say who reports and where to.
type Options struct {
	// Service is the name under which the process reports: a service's, or
	// "lotse" for the single process.
	Service string
	// Version of the program.
	Version string
	// OTLPEndpoint is the URL of a collector's OTLP/HTTP receiver
	// ("http://127.0.0.1:4318"); spans go to its /v1/traces. Empty: none.
	OTLPEndpoint string
	// Sampler decides which traces are kept; nil keeps all, and what a parent
	// from outside has decided.
	Sampler sdktrace.Sampler
	// Logger hears of spans that could not be sent; nil: nobody does.
	Logger *slog.Logger
}

// Shutdown sends what is still buffered and takes the set-up back. It may be
// called more than once.
type Shutdown func(context.Context) error

var current atomic.Pointer[prometheus.Registry]

// Setup makes the tracer provider, meter provider and propagator of the
// process. One call serves all services of a single process.
func Setup(ctx context.Context, o Options) (Shutdown, error) {
	if o.Service == "" {
		return nil, errors.New("telemetry: no service name: set Options.Service")
	}
	res, err := resource.Merge(resource.Environment(), resource.NewSchemaless(
		attribute.String("service.name", o.Service), attribute.String("service.version", o.Version)))
	if err != nil {
		return nil, fmt.Errorf("telemetry: OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	tracers, err := tracerProvider(ctx, o, res)
	if err != nil {
		return nil, err
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	exporter, err := otelprometheus.New(otelprometheus.WithRegisterer(registry))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("telemetry: metrics: %w", err), tracers.Shutdown(ctx))
	}
	meters := metric.NewMeterProvider(metric.WithReader(exporter), metric.WithResource(res))

	otel.SetTextMapPropagator(propagation.TraceContext{})
	otel.SetTracerProvider(tracers)
	otel.SetMeterProvider(meters)
	if o.Logger != nil {
		otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { o.Logger.Warn("telemetry was not delivered", "error", err) }))
	}
	current.Store(registry)

	var once sync.Once
	return func(ctx context.Context) (err error) {
		once.Do(func() {
			current.CompareAndSwap(registry, nil)
			err = errors.Join(tracers.Shutdown(ctx), meters.Shutdown(ctx))
		})
		return err
	}, nil
}

func tracerProvider(ctx context.Context, o Options, res *resource.Resource) (*sdktrace.TracerProvider, error) {
	sampler := o.Sampler
	if sampler == nil {
		sampler = sdktrace.ParentBased(sdktrace.AlwaysSample())
	}
	options := []sdktrace.TracerProviderOption{sdktrace.WithResource(res), sdktrace.WithSampler(sampler)}
	if o.OTLPEndpoint != "" {
		u, err := url.Parse(o.OTLPEndpoint)
		if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			return nil, fmt.Errorf("telemetry: OTLP endpoint %q is not a URL: write it as http://host:4318", o.OTLPEndpoint)
		}
		exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(u.JoinPath("v1/traces").String()))
		if err != nil {
			return nil, fmt.Errorf("telemetry: OTLP endpoint %q: %w", o.OTLPEndpoint, err)
		}
		options = append(options, sdktrace.WithBatcher(exporter))
	}
	return sdktrace.NewTracerProvider(options...), nil
}

// MetricsHandler serves the process's metrics in Prometheus' format, or in that of
// OpenMetrics to whom asks for it, with exemplars: trace ids of requests beside the
// histograms that counted them. They are those of the newest Setup, and 503 where there is
// none.
func MetricsHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		registry := current.Load()
		if registry == nil {
			http.Error(w, "telemetry is not set up", http.StatusServiceUnavailable)
			return
		}
		promhttp.HandlerFor(registry, promhttp.HandlerOpts{EnableOpenMetrics: true}).ServeHTTP(w, r)
	})
}
