//go:build linux

package booking

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/lotse-hamburg/lotse/services/booking/internal/read"
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

// Two mirrors of one bucket: what one remembers of the other's values is wrong.
func TestMirrorsDoNotPutOlderSlotsOverNewer(t *testing.T) {
	ctx := t.Context()
	js := must(jetstream.New(connect(t).NATS()))
	kv := must(js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: SlotsBucket, History: 1}))
	one, two := bucket{kv, 1, map[string]uint64{}}, bucket{kv, 1, map[string]uint64{}}
	for _, step := range []struct {
		by             bucket
		position, want int64
	}{{one, 3, 3}, {two, 5, 5}, {one, 4, 5}, {one, 6, 6}, {two, 5, 6}, {two, 7, 7}, {two, 9, 9}, {one, 8, 9}} {
		if err := step.by.put(ctx, read.Frame{Position: step.position, Key: "altona.2026-12-01", Data: []byte(`{}`)}); err != nil {
			t.Fatalf("position %d: %v", step.position, err)
		}
		var stands MirroredSlots
		if err := json.Unmarshal(must(kv.Get(ctx, "altona.2026-12-01")).Value(), &stands); err != nil || stands.Position != step.want {
			t.Fatalf("after %d was put, %d stands there, want %d (%v)", step.position, stands.Position, step.want, err)
		}
	}
}

func TestNewestFramesOnly(t *testing.T) {
	all := []read.Frame{{Position: 1, Key: "a"}, {Position: 2, Key: "b"}, {Position: 4, Key: "a"}, {Position: 7, Key: "c"}, {Position: 9, Key: "b"}}
	var positions []int64
	for _, f := range newest(all) {
		positions = append(positions, f.Position)
	}
	if want := []int64{4, 7, 9}; !slices.Equal(positions, want) {
		t.Errorf("positions %v, want %v", positions, want)
	}
}
