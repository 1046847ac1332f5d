package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"github.com/lotse-hamburg/lotse/tools/browser/stage"
)

// steering is the page that is watched while the city changes.
const steering = "/desk/"

// streamOf finds where a page's stream is.
var streamOf = regexp.MustCompile(`sse-connect="([^"]+)"`)

// underChanges lets citizens book while the steering desk is open: what its
// stream tells, what fetching its parts costs, and, where there is a browser,
// how smooth it stays there.
func underChanges(ctx context.Context, report *PagesReport, s *server, o PagesOptions) error {
	planner := s.Tokens["central-planner"]
	c, err := dial(s.URL)
	if err != nil {
		return err
	}
	defer c.close()
	c.token = planner
	status, page, err := c.do(http.MethodGet, steering, "", "")
	if err != nil || status != http.StatusOK {
		return errors.Join(err, fmt.Errorf("%s: %d", steering, status))
	}
	found := streamOf.FindSubmatch(page)
	if found == nil {
		return fmt.Errorf("%s has no stream", steering)
	}
	all, err := wishes(c, fmt.Sprint(s.Facts["next_week"]))
	if err != nil {
		return err
	}
	if n := o.Changes * int(o.Load/time.Second); len(all) < n {
		return fmt.Errorf("%d free slots are too few for %d changes", len(all), n)
	}
	path := string(bytes.ReplaceAll(found[1], []byte("&amp;"), []byte("&")))
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+path, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+planner)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", path, res.Status)
	}
	heard := &stream{told: make(chan struct{})}
	go heard.read(res)
	smooth := watchInBrowser(ctx, s, o)
	o.Said(fmt.Sprintf("%d bookings a second for %v", o.Changes, o.Load))
	booked, err := o.change(ctx, c, all)
	err = errors.Join(err, res.Body.Close())
	<-heard.told
	if err != nil {
		return err
	}
	seconds := o.Load.Seconds()
	f := percentiles("a booking's commit while the desk is open", booked)
	f.Rate = float64(len(booked)) / seconds
	report.Desk = append(report.Desk, f, Figure{Name: "events of its stream", N: heard.events, Rate: float64(heard.events) / seconds,
		Note: fmt.Sprintf("%.2f kB a second", float64(heard.bytes)/seconds/1024)})
	more, err := smooth()
	report.Desk = append(report.Desk, more...)
	return err
}

// change books at a steady pace.
func (o PagesOptions) change(ctx context.Context, c *client, all []map[string]any) (took []time.Duration, err error) {
	tick := time.NewTicker(time.Second / time.Duration(o.Changes))
	defer tick.Stop()
	for i := range o.Changes * int(o.Load/time.Second) {
		wish := all[i]
		wish["external_id"] = fmt.Sprintf("bench-%06d", i)
		body, err := json.Marshal(map[string]any{"appointments": []any{wish}})
		if err != nil {
			return took, err
		}
		begin := time.Now()
		if err := c.ask(http.MethodPost, "/booking/v1/imports/appointments", fmt.Sprint("bench-pages-", i), string(body), nil); err != nil {
			return took, err
		}
		took = append(took, time.Since(begin))
		select {
		case <-tick.C:
		case <-ctx.Done():
			return took, ctx.Err()
		}
	}
	return took, nil
}

// inBrowser is what smooth.mjs saw.
type inBrowser struct {
	Events, Fetches, LongTasks   int
	KB, LongestTask, Blocked     float64
	FrameP50, FrameP99, Slowest  float64
	HeapBefore, HeapAfter, Nodes float64
}

// watchInBrowser opens the desk in a browser, if there is one, and tells later how
// it fared.
func watchInBrowser(ctx context.Context, s *server, o PagesOptions) func() ([]Figure, error) {
	none := func() ([]Figure, error) { return nil, nil }
	if err := stage.Equipped(o.Root); err != nil {
		o.Said("without a browser: the page " + err.Error())
		return none
	}
	known := map[string]any{"url": s.URL, "tokens": s.Tokens}
	cmd, err := stage.Script(ctx, o.Root, known, "smooth.mjs", steering, fmt.Sprint(o.Load.Seconds()))
	if err != nil {
		return func() ([]Figure, error) { return nil, err }
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		return func() ([]Figure, error) { return nil, err }
	}
	return func() ([]Figure, error) {
		if err := cmd.Wait(); err != nil {
			return nil, fmt.Errorf("smooth.mjs: %w: %s", err, last(errs.String()))
		}
		var b inBrowser
		if err := json.Unmarshal(out.Bytes(), &b); err != nil {
			return nil, err
		}
		seconds := o.Load.Seconds()
		return []Figure{
			{Name: "in Chromium: time between frames", P50: b.FrameP50, P99: b.FrameP99, Aim: "smooth: ≤ 50 ms", Note: fmt.Sprintf("slowest %.0f ms", b.Slowest)},
			{Name: "in Chromium: parts fetched", N: b.Fetches, Rate: float64(b.Fetches) / seconds, Note: fmt.Sprintf("%.1f kB a second, %d events", b.KB/seconds, b.Events)},
			{Name: "in Chromium: long tasks (> 50 ms)", N: b.LongTasks, Note: fmt.Sprintf("longest %.0f ms, together %.0f ms; heap %.1f → %.1f MB, %.0f nodes", b.LongestTask, b.Blocked, b.HeapBefore, b.HeapAfter, b.Nodes)},
		}, nil
	}
}
