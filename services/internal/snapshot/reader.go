package snapshot

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"reflect"
	"time"
	"unsafe"
)

// Errors of a Reader.
var (
	// ErrShape: the value was written by another form of its type.
	ErrShape = errors.New("snapshot: written by another version of the type")
	// ErrBroken: the bytes end too early or are no snapshot.
	ErrBroken = errors.New("snapshot: the bytes are not whole")
)

// errEnd is ErrBroken for who wants to read on, and fine for who has all.
var errEnd = fmt.Errorf("%w: they end too early", ErrBroken)

// Reader reads values in the order in which they were put. Nothing is set
// before Adopt, so that a snapshot that breaks off leaves no trace.
type Reader struct {
	next   func() ([]byte, error)
	buf    []byte
	err    error
	adopt  []func()
	words  map[string]string
	zones  map[int]*time.Location
	values int
}

// NewReader reads from chunks; next answers io.EOF after the last one.
func NewReader(next func() ([]byte, error)) *Reader {
	return &Reader{next: next, words: map[string]string{}, zones: map[int]*time.Location{}}
}

// Get reads a value; *into is set by Adopt. After an error nothing is read.
func Get[T any](r *Reader, into *T) {
	v := next[T](r)
	r.adopt = append(r.adopt, func() { *into = *v })
}

// Next reads a value at once, for who must know it to read on.
func Next[T any](r *Reader) T { return *next[T](r) }

func next[T any](r *Reader) *T {
	v := new(T)
	r.values++
	r.one(formOf(reflect.TypeFor[T]()), unsafe.Pointer(v))
	return v
}

// Then runs at Adopt, after what was read before it was set.
func (r *Reader) Then(do func()) { r.adopt = append(r.adopt, do) }

// Err is why reading stopped.
func (r *Reader) Err() error { return r.err }

// Adopt sets what was read, or nothing if anything could not be read.
func (r *Reader) Adopt() error {
	if r.err != nil {
		return r.err
	}
	if len(r.buf) > 0 || r.fill() {
		r.err = fmt.Errorf("%w: %d bytes are left over", ErrBroken, len(r.buf))
	}
	if !errors.Is(r.err, errEnd) {
		return r.err
	}
	r.err = nil
	for _, set := range r.adopt {
		set()
	}
	return nil
}

// Decode reads what Encode wrote.
func Decode[T any](data []byte) (v T, err error) {
	r := NewReader(func() ([]byte, error) { return nil, io.EOF })
	r.buf = data
	Get(r, &v)
	err = r.Adopt()
	return v, err
}

func (r *Reader) one(f *form, p unsafe.Pointer) {
	head := r.take(8)
	if r.err != nil {
		return
	}
	if got := binary.LittleEndian.Uint64(head); got != f.print {
		r.err = fmt.Errorf("%w (value %d, %s)", ErrShape, r.values, f.name)
		return
	}
	f.read(r, p)
}

// take returns the next n bytes; they are valid until the next call.
func (r *Reader) take(n int) []byte {
	if r.err != nil {
		return nil
	}
	if len(r.buf) >= n {
		b := r.buf[:n]
		r.buf = r.buf[n:]
		return b
	}
	var b []byte // across chunks
	for len(b) < n {
		if len(r.buf) == 0 && !r.fill() {
			return nil
		}
		part := r.buf[:min(len(r.buf), n-len(b))]
		b = append(b, part...)
		r.buf = r.buf[len(part):]
	}
	return b
}

// fill has the next chunk at hand.
func (r *Reader) fill() bool {
	for r.err == nil && len(r.buf) == 0 {
		chunk, err := r.next()
		switch {
		case errors.Is(err, io.EOF):
			r.err = errEnd
		case err != nil:
			r.err = err
		default:
			r.buf = chunk
		}
	}
	return r.err == nil
}

func (r *Reader) uint() (v uint64) {
	if r.err != nil {
		return 0
	}
	if v, n := binary.Uvarint(r.buf); n > 0 {
		r.buf = r.buf[n:]
		return v
	}
	for shift := 0; shift < 64; shift += 7 { // across chunks, or broken
		b := r.take(1)
		if b == nil {
			return 0
		}
		v |= uint64(b[0]&0x7f) << shift
		if b[0] < 0x80 {
			return v
		}
	}
	r.err = ErrBroken
	return 0
}

func (r *Reader) int() int64 {
	u := r.uint()
	v := int64(u >> 1)
	if u&1 != 0 {
		v = ^v
	}
	return v
}

// size reads a length; what is longer than anything in a snapshot is refused.
func (r *Reader) size() int {
	n := r.uint()
	if n > 1<<30 {
		r.err = ErrBroken
		return 0
	}
	return int(n)
}

// maxWord and maxWords bound what is looked up instead of kept twice: names of
// services, skills and the like come back thousands of times.
const (
	maxWord  = 24
	maxWords = 1 << 14
)

func (r *Reader) string() string {
	b := r.take(r.size())
	if len(b) > maxWord {
		return string(b)
	}
	if s, known := r.words[string(b)]; known {
		return s
	}
	s := string(b)
	if len(r.words) < maxWords {
		r.words[s] = s
	}
	return s
}

func (r *Reader) time() time.Time {
	sec, nsec, offset := r.int(), r.uint(), int(r.int())
	if offset == -1 {
		return time.Unix(sec, int64(nsec)).UTC()
	}
	t := time.Unix(sec, int64(nsec))
	if _, local := t.Zone(); local == offset {
		return t
	}
	zone := r.zones[offset]
	if zone == nil {
		zone = time.FixedZone("", offset)
		r.zones[offset] = zone
	}
	return t.In(zone)
}
