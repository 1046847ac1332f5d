package altcha

import (
	"bytes"
	"encoding/base64"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/parsertest"
)

// Nothing but a solved challenge of ours passes.
func FuzzCheck(f *testing.F) {
	key, now := bytes.Repeat([]byte{1}, 32), time.Date(2026, 12, 1, 7, 0, 0, 0, time.UTC)
	c, err := New(key, bytes.NewReader(bytes.Repeat([]byte{7}, 64)), now.Add(time.Minute), 50)
	if err != nil {
		f.Fatal(err)
	}
	solved, ok := Solve(c)
	if !ok {
		f.Fatal("not solved")
	}
	f.Add(solved)
	f.Add(base64.StdEncoding.EncodeToString([]byte(`{"algorithm":"SHA-256","challenge":"","number":-1,"salt":"?expires=9&","signature":""}`)))
	f.Fuzz(func(t *testing.T, text string) {
		parsertest.Bounded(t, len(text), func() {
			if s, err := Check(key, text, now); err == nil && s.ID != c.Challenge {
				t.Errorf("%q passed as %+v", text, s)
			}
		})
	})
}
