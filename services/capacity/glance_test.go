package capacity_test

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	events_capacity "github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/access"
)

// risk says for booking that appointments of a place are at risk.
func (w *world) risk(c id.Centre, d day.Day, n int) {
	w.t.Helper()
	k := string(c) + "/" + d.String()
	w.loads[k]++
	w.deliver("booking", "", booking.LoadChanged{Centre: c, Day: d, Version: w.loads[k], OfferingVersion: w.offered(c, d).Version,
		Booked: map[id.Skill]day.Minutes{"id": w.booked[k]}, Uncovered: map[id.Skill]day.Minutes{"id": day.Minutes(15 * n)}, Appointments: 40, AtRisk: n})
	if err := w.service.Node().Fold(w.ctx); err != nil {
		w.t.Fatal(err)
	}
}

func TestGlanceCountsAndRanks(t *testing.T) {
	w := running(t, nil)
	w.ill("west-1", "hr-1", tuesday)
	w.settle()
	p := must[events_capacity.ProposalDrafted](w)
	c := w.service.Glance()
	if c.Open != 1 || len(c.Decisions) != 1 || c.Decisions[0].Proposal != p.Proposal || c.Decisions[0].Urgency != 3 {
		t.Fatalf("%+v", c.Decisions)
	}
	at := int(tuesday - monday)
	if s := c.Districts[0].Days[at].Staff; s.Present != 2 || s.Absent != 1 {
		t.Errorf("%+v", s)
	}
	// What is at risk comes first: soonest, then most; a place to which nobody goes by itself.
	w.risk("west", tuesday, 5)
	w.risk("east", monday+2, 2)
	w.risk("east", monday+3, 9)
	c = w.service.Glance()
	var got []string
	for _, x := range c.Decisions {
		got = append(got, x.Kind+" "+x.Day.String())
	}
	want := []string{"uncovered " + (monday + 2).String(), "uncovered " + (monday + 3).String(), "proposal " + tuesday.String()}
	if strings.Join(got, ", ") != strings.Join(want, ", ") || c.Decisions[2].Uncovered != 5 || c.Uncovered != 16 || c.Districts[1].Uncovered != 11 {
		t.Errorf("%v instead of %v; %d at risk", got, want, c.Uncovered)
	}
	// Whoever is deployed counts as in there and out here.
	if err := w.service.Approve(w.ctx, p.Proposal); err != nil {
		t.Fatal(err)
	}
	w.settle()
	c = w.service.Glance()
	west, east := c.Districts[0].Days[at].Staff, c.Districts[1].Days[at].Staff
	if west.In != 1 || west.Out != 0 || east.Out != 1 || east.In != 0 || west.Present != 3 || east.Present != 3 || c.Open != 0 {
		t.Errorf("%+v %+v", west, east)
	}
}

func TestGlanceKnowsWhatWasAndForecastsWhatComes(t *testing.T) {
	w := running(t, nil)
	c := w.service.Glance()
	l, known := c.Districts[0].WorstLead()
	if !known || l.Days != 1 || !l.Kept() || !l.GoalMet() || len(c.Districts[0].Ahead.Middle) != c.Days || c.Districts[0].Ahead.Middle[0] != 1 {
		t.Errorf("%+v %+v", l, c.Districts[0].Ahead)
	}
	if _, ok := c.Districts[0].Trend(); ok {
		t.Error("a trend after one day")
	}
	for x := monday + 1; x <= monday+2; x++ {
		w.at(x, 6, 0)
		w.settle()
	}
	c = w.service.Glance()
	if n := len(c.Districts[0].Past); n != 3 || c.Districts[0].Past[n-1].Day != monday+2 {
		t.Errorf("%+v", c.Districts[0].Past)
	}
	if n, ok := c.Districts[0].Trend(); !ok || n != 0 {
		t.Errorf("trend %d %v", n, ok)
	}
	if again := w.service.Glance(); again != c {
		t.Error("the same position was looked at twice")
	}
}

func TestAPageOfTheDeskLearnsOfAChange(t *testing.T) {
	w := running(t, nil)
	all, err := w.service.Pages()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(access.As(all["/desk/"], central))
	defer server.Close()
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	told := make(chan string, 64)
	w.listen(ctx, server, told)
	if first := <-told; !strings.HasPrefix(first, ":") {
		t.Fatalf("%q", first)
	}
	w.ill("west-1", "hr-1", tuesday)
	w.settle()
	for {
		select {
		case line := <-told:
			if line == "event: decisions" {
				return
			}
		case <-ctx.Done():
			t.Fatal("an open page was told nothing of a new proposal")
		}
	}
}

// listen hands on the lines of the desk's stream.
func (w *world) listen(ctx context.Context, server *httptest.Server, told chan<- string) {
	w.t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/desk/live", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	res, err := server.Client().Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	go func() {
		defer func() { _ = res.Body.Close() }()
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			select {
			case told <- lines.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
}

// BenchmarkGlance looks at the city anew at Hamburg size.
func BenchmarkGlance(b *testing.B) {
	w := metropolis(b)
	held := time.Duration(0)
	for b.Loop() {
		held += w.service.LookAnew()
	}
	b.ReportMetric(float64(held.Microseconds())/1000/float64(b.N), "held-ms")
}

// BenchmarkDeskPage renders the city's page at Hamburg size while nothing happens.
func BenchmarkDeskPage(b *testing.B) {
	w := metropolis(b)
	all, err := w.service.Pages()
	if err != nil {
		b.Fatal(err)
	}
	desk := access.As(all["/desk/"], central)
	b.ReportAllocs()
	for b.Loop() {
		rec := httptest.NewRecorder()
		desk.ServeHTTP(rec, httptest.NewRequest("GET", "/desk/", nil))
		if rec.Code != http.StatusOK {
			b.Fatal(rec.Body)
		}
	}
}
