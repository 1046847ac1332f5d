//go:build linux

package booking

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/lotse-hamburg/lotse/services/internal/bus/bustest"
)

// The limit on the size of files stands for a full disk, after which a NATS
// server keeps silent to whoever writes the bucket.
func TestMirrorMakesABucketAnewThatCannotBeWritten(t *testing.T) {
	w := newWorld(t, nil).city()
	js := must(jetstream.New(connect(t).NATS(), jetstream.WithDefaultTimeout(200*time.Millisecond)))
	ctx, cancel := context.WithCancel(w.ctx)
	ended := make(chan error, 1)
	go func() { ended <- w.service.MirrorSlots(ctx, js) }()
	defer func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	has := func(text string) func() bool {
		return func() bool {
			kv, err := js.KeyValue(w.ctx, SlotsBucket)
			if err != nil {
				return false
			}
			e, err := kv.Get(w.ctx, "altona."+monday.String())
			return err == nil && bytes.Contains(e.Value(), []byte(text))
		}
	}
	until(t, "the bucket is filled", has(`"free_slots":{"car":6,"pass":4`))
	born := must(created(w.ctx, js))

	lift := bustest.FullDisk(t, 512)
	kv := must(js.KeyValue(w.ctx, SlotsBucket))
	until(t, "the bucket cannot be written", func() bool {
		_, err := kv.Put(w.ctx, "probe", bytes.Repeat([]byte("x"), 1000))
		return err != nil
	})
	lift()
	if _, err := kv.Put(w.ctx, "probe", nil); err == nil {
		t.Skip("this NATS server writes again by itself")
	}
	w.booked("altona", monday, nine, Contact{})
	until(t, "the bucket is thrown away", func() bool {
		now, err := created(w.ctx, js)
		return errors.Is(err, jetstream.ErrStreamNotFound) || err == nil && !now.Equal(born)
	})
	until(t, "the bucket is filled again", has(`"free_slots":{"car":4,"pass":3`))
}
