package node

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
)

// Instruments are asked for their values whenever somebody collects them. What
// cannot be made is told to OpenTelemetry's error handler, and the service runs on
// without it.
type Instruments struct {
	meter metric.Meter
	all   []metric.Observable
}

// NewInstruments are those of a meter, such as "lotse/node".
func NewInstruments(meter string) *Instruments { return &Instruments{meter: otel.Meter(meter)} }

// Gauge tells a whole number.
func (i *Instruments) Gauge(name, doc string) metric.Int64ObservableGauge {
	g, err := i.meter.Int64ObservableGauge(name, metric.WithDescription(doc))
	return made(i, g, err)
}

// Measure tells a number in a unit of UCUM's, such as "s"; empty: it has none.
func (i *Instruments) Measure(name, doc, unit string) metric.Float64ObservableGauge {
	g, err := i.meter.Float64ObservableGauge(name, metric.WithDescription(doc), metric.WithUnit(unit))
	return made(i, g, err)
}

// Counter tells how often something has happened so far.
func (i *Instruments) Counter(name, doc string) metric.Int64ObservableCounter {
	c, err := i.meter.Int64ObservableCounter(name, metric.WithDescription(doc))
	return made(i, c, err)
}

func made[T metric.Observable](i *Instruments, instrument T, err error) T {
	if err != nil {
		otel.Handle(err)
		return instrument
	}
	i.all = append(i.all, instrument)
	return instrument
}

// Tell has a function answer for all of them, until stop.
func (i *Instruments) Tell(answer func(context.Context, metric.Observer) error) (stop func()) {
	registration, err := i.meter.RegisterCallback(answer, i.all...)
	if err != nil {
		otel.Handle(err)
		return func() {}
	}
	return func() { _ = registration.Unregister() }
}
