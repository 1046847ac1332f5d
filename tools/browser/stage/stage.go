// Package stage furnishes a city for those who look at its pages: the whole of
// Hamburg in this process, on a clock that begins at the same moment every
// time, with its calendars booked and a few people off.
package stage

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/allinone"
	"github.com/lotse-hamburg/lotse/services/booking"
	"github.com/lotse-hamburg/lotse/tools/apply"
	"github.com/lotse-hamburg/lotse/tools/demo"
	"github.com/lotse-hamburg/lotse/tools/network"
)

// Begin is when the city's clock begins: a Tuesday morning with all centres
// open, far from any holiday.
const Begin = "2026-11-24T10:00:00+01:00"

// Source is the HR system that reports.
const Source = "paisy"

// Options of a city.
type Options struct {
	// Data is a folder for it: an empty one, or one that such a city has left,
	// which then goes on where its clock would stand.
	Data string
	// Root is the project's folder.
	Root string
	// HTTP is its address; empty: a free port of this machine.
	HTTP string
	// Absences is how many steps of the story of the flu are told at once.
	Absences int
	// Said is called with progress; nil: nobody listens.
	Said func(string)
	// Errors is where the services log warnings; nil: nowhere.
	Errors io.Writer
}

// City is a furnished one.
type City struct {
	*allinone.City
	Network *network.Network
	Today   day.Day
	Booked  int

	notes []demo.Note
	told  int
	hr    *nats.Conn
}

// Start brings a city up and furnishes it, in a quarter of a minute or so.
func Start(ctx context.Context, o Options) (_ *City, err error) {
	begin, err := time.Parse(time.RFC3339, Begin)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return nil, err
	}
	c := &City{Today: day.Of(begin, zone)}
	if c.Network, err = network.Load(filepath.Join(o.Root, "deploy", "networks", "hamburg")); err != nil {
		return nil, err
	}
	c.Network.Policy.Automatic.Enabled = false // what is proposed waits for whoever looks
	story, err := demo.ReadStory(filepath.Join(o.Root, "deploy", "stories", "hamburg-flu.yaml"))
	if err != nil {
		return nil, err
	}
	if c.notes, err = demo.Script(story, c.Network, c.Today); err != nil {
		return nil, err
	}
	var logger *slog.Logger
	if o.Errors != nil {
		logger = slog.New(slog.NewTextHandler(o.Errors, &slog.HandlerOptions{Level: slog.LevelWarn}))
	}
	if o.HTTP == "" {
		o.HTTP = "127.0.0.1:0"
	}
	started, again, err := began(o.Data)
	if err != nil {
		return nil, err
	}
	c.City, err = allinone.Start(ctx, allinone.Config{Data: o.Data, HTTP: o.HTTP, NATS: "127.0.0.1:0", Logger: logger,
		// one machine plays the whole city
		Booking: func(c *booking.Config) { c.RateReads, c.RateCommands, c.HoldsPerClient = 0, 0, 0 },
		Now:     func() time.Time { return begin.Add(time.Since(started)).In(zone) }})
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.Close())
		}
	}()
	if !again {
		if err = c.furnish(ctx, o); err != nil {
			return nil, err
		}
	}
	if c.hr, err = nats.Connect(c.NATSURL(), nats.Name("hr "+Source)); err != nil {
		return nil, err
	}
	for _, note := range c.Ahead(o.Absences) {
		if again {
			break
		}
		if err = c.Send(note); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// began is when a folder's city was begun; again: not just now.
func began(data string) (at time.Time, again bool, err error) {
	file := filepath.Join(data, "begun")
	text, err := os.ReadFile(file)
	if err == nil {
		at, err = time.Parse(time.RFC3339, string(text))
		return at, true, err
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return at, false, err
	}
	at = time.Now()
	return at, false, errors.Join(os.MkdirAll(data, 0o700), os.WriteFile(file, []byte(at.Format(time.RFC3339)), 0o600))
}

func (c *City) furnish(ctx context.Context, o Options) (err error) {
	if o.Said == nil {
		o.Said = func(string) {}
	}
	client := apply.Authorized(&http.Client{Timeout: 2 * time.Minute}, c.Token(allinone.AllRoles))
	c.Booked, err = demo.Furnish(demo.WithToken(ctx, c.Token(allinone.AllRoles)), demo.Options{
		URL: c.URL(), NATS: c.NATSURL(), Network: c.Network, Today: c.Today, Seed: 1, Said: o.Said, Told: func(demo.Row) {},
		Load: func(ctx context.Context) error {
			_, err := apply.Apply(ctx, client, c.URL(), c.Network)
			return err
		}})
	return err
}

// Close ends the city.
func (c *City) Close() error {
	if c.hr != nil {
		c.hr.Close()
	}
	return c.City.Close()
}

// next is the story's next note that takes somebody off duty; it leaves out
// repeats and mistakes, which show nothing.
func (c *City) next() (demo.Note, bool) {
	for c.told < len(c.notes) {
		note := c.notes[c.told]
		c.told++
		if len(note.Days) > 0 && note.Kind == "reported" {
			return note, true
		}
	}
	return demo.Note{}, false
}

// Ahead takes the story's next n notes, for somebody else to send.
func (c *City) Ahead(n int) (notes []demo.Note) {
	for range n {
		if note, more := c.next(); more {
			notes = append(notes, note)
		}
	}
	return notes
}

// Notes are Ahead as scripts have them.
func (c *City) Notes(n int) (all []map[string]any) {
	for _, note := range c.Ahead(n) {
		all = append(all, map[string]any{"id": note.ID, "kind": note.Kind, "employee": note.Employee, "home": note.Home, "body": json.RawMessage(note.Body)})
	}
	return all
}

// Send has a note recorded.
func (c *City) Send(note demo.Note) error {
	receipt, err := demo.Send(c.hr, Source, note, 20*time.Second)
	if err != nil {
		return err
	}
	if receipt.Status != "recorded" {
		return fmt.Errorf("HR event %s is %s, not recorded", note.ID, receipt.Status)
	}
	return nil
}

// Get reads JSON from the city, with all rights.
func (c *City) Get(ctx context.Context, path string, into any) error {
	return c.ask(ctx, http.MethodGet, path, nil, into)
}

// Post sends JSON to the city with all rights; its answer is read into into.
func (c *City) Post(ctx context.Context, path string, body, into any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return c.ask(ctx, http.MethodPost, path, bytes.NewReader(raw), into)
}

func (c *City) ask(ctx context.Context, method, path string, body io.Reader, into any) error {
	req, err := http.NewRequestWithContext(ctx, method, c.URL()+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+c.Token(allinone.AllRoles))
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", uuid.NewString())
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s: %s", method, path, res.Status, raw)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(raw, into)
}

// Tokens are the development tokens by role.
func (c *City) Tokens() map[string]string {
	tokens := map[string]string{}
	for _, role := range allinone.Roles() {
		tokens[role] = c.Token(role)
	}
	return tokens
}

// Root finds the project's folder, here or above.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.work")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if slices.Contains([]string{dir, ""}, parent) {
			return "", errors.New("no go.work here or above: run this in the project's folder")
		}
		dir = parent
	}
}
