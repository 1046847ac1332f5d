package demo

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/tools/network"
)

// Options of a run against a Lotse that is up and has its network.
type Options struct {
	URL  string // of the APIs
	NATS string // of the bus
	// Bus is what the connection that hears lotse.> shows, HR that of the HR
	// system; without them nobody shows anything.
	Bus, HR []nats.Option
	Network *network.Network
	Story   Story
	Today   day.Day
	// Seed of the citizens' bookings.
	Seed uint64
	// Told is called after each step of the story, Said with progress.
	Told func(Row)
	Said func(string)
	// Loaded loads the network; it runs when the watcher listens.
	Load func(context.Context) error
}

// Row is one step of the story as it went.
type Row struct {
	Step      int
	Say       string
	Status    string // of the receipt
	Why       string // a refusal
	Absent    int    // absences in force after the step
	Close     time.Duration
	Closed    int    // slots
	Risk      [2]int // uncovered appointments in the city, before and after
	District  id.District
	Lead      [2]string // of the district, before and after
	Proposals []*Proposal
	Stays     []string // what cannot be mended, and why
}

// Run plays the story and reports what it saw.
func Run(ctx context.Context, o Options) (*Report, error) {
	p, end, err := o.connect("lotse-demo")
	if err != nil {
		return nil, err
	}
	defer end()
	for _, part := range []func(context.Context) error{p.load, p.citizens, p.tell, p.wave, p.settle} {
		if err := part(ctx); err != nil {
			return nil, err
		}
	}
	return p.report, nil
}

// connect makes who plays, with a connection of their own for each of both.
func (o Options) connect(name string) (p *player, end func(), err error) {
	nc, err := nats.Connect(o.NATS, append([]nats.Option{nats.Name(name)}, o.Bus...)...)
	if err != nil {
		return nil, nil, fmt.Errorf("connect to the bus at %s: %w", o.NATS, err)
	}
	hr, err := nats.Connect(o.NATS, append([]nats.Option{nats.Name(name + "-hr")}, o.HR...)...)
	if err != nil {
		nc.Close()
		return nil, nil, fmt.Errorf("connect to the bus at %s as HR system: %w", o.NATS, err)
	}
	end = func() { hr.Close(); nc.Close() }
	w, err := Watch(nc)
	if err != nil {
		end()
		return nil, nil, err
	}
	return &player{Options: o, hr: hr, w: w, report: newReport(o)}, end, nil
}

type player struct {
	Options
	hr      *nats.Conn
	w       *Watcher
	report  *Report
	notes   []Note
	decided map[id.Proposal]bool
}

// load brings the network in and waits until the slots stand.
func (p *player) load(ctx context.Context) error {
	began := time.Now()
	if err := p.Load(ctx); err != nil {
		return err
	}
	if !p.w.Until(60*time.Second, func() bool { return len(p.w.employees) >= len(p.Network.Employees) && len(p.w.slots) > 0 }) {
		return fmt.Errorf("the roster does not arrive: %d of %d employees after a minute", len(p.w.employees), len(p.Network.Employees))
	}
	if !p.w.Quiet(1500*time.Millisecond, 5*time.Minute) {
		return fmt.Errorf("the network does not settle within five minutes")
	}
	p.report.CentreDays = len(p.w.slots)
	p.Said(fmt.Sprintf("%d employees on duty, slots open on %d centre-days (%s)", len(p.w.employees), len(p.w.slots), took(began)))
	return nil
}

func took(began time.Time) string { return time.Since(began).Round(10 * time.Millisecond).String() }

// citizens books.
func (p *player) citizens(ctx context.Context) error {
	began := time.Now()
	c := newCalendar(p.Today, p.Network)
	p.w.mu.Lock()
	all := wishes(p.Network, p.w.slots, c, p.Seed)
	p.w.mu.Unlock()
	var err error
	if p.report.Booked, err = book(ctx, p.URL, all); err != nil {
		return err
	}
	if !p.w.Quiet(1500*time.Millisecond, 5*time.Minute) {
		return fmt.Errorf("the bookings do not settle within five minutes")
	}
	p.w.mu.Lock()
	p.report.AppointmentsBefore, _ = p.w.appointments()
	p.report.Before = p.report.leads(p.w)
	p.w.opened, p.w.closed = 0, 0 // the story's own slots count
	p.w.mu.Unlock()
	p.Said(fmt.Sprintf("%d appointments booked of %d asked for (%s)", p.report.Booked, len(all), took(began)))
	return nil
}

