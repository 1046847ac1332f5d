package demo

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/allinone"
	"github.com/lotse-hamburg/lotse/tools/apply"
	"github.com/lotse-hamburg/lotse/tools/network"
)

// BenchmarkSickNote measures the whole way of a one-day sick note in Hamburg, one
// at a time, all commits durable, as an outside subscriber sees it: HR event
// sent → absence recorded → duties changed → offering changed → slots closed.
// Nobody approves anything, so what is measured is the closing alone, with the
// planner at work beside it.
//
//	go test -run '^$' -bench SickNote -benchtime 400x ./tools/demo
func BenchmarkSickNote(b *testing.B) {
	p, _ := hamburg(b)
	n, nc, w := p.Network, p.hr, p.w
	notes := oneDay(n, newCalendar(p.Today, n), b.N)
	b.ResetTimer()
	for _, note := range notes {
		w.Expect(note)
		if r, err := Send(nc, "bench", note, 10*time.Second); err != nil || r.Status != "recorded" {
			b.Fatal(r, err)
		}
		watch := w.notes[note.ID]
		if !w.Until(10*time.Second, func() bool { return !watch.closed.IsZero() }) {
			b.Fatalf("%s of %s at %s on %v never closed its slots: heard so far at %v, waits %+v", note.ID, note.Employee, note.Home, note.Days, watch.said, watch.waits[note.Days[0]])
		}
	}
	b.StopTimer()
	w.mu.Lock()
	defer w.mu.Unlock()
	p.report.sum(w)
	h := p.report.HopsMS
	for _, l := range []struct {
		name string
		Latency
	}{{"recorded", h.Recorded}, {"duties", h.Duties}, {"offering", h.Offering}, {"closed", h.Slots}} {
		b.ReportMetric(l.P50, "ms-"+l.name+"-p50")
		b.ReportMetric(l.P99, "ms-"+l.name+"-p99")
	}
}

// oneDay makes sick notes of one day each, spread over people and days.
func oneDay(n *network.Network, c calendar, count int) []Note {
	var notes []Note
	for ahead := 1; len(notes) < count && ahead < 40; ahead++ {
		for i, e := range n.Employees {
			d := c.nth(ahead)
			if !c.onDuty(e, d) || (i+ahead)%7 != 0 || len(notes) == count {
				continue
			}
			id := fmt.Sprintf("bench-%d-%d", ahead, i)
			notes = append(notes, Note{ID: id, Kind: "reported", Employee: e.ID, Home: e.Home, Days: []day.Day{d},
				Body: fmt.Appendf(nil, `{"absence_id":%q,"employee":%q,"revision":1,"from":%q,"until":%q}`, id, e.ID, d, d+1)})
		}
	}
	return notes
}

// hamburg runs, with its citizens' bookings, and nobody approves anything by itself.
func hamburg(b *testing.B) (*player, context.Context) {
	n, err := network.Load(filepath.Join("..", "..", "deploy", "networks", "hamburg"))
	if err != nil {
		b.Fatal(err)
	}
	n.Policy.Automatic.Enabled = false
	city, err := allinone.Start(b.Context(), allinone.Config{Data: b.TempDir(), HTTP: "127.0.0.1:0", NATS: "127.0.0.1:0"})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := city.Close(); err != nil {
			b.Error(err)
		}
	})
	nc, err := nats.Connect(city.NATSURL())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(nc.Close)
	w, err := Watch(nc)
	if err != nil {
		b.Fatal(err)
	}
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		b.Fatal(err)
	}
	o := Options{URL: city.URL(), NATS: city.NATSURL(), Network: n, Today: day.Of(time.Now(), zone), Seed: 1,
		Said: func(s string) { b.Log(s) }, Told: func(Row) {},
		Load: func(ctx context.Context) error {
			_, err := apply.Apply(ctx, apply.Authorized(&http.Client{Timeout: time.Minute}, city.Token(allinone.AllRoles)), city.URL(), n)
			return err
		}}
	p := &player{Options: o, hr: nc, w: w, report: newReport(o)}
	ctx := WithToken(b.Context(), city.Token(allinone.AllRoles))
	for _, part := range []func(context.Context) error{p.load, p.citizens} {
		if err := part(ctx); err != nil {
			b.Fatal(err)
		}
	}
	return p, ctx
}
