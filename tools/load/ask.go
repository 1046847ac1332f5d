package load

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"
)

// request is one that may have to be sent more than once.
type request struct {
	kind   string // of the command, for the record
	method string
	path   string
	key    string // Idempotency-Key; "" for reads and HR events
	client string // address of who asks, for the front
	head   map[string]string
	body   any
}

// answer is what came back.
type answer struct {
	status   int
	position string // Lotse-Position
	body     []byte
}

// problem is the last part of the type of a problem document.
func (a answer) problem() string {
	var p struct{ Type string }
	_ = json.Unmarshal(a.body, &p)
	return p.Type[strings.LastIndexByte(p.Type, '/')+1:]
}

var errGivenUp = errors.New("given up")

// again is how long to wait before the nth repetition.
func again(n int) time.Duration { return min(time.Second, 100*time.Millisecond<<min(n, 4)) }

// ask sends a request until it is answered by what decides: every answer below
// 500 but "too many requests". Each try that failed is counted.
func (l *Load) ask(ctx context.Context, r request) (answer, error) {
	var body []byte
	if r.body != nil {
		raw, err := json.Marshal(r.body)
		if err != nil {
			return answer{}, err
		}
		body = raw
	}
	until := time.Now().Add(l.opt.Patience)
	for n := 0; ; n++ {
		began := time.Now()
		a, err := l.once(ctx, r, body)
		if ctx.Err() != nil {
			return a, ctx.Err()
		}
		if err == nil && a.status < http.StatusInternalServerError && a.status != http.StatusTooManyRequests {
			l.book.done(r.kind, l.at(began), time.Since(began))
			return a, nil
		}
		l.book.failed(r.kind, l.at(began), failure(a, err))
		if time.Now().After(until) {
			return a, errGivenUp
		}
		t := time.NewTimer(again(n))
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return a, ctx.Err()
		}
	}
}

// failure is what a failed try is counted as.
func failure(a answer, err error) string {
	var timeout net.Error
	switch {
	case err == nil:
		return strings.TrimSpace(fmt.Sprint(a.status, " ", a.problem()))
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused connection"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "no answer in time"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return "broken connection"
	}
	return "no connection"
}

func (l *Load) once(ctx context.Context, r request, body []byte) (a answer, err error) {
	req, err := http.NewRequestWithContext(ctx, r.method, l.opt.URL+r.path, bytes.NewReader(body))
	if err != nil {
		return a, err
	}
	req.GetBody = nil // each try is counted: the transport shall not repeat it by itself
	for k, v := range r.head {
		req.Header.Set(k, v)
	}
	if len(body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.key != "" {
		req.Header.Set("Idempotency-Key", r.key)
	}
	if r.client != "" {
		req.Header.Set("X-Forwarded-For", r.client)
	}
	res, err := l.web.Do(req)
	if err != nil {
		return a, err
	}
	defer func() { _ = res.Body.Close() }()
	a.status, a.position = res.StatusCode, res.Header.Get("Lotse-Position")
	a.body, err = io.ReadAll(io.LimitReader(res.Body, 4<<20))
	return a, err
}