// tell plays the steps one by one, each to its end.
func (p *player) tell(ctx context.Context) (err error) {
	if p.notes, err = Script(p.Story, p.Network, p.Today); err != nil {
		return err
	}
	p.decided = map[id.Proposal]bool{}
	for i, n := range p.notes {
		if n.Wave {
			continue
		}
		row := Row{Step: i + 1, Say: n.Say, District: p.report.centres[n.Home]}
		p.w.mu.Lock()
		p.look(&row, 0)
		p.w.mu.Unlock()
		r, err := p.hand(n)
		if err != nil {
			return err
		}
		row.Status, row.Why = r.Status, r.why()
		if r.Status == "recorded" {
			p.follow(ctx, n, &row)
		}
		p.w.mu.Lock()
		p.look(&row, 1)
		row.Absent = len(p.w.absent)
		p.w.ended()
		p.w.mu.Unlock()
		p.Told(row)
	}
	return nil
}

// look notes how things stand, 0 before and 1 after a step. The caller holds
// w.mu.
func (p *player) look(row *Row, at int) {
	_, row.Risk[at] = p.w.appointments()
	row.Lead[at] = days(p.report.leads(p.w), row.District)
}

// hand sends a note and counts the receipt.
func (p *player) hand(n Note) (Receipt, error) {
	p.w.mu.Lock()
	again := p.w.notes[n.ID] != nil
	p.w.mu.Unlock()
	if !again {
		p.w.Expect(n)
	}
	r, err := Send(p.hr, p.Story.Source, n, 10*time.Second)
	if err != nil {
		return r, err
	}
	p.report.count(r)
	return r, nil
}

// silence is how long the bus must say nothing until the demo takes it that a
// step has come to its end.
const silence = 400 * time.Millisecond

// follow waits until the person's slots are closed, reads the proposals,
// approves them as a planner would, and waits until slots open elsewhere.
func (p *player) follow(ctx context.Context, n Note, row *Row) {
	p.w.mu.Lock()
	watch := p.w.notes[n.ID]
	p.w.mu.Unlock()
	p.w.Settled(silence, func() bool { return !watch.closed.IsZero() })
	p.w.Settled(silence, func() bool { return len(p.w.proposalsFor(n.ID)) > 0 })
	for range 5 { // a refused move is planned again
		before := len(p.decided)
		p.decide(ctx)
		p.w.Settled(2*silence, p.carriedOut)
		if len(p.decided) == before {
			break
		}
	}
	p.w.Settled(silence/2, func() bool { return false })
	row.Stays = p.stays(ctx, n.ID)
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	if !watch.closed.IsZero() {
		row.Close = watch.closed.Sub(watch.sent)
	}
	row.Closed = watch.lost
	row.Proposals = p.w.proposalsFor(n.ID)
}

// decide approves what waits for a planner; the same planner every time.
func (p *player) decide(ctx context.Context) {
	p.w.mu.Lock()
	var waiting []id.Proposal
	for _, k := range p.w.order {
		if pr := p.w.proposals[k]; pr.State == "drafted" && pr.Draft.Approval == "review" && !p.decided[k] {
			waiting = append(waiting, k)
			p.decided[k] = true
		}
	}
	p.w.mu.Unlock()
	for _, k := range waiting {
		p.w.approving(k)
		if err := post(ctx, p.URL+"/capacity/v1/proposals/"+string(k)+"/approve", "demo-approve-"+string(k), map[string]any{}, nil); err != nil {
			p.report.notApproved(k, err)
		}
	}
}

// carriedOut: every approved move has opened slots or was refused.
func (p *player) carriedOut() bool {
	for _, m := range p.w.moves {
		if m.done.IsZero() && !m.refused && m.proposal.State == "approved" {
			return false
		}
	}
	return true
}

// pace of the wave: one HR event every 60 ms is a thousand a minute.
const pace = 60 * time.Millisecond

// wave sends the rest while the planner goes on approving.
func (p *player) wave(ctx context.Context) error {
	tick := time.NewTicker(pace)
	defer tick.Stop()
	n := 0
	for _, note := range p.notes {
		if !note.Wave {
			continue
		}
		if _, err := p.hand(note); err != nil {
			return err
		}
		p.decide(ctx)
		n++
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	p.Said(fmt.Sprintf("%d more sick notes, one every %v", n, pace))
	return nil
}

// settle lets everything come to rest and adds up.
func (p *player) settle(ctx context.Context) error {
	for range 60 {
		p.w.Quiet(2500*time.Millisecond, 30*time.Second)
		before := len(p.decided)
		p.decide(ctx)
		if len(p.decided) == before {
			break
		}
	}
	p.w.mu.Lock()
	p.w.ended()
	p.report.sum(p.w)
	p.w.mu.Unlock()
	return p.report.audit(ctx, p.Options)
}

// stays asks what of a cause cannot be mended, and why; in English.
func (p *player) stays(ctx context.Context, cause string) (said []string) {
	var found struct {
		Damages []struct {
			Unsolved []string `json:"unsolved"`
		} `json:"damages"`
	}
	if err := get(ctx, p.URL+"/capacity/v1/damages?cause="+url.QueryEscape(cause), &found); err != nil {
		return nil
	}
	for _, d := range found.Damages {
		for _, u := range d.Unsolved {
			en, _, _ := strings.Cut(u, " / ")
			said = append(said, en)
		}
	}
	return said
}
