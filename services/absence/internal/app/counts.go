package app

import (
	"context"
	"maps"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
)

// maxSources bounds the sources that are counted apart; what more there are is
// counted under hr.NoSource.
const maxSources = 1000

// Stripped tells how many fields of each source were removed since the start.
func (a *App) Stripped() map[string]hr.Stripped {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.counts)
}

// Became tells what became of each source's messages since the start, an
// absence each: Recorded, Unchanged, Duplicate, Refused, Undecided or Forged.
func (a *App) Became() map[string]map[string]int {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := make(map[string]map[string]int, len(a.became))
	for source, counts := range a.became {
		out[source] = maps.Clone(counts)
	}
	return out
}

// tally counts what became of one message.
func (a *App) tally(source, status string) {
	a.mu.Lock()
	source = bounded(a.became, source)
	if a.became[source] == nil {
		a.became[source] = map[string]int{}
	}
	a.became[source][status]++
	a.mu.Unlock()
	if a.messages != nil {
		a.messages.Add(context.Background(), 1, metric.WithAttributes(attribute.String("source", source), attribute.String("status", status)))
	}
}

// count counts what was removed from one message.
func (a *App) count(m hr.Message) {
	if m.Stripped == (hr.Stripped{}) {
		return
	}
	a.mu.Lock()
	source := bounded(a.counts, m.Source)
	c := a.counts[source]
	c.Reasons += m.Stripped.Reasons
	c.Unknown += m.Stripped.Unknown
	a.counts[source] = c
	a.mu.Unlock()
	for kind, n := range map[string]int{"reason": m.Stripped.Reasons, "unknown": m.Stripped.Unknown} {
		if n > 0 && a.stripped != nil {
			a.stripped.Add(context.Background(), int64(n), metric.WithAttributes(attribute.String("source", source), attribute.String("kind", kind)))
		}
	}
}

func bounded[V any](counted map[string]V, source string) string {
	if _, known := counted[source]; known || len(counted) < maxSources {
		return source
	}
	return hr.NoSource
}
