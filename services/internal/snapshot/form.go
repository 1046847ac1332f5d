package snapshot

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"reflect"
	"slices"
	"sync"
	"time"
	"unsafe"
)

// form is how values of one type are written and read.
type form struct {
	name  string
	write func(*Writer, unsafe.Pointer)
	read  func(*Reader, unsafe.Pointer)
	print uint64
}

// layout names how values are written; it is part of every fingerprint.
const layout = "lotse snapshot 1:"

var (
	formsMu sync.Mutex
	forms   = map[reflect.Type]*form{}
)

// formOf makes the form of a type once. A type that cannot be written is a
// mistake of the program, found by the first test that tries.
func formOf(t reflect.Type) *form {
	formsMu.Lock()
	defer formsMu.Unlock()
	f := build(t)
	if f.print == 0 {
		h := fnv.New64a()
		_, _ = h.Write([]byte(layout))
		describe(t, h, map[reflect.Type]int{})
		f.print = h.Sum64()
	}
	return f
}

// build is called with formsMu held. A type that contains itself finds the form
// that is still being made.
func build(t reflect.Type) *form {
	if f := forms[t]; f != nil {
		return f
	}
	f := &form{name: t.String()}
	forms[t] = f
	switch {
	case t == reflect.TypeFor[time.Time]():
		f.write = func(w *Writer, p unsafe.Pointer) { w.time(*(*time.Time)(p)) }
		f.read = func(r *Reader, p unsafe.Pointer) { *(*time.Time)(p) = r.time() }
	case t.Kind() == reflect.Struct:
		f.structure(t)
	case t.Kind() == reflect.Pointer:
		f.pointer(t)
	case t.Kind() == reflect.Slice:
		f.slice(t)
	case t.Kind() == reflect.Array:
		f.array(t)
	case t.Kind() == reflect.Map:
		f.table(t)
	default:
		f.scalar(t)
	}
	return f
}

// wide is a type's kind; int and uint are what they are on this machine.
func wide(t reflect.Type) reflect.Kind {
	switch k := t.Kind(); {
	case k == reflect.Int && t.Size() == 8:
		return reflect.Int64
	case k == reflect.Uint && t.Size() == 8:
		return reflect.Uint64
	default:
		return k
	}
}

func (f *form) scalar(t reflect.Type) {
	switch k := wide(t); k {
	case reflect.Bool:
		f.write = func(w *Writer, p unsafe.Pointer) { w.buf = append(w.buf, *(*byte)(p)) }
		f.read = func(r *Reader, p unsafe.Pointer) {
			if b := r.take(1); b != nil {
				*(*bool)(p) = b[0] != 0
			}
		}
	case reflect.String:
		f.write = func(w *Writer, p unsafe.Pointer) {
			s := *(*string)(p)
			w.uint(uint64(len(s)))
			w.buf = append(w.buf, s...)
		}
		f.read = func(r *Reader, p unsafe.Pointer) { *(*string)(p) = r.string() }
	case reflect.Int64:
		f.write = func(w *Writer, p unsafe.Pointer) { w.int(*(*int64)(p)) }
		f.read = func(r *Reader, p unsafe.Pointer) { *(*int64)(p) = r.int() }
	case reflect.Uint64:
		f.write = func(w *Writer, p unsafe.Pointer) { w.uint(*(*uint64)(p)) }
		f.read = func(r *Reader, p unsafe.Pointer) { *(*uint64)(p) = r.uint() }
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32:
		f.write = func(w *Writer, p unsafe.Pointer) { w.int(reflect.NewAt(t, p).Elem().Int()) }
		f.read = func(r *Reader, p unsafe.Pointer) { reflect.NewAt(t, p).Elem().SetInt(r.int()) }
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32:
		f.write = func(w *Writer, p unsafe.Pointer) { w.uint(reflect.NewAt(t, p).Elem().Uint()) }
		f.read = func(r *Reader, p unsafe.Pointer) { reflect.NewAt(t, p).Elem().SetUint(r.uint()) }
	case reflect.Float32, reflect.Float64:
		f.write = func(w *Writer, p unsafe.Pointer) {
			w.buf = binary.LittleEndian.AppendUint64(w.buf, math.Float64bits(reflect.NewAt(t, p).Elem().Float()))
		}
		f.read = func(r *Reader, p unsafe.Pointer) {
			if b := r.take(8); b != nil {
				reflect.NewAt(t, p).Elem().SetFloat(math.Float64frombits(binary.LittleEndian.Uint64(b)))
			}
		}
	default:
		panic(fmt.Sprintf("snapshot: a %s (%s) cannot be written: leave it out, or put what it is made of", t, k))
	}
}

// kept tells fields that are written from those tagged `snapshot:"-"`, which
// follow from the others and are made again when they are asked for.
func kept(f reflect.StructField) bool { return f.Tag.Get("snapshot") != "-" }

func (f *form) structure(t reflect.Type) {
	if p := t.PkgPath(); p == "sync" || p == "sync/atomic" {
		panic(fmt.Sprintf("snapshot: a %s cannot be written: leave it out, or put what it is made of", t))
	}
	type part struct {
		offset uintptr
		form   *form
	}
	var parts []part
	for i := range t.NumField() {
		if field := t.Field(i); kept(field) {
			parts = append(parts, part{field.Offset, build(field.Type)})
		}
	}
	f.write = func(w *Writer, p unsafe.Pointer) {
		for i := range parts {
			parts[i].form.write(w, unsafe.Add(p, parts[i].offset))
		}
	}
	f.read = func(r *Reader, p unsafe.Pointer) {
		for i := range parts {
			parts[i].form.read(r, unsafe.Add(p, parts[i].offset))
		}
	}
}

