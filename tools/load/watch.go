package load

import (
	"context"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Used is what a process took of the machine.
type Used struct {
	Name  string  `json:"name"`
	Start float64 `json:"rss_start_mb"` // 10 s after the begin
	Half  float64 `json:"rss_half_mb"`
	End   float64 `json:"rss_end_mb"`
	Most  float64 `json:"rss_most_mb"`
	CPU   float64 `json:"cpu_s"`
}

// watch looks at processes now and then.
type watch struct {
	processes func() []Process
	mu        sync.Mutex
	order     []string
	rss       map[string][]float64 // of all looks
	cpu       map[string]map[int][2]float64
}

func newWatch(processes func() []Process) *watch {
	return &watch{processes: processes, rss: map[string][]float64{}, cpu: map[string]map[int][2]float64{}}
}

func (w *watch) keep(ctx context.Context) {
	if w.processes == nil {
		return
	}
	tick := time.NewTicker(window)
	defer tick.Stop()
	w.look(false)
	for ctx.Err() == nil {
		select {
		case <-tick.C:
			w.look(true)
		case <-ctx.Done():
			w.look(true)
		}
	}
}

// look notes what processes use; the first look is at processor time alone.
func (w *watch) look(memory bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range w.processes() {
		if w.cpu[p.Name] == nil {
			w.cpu[p.Name] = map[int][2]float64{}
			w.order = append(w.order, p.Name)
		}
		if s, ok := seconds(p.PID); ok {
			c, known := w.cpu[p.Name][p.PID]
			if !known {
				c[0] = s
			}
			c[1] = s
			w.cpu[p.Name][p.PID] = c
		}
		if mb, ok := resident(p.PID); ok && memory {
			w.rss[p.Name] = append(w.rss[p.Name], mb)
		}
	}
}

func (w *watch) report() (all []Used) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, name := range w.order {
		u := Used{Name: name}
		if rss := w.rss[name]; len(rss) > 0 {
			u.Start, u.Half, u.End = rss[0], rss[len(rss)/2], rss[len(rss)-1]
			for _, r := range rss {
				u.Most = max(u.Most, r)
			}
		}
		for _, c := range w.cpu[name] {
			u.CPU += c[1] - c[0]
		}
		all = append(all, u)
	}
	return all
}

// resident is a process's memory in MB, with that of its children that share a
// group with it: Postgres is many. What children share is counted once.
func resident(pid int) (mb float64, ok bool) {
	for _, p := range append([]int{pid}, children(pid)...) {
		raw, err := os.ReadFile("/proc/" + strconv.Itoa(p) + "/status")
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(raw)) {
			name, value, _ := strings.Cut(line, ":")
			if name != "RssAnon" && (name != "RssFile" && name != "RssShmem" || p != pid) {
				continue
			}
			kb, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
			if err == nil {
				mb, ok = mb+kb/1024, true
			}
		}
	}
	return mb, ok
}

// ticks of processor time a second, as Linux tells them to everybody.
const ticks = 100

// seconds of processor time of a process and those it has started, dead or alive.
func seconds(pid int) (s float64, ok bool) {
	for _, p := range append([]int{pid}, children(pid)...) {
		raw, err := os.ReadFile("/proc/" + strconv.Itoa(p) + "/stat")
		if err != nil {
			continue
		}
		_, rest, _ := strings.Cut(string(raw), ") ") // the name may have anything in it
		fields := strings.Fields(rest)
		if len(fields) < 15 {
			continue
		}
		own := fields[11:13] // utime, stime
		if p == pid {
			own = fields[11:15] // and those of its dead
		}
		for _, f := range own {
			n, _ := strconv.ParseFloat(f, 64)
			s, ok = s+n/ticks, true
		}
	}
	return s, ok
}

// children that a process has now.
func children(pid int) (all []int) {
	raw, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/task/" + strconv.Itoa(pid) + "/children")
	if err != nil {
		return nil
	}
	for _, f := range strings.Fields(string(raw)) {
		if n, err := strconv.Atoi(f); err == nil {
			all = append(all, n)
		}
	}
	return all
}
