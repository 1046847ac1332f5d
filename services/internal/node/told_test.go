package node

import (
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
)

type visit struct {
	Centre string         `json:"centre"`
	Parts  []part         `json:"parts"`
	By     map[string]int `json:"by"`
}

type part struct {
	Service string `json:"service"`
	Persons int    `json:"persons"`
}

func (visit) EventType() string  { return "lotse.test.visit.v1" }
func (visit) EventKey() []string { return nil }

func TestToldIsWhatTheSchemaNamesWithoutSentences(t *testing.T) {
	n := New(Spec{Registry: events.NewRegistry([]events.Kind{{Type: visit{}.EventType(), New: func() events.Event { return new(visit) }}})}, Deps{Store: memory.New(), Now: time.Now})
	for _, c := range [][3]string{
		{visit{}.EventType(), `{"centre":"altona","parts":[{"service":"pass","persons":2,"name":"Muster"}],"by":{"x":1},"note":"x"}`,
			`{"by":{"x":1},"centre":"altona","parts":[{"persons":2,"service":"pass"}]}`},
		{visit{}.EventType(), `{"centre":"Frau Muster ist krank","parts":"zwei Personen"}`, `{}`},
		{visit{}.EventType(), `{"centre":{"a":1},"parts":[1,"a b"]}`, `{"centre":{},"parts":[1,null]}`},
		{"hr.absence.reported.v1", `{"employee":"e-1","from":"2026-12-01","reason":"hat Fieber"}`, `{"employee":"e-1","from":"2026-12-01"}`},
		{"x", `"ein Satz"`, ``},
		{"x", `{`, ``},
		{"x", ``, ``},
	} {
		if got := string(n.Told(c[0], []byte(c[1]))); got != c[2] {
			t.Errorf("%s %s: %s, want %s", c[0], c[1], got, c[2])
		}
	}
}