func (f *form) pointer(t reflect.Type) {
	to := build(t.Elem())
	f.write = func(w *Writer, p unsafe.Pointer) {
		at := *(*unsafe.Pointer)(p)
		if at == nil {
			w.buf = append(w.buf, 0)
			return
		}
		w.buf = append(w.buf, 1)
		to.write(w, at)
	}
	f.read = func(r *Reader, p unsafe.Pointer) {
		if b := r.take(1); b == nil || b[0] == 0 {
			return
		}
		v := reflect.New(t.Elem())
		to.read(r, v.UnsafePointer())
		reflect.NewAt(t, p).Elem().Set(v.Convert(t))
	}
}

// counts are written as they lie in memory: there are millions of them.
func (f *form) counts() {
	f.write = func(w *Writer, p unsafe.Pointer) {
		v := *(*[]int16)(p)
		if v == nil {
			w.uint(0)
			return
		}
		w.uint(uint64(len(v)) + 1)
		for _, n := range v {
			w.buf = binary.LittleEndian.AppendUint16(w.buf, uint16(n))
		}
	}
	f.read = func(r *Reader, p unsafe.Pointer) {
		n := r.size() - 1
		b := r.take(2 * max(n, 0))
		if n < 0 || r.err != nil {
			return
		}
		v := make([]int16, n)
		for i := range v {
			v[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
		}
		*(*[]int16)(p) = v
	}
}

// slice tells nil from empty: the length is written as one more than it is.
func (f *form) slice(t reflect.Type) {
	if t.Elem().Kind() == reflect.Int16 {
		f.counts()
		return
	}
	elem, size := build(t.Elem()), t.Elem().Size()
	bytesOnly := t.Elem().Kind() == reflect.Uint8
	f.write = func(w *Writer, p unsafe.Pointer) {
		v := reflect.NewAt(t, p).Elem()
		if v.IsNil() {
			w.uint(0)
			return
		}
		n := v.Len()
		w.uint(uint64(n) + 1)
		if bytesOnly {
			w.buf = append(w.buf, v.Bytes()...)
			return
		}
		at := v.UnsafePointer()
		for i := range n {
			elem.write(w, unsafe.Add(at, uintptr(i)*size))
			w.room()
		}
	}
	f.read = func(r *Reader, p unsafe.Pointer) {
		n := r.size() - 1
		if n < 0 || r.err != nil {
			return
		}
		v := reflect.NewAt(t, p).Elem()
		if bytesOnly {
			if b := r.take(n); b != nil {
				v.SetBytes(append(make([]byte, 0, n), b...))
			}
			return
		}
		all := reflect.MakeSlice(t, n, n)
		at := all.UnsafePointer()
		for i := 0; i < n && r.err == nil; i++ {
			elem.read(r, unsafe.Add(at, uintptr(i)*size))
		}
		v.Set(all)
	}
}

func (f *form) array(t reflect.Type) {
	elem, size, n := build(t.Elem()), t.Elem().Size(), t.Len()
	f.write = func(w *Writer, p unsafe.Pointer) {
		for i := range n {
			elem.write(w, unsafe.Add(p, uintptr(i)*size))
		}
	}
	f.read = func(r *Reader, p unsafe.Pointer) {
		for i := range n {
			elem.read(r, unsafe.Add(p, uintptr(i)*size))
		}
	}
}

// table writes a map in the order of its keys' bytes.
func (f *form) table(t reflect.Type) {
	key, elem := build(t.Key()), build(t.Elem())
	f.write = func(w *Writer, p unsafe.Pointer) {
		m := reflect.NewAt(t, p).Elem()
		if m.IsNil() {
			w.uint(0)
			return
		}
		w.uint(uint64(m.Len()) + 1)
		type entry struct {
			key  []byte
			elem reflect.Value
		}
		entries := make([]entry, 0, m.Len())
		k, values := reflect.New(t.Key()).Elem(), reflect.MakeSlice(reflect.SliceOf(t.Elem()), m.Len(), m.Len())
		scratch := Writer{}
		for it, i := m.MapRange(), 0; it.Next(); i++ {
			k.SetIterKey(it)
			v := values.Index(i)
			v.SetIterValue(it)
			from := len(scratch.buf)
			key.write(&scratch, k.Addr().UnsafePointer())
			entries = append(entries, entry{scratch.buf[from:len(scratch.buf):len(scratch.buf)], v})
		}
		slices.SortFunc(entries, func(a, b entry) int { return bytes.Compare(a.key, b.key) })
		for _, e := range entries {
			w.buf = append(w.buf, e.key...)
			elem.write(w, e.elem.Addr().UnsafePointer())
			w.room()
		}
	}
	f.read = func(r *Reader, p unsafe.Pointer) {
		n := r.size() - 1
		if n < 0 || r.err != nil {
			return
		}
		m := reflect.MakeMapWithSize(t, n)
		k, v := reflect.New(t.Key()), reflect.New(t.Elem())
		for i := 0; i < n && r.err == nil; i++ {
			k.Elem().SetZero()
			v.Elem().SetZero()
			key.read(r, k.UnsafePointer())
			elem.read(r, v.UnsafePointer())
			m.SetMapIndex(k.Elem(), v.Elem())
		}
		reflect.NewAt(t, p).Elem().Set(m)
	}
}
