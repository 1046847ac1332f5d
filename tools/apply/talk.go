package apply

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// tries of one request; a busy or restarting service is back long before.
const tries = 6

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 64 << 20

// send gives one command until it is answered.
func (c *conversation) send(ctx context.Context, s step, key string) (Part, error) {
	body, err := json.Marshal(s.body)
	if err != nil {
		return Part{}, err
	}
	part := Part{Name: s.name, Method: s.method, Path: s.path}
	begun := time.Now()
	for {
		answer, err := c.once(ctx, s.method, s.path, body, key)
		if err == nil {
			part.Status, part.Position = answer.StatusCode, answer.Header.Get("Lotse-Position")
			part.Millis = float64(time.Since(begun).Microseconds()) / 1000
			if s.path == networkPath {
				var said struct{ Kept []Kept }
				_ = json.Unmarshal(answer.body, &said) // who says nothing has kept nothing
				part.Kept = said.Kept
			}
			return part, nil
		}
		wait, again := worth(err)
		if !again || part.Repeats+1 >= tries || ctx.Err() != nil {
			return part, err
		}
		if err := c.pause(ctx, part.Repeats, wait); err != nil {
			return part, err
		}
		part.Repeats++
	}
}

// worth says whether asking again may help, and when: the server is busy, or
// the answer was lost after the connection stood.
func worth(err error) (wait time.Duration, again bool) {
	var refused *Problem
	if errors.As(err, &refused) {
		return refused.RetryAfter, refused.Status == http.StatusServiceUnavailable || refused.Status == http.StatusTooManyRequests
	}
	var gone *lost
	return 0, errors.As(err, &gone)
}

// lost: the request went out and no whole answer came.
type lost struct{ cause error }

func (l *lost) Error() string { return "the answer was lost: " + l.cause.Error() }
func (l *lost) Unwrap() error { return l.cause }

// get reads a JSON document.
func (c *conversation) get(ctx context.Context, path string, into any) error {
	answer, err := c.once(ctx, http.MethodGet, path, nil, "")
	if err != nil {
		return fmt.Errorf("read %s: %w", strings.SplitN(path, "?", 2)[0], err)
	}
	if err := json.Unmarshal(answer.body, into); err != nil {
		return fmt.Errorf("read %s: the answer is not what this version of lotse knows (%w): does %s run another version?", path, err, c.server)
	}
	return nil
}

// answer is a response of the 200s, read to its end.
type answer struct {
	*http.Response
	body []byte
}

func (c *conversation) once(ctx context.Context, method, path string, body []byte, key string) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.server+path, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Accept", "application/json, application/problem+json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", key)
	}
	res, err := c.http.Do(req)
	if err != nil {
		var late interface{ Timeout() bool }
		switch {
		case ctx.Err() != nil:
			return answer{}, context.Cause(ctx)
		case errors.As(err, &late) && late.Timeout():
			return answer{}, fmt.Errorf("%s %s did not answer in time: allow more, or look into the server's log (%w)", method, path, root(err))
		case dialled(err):
			return answer{}, &lost{err}
		}
		return answer{}, &Unreachable{c.server, err}
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return answer{}, &lost{err}
	}
	if res.StatusCode/100 != 2 {
		return answer{}, problemOf(res, raw)
	}
	return answer{res, raw}, nil
}

// retryAfter reads the header's seconds; dates are not sent by our services.
func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}
