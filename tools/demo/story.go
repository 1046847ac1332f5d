package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"

	"github.com/goccy/go-yaml"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/tools/network"
)

// Story is a file of HR events; deploy/stories has one with its format.
type Story struct {
	Title  map[string]string `yaml:"title"`
	Source string            `yaml:"source"`
	Steps  []Step            `yaml:"steps"`
	Wave   Wave              `yaml:"wave"`
}

// Step is one message of an HR system.
type Step struct {
	ID         string      `yaml:"id"`
	Say        string      `yaml:"say"`
	Event      string      `yaml:"event"` // reported, changed, cancelled
	Absence    string      `yaml:"absence"`
	Revision   int64       `yaml:"revision"`
	Who        Who         `yaml:"who"`
	Employee   id.Employee `yaml:"employee"`
	From       int         `yaml:"from"`
	Days       int         `yaml:"days"`
	Last       bool        `yaml:"last"`
	FromTime   string      `yaml:"from_time"`
	Planned    bool        `yaml:"planned"`
	Structured bool        `yaml:"structured"`
	Repeat     string      `yaml:"repeat"`
	Raw        string      `yaml:"raw"`
	Kind       string      `yaml:"kind"` // of a raw message
}

// Who names an employee by home centre and number among those on duty.
type Who struct {
	Home   id.Centre `yaml:"home"`
	Number int       `yaml:"number"`
}

// Wave is a number of sick notes drawn from a seed; First and Last bound their
// first working day.
type Wave struct {
	Notes int    `yaml:"notes"`
	Seed  uint64 `yaml:"seed"`
	First int    `yaml:"first"`
	Last  int    `yaml:"last"`
	Days  int    `yaml:"days"` // at most, each
}

// ReadStory reads a story file; unknown keys are refused with their line.
func ReadStory(path string) (Story, error) {
	var s Story
	raw, err := os.ReadFile(path)
	if err != nil {
		return s, fmt.Errorf("read the story: %w", err)
	}
	if err := yaml.UnmarshalWithOptions(raw, &s, yaml.Strict()); err != nil {
		return s, fmt.Errorf("story %s: %w", path, err)
	}
	if s.Source == "" || len(s.Steps) == 0 {
		return s, fmt.Errorf("story %s: source and steps must not be empty", path)
	}
	return s, s.bounded(path)
}

// mostDays and mostNotes bound what a story may ask for.
const (
	mostDays  = 1000
	mostNotes = 100000
)

// bounded refuses days and numbers that a slip of the pen made.
func (s Story) bounded(path string) error {
	check := func(what string, n, most int) error {
		if n < 0 || n > most {
			return fmt.Errorf("story %s: %s is %d: give 0 to %d", path, what, n, most)
		}
		return nil
	}
	for i, st := range s.Steps {
		at := fmt.Sprintf("steps[%d].", i)
		if err := errors.Join(check(at+"from", st.From, mostDays), check(at+"days", st.Days, mostDays)); err != nil {
			return err
		}
	}
	return errors.Join(check("wave.notes", s.Wave.Notes, mostNotes), check("wave.first", s.Wave.First, mostDays),
		check("wave.last", s.Wave.Last, mostDays), check("wave.days", s.Wave.Days, mostDays))
}

// Note is a message ready to be sent, and what it is expected to touch.
type Note struct {
	ID         string // ce-id
	Kind       string // reported, changed, cancelled
	Say        string
	Body       []byte
	Structured bool
	Employee   id.Employee
	Home       id.Centre
	Days       []day.Day // duty days that the absence takes away
	Wave       bool
}

// calendar knows the city's working days.
type calendar struct {
	today    day.Day
	holidays map[day.Day]bool
}

func newCalendar(today day.Day, n *network.Network) calendar {
	c := calendar{today, map[day.Day]bool{}}
	for _, h := range n.Holidays {
		for d := h.From; !h.School && d < h.Until; d++ {
			c.holidays[d] = true
		}
	}
	return c
}

func (c calendar) works(d day.Day) bool {
	w := int(d-d.Monday()) + 1
	return w <= 5 && !c.holidays[d]
}

// nth is the n-th working day after today, 1 the next.
func (c calendar) nth(n int) day.Day {
	d := c.today
	for n > 0 {
		if d++; c.works(d) {
			n--
		}
	}
	return d
}

