package simulate

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// Teller says how far runs are: on a terminal in one line that is written again and
// again, elsewhere in a line for each quarter of a run that takes long. Finished
// runs keep a line.
type Teller struct {
	w        io.Writer
	terminal bool
	jobs     []Job
	workers  int
	now      func() time.Time

	began   time.Time
	at      []running
	shown   int // width of what is on the terminal's line
	written time.Time
}

type running struct {
	began time.Time
	took  time.Duration
	day   int
	on    bool
}

// NewTeller for jobs that so many workers play.
func NewTeller(w io.Writer, terminal bool, jobs []Job, workers int, now func() time.Time) *Teller {
	return &Teller{w: w, terminal: terminal, jobs: jobs, workers: max(1, min(workers, len(jobs))), now: now, began: now(), written: now(), at: make([]running, len(jobs))}
}

// Tell what happened.
func (t *Teller) Tell(p Progress) {
	r, j, now := &t.at[p.Job], t.jobs[p.Job], t.now()
	if p.Day == 0 {
		*r = running{began: now, on: true}
		return
	}
	before := 4 * r.day / j.Days()
	r.day, r.took, r.on = p.Day, now.Sub(r.began), !p.Done
	switch {
	case p.Done:
		t.line(fmt.Sprintf("%s: %d days in %s; %s", j, j.Days(), round(r.took), t.rest()))
	case t.terminal:
		if now.Sub(t.written) >= 200*time.Millisecond {
			t.written = now
			t.show(t.state())
		}
	case 4*r.day/j.Days() > before && r.day < j.Days() && now.Sub(t.written) >= 15*time.Second:
		t.written = now
		t.line(fmt.Sprintf("%s: day %d of %d, %d %%; %s", j, r.day, j.Days(), 100*r.day/j.Days(), t.rest()))
	}
}

// Clear takes the terminal's line away.
func (t *Teller) Clear() { t.show("") }

// String names a job.
func (j Job) String() string {
	return fmt.Sprintf("%s, %s, seed %d", j.Scenario.Name, j.Policy.Name, j.Seed)
}

// state of all that is going on, in a line of a narrow terminal.
func (t *Teller) state() string {
	var parts []string
	for i, r := range t.at {
		if j := t.jobs[i]; r.on && r.day > 0 {
			parts = append(parts, fmt.Sprintf("%s %d: day %d of %d, %d %%", j.Policy.Name, j.Seed, r.day, j.Days(), 100*r.day/j.Days()))
		}
	}
	line := strings.Join(parts, " | ") + "; " + t.rest()
	if runes := []rune(line); len(runes) > 118 {
		line = string(runes[:117]) + "…"
	}
	return line
}

// rest says how many runs are done, and about how long the others will take. Each
// policy's days cost what those played have cost; of one that was not played yet,
// what those of the others did, or in a book a small part of it.
func (t *Teller) rest() string {
	type cost struct {
		took time.Duration
		days int
	}
	of := map[string]cost{}
	all, done := cost{}, 0
	for i, r := range t.at {
		j := t.jobs[i]
		c := of[j.Policy.Name]
		of[j.Policy.Name] = cost{c.took + r.took, c.days + r.day}
		if !j.Policy.Book() {
			all = cost{all.took + r.took, all.days + r.day}
		}
		if r.day == j.Days() && !r.on {
			done++
		}
	}
	var left time.Duration
	for i, r := range t.at {
		c := of[t.jobs[i].Policy.Name]
		if c.days == 0 {
			if c = all; t.jobs[i].Policy.Book() {
				c.took /= 50
			}
		}
		if c.days > 0 {
			left += c.took / time.Duration(c.days) * time.Duration(t.jobs[i].Days()-r.day)
		}
	}
	left /= time.Duration(t.workers)
	if done == len(t.jobs) {
		return fmt.Sprintf("all %d done, %s", done, round(t.now().Sub(t.began)))
	}
	return fmt.Sprintf("%d of %d done, %s, about %s left", done, len(t.jobs), round(t.now().Sub(t.began)), round(left))
}

func round(d time.Duration) time.Duration {
	if d < 10*time.Second {
		return d.Round(100 * time.Millisecond)
	}
	return d.Round(time.Second)
}

func (t *Teller) line(text string) {
	t.show("")
	fmt.Fprintln(t.w, text)
}

func (t *Teller) show(text string) {
	if !t.terminal {
		return
	}
	n := utf8.RuneCountInString(text)
	if n > 0 || t.shown > 0 {
		fmt.Fprintf(t.w, "\r%s%*s\r%s", text, max(0, t.shown-n), "", text)
	}
	t.shown = n
}
