package load

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"hash/maphash"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// seed of the hashes by which streams are compared.
var seed = maphash.MakeSeed()

// heard is what a stream last said of a centre's day.
type heard struct {
	at   int64 // position
	hash uint64
}

// stream is one listener to free slots, as a frontend keeps it: it comes back
// where it was, after a break.
type stream struct {
	url, client string
	open        chan struct{} // closed when it has begun
	once        sync.Once
	web         *http.Client

	mu     sync.Mutex
	last   int64
	slots  map[string]heard
	events int
}

func newStream(url, client string) *stream {
	return &stream{url: url, client: client, open: make(chan struct{}), slots: map[string]heard{}, web: &http.Client{Transport: &http.Transport{}}}
}

// quiet is how long nothing at all may come until a listener comes anew: three
// times what the service lets pass between comments.
const quiet = 45 * time.Second

// keep listens until ctx ends.
func (s *stream) keep(ctx context.Context, failed func(what string)) {
	defer s.web.CloseIdleConnections()
	for n := 0; ctx.Err() == nil; n++ {
		what := s.listen(ctx)
		if ctx.Err() != nil {
			return
		}
		failed(what)
		t := time.NewTimer(again(min(n, 1)))
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
		}
	}
}

// listen keeps one line until it breaks, and says why it did.
func (s *stream) listen(ctx context.Context) string {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	dead := time.AfterFunc(quiet, cancel)
	defer dead.Stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/booking/v1/events/slots", nil)
	if err != nil {
		return "no connection"
	}
	req.Header.Set("X-Forwarded-For", s.client)
	s.mu.Lock()
	if s.last > 0 {
		req.Header.Set("Last-Event-ID", strconv.FormatInt(s.last, 10))
	}
	s.mu.Unlock()
	res, err := s.web.Do(req)
	if err != nil {
		return failure(answer{}, err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return failure(answer{status: res.StatusCode}, nil)
	}
	in := bufio.NewReaderSize(res.Body, 64<<10)
	var at int64
	for {
		line, err := in.ReadSlice('\n')
		for err == bufio.ErrBufferFull { // a long line: it is put together
			long := bytes.Clone(line)
			line, err = in.ReadSlice('\n')
			line = append(long, line...)
		}
		if err != nil {
			return "broken stream"
		}
		dead.Reset(quiet)
		switch {
		case bytes.HasPrefix(line, []byte("id: ")):
			at, _ = strconv.ParseInt(string(bytes.TrimSpace(line[4:])), 10, 64)
		case bytes.HasPrefix(line, []byte("data: ")):
			if what := s.hear(at, bytes.TrimSpace(line[6:])); what != "" {
				return what
			}
			fallthrough
		case bytes.HasPrefix(line, []byte(":")):
			s.once.Do(func() { close(s.open) })
		}
	}
}

// hear takes one event in, and says what is wrong with it.
func (s *stream) hear(at int64, data []byte) string {
	key := place(data)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events++
	if key == nil {
		return "an event without a place"
	}
	if at <= s.last && at <= s.slots[string(key)].at {
		return "the stream went back"
	}
	s.last = max(s.last, at)
	s.slots[string(key)] = heard{at, maphash.Bytes(seed, data)}
	return ""
}

// place is "<centre>","day":"<day>" of a slots-changed event: its key, found
// without reading the rest.
func place(data []byte) []byte {
	_, rest, ok := bytes.Cut(data, []byte(`"centre":`))
	if !ok {
		return nil
	}
	_, after, ok := bytes.Cut(rest, []byte(`"day":"`))
	end := bytes.IndexByte(after, '"')
	if !ok || end < 0 {
		return nil
	}
	return rest[:len(rest)-len(after)+end]
}

// Agree compares what all listeners know with what one that comes now is told,
// and says of how many of them it is not the same. Nobody must be under way.
func (l *Load) Agree(ctx context.Context) (apart int, err error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		now := newStream(l.opt.URL, "10.251.0.1")
		once, done := context.WithCancel(ctx)
		go func() { _ = now.listen(once) }()
		select {
		case <-now.open:
		case <-ctx.Done():
			done()
			return 0, fmt.Errorf("load: nobody tells a new listener of slots: %w", ctx.Err())
		}
		apart = 0
		for _, s := range l.streams {
			if !s.same(now) {
				apart++
			}
		}
		done()
		if apart == 0 {
			return 0, nil
		}
		select { // the last changes may be on their way
		case <-tick.C:
		case <-ctx.Done():
			return apart, nil
		}
	}
}

// same: both know the same of every place that the newcomer was told of.
func (s *stream) same(now *stream) bool {
	now.mu.Lock()
	defer now.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, h := range now.slots {
		if s.slots[key] != h {
			return false
		}
	}
	return len(now.slots) > 0
}

// Slots is how many centre-days a newcomer is told of.
func Slots(ctx context.Context, url string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	now := newStream(url, "10.251.0.2")
	ended := make(chan string, 1)
	go func() { ended <- now.listen(ctx) }()
	select {
	case <-now.open:
		return now.known(), nil
	case what := <-ended:
		return 0, fmt.Errorf("load: the stream of slots: %s", what)
	}
}

func (s *stream) known() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.slots)
}

// Settled waits until slots stand and nothing new was told of them for five
// seconds; where others go on booking, as long as a city may need to come in.
func Settled(asked context.Context, url string) (days int, err error) {
	ctx, cancel := context.WithTimeout(asked, 5*time.Minute)
	defer cancel()
	now := newStream(url, "10.251.0.3")
	go now.keep(ctx, func(string) {})
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for events, told := 0, time.Now(); days == 0 || time.Since(told) < 5*time.Second; {
		select {
		case <-tick.C:
		case <-ctx.Done():
			if days = now.known(); days == 0 || asked.Err() != nil {
				return 0, fmt.Errorf("load: no slots come: %w", ctx.Err())
			}
			return days, nil
		}
		now.mu.Lock()
		if now.events != events {
			events, told = now.events, time.Now()
		}
		days = len(now.slots)
		now.mu.Unlock()
	}
	return days, nil
}
