package snapshot_test

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lotse-hamburg/lotse/services/internal/snapshot"
	"github.com/lotse-hamburg/lotse/services/internal/snapshot/snapshottest"
)

type word string

type leaf struct {
	Name  word
	at    time.Time
	small int8
	ok    bool
}

type tree struct {
	ID      [4]byte
	n       int
	u       uint16
	share   float64
	leaf    *leaf
	next    *tree // a type that contains itself
	byName  map[word]*leaf
	grid    [][]int16
	nothing []string
	raw     []byte
	seen    map[int]bool
	leaf2   struct{ leaf }
}

func trees(depth int) *rapid.Generator[tree] {
	return rapid.Custom(func(t *rapid.T) tree {
		leafOf := rapid.Custom(func(t *rapid.T) leaf {
			at := time.Unix(rapid.Int64Range(-1e10, 1e10).Draw(t, "sec"), rapid.Int64Range(0, 999999999).Draw(t, "nsec"))
			switch rapid.IntRange(0, 3).Draw(t, "zone") {
			case 0:
				at = at.UTC()
			case 1:
				at = at.In(time.FixedZone("", 3600*rapid.IntRange(-12, 12).Draw(t, "offset")))
			case 2:
				at = time.Time{}
			}
			return leaf{word(rapid.StringN(0, 30, 60).Draw(t, "name")), at, rapid.Int8().Draw(t, "small"), rapid.Bool().Draw(t, "ok")}
		})
		v := tree{n: rapid.Int().Draw(t, "n"), u: rapid.Uint16().Draw(t, "u"), share: rapid.Float64().Draw(t, "share"),
			raw: rapid.SliceOf(rapid.Byte()).Draw(t, "raw"), seen: rapid.MapOf(rapid.Int(), rapid.Bool()).Draw(t, "seen"),
			grid: rapid.SliceOfN(rapid.SliceOf(rapid.Int16()), 0, 4).Draw(t, "grid")}
		copy(v.ID[:], rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "id"))
		v.leaf2.leaf = leafOf.Draw(t, "leaf2")
		if rapid.Bool().Draw(t, "leaf?") {
			l := leafOf.Draw(t, "leaf")
			v.leaf, v.nothing = &l, []string{}
		}
		for range rapid.IntRange(0, 5).Draw(t, "named") {
			if v.byName == nil {
				v.byName = map[word]*leaf{}
			}
			l := leafOf.Draw(t, "by name")
			v.byName[l.Name] = &l
		}
		if depth > 0 && rapid.Bool().Draw(t, "next?") {
			n := trees(depth-1).Draw(t, "next")
			v.next = &n
		}
		return v
	})
}

