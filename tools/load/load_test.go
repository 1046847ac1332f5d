package load

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/services/allinone/verify"
)

func TestPercentilesAreOfTheNearestRank(t *testing.T) {
	var took []time.Duration
	for n := 100; n > 0; n-- {
		took = append(took, time.Duration(n)*time.Millisecond)
	}
	l := latency("booking", took, 3)
	if l.P50 != 50 || l.P95 != 95 || l.P99 != 99 || l.P999 != 100 || l.Worst != 100 || l.N != 100 || l.Failed != 3 {
		t.Errorf("of 1 to 100 ms: %+v", l)
	}
	if percentile(nil, .99) != 0 || percentile([]time.Duration{7}, .01) != 7 {
		t.Error("of nothing, or of one")
	}
}

func TestTheLongestSilenceHasItsEdges(t *testing.T) {
	s := func(at, took int) sample {
		return sample{time.Duration(at) * time.Second, time.Duration(took) * time.Second}
	}
	all := []sample{s(11, 1), s(1, 1), s(30, 1)} // done at 12, 2 and 31
	for _, c := range []struct{ from, until, want int }{{0, 13, 10}, {10, 20, 8}, {13, 30, 17}, {0, 31, 19}} {
		if got := silence(all, time.Duration(c.from)*time.Second, time.Duration(c.until)*time.Second); got != time.Duration(c.want)*time.Second {
			t.Errorf("from %d until %d: %s, want %d s", c.from, c.until, got, c.want)
		}
	}
}

func TestWindowsCountWhenThingsWereDone(t *testing.T) {
	r := &record{}
	r.done("booking", 9*time.Second, 2*time.Second) // came in the first, was done in the second
	r.done("booking", time.Second, time.Second)
	r.failed("hold", 12*time.Second, "503")
	got := windows(r, 0, 22*time.Second) // the rest of 2 s belongs to the second
	if len(got) != 2 || got[0].Bookings != .1 || got[1].Failed != 1 || got[1].P99 != 2000 || got[1].Bookings != 1./12 {
		t.Errorf("%+v", got)
	}
}

func TestTheKneeIsTheLastStepThatKeepsUp(t *testing.T) {
	step := func(offered, reached, p99 float64, failed int) Step {
		return Step{Offered: Rates{offered, 10}, Reached: Rates{reached, 10}, P99: p99, Failed: failed}
	}
	good := step(100, 98, 40, 0)
	lame := good
	lame.Reached.HR = 5
	for _, c := range []struct {
		name  string
		steps []Step
		at    int
		why   string
	}{
		{"all keep up", []Step{good, good}, 1, ""},
		{"throughput no longer follows", []Step{good, step(130, 101, 45, 0)}, 0, "101 of 130 bookings/s were reached"},
		{"HR no longer follows", []Step{good, good, lame}, 1, "5 of 10 HR events/s were reached"},
		{"too slow", []Step{good, step(130, 130, 900, 0)}, 0, "p99 of a booking was 900 ms"},
		{"errors", []Step{good, step(130, 130, 40, 2), good}, 0, "2 tries failed"},
		{"not even the first", []Step{step(100, 20, 40, 0)}, -1, "20 of 100 bookings/s were reached"},
	} {
		if at, why := Knee(c.steps, 500*time.Millisecond); at != c.at || why != c.why {
			t.Errorf("%s: %d %q", c.name, at, why)
		}
	}
}

// The auditor reads what the journal wrote.
func TestTheJournalIsWhatTheAuditorReads(t *testing.T) {
	var out bytes.Buffer
	j := newJournal(&out)
	want := []Receipt{
		{Service: booking.Service, Position: "1-7", Key: "k", Command: "confirm", Appointment: "a", State: "booked", Place: &booking.Place{Centre: "altona", Day: 20000, At: 555, Minutes: 15}},
		{Service: "absence", Position: "1-9", Message: "m"},
		{Service: booking.Service, Appointment: "a", State: unknown},
	}
	for _, r := range want {
		j.put(r)
	}
	if err := j.flush(); err != nil {
		t.Fatal(err)
	}
	got, err := verify.ReadReceipts(&out)
	if err != nil || len(got) != len(want) {
		t.Fatalf("%d receipts, %v", len(got), err)
	}
	for i := range want {
		a, _ := json.Marshal(want[i])
		if b, _ := json.Marshal(got[i]); !bytes.Equal(a, b) {
			t.Errorf("%s became %s", a, b)
		}
	}
}

