package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/tools/browser/stage"
)

// PagesOptions say what is measured of the pages.
type PagesOptions struct {
	Root     string        // the project's folder
	Rounds   int           // requests of each page
	Changes  int           // bookings a second while the steering desk is open
	Load     time.Duration // how long they go on
	Only     string        // pages whose route contains this; empty: all
	NoEvents bool          // leave the steering desk under load out
	Child    Command
	Said     func(string)
}

// PagesReport is what pages cost; times are in milliseconds.
type PagesReport struct {
	City    string   `json:"city"`
	Pages   []Figure `json:"pages"`
	Desk    []Figure `json:"desk,omitempty"`
	Slowest string   `json:"slowest"`
}

// Pages furnishes Hamburg in a process of its own and asks for every page again
// and again on one connection, as its role.
func Pages(ctx context.Context, o PagesOptions) (report PagesReport, err error) {
	table, err := stage.Pages(o.Root)
	if err != nil {
		return report, err
	}
	folder, err := os.MkdirTemp("", "lotse-bench-")
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	o.Said("furnish Hamburg")
	s, err := serve(ctx, o.Child, "bench", "stage", "--folder", folder)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	ready, err := prepared(ctx, s, o)
	if err != nil {
		return report, err
	}
	report.City = fmt.Sprintf("Hamburg, %v appointments, %v employees", s.Facts["booked"], s.Facts["employees"])
	o.Said("yardstick")
	if err := pageSeries(&report, s, o.Rounds, "yardstick: an empty net/http handler", "", "", s.Plain, http.StatusOK); err != nil {
		return report, err
	}
	worst := 0.0
	for _, p := range table {
		if p.Path == "" || !strings.Contains(p.Route, o.Only) {
			continue
		}
		at, err := ready.place(p, s.Facts)
		if err != nil {
			return report, err
		}
		if at.Path == "" {
			o.Said(p.Route + " needs a browser to be come to: left out")
			continue
		}
		path := at.Path
		o.Said(path)
		status := p.Status
		if status == 0 {
			status = http.StatusOK
		}
		if err := pageSeries(&report, s, o.Rounds, path, s.Tokens[p.Role], at.Cookie, s.URL+path, status); err != nil {
			return report, err
		}
		if f := report.Pages[len(report.Pages)-1]; f.P99 > worst {
			worst, report.Slowest = f.P99, path
		}
	}
	if o.NoEvents {
		return report, nil
	}
	return report, underChanges(ctx, &report, s, o)
}

// pageSeries asks for one address again and again.
func pageSeries(report *PagesReport, s *server, rounds int, name, token, cookie, url string, status int) error {
	c, err := dial(strings.TrimSuffix(url, pathOf(url)))
	if err != nil {
		return err
	}
	defer c.close()
	c.token, c.cookie = token, cookie
	took, size := make([]time.Duration, 0, rounds), 0
	for i := range rounds + 5 {
		begin := time.Now()
		got, answer, err := c.do(http.MethodGet, pathOf(url), "", "")
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if got != status {
			return fmt.Errorf("%s: %d, not %d: %.200s", name, got, status, answer)
		}
		if i >= 5 { // what is counted on first use
			took, size = append(took, time.Since(begin)), len(answer)
		}
	}
	f := percentiles(name, took)
	f.Aim, f.Note = "p99 ≤ 20 ms", fmt.Sprintf("%.1f kB", float64(size)/1024)
	report.Pages = append(report.Pages, f)
	return nil
}

// places are the pages that a browser has come to for us, with what opens them.
type places map[string]struct{ Path, Cookie string }

// prepared asks a browser, if there is one, for the pages that are somebody's.
func prepared(ctx context.Context, s *server, o PagesOptions) (all places, err error) {
	if stage.Equipped(o.Root) != nil {
		return nil, nil
	}
	known := map[string]any{"url": s.URL, "tokens": s.Tokens}
	maps.Copy(known, s.Facts)
	cmd, err := stage.Script(ctx, o.Root, known, "prepare.mjs")
	if err != nil {
		return nil, err
	}
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("prepare.mjs: %w", err)
	}
	return all, json.Unmarshal(out, &all)
}

func (all places) place(p stage.Page, facts map[string]any) (at struct{ Path, Cookie string }, err error) {
	if p.Prepare != "" {
		return all[p.Route+" "+p.Path], nil
	}
	at.Path, err = p.At(facts)
	return at, err
}

func pathOf(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		return rest[i:]
	}
	return "/"
}

// wishes are free starts that bookings can take, spread over the city.
func wishes(c *client, from string) (all []map[string]any, err error) {
	var services struct {
		Services []struct {
			Service string `json:"id"`
			Online  string `json:"online"`
		} `json:"services"`
	}
	if err := c.ask(http.MethodGet, "/booking/v1/services", "", "", &services); err != nil {
		return nil, err
	}
	for _, k := range services.Services {
		var found struct {
			Offers []struct {
				Centre string `json:"centre"`
				Day    string `json:"day"`
				At     string `json:"at"`
			} `json:"offers"`
		}
		if err := c.ask(http.MethodGet, "/booking/v1/slots?limit=500&service="+k.Service+"&from="+from, "", "", &found); err != nil {
			return nil, err
		}
		for _, f := range found.Offers {
			all = append(all, map[string]any{"service": k.Service, "centre": f.Centre, "day": f.Day, "at": f.At, "channel": "online"})
		}
	}
	// centres in turn, so that the changes fall on many centre-days
	slices.SortStableFunc(all, func(a, b map[string]any) int {
		return strings.Compare(fmt.Sprint(a["at"], a["day"]), fmt.Sprint(b["at"], b["day"]))
	})
	return all, nil
}

// stream counts what a page's stream tells.
type stream struct {
	events, bytes int
	told          chan struct{}
}

func (s *stream) read(res *http.Response) {
	in := bufio.NewScanner(res.Body)
	in.Buffer(make([]byte, 4<<10), 1<<20)
	for in.Scan() {
		s.bytes += len(in.Bytes()) + 1
		if strings.HasPrefix(in.Text(), "event:") {
			s.events++
		}
	}
	close(s.told)
}
