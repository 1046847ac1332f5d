package journal

import (
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"io"
	"sync"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/snapshot"
)

// Kept is a stream's folded state as it is written into a snapshot.
type Kept struct {
	Stream  string
	Version int64
	Data    []byte // of package snapshot, deflated
}

// deflate is for one goroutine. States lie packed until somebody asks for them:
// most of a centre-day is names and hashes that repeat.
type deflate struct {
	w   *flate.Writer
	raw []byte
	out bytes.Buffer
}

func (d *deflate) pack(state any) []byte {
	d.raw = snapshot.Append(d.raw[:0], state)
	d.out.Reset()
	if d.w == nil {
		d.w, _ = flate.NewWriter(&d.out, flate.BestSpeed) // the level is known
	} else {
		d.w.Reset(&d.out)
	}
	_, _ = d.w.Write(d.raw) // into memory
	_ = d.w.Close()
	return bytes.Clone(d.out.Bytes())
}

func inflate(data []byte) ([]byte, error) {
	return io.ReadAll(flate.NewReader(bytes.NewReader(data)))
}

// keeper has the states that came from a snapshot, until they are asked for.
type keeper struct {
	mu   sync.Mutex
	kept map[string]Kept
}

// Recall gives the journal states that a snapshot has kept. A stream that is
// read goes on from there; a state that this version of the program cannot
// read is folded from the log.
func (j *Journal) Recall(all []Kept) {
	j.keeper.mu.Lock()
	defer j.keeper.mu.Unlock()
	j.keeper.kept = make(map[string]Kept, len(all))
	for _, k := range all {
		j.keeper.kept[k.Stream] = k
	}
}

// Keep lists the folded streams that the function names, each as something that
// makes its Kept, to be called one after the other outside the journal's turn:
// states never change. Those that it does not name are not recalled any more.
func (j *Journal) Keep(ctx context.Context, named func(stream string) bool) ([]func() Kept, error) {
	var all []func() Kept
	_, err := j.Do(ctx, func(*Tx) error { all = j.keep(named); return nil })
	if !errors.Is(err, eventlog.ErrClosed) {
		return all, err
	}
	select { // nobody decides any more
	case <-j.ended:
		return j.keep(named), nil
	case <-ctx.Done():
		return nil, err
	}
}

func (j *Journal) keep(named func(stream string) bool) (all []func() Kept) {
	packer := &deflate{}
	for stream, f := range j.cache.all() {
		if named(stream) && f.version > 0 {
			all = append(all, func() Kept { return Kept{stream, f.version, packer.pack(f.state)} })
		}
	}
	j.keeper.mu.Lock()
	defer j.keeper.mu.Unlock()
	for stream, k := range j.keeper.kept {
		if named(stream) {
			all = append(all, func() Kept { return k })
		} else {
			delete(j.keeper.kept, stream)
		}
	}
	return all
}

// Stow packs the folded states of the streams that the function names, of which
// hardly anything is expected any more, and takes them out of the cache: who asks
// for one all the same gets it unpacked, and nothing of its log is read that is in
// it. It is for a journal without Run.
func (j *Journal) Stow(named func(stream string) bool) {
	j.inline.Lock()
	defer j.inline.Unlock()
	j.keeper.mu.Lock()
	defer j.keeper.mu.Unlock()
	if j.keeper.kept == nil {
		j.keeper.kept = map[string]Kept{}
	}
	var packer deflate
	for stream, f := range j.cache.all() {
		if named(stream) && f.version > 0 && !f.behind {
			j.keeper.kept[stream] = Kept{stream, f.version, packer.pack(f.state)}
			j.cache.drop(stream)
		}
	}
}

// recall takes a state out of the keeper.
func recall[S any](j *Journal, stream string) (s S, version int64, ok bool) {
	j.keeper.mu.Lock()
	k, ok := j.keeper.kept[stream]
	delete(j.keeper.kept, stream)
	j.keeper.mu.Unlock()
	if !ok {
		return s, 0, false
	}
	data, err := inflate(k.Data)
	if err == nil {
		s, err = snapshot.Decode[S](data)
	}
	return s, k.Version, err == nil
}
