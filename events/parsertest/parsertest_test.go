package parsertest

import "testing"

type judge struct {
	testing.TB
	errors int
}

func (j *judge) Helper()               {}
func (j *judge) Errorf(string, ...any) { j.errors++ }

var sink []byte

func TestBounded(t *testing.T) {
	for _, c := range []struct{ size, errors int }{{1 << 10, 0}, {BaseBytes + 1<<20, 1}} {
		j := &judge{TB: t}
		Bounded(j, 10, func() { sink = make([]byte, c.size) })
		if j.errors != c.errors {
			t.Errorf("allocating %d bytes gave %d errors, want %d", c.size, j.errors, c.errors)
		}
	}
}