// Script turns a story into notes for a city as of today.
func Script(s Story, n *network.Network, today day.Day) ([]Note, error) {
	c := newCalendar(today, n)
	byID := map[string]Note{}
	told := map[id.Employee]bool{}
	var notes []Note
	add := func(note Note) {
		byID[note.ID] = note
		told[note.Employee] = true
		notes = append(notes, note)
	}
	for i, st := range s.Steps {
		at := fmt.Sprintf("steps[%d] (%s)", i, st.ID)
		switch {
		case st.Repeat != "":
			first, ok := byID[st.Repeat]
			if !ok {
				return nil, fmt.Errorf("%s: repeat %q: no earlier step has this id", at, st.Repeat)
			}
			first.Say, first.Days = st.Say, nil
			notes = append(notes, first)
		case st.Raw != "":
			add(Note{ID: st.ID, Kind: st.Kind, Say: st.Say, Body: []byte(st.Raw)})
		default:
			note, err := c.note(st, n)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", at, err)
			}
			add(note)
		}
	}
	return append(notes, c.wave(s.Wave, n, told)...), nil
}

func (c calendar) note(st Step, n *network.Network) (Note, error) {
	employee, home := st.Employee, st.Who.Home
	first := c.nth(max(st.From, 1))
	if employee == "" {
		e, err := c.pick(n, st.Who, first)
		if err != nil {
			return Note{}, err
		}
		employee = e.ID
	}
	revision := max(st.Revision, 1)
	body := map[string]any{"absence_id": st.Absence, "employee": employee, "revision": revision}
	note := Note{ID: st.ID, Kind: st.Event, Say: st.Say, Structured: st.Structured, Employee: employee, Home: home}
	if st.Event != "cancelled" {
		body["from"], body["planned"] = first, st.Planned
		until := first + 7 // what staffing assumes of an open end
		if st.Days > 0 {
			last := c.nth(max(st.From, 1) + st.Days - 1)
			until = last + 1
			if st.Last {
				body["last_day"] = last
			} else {
				body["until"] = until
			}
		}
		if st.FromTime != "" {
			body["from_time"] = st.FromTime
		}
		note.Days = dutyDays(n, employee, day.Period{From: first, Until: until}, c)
	}
	var err error
	note.Body, err = json.Marshal(body)
	return note, err
}

// onDuty: the rotation says so, the employment has begun and the city works.
func (c calendar) onDuty(e network.Employee, d day.Day) bool {
	_, on := e.ShiftOn(d)
	return on && !c.holidays[d] && (e.From == nil || *e.From <= d) && (e.Until == nil || d < *e.Until)
}

// pick finds the Number-th employee of a centre who is on duty that day.
func (c calendar) pick(n *network.Network, w Who, d day.Day) (network.Employee, error) {
	left := w.Number
	for _, e := range n.Employees {
		if e.Home == w.Home && !e.Mobile && c.onDuty(e, d) {
			if left--; left == 0 {
				return e, nil
			}
		}
	}
	return network.Employee{}, fmt.Errorf("who: centre %q has no employee number %d on duty on %s", w.Home, w.Number, d)
}

func dutyDays(n *network.Network, employee id.Employee, p day.Period, c calendar) []day.Day {
	var days []day.Day
	for _, e := range n.Employees {
		if e.ID != employee {
			continue
		}
		for d := p.From; d < p.Until; d++ {
			if c.onDuty(e, d) {
				days = append(days, d)
			}
		}
	}
	return days
}

// wave draws sick notes; the same seed on the same day draws the same.
func (c calendar) wave(w Wave, n *network.Network, told map[id.Employee]bool) []Note {
	dice := rand.New(rand.NewPCG(w.Seed, uint64(len(n.Employees))))
	var free []network.Employee
	for _, e := range n.Employees {
		if !told[e.ID] {
			free = append(free, e)
		}
	}
	dice.Shuffle(len(free), func(i, j int) { free[i], free[j] = free[j], free[i] })
	var notes []Note
	for _, e := range free {
		if len(notes) == w.Notes {
			break
		}
		from := w.First + dice.IntN(max(1, w.Last-w.First+1))
		first := c.nth(from)
		p := day.Period{From: first, Until: c.nth(from+dice.IntN(max(1, w.Days))) + 1}
		days := dutyDays(n, e.ID, p, c)
		if len(days) == 0 {
			continue
		}
		k := len(notes) + 1
		body, err := json.Marshal(map[string]any{"absence_id": fmt.Sprintf("W-%04d", k), "employee": e.ID, "revision": 1,
			"from": p.From, "until": p.Until})
		if err != nil {
			continue
		}
		notes = append(notes, Note{ID: fmt.Sprintf("wave-%03d", k), Kind: "reported", Say: "a note of the wave",
			Body: body, Employee: e.ID, Home: e.Home, Days: days, Wave: true})
	}
	return notes
}
