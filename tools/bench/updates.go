package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/booking/trial"
)

// updateTime bounds the wait for one update.
const updateTime = 20 * time.Second

// counterDays is on how many days each centre loses a counter, and then one
// more: all of them days that are well booked.
const counterDays = 11

// counters measures how long after a counter's end the slots that went with it
// are closed at a subscriber of the bus and at a listener over HTTP.
func (r *run) counters(ctx context.Context) error {
	r.Said("one counter gone")
	c, err := dial(r.s.URL)
	if err != nil {
		return err
	}
	defer c.close()
	u, err := r.usage(c)
	if err != nil {
		return err
	}
	conn, err := nats.Connect(r.s.NATS)
	if err != nil {
		return err
	}
	defer conn.Close()
	heard := make(chan *nats.Msg, 4096)
	if _, err := conn.ChanSubscribe(events.Subject(booking.SlotsChanged{}.EventType(), ">"), heard); err != nil {
		return err
	}
	if err := conn.Flush(); err != nil {
		return err
	}
	l, err := listen(r.s.URL, u.Public)
	if err != nil {
		return err
	}
	defer l.conn.Close()
	lines := make(chan string, 4096)
	go l.data(func(data []byte) { lines <- string(data) })

	busTook, httpTook := make([]time.Duration, 0, r.Rounds), make([]time.Duration, 0, r.Rounds)
	for n := range r.Rounds {
		size := trial.Hamburg
		centre, on := trial.Centre(n%size.Centres), r.today+day.Day(2+n/size.Centres%counterDays)
		left := size.Counters - 1 - n/size.Centres/counterDays%2
		begin := time.Now()
		if err := c.ask(http.MethodPost, fmt.Sprintf("/trial/offer?centre=%s&day=%s&counters=%d", centre, on, left), "", "", nil); err != nil {
			return err
		}
		want := events.Key(string(centre), on.String())
		seen := func(e booking.SlotsChanged) bool { return e.Centre == centre && e.Day == on }
		var first, second time.Duration
		for late := time.After(updateTime); first == 0 || second == 0; {
			select {
			case m := <-heard:
				if strings.HasSuffix(m.Subject, "."+want) && first == 0 {
					first = time.Since(begin)
				}
			case data := <-lines:
				var e booking.SlotsChanged
				if json.Unmarshal([]byte(data), &e) == nil && seen(e) && second == 0 {
					second = time.Since(begin)
				}
			case <-late:
				return fmt.Errorf("a counter of %s went, and nobody was told within %s", want, updateTime)
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		busTook, httpTook = append(busTook, first), append(httpTook, second)
	}
	f := percentiles("one counter gone → slots closed at a NATS subscriber", busTook)
	f.Aim, f.Note = "≤ 15 ms", fmt.Sprintf("slowest %.1f ms", ms(slices.Max(busTook)))
	r.add(f)
	f = percentiles("one counter gone → slots closed at an SSE listener", httpTook)
	f.Aim, f.Note = "≤ 15 ms", fmt.Sprintf("slowest %.1f ms", ms(slices.Max(httpTook)))
	r.add(f)
	return nil
}

// listener is one line of server-sent events.
type listener struct {
	conn net.Conn
	in   *bufio.Scanner
}

// listen opens a line for what comes after a public position, and returns when
// it is open.
func listen(url string, after int64) (*listener, error) {
	host := strings.TrimPrefix(url, "http://")
	conn, err := net.Dial("tcp", host)
	if err != nil {
		return nil, err
	}
	l := &listener{conn, bufio.NewScanner(conn)}
	l.in.Buffer(make([]byte, 4<<10), 1<<20)
	if _, err := fmt.Fprintf(conn, "GET /booking/v1/events/slots HTTP/1.1\r\nHost: %s\r\nLast-Event-ID: %d\r\n\r\n", host, after); err != nil {
		return nil, err
	}
	if err := conn.SetReadDeadline(time.Now().Add(updateTime)); err != nil {
		return nil, err
	}
	for l.in.Scan() {
		if strings.HasPrefix(l.in.Text(), ": listening") || strings.HasPrefix(l.in.Text(), "data:") {
			return l, conn.SetReadDeadline(time.Time{})
		}
		if strings.HasPrefix(l.in.Text(), "HTTP/1.1 ") && !strings.Contains(l.in.Text(), "200") {
			return nil, fmt.Errorf("listen: %s", l.in.Text())
		}
	}
	return nil, fmt.Errorf("listen: the line was closed: %w", l.in.Err())
}

// data calls with each event's data until the line is closed.
func (l *listener) data(f func([]byte)) {
	for l.in.Scan() {
		if data, ok := bytes.CutPrefix(l.in.Bytes(), []byte("data: ")); ok {
			f(data)
		}
	}
}

// listeners measures how long one update takes to all of many listeners.
func (r *run) listeners(ctx context.Context) error {
	r.Said(fmt.Sprintf("%d listeners", r.Listeners))
	c, err := dial(r.s.URL)
	if err != nil {
		return err
	}
	defer c.close()
	before, err := r.usage(c)
	if err != nil {
		return err
	}
	var open []*listener
	defer func() {
		for _, l := range open {
			_ = l.conn.Close()
		}
	}()
	var mark atomic.Pointer[string] // in the update that is waited for
	var got sync.WaitGroup
	for len(open) < r.Listeners {
		l, err := listen(r.s.URL, before.Public)
		if err != nil {
			return fmt.Errorf("listener %d: %w", len(open), err)
		}
		open = append(open, l)
		var seen *string // the line's own
		go l.data(func(data []byte) {
			if m := mark.Load(); m != nil && m != seen && bytes.Contains(data, []byte(*m)) {
				seen = m
				got.Done()
			}
		})
	}
	with, err := r.usage(c)
	if err != nil {
		return err
	}
	took := make([]time.Duration, 0, r.Rounds)
	for n := range min(r.Rounds, 10) {
		centre, on := trial.Centre(n), r.today+day.Day(13)
		m := fmt.Sprintf(`"centre":%q,"day":%q`, centre, on)
		got.Add(r.Listeners)
		mark.Store(&m)
		begin := time.Now()
		if err := c.ask(http.MethodPost, fmt.Sprintf("/trial/offer?centre=%s&day=%s&counters=%d", centre, on, trial.Hamburg.Counters-2), "", "", nil); err != nil {
			return err
		}
		all := make(chan struct{})
		go func() { got.Wait(); close(all) }()
		select {
		case <-all:
		case <-time.After(updateTime):
			return fmt.Errorf("not all %d listeners were told within %s", r.Listeners, updateTime)
		case <-ctx.Done():
			return ctx.Err()
		}
		took = append(took, time.Since(begin))
	}
	f := percentiles(fmt.Sprintf("one update to the last of %d SSE listeners", r.Listeners), took)
	f.Aim = "≤ 200 ms"
	if with.Resident > 0 {
		f.Note = fmt.Sprintf("%d KiB of the server each", max(0, with.Resident-before.Resident)/int64(r.Listeners)>>10)
	}
	r.add(f)
	return nil
}
