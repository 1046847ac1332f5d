package httpapi

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/booking/internal/read"
)

// stuck is a connection whose peer does not read: writes fail at the deadline.
type stuck struct {
	http.ResponseWriter
	deadline time.Time
	room     int // bytes that still fit into the buffers between
}

func (s *stuck) SetWriteDeadline(t time.Time) error { s.deadline = t; return nil }
func (s *stuck) FlushError() error                  { return nil }
func (s *stuck) Write(b []byte) (int, error) {
	if s.deadline.IsZero() {
		return 0, errors.New("a write without a deadline would hang for ever")
	}
	if s.room -= len(b); s.room < 0 {
		return 0, os.ErrDeadlineExceeded
	}
	return len(b), nil
}

func TestWhoDoesNotKeepUpIsDropped(t *testing.T) {
	h := &api{sseWrite: time.Second}
	w := &stuck{room: 100}
	out := http.NewResponseController(w)
	begin := time.Now()
	if err := h.write(w, out, []read.Frame{{Position: 1, Data: []byte("{}")}}); err != nil {
		t.Fatal(err)
	}
	if d := w.deadline.Sub(begin); d < time.Second || d > 5*time.Second {
		t.Fatalf("the deadline is in %s", d)
	}
	if err := h.write(w, out, []read.Frame{{Position: 2, Data: make([]byte, 200)}}); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("still listening: %v", err)
	}
}

func TestAListenerWithANonsensePositionIsToldSo(t *testing.T) {
	h := &api{sseWrite: time.Second}
	r := httptest.NewRequest(http.MethodGet, "/v1/events/slots", nil)
	r.Header.Set("Last-Event-ID", "yesterday")
	rec := httptest.NewRecorder()
	h.listen(rec, r)
	if rec.Code != http.StatusUnprocessableEntity || rec.Header().Get("Content-Type") != "application/problem+json" ||
		!strings.Contains(rec.Body.String(), `"location":"Last-Event-ID"`) {
		t.Fatalf("%d %v %s", rec.Code, rec.Header(), rec.Body)
	}
}
