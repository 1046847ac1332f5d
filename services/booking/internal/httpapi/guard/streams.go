package guard

import (
	"net/http"
	"strings"
	"sync"
)

// streams counts the streams of changes that are open, by client: each is work for
// as long as it lasts, and the rate of requests knows only its beginning.
type streams struct {
	most int

	mu   sync.Mutex
	open map[string]int
}

func newStreams(most int) *streams { return &streams{most: most, open: map[string]int{}} }

func (s *streams) enter(client string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.most > 0 && s.open[client] >= s.most {
		return false
	}
	s.open[client]++
	return true
}

func (s *streams) leave(client string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[client]--; s.open[client] <= 0 {
		delete(s.open, client)
	}
}

// listens reports whether a request opens the stream of a page. That of all slots is
// one for everybody, and costs little.
func listens(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/live") }
