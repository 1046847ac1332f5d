package booking

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/lotse-hamburg/lotse/services/booking/internal/read"
)

// SlotsBucket is the key-value bucket that a frontend starts from.
const SlotsBucket = "slots"

// MirroredSlots is a value of the bucket; the key is centre.date. A frontend
// reads the bucket, then goes on with the subjects
// lotse.booking.slots-changed.v1.> from Position + 1 of the greatest Position
// that it has read, so that it misses nothing.
type MirroredSlots struct {
	// Epoch and Position are those of the public log.
	Epoch    int64 `json:"epoch"`
	Position int64 `json:"position"`
	// Slots is the slots-changed event's data.
	Slots json.RawMessage `json:"slots"`
}

// checkBucket is how often an idle mirror looks whether its bucket is there.
const checkBucket = 2 * time.Second

// MirrorSlots follows the own log and keeps the newest slots of each centre-day
// in the bucket, until ctx ends. A bucket that was lost or wiped is filled
// again. One replica should run it; two do no harm, since an older position
// never replaces a newer one.
func (s *Service) MirrorSlots(ctx context.Context, js jetstream.JetStream) error {
	wait, silent := 50*time.Millisecond, 0
	for ctx.Err() == nil {
		err := s.mirror(ctx, js, func() { wait, silent = 50*time.Millisecond, 0 })
		if ctx.Err() != nil {
			break
		}
		// A NATS server whose disk was full never answers the writers of a
		// bucket again, also when there is space, until the bucket is made anew.
		if errors.Is(err, errNotPut) && errors.Is(err, context.DeadlineExceeded) {
			if silent++; silent == stuck {
				silent = 0
				err = errors.Join(err, js.DeleteKeyValue(ctx, SlotsBucket))
			}
		}
		if err != nil {
			s.Node().Logger().Warn("the bucket of slots cannot be written, trying again", "error", err, "wait", wait)
		}
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-t.C:
		}
		t.Stop()
		wait = min(2*wait, 5*time.Second)
	}
	return nil
}

// stuck is after how many writes without an answer a bucket is made anew.
const stuck = 3

var errNotPut = errors.New("a value could not be put")

var errBucketLost = errors.New("the bucket was made anew by somebody else")

// mirror fills the bucket and follows until something fails.
func (s *Service) mirror(ctx context.Context, js jetstream.JetStream, works func()) error {
	kv, err := js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: SlotsBucket, History: 1, Replicas: max(s.replicas, 1),
		Description: "free slots per centre and day, key centre.date, written by booking"})
	if err != nil {
		return err
	}
	born, err := created(ctx, js)
	if err != nil {
		return err
	}
	head, err := s.Node().Log().Head(ctx)
	if err != nil {
		return err
	}
	look := time.NewTicker(checkBucket)
	defer look.Stop()
	b := bucket{kv, head.Epoch, map[string]uint64{}}
	swept := head.Epoch == 1 // no epoch was before
	for at := int64(0); ; {
		frames, more := s.app.SlotsAfter(at)
		for _, f := range newest(frames) {
			if err := b.put(ctx, f); err != nil {
				return fmt.Errorf("key %s: %w: %w", f.Key, errNotPut, err)
			}
			at = f.Position
		}
		works()
		if len(frames) > 0 {
			continue
		}
		if !swept {
			if err := b.sweep(ctx, js); err != nil {
				return err
			}
			swept = true
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-more:
		case <-look.C:
			if now, err := created(ctx, js); err != nil {
				return err
			} else if !now.Equal(born) {
				return errBucketLost
			}
		}
	}
}

// created tells one life of the bucket from the next.
func created(ctx context.Context, js jetstream.JetStream) (time.Time, error) {
	stream, err := js.Stream(ctx, "KV_"+SlotsBucket)
	if err != nil {
		return time.Time{}, err
	}
	return stream.CachedInfo().Created, nil
}

// newest leaves out what a later frame replaces.
func newest(frames []read.Frame) []read.Frame {
	last := make(map[string]int64, len(frames))
	for _, f := range frames {
		last[f.Key] = f.Position
	}
	kept := make([]read.Frame, 0, len(last))
	for _, f := range frames {
		if last[f.Key] == f.Position {
			kept = append(kept, f)
		}
	}
	return kept
}

// bucket is what the mirror writes.
type bucket struct {
	kv    jetstream.KeyValue
	epoch int64
	own   map[string]uint64 // revisions of the values that this mirror has written
}

// put writes a value unless a newer one stands there.
func (b bucket) put(ctx context.Context, f read.Frame) error {
	value, err := json.Marshal(MirroredSlots{b.epoch, f.Position, f.Data})
	if err != nil {
		return err
	}
	for range 5 {
		revision, newer := b.own[f.Key], false
		if revision == 0 {
			if revision, newer, err = b.look(ctx, f); err != nil || newer {
				return err
			}
		}
		if revision == 0 {
			revision, err = b.kv.Create(ctx, f.Key, value)
		} else {
			revision, err = b.kv.Update(ctx, f.Key, value, revision)
		}
		if err == nil {
			b.own[f.Key] = revision
			return nil
		}
		delete(b.own, f.Key)
		if !errors.Is(err, jetstream.ErrKeyExists) {
			return err
		}
	}
	return errors.New("another writer is at it")
}

// sweep removes what an earlier epoch has written and this one has not replaced:
// the log was restored from a backup that knows nothing of it.
func (b bucket) sweep(ctx context.Context, js jetstream.JetStream) error {
	stream, err := js.Stream(ctx, "KV_"+SlotsBucket)
	if err != nil {
		return err
	}
	const prefix = "$KV." + SlotsBucket + "."
	info, err := stream.Info(ctx, jetstream.WithSubjectFilter(prefix+">"))
	if err != nil {
		return err
	}
	for subject := range info.State.Subjects {
		key := strings.TrimPrefix(subject, prefix)
		entry, err := b.kv.Get(ctx, key)
		if errors.Is(err, jetstream.ErrKeyNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		var stands MirroredSlots
		if json.Unmarshal(entry.Value(), &stands) == nil && stands.Epoch >= b.epoch {
			continue
		}
		if err := b.kv.Delete(ctx, key, jetstream.LastRevision(entry.Revision())); err != nil && !errors.Is(err, jetstream.ErrKeyExists) {
			return err
		}
	}
	return nil
}

// look finds the revision of what stands in a frame's place, 0 if nothing does,
// and says whether it is at least as new.
func (b bucket) look(ctx context.Context, f read.Frame) (revision uint64, newer bool, err error) {
	entry, err := b.kv.Get(ctx, f.Key)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	var stands MirroredSlots
	newer = json.Unmarshal(entry.Value(), &stands) == nil && (stands.Epoch > b.epoch || stands.Epoch == b.epoch && stands.Position >= f.Position)
	return entry.Revision(), newer, nil
}
