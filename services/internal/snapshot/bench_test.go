package snapshot_test

import (
	"testing"

	"github.com/lotse-hamburg/lotse/services/internal/snapshot"
)

// BenchmarkCounts writes and reads a day's table of counts, 64 sets of 120
// steps.
func BenchmarkCounts(b *testing.B) {
	type table struct{ counts []int16 }
	v := table{make([]int16, 64*120)}
	for i := range v.counts {
		v.counts[i] = int16(i % 7)
	}
	data := snapshot.Encode(v)
	b.Run("write", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			snapshot.Encode(v)
		}
	})
	b.Run("read", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			if _, err := snapshot.Decode[table](data); err != nil {
				b.Fatal(err)
			}
		}
	})
}
