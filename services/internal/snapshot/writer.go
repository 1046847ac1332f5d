package snapshot

import (
	"encoding/binary"
	"reflect"
	"time"
	"unsafe"
)

// Writer collects values and writes them later: Put is called where the values
// stand still, Write where nobody waits.
type Writer struct {
	steps []func()
	buf   []byte
	limit int
	flush func(chunk []byte) error
	err   error
}

// Put has a value written. Nothing that it points to may change before Write
// has returned: put a copy of what does.
func Put[T any](w *Writer, v T) { PutLater(w, func() T { return v }) }

// PutLater has a value written that is only made when its turn comes.
func PutLater[T any](w *Writer, make func() T) {
	w.steps = append(w.steps, func() {
		v, f := make(), formOf(reflect.TypeFor[T]())
		w.buf = binary.LittleEndian.AppendUint64(w.buf, f.print)
		f.write(w, unsafe.Pointer(&v))
	})
}

// Write writes all that was put, in chunks of about limit bytes. A chunk is the
// writer's own and must not be kept.
func (w *Writer) Write(limit int, flush func(chunk []byte) error) error {
	w.limit, w.flush = limit, flush
	for i, step := range w.steps {
		step()
		w.steps[i] = nil // what was written may be forgotten
		w.room()
	}
	w.steps = nil
	if w.err == nil && len(w.buf) > 0 {
		w.err = flush(w.buf)
	}
	w.buf = nil
	return w.err
}

// room hands full chunks over.
func (w *Writer) room() {
	for w.flush != nil && len(w.buf) >= w.limit {
		if w.err == nil {
			w.err = w.flush(w.buf[:w.limit])
		}
		w.buf = append(w.buf[:0], w.buf[w.limit:]...)
	}
}

// Encode writes one value whose type is known only to who reads it.
func Encode(v any) []byte { return Append(nil, v) }

// Append is Encode behind what is there.
func Append(to []byte, v any) []byte {
	p := reflect.New(reflect.TypeOf(v))
	p.Elem().Set(reflect.ValueOf(v))
	f := formOf(p.Type().Elem())
	w := &Writer{buf: binary.LittleEndian.AppendUint64(to, f.print)}
	f.write(w, p.UnsafePointer())
	return w.buf
}

func (w *Writer) uint(n uint64) { w.buf = binary.AppendUvarint(w.buf, n) }
func (w *Writer) int(n int64)   { w.buf = binary.AppendVarint(w.buf, n) }

// time keeps the instant and the offset from UTC, as JSON does.
func (w *Writer) time(t time.Time) {
	_, offset := t.Zone()
	w.int(t.Unix())
	w.uint(uint64(t.Nanosecond()))
	if t.Location() == time.UTC {
		offset = -1
	}
	w.int(int64(offset))
}
