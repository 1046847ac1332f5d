package snapshottest

import (
	"bytes"
	"io"
	"testing"

	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/node"
	"github.com/lotse-hamburg/lotse/services/internal/snapshot"
)

// Restores checks the promise of node.Memory on a log: models that were written
// down after the first so many events, and read back, are the models that
// folded those events, and stay so through the rest of the log. What was put is
// written only after the models have gone on, as a node does it.
func Restores(t testing.TB, codec decider.Codec, models func() []node.Model, log []eventlog.Event, prefixes ...int) {
	t.Helper()
	decoded := make([]decider.Event, len(log))
	for i, e := range log {
		var err error
		if decoded[i], err = codec.Decode(e.Type, e.Data); err != nil {
			t.Fatal(err)
		}
	}
	fold := func(all []node.Model, from, to int) {
		for i := from; i < to; i++ {
			for _, m := range all {
				m.Apply(log[i], decoded[i])
			}
		}
	}
	same := func(what string, after int, got, want []node.Model) {
		t.Helper()
		for i := range want {
			if d := Diff(got[i], want[i]); d != "" {
				t.Fatalf("written down after %d of %d events: %T %s: %s (restored and folded)", after, len(log), want[i], what, d)
			}
		}
	}
	for _, p := range prefixes {
		folded, whole, restored := models(), models(), models()
		fold(folded, 0, p)
		fold(whole, 0, p)
		w := &snapshot.Writer{}
		for _, m := range whole {
			memory, ok := m.(node.Memory)
			if !ok {
				t.Fatalf("%T has no Snapshot and Restore", m)
			}
			memory.Snapshot(w)
		}
		fold(whole, p, len(log))
		var data []byte
		if err := w.Write(1<<16, func(c []byte) error { data = append(data, bytes.Clone(c)...); return nil }); err != nil {
			t.Fatal(err)
		}
		r := snapshot.NewReader(func() (c []byte, err error) {
			if c, data = data, nil; len(c) == 0 {
				return nil, io.EOF
			}
			return c, nil
		})
		for _, m := range restored {
			m.(node.Memory).Restore(r)
		}
		if err := r.Adopt(); err != nil {
			t.Fatal(err)
		}
		same("is not what was folded", p, restored, folded)
		fold(restored, p, len(log))
		same("goes on otherwise", p, restored, whole)
	}
}