// A command without an answer is sent again with its key until there is one, and
// each try that failed is counted.
func TestACommandIsRepeatedUntilItIsAnswered(t *testing.T) {
	var keys []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		keys = append(keys, r.Header.Get("Idempotency-Key"))
		w.Header().Set("Content-Type", "application/problem+json")
		switch len(keys) {
		case 1:
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = w.Write([]byte(`{"type":"https://lotse.example/problems/log-unreachable"}`))
		case 2:
			panic(http.ErrAbortHandler) // cut off in the middle
		default:
			w.Header().Set("Lotse-Position", "1-3")
			w.WriteHeader(http.StatusConflict) // an answer, if not the one that was hoped for
		}
	}))
	defer server.Close()
	l := &Load{opt: Options{URL: server.URL, Patience: time.Minute}, began: time.Now(), web: server.Client(), book: &record{}}
	a, err := l.ask(t.Context(), request{kind: "hold", method: http.MethodPost, path: "/", key: "k-1", body: map[string]int{"a": 1}})
	if err != nil || a.status != http.StatusConflict || a.position != "1-3" {
		t.Fatalf("%+v, %v", a, err)
	}
	if strings.Join(keys, " ") != "k-1 k-1 k-1" {
		t.Errorf("sent with %v", keys)
	}
	got := l.book.failures["hold"]
	if len(got) != 2 || got[0].what != "503 log-unreachable" || got[1].what != "broken connection" || len(l.book.samples["hold"]) != 1 {
		t.Errorf("counted %+v and %d done", got, len(l.book.samples["hold"]))
	}
}

// A listener finds the place of an event without reading all of it, and notices a
// stream that goes back.
func TestAListenerKeepsTheNewest(t *testing.T) {
	s := newStream("", "")
	event := func(day, rest string) []byte {
		return []byte(`{"centre":"altona","day":"` + day + `","version":1,"rest":"` + rest + `"}`)
	}
	if got := string(place(event("2026-12-01", ""))); got != `"altona","day":"2026-12-01` {
		t.Fatalf("key %q", got)
	}
	for _, c := range []struct {
		at   int64
		data []byte
		want string
	}{
		{5, event("2026-12-01", "a"), ""}, {7, event("2026-12-02", "b"), ""}, {6, event("2026-12-03", "c"), ""}, // a first telling need not be in order
		{9, event("2026-12-01", "d"), ""}, {8, event("2026-12-01", "e"), "the stream went back"}, {10, []byte("{}"), "an event without a place"},
	} {
		if got := s.hear(c.at, c.data); got != c.want {
			t.Errorf("at %d: %q, want %q", c.at, got, c.want)
		}
	}
	other := newStream("", "")
	if s.same(other) {
		t.Error("who was told nothing agrees with nobody")
	}
	other.hear(9, event("2026-12-01", "d"))
	if !s.same(other) {
		t.Error("both know the same of the first of December")
	}
	other.hear(11, event("2026-12-02", "x"))
	if s.same(other) {
		t.Error("they know different things of the second")
	}
}

// However slow those inside are, who is to come comes by the clock.
func TestArrivalsComeByTheClock(t *testing.T) {
	l := &Load{began: time.Now(), turned: make(chan struct{}), book: &record{}, journal: newJournal(&bytes.Buffer{})}
	l.life, l.end = context.WithCancel(t.Context())
	l.rates.Store(&Rates{Bookings: 100})
	const want = 20
	dues, enough := make(chan time.Time, 1000), make(chan struct{})
	go l.let(l.life, func(r Rates) float64 { return r.Bookings }, func(ctx context.Context, due time.Time) {
		dues <- due
		if len(dues) == want {
			close(enough)
		}
		<-ctx.Done() // nobody is ever done
	}, "booking")
	select {
	case <-enough:
	case <-time.After(20 * time.Second):
		t.Fatalf("%d came", len(dues))
	}
	l.end()
	l.guests.Wait()
	lo, hi := time.Now(), time.Time{}
	for range want {
		d := <-dues
		if d.Before(lo) {
			lo = d
		}
		if d.After(hi) {
			hi = d
		}
	}
	if hi.Sub(lo) > (want+5)*10*time.Millisecond || hi.Sub(lo) < 150*time.Millisecond {
		t.Errorf("%d were due within %s, at 100 a second", want, hi.Sub(lo))
	}
}
