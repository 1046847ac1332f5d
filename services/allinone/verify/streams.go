package verify

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// Slots are free slots of a centre's day, as somebody was told them: the public
// position and the data of the slots-changed event.
type Slots struct {
	Position int64
	Data     []byte
}

// newest are the last slots-changed of each centre's day, by key.
type newest map[string]Slots

func (n newest) apply(e eventlog.Event) {
	if e.Type == booking.TypeSlotsChanged {
		n[e.Meta.Key] = Slots{e.PublicPosition, e.Data}
	}
}

// judge compares what somebody was told with the log, from a day on.
func (n newest) judge(c *Check, name string, told map[string]Slots, from day.Day) {
	for _, key := range sorted(told) {
		c.Looked++
		t, l := told[key], n[key]
		switch {
		case l.Position == 0:
			c.fault("%s: slots of %s are not in the log", name, key)
		case t.Position != l.Position:
			c.fault("%s: the newest slots of %s are those of public position %d; the log's are of %d", name, key, t.Position, l.Position)
		case !same(t.Data, l.Data):
			c.fault("%s: the slots of %s differ from those of public position %d in the log", name, key, l.Position)
		}
	}
	for _, key := range sorted(n) {
		if _, ok := told[key]; !ok && !past(key, from) {
			c.fault("%s: the slots of %s are missing", name, key)
		}
	}
}

// past reports whether a key, centre.date, is of a day before from.
func past(key string, from day.Day) bool {
	d, err := day.Parse(key[strings.LastIndexByte(key, '.')+1:])
	return err == nil && d < from
}

// same compares JSON.
func same(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && apart("", x, y) == ""
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// listen hears a replica's stream of slots until it has said what the log has,
// or until patience ends.
func listen(ctx context.Context, client *http.Client, base, token string, want newest, patience time.Duration) (map[string]Slots, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/v1/events/slots", nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the stream of slots answers %s", res.Status)
	}
	last := int64(0)
	for _, s := range want {
		last = max(last, s.Position)
	}
	told := map[string]Slots{}
	var at int64
	lines := bufio.NewReaderSize(res.Body, 1<<16)
	for at < last {
		line, err := lines.ReadString('\n')
		if err != nil {
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return told, nil // what is missing is found missing
			}
			return nil, fmt.Errorf("the stream of slots ends: %w", err)
		}
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch name {
		case "id":
			if at, err = strconv.ParseInt(value, 10, 64); err != nil {
				return nil, fmt.Errorf("the stream of slots has the id %q", value)
			}
			data, err := dataOf(lines)
			if err != nil {
				return nil, err
			}
			var s booking.SlotsChanged
			if err := json.Unmarshal(data, &s); err != nil {
				return nil, fmt.Errorf("the stream of slots, id %d: %w", at, err)
			}
			told[strings.Join(s.EventKey(), ".")] = Slots{at, data}
		}
	}
	return told, nil
}

// dataOf reads the rest of an event.
func dataOf(lines *bufio.Reader) ([]byte, error) {
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return nil, err
		}
		if data, ok := strings.CutPrefix(line, "data: "); ok {
			return []byte(strings.TrimSpace(data)), nil
		}
	}
}
