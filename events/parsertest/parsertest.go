// Package parsertest judges parsers of what strangers send, in fuzz tests: that
// they neither allocate without bounds nor go on for ever.
package parsertest

import (
	"runtime/metrics"
	"testing"
	"time"
)

// Bounds of one input: what a parser may allocate in all, and how long it may
// take on a machine that is busy with something else.
const (
	BaseBytes    = 16 << 20
	BytesPerByte = 1 << 10
	Patience     = 20 * time.Second
)

const allocated = "/gc/heap/allocs:bytes"

// Bounded runs parse on an input of so many bytes and fails the test when that
// allocates more than BaseBytes and BytesPerByte for each byte, or takes longer
// than Patience. Nothing else may allocate meanwhile.
func Bounded(t testing.TB, input int, parse func()) {
	t.Helper()
	sample := []metrics.Sample{{Name: allocated}}
	metrics.Read(sample)
	before, began := sample[0].Value.Uint64(), time.Now()
	parse()
	metrics.Read(sample)
	if took := time.Since(began); took > Patience {
		t.Errorf("%d bytes kept the parser busy for %s", input, took)
	}
	if used, most := sample[0].Value.Uint64()-before, uint64(BaseBytes+BytesPerByte*input); used > most {
		t.Errorf("%d bytes made the parser allocate %d, at most %d are right", input, used, most)
	}
}
