// Package decider is the pure middle of every service: state, commands, events
// and the two functions between them (Chassaing's Decider).
//
// decide and evolve know no clock, context, I/O or chance: time, ids and dice
// come in the command. Decide answers nothing to a repeat, an error to a
// refusal, events to a change. Evolve never fails and never changes the state
// handed in.
package decider

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// Event is a fact in a service's log. An event with EventKey() []string as well
// is public: the relay publishes it.
type Event interface{ EventType() string }

// Public is an event of the published language.
type Public interface {
	Event
	EventKey() []string
}

// Decider decides commands of type C on a state of type S.
type Decider[S, C any] struct {
	Initial func() S
	Decide  func(S, C) ([]Event, error)
	Evolve  func(S, Event) S
}

// Fold evolves a state through events.
func (d Decider[S, C]) Fold(s S, events ...Event) S {
	for _, e := range events {
		s = d.Evolve(s, e)
	}
	return s
}

// Codec reads and writes the events of one service's log.
type Codec struct {
	types     map[string]reflect.Type
	unmarshal func([]byte, any) error
}

// NewCodec knows the given events; examples are values, not pointers.
func NewCodec(examples ...Event) Codec {
	c := Codec{types: map[string]reflect.Type{}, unmarshal: json.Unmarshal}
	for _, e := range examples {
		t := reflect.TypeOf(e)
		if t.Kind() == reflect.Pointer {
			panic(fmt.Sprintf("decider: example %T is a pointer: give a value", e))
		}
		if _, twice := c.types[e.EventType()]; twice {
			panic("decider: event type " + e.EventType() + " stands twice in a codec")
		}
		c.types[e.EventType()] = t
	}
	return c
}

// Types lists the known type names, sorted.
func (c Codec) Types() []string {
	all := make([]string, 0, len(c.types))
	for t := range c.types {
		all = append(all, t)
	}
	slices.Sort(all)
	return all
}

// UnknownEventError: the log holds an event that this version of the service
// does not know. It must not decide on such a log.
type UnknownEventError struct{ Type string }

func (e *UnknownEventError) Error() string {
	return fmt.Sprintf("the log holds an event of type %q that this version does not know: deploy a version that does", e.Type)
}

// Decode reads an event; the result is a value, not a pointer.
func (c Codec) Decode(eventType string, data []byte) (Event, error) {
	t, ok := c.types[eventType]
	if !ok {
		return nil, &UnknownEventError{eventType}
	}
	p := reflect.New(t)
	if err := c.unmarshal(data, p.Interface()); err != nil {
		return nil, fmt.Errorf("event %s in the log: %w", eventType, err)
	}
	return p.Elem().Interface().(Event), nil
}

// Encode writes an event's data.
func (c Codec) Encode(e Event) ([]byte, error) {
	if _, ok := c.types[e.EventType()]; !ok {
		return nil, &UnknownEventError{e.EventType()}
	}
	return json.Marshal(e)
}

// With is the codec that knows these events as well.
func (c Codec) With(examples ...Event) Codec {
	more := NewCodec(examples...)
	all := Codec{map[string]reflect.Type{}, c.unmarshal}
	maps.Copy(all.types, c.types)
	for name, t := range more.types {
		if _, twice := all.types[name]; twice {
			panic("decider: event type " + name + " stands twice in a codec")
		}
		all.types[name] = t
	}
	return all
}

// Unmarshalling is the codec with another reader of JSON, a quicker one, for
// where whole logs are read.
func (c Codec) Unmarshalling(unmarshal func([]byte, any) error) Codec {
	return Codec{c.types, unmarshal}
}