// written is what a snapshot.Writer gives, chunk by chunk.
func written(t *rapid.T, limit int, put func(*snapshot.Writer)) (chunks [][]byte) {
	w := &snapshot.Writer{}
	put(w)
	if err := w.Write(limit, func(c []byte) error {
		if len(c) > limit {
			t.Fatalf("a chunk of %d bytes, at most %d were asked for", len(c), limit)
		}
		chunks = append(chunks, bytes.Clone(c))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return chunks
}

func from(chunks [][]byte) *snapshot.Reader {
	return snapshot.NewReader(func() ([]byte, error) {
		if len(chunks) == 0 {
			return nil, io.EOF
		}
		c := chunks[0]
		chunks = chunks[1:]
		return c, nil
	})
}

func TestWhatIsWrittenComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one, many := trees(2).Draw(t, "one"), rapid.SliceOfN(trees(1), 0, 3).Draw(t, "many")
		put := func(w *snapshot.Writer) {
			snapshot.Put(w, one)
			snapshot.PutLater(w, func() []tree { return many })
			snapshot.Put(w, "end")
		}
		limit := rapid.IntRange(1, 300).Draw(t, "limit")
		chunks := written(t, limit, put)
		var gotOne tree
		var gotMany []tree
		var end, then string
		r := from(chunks)
		snapshot.Get(r, &gotOne)
		snapshot.Get(r, &gotMany)
		snapshot.Get(r, &end)
		r.Then(func() { then = end })
		if gotOne.n != 0 || end != "" {
			t.Fatal("set before Adopt")
		}
		if err := r.Adopt(); err != nil {
			t.Fatal(err)
		}
		if snapshottest.Diff(gotOne, one)+snapshottest.Diff(gotMany, many) != "" || then != "end" {
			t.Fatalf("came back as %+v, %+v, %q", gotOne, gotMany, then)
		}
		whole := bytes.Join(chunks, nil)
		if again := bytes.Join(written(t, 1<<20, put), nil); !bytes.Equal(again, whole) {
			t.Fatal("the same values were written in two ways")
		}
		if got, err := snapshot.Decode[tree](snapshot.Encode(one)); err != nil || snapshottest.Diff(got, one) != "" {
			t.Fatalf("Decode: %v, %+v", err, got)
		}
		// what is cut off is refused, and nothing of it is taken over
		cut := rapid.IntRange(0, len(whole)-1).Draw(t, "cut")
		r = from([][]byte{whole[:cut]})
		var none tree
		snapshot.Get(r, &none)
		snapshot.Get(r, &gotMany)
		snapshot.Get(r, &end)
		if err := r.Adopt(); err == nil || !reflect.DeepEqual(none, tree{}) {
			t.Fatalf("of %d bytes %d were enough: %v, %+v", len(whole), cut, err, none)
		}
		r = from([][]byte{whole, {1}})
		snapshot.Get(r, &none)
		snapshot.Get(r, &gotMany)
		snapshot.Get(r, &end)
		if err := r.Adopt(); !errors.Is(err, snapshot.ErrBroken) {
			t.Fatalf("a byte too much: %v", err)
		}
	})
}

func TestOtherShapes(t *testing.T) {
	type first struct {
		A, B int
		m    map[string]int
	}
	type swapped struct {
		B, A int
		m    map[string]int
	}
	type wider struct {
		A, B int
		m    map[string]int64
	}
	type renamed struct {
		A, B int
		m    map[word]int
	}
	data := snapshot.Encode(first{1, 2, map[string]int{"x": 1}})
	if _, err := snapshot.Decode[swapped](data); !errors.Is(err, snapshot.ErrShape) {
		t.Errorf("fields in another order: %v", err)
	}
	if _, err := snapshot.Decode[wider](data); !errors.Is(err, snapshot.ErrShape) {
		t.Errorf("another kind: %v", err)
	}
	if got, err := snapshot.Decode[renamed](data); err != nil || got.B != 2 || got.m["x"] != 1 {
		t.Errorf("another name of a type: %v, %+v", err, got)
	}
	type derived struct {
		A, B int
		m    map[string]int
		f    func() `snapshot:"-"` // could not be written
	}
	if got, err := snapshot.Decode[derived](data); err != nil || got.B != 2 || got.f != nil {
		t.Errorf("a field that is left out: %v, %+v", err, got)
	}
	if again := snapshot.Encode(derived{1, 2, map[string]int{"x": 1}, func() {}}); !bytes.Equal(again, data) {
		t.Errorf("a field that is left out is written: %x, without it %x", again, data)
	}
}

func TestWhatCannotBeWritten(t *testing.T) {
	for name, put := range map[string]func(){
		"func":      func() { snapshot.Encode(struct{ f func() }{}) },
		"chan":      func() { snapshot.Encode([]chan int{}) },
		"interface": func() { snapshot.Encode(map[string]any{}) },
		"atomic":    func() { snapshot.Encode(struct{ p *atomic.Int64 }{}) },
	} {
		func() {
			defer func() {
				if p := recover(); p == nil || !strings.Contains(p.(string), "cannot be written") {
					t.Errorf("%s: %v", name, p)
				}
			}()
			put()
		}()
	}
}

func TestAFlushThatFails(t *testing.T) {
	full := errors.New("full")
	w := &snapshot.Writer{}
	snapshot.Put(w, make([]byte, 5000))
	if err := w.Write(100, func([]byte) error { return full }); !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
}
