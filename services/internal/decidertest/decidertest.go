// Package decidertest runs given/when/then tables against deciders and checks,
// on every case, the laws that hold for all of them:
//
//   - decide and evolve leave the state handed in unchanged,
//   - deciding twice gives the same,
//   - the same command asked again on the new state yields nothing (unless the
//     case says Again),
//   - every event survives the codec byte for byte.
package decidertest

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// Case is one row of a table.
type Case[C any] struct {
	Name  string
	Given []decider.Event
	When  C
	// Then are the events expected; none for a repeat or a refusal.
	Then []decider.Event
	// Err is the refusal expected, matched with errors.Is.
	Err error
	// Again: the command is not idempotent by nature, asking twice does more.
	Again bool
}

// Run checks a table. Codec is that of the service's log.
func Run[S, C any](t *testing.T, d decider.Decider[S, C], codec decider.Codec, cases []Case[C]) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Helper()
			state := fold(t, d, d.Initial(), c.Given)
			before := Dump(state)
			got, err := d.Decide(state, c.When)
			if !errors.Is(err, c.Err) || (c.Err == nil) != (err == nil) {
				t.Fatalf("error %v, want %v", err, c.Err)
			}
			if err != nil && len(got) > 0 {
				t.Fatalf("a refusal came with events: %s", show(got))
			}
			if len(got)+len(c.Then) > 0 && !reflect.DeepEqual(got, c.Then) {
				t.Fatalf("events\n%swant\n%s", show(got), show(c.Then))
			}
			if after := Dump(state); after != before {
				t.Fatalf("decide changed the state handed in:\n%s\nwas\n%s", after, before)
			}
			twice, err2 := d.Decide(state, c.When)
			if !reflect.DeepEqual(got, twice) || fmt.Sprint(err) != fmt.Sprint(err2) {
				t.Fatalf("deciding twice differs:\n%s%v\nthen\n%s%v", show(got), err, show(twice), err2)
			}
			for _, e := range got {
				roundTrip(t, codec, e)
			}
			next := fold(t, d, state, got)
			if err == nil && !c.Again {
				if repeat, err := d.Decide(next, c.When); err != nil || len(repeat) > 0 {
					t.Fatalf("the same command asked again: %v\n%s", err, show(repeat))
				}
			}
		})
	}
}

func fold[S, C any](t *testing.T, d decider.Decider[S, C], s S, events []decider.Event) S {
	t.Helper()
	for _, e := range events {
		before := Dump(s)
		next := d.Evolve(s, e)
		if after := Dump(s); after != before {
			t.Fatalf("evolve(%s) changed the state handed in:\n%s\nwas\n%s", e.EventType(), after, before)
		}
		s = next
	}
	return s
}

func roundTrip(t *testing.T, codec decider.Codec, e decider.Event) {
	t.Helper()
	data, err := codec.Encode(e)
	if err != nil {
		t.Fatalf("encode %s: %v", e.EventType(), err)
	}
	back, err := codec.Decode(e.EventType(), data)
	if err != nil {
		t.Fatalf("decode %s: %v", e.EventType(), err)
	}
	again, _ := json.Marshal(back)
	if string(again) != string(data) {
		t.Fatalf("%s changes on the way through the log:\n%s\n%s", e.EventType(), data, again)
	}
}

func show(events []decider.Event) string {
	s := ""
	for _, e := range events {
		b, _ := json.Marshal(e)
		s += fmt.Sprintf("  %s %s\n", e.EventType(), b)
	}
	if s == "" {
		return "  (none)\n"
	}
	return s
}
