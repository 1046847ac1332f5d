package absence

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/lotse-hamburg/lotse/events/absence"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
)

func connect(t *testing.T) *nats.Conn {
	t.Helper()
	s, err := server.NewServer(&server.Options{DontListen: true, NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(s.Shutdown)
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server does not start")
	}
	nc, err := nats.Connect("", nats.InProcessServer(s))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	return nc
}

// serve starts the ingress and returns a function that sends and awaits.
func serve(t *testing.T, w *world) func(subject string, header nats.Header, body string) map[string]any {
	t.Helper()
	nc := connect(t)
	stop, err := w.ServeHR(t.Context(), nc)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return func(subject string, header nats.Header, body string) map[string]any {
		t.Helper()
		m, err := nc.RequestMsg(&nats.Msg{Subject: subject, Header: header, Data: []byte(body)}, 10*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		var reply map[string]any
		if err := json.Unmarshal(m.Data, &reply); err != nil {
			t.Fatalf("%s: %v", m.Data, err)
		}
		return reply
	}
}

// Words about one absence without revision or time count by arrival; many
// absences share commits; stop finishes what has arrived.
func TestOrderIsKeptAndStopFinishes(t *testing.T) {
	w := start(t)
	public := 0
	nc := connect(t)
	stop, err := w.ServeHR(t.Context(), nc)
	if err != nil {
		t.Fatal(err)
	}
	const cases, words = 40, 10
	for word := range words {
		for c := range cases {
			m := &nats.Msg{Subject: "hr.absence.v1.paisy.changed", Header: ce(fmt.Sprint("ev-", c, "-", word), hr.TypeChanged),
				Data: fmt.Appendf(nil, `{"absence_id":"A-%d","employee":"e-1","from":"2026-12-01","until":"2026-12-%02d"}`, c, word+2)}
			if err := nc.PublishMsg(m); err != nil { // without reply
				t.Fatal(err)
			}
		}
	}
	if err := nc.Flush(); err != nil {
		t.Fatal(err)
	}
	stop()
	stop() // twice does no harm
	all := w.events()
	last := map[string]json.RawMessage{}
	for _, e := range all {
		if e.PublicPosition > 0 {
			last[e.Stream] = e.Data
			public++
		}
	}
	if len(last) != cases || public != cases*words {
		t.Fatalf("%d streams, %d public events", len(last), public)
	}
	for stream, data := range last {
		var e absence.AbsenceChanged
		if err := json.Unmarshal(data, &e); err != nil || e.Until.String() != fmt.Sprintf("2026-12-%02d", words+1) || e.Revision != words {
			t.Fatalf("%s ends in %s (%v)", stream, data, err)
		}
	}
}
