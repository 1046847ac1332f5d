package eventlogtest

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// keyring: keys are listed, wrapped anew and searched for.
func keyring(t *testing.T, h Harness) {
	key := func(id, wrapped string) eventlog.Key { return eventlog.Key{ID: id, Wrapped: []byte(wrapped)} }
	accepted(t, h.Store, eventlog.Unit{Keys: []eventlog.Key{key("b", "wrapped-old-b"), key("a", "wrapped-old-a"), key("c", "wrapped-old-c"), key("gone", "wrapped-old-gone")}})
	accepted(t, h.Store, eventlog.Unit{Forget: []string{"gone", "never"}})
	lives := func(want ...eventlog.Key) {
		t.Helper()
		var got []eventlog.Key
		for after := ""; ; { // two at a time
			page, err := h.Store.PersonalKeys(ctx, after, 2)
			if err != nil {
				t.Fatal(err)
			}
			if got = append(got, page...); len(page) < 2 {
				break
			}
			after = page[1].ID
		}
		if !slices.EqualFunc(got, want, func(x, y eventlog.Key) bool { return x.ID == y.ID && bytes.Equal(x.Wrapped, y.Wrapped) }) {
			t.Errorf("keys %s, want %s", got, want)
		}
	}
	lives(key("a", "wrapped-old-a"), key("b", "wrapped-old-b"), key("c", "wrapped-old-c"))
	if gone, err := h.Store.DestroyedKeys(ctx, "", 10); err != nil || !slices.Equal(gone, []string{"gone", "never"}) {
		t.Errorf("destroyed %v, %v", gone, err)
	}
	if gone, err := h.Store.DestroyedKeys(ctx, "gone", 10); err != nil || !slices.Equal(gone, []string{"never"}) {
		t.Errorf("destroyed after gone %v, %v", gone, err)
	}
	holds := func(what string, want bool) {
		t.Helper()
		places, err := h.Store.Search(ctx, [][]byte{[]byte(what)})
		if err != nil {
			t.Fatal(err)
		}
		found, size := int64(0), int64(0)
		for _, p := range places {
			found, size = found+p.Found, size+p.Bytes
		}
		if (found > 0) != want || size == 0 {
			t.Errorf("%q is found %d times in %d bytes of %d places, want it there: %v", what, found, size, len(places), want)
		}
	}
	holds("wrapped-old-b", true)
	holds("wrapped-old-gone", false)
	done, err := h.Store.Rewrap(ctx, []eventlog.Key{key("b", "wrapped-anew-b, and longer"), key("gone", "wrapped-anew-gone"), key("unknown", "wrapped-anew-unknown")})
	if err != nil || done != 1 {
		t.Fatalf("%d wrapped anew, %v; want 1", done, err)
	}
	lives(key("a", "wrapped-old-a"), key("b", "wrapped-anew-b, and longer"), key("c", "wrapped-old-c"))
	holds("wrapped-old-b", false)
	holds("wrapped-anew-b", true)
	holds("wrapped-anew-gone", false)
	holds("wrapped-old-c", true)
	if _, err := h.Store.PersonalKey(ctx, "gone"); !errors.Is(err, eventlog.ErrKeyDestroyed) {
		t.Errorf("a destroyed key came back: %v", err)
	}
	// A key that was wrapped anew is the same key: it is stored no second time.
	accepted(t, h.Store, eventlog.Unit{Forget: []string{"b"}})
	holds("wrapped-anew-b", false)
	lives(key("a", "wrapped-old-a"), key("c", "wrapped-old-c"))
	u := appending("s", 0, 1)
	u.Appends[0].Events = append(u.Appends[0].Events, said("x"))
	accepted(t, h.Store, u)
	holds("wrapped-old-a", true)
}
