package events

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
)

// Kind describes one event type and version.
type Kind struct {
	Type string // lotse.<service>.<fact>.v<N>
	Doc  string // one sentence
	// State: the event carries the whole new state of its key; the newest
	// version wins and only the last one per key matters.
	State bool
	New   func() Event // a pointer to a zero value
}

// Registry knows a set of event types.
type Registry struct {
	kinds     map[string]Kind
	unmarshal func([]byte, any) error // a quicker one; nil: that of encoding/json
}

// NewRegistry collects kinds; a type that stands twice is a programming error
// and panics.
func NewRegistry(groups ...[]Kind) *Registry {
	r := &Registry{kinds: map[string]Kind{}}
	for _, g := range groups {
		for _, k := range g {
			if _, dup := r.kinds[k.Type]; dup {
				panic("events: " + k.Type + " is registered twice")
			}
			r.kinds[k.Type] = k
		}
	}
	return r
}

// Kind finds a type.
func (r *Registry) Kind(eventType string) (Kind, bool) {
	k, ok := r.kinds[eventType]
	return k, ok
}

// Kinds lists all types, sorted by name.
func (r *Registry) Kinds() []Kind {
	all := make([]Kind, 0, len(r.kinds))
	for _, k := range r.kinds {
		all = append(all, k)
	}
	slices.SortFunc(all, func(a, b Kind) int { return strings.Compare(a.Type, b.Type) })
	return all
}

// Unmarshalling is the registry with another reader of JSON, a quicker one, for
// where whole logs are read. What that cannot read encoding/json judges.
func (r *Registry) Unmarshalling(unmarshal func([]byte, any) error) *Registry {
	return &Registry{kinds: r.kinds, unmarshal: unmarshal}
}

// UnknownTypeError says that a type or version is not known here.
type UnknownTypeError struct{ Type string }

func (e *UnknownTypeError) Error() string {
	return fmt.Sprintf("event type %q is not known: this reader may be older than the writer", e.Type)
}

// Decode reads an event's data. Unknown fields are ignored (they are how a
// version grows); the result is the value, not a pointer.
func (r *Registry) Decode(eventType string, data []byte) (Event, error) {
	k, ok := r.kinds[eventType]
	if !ok {
		return nil, &UnknownTypeError{eventType}
	}
	p := k.New()
	if r.unmarshal == nil || r.unmarshal(data, p) != nil {
		p = k.New()
		if err := json.Unmarshal(data, p); err != nil {
			return nil, fmt.Errorf("%s: %w", eventType, DataError(err))
		}
	}
	return reflect.ValueOf(p).Elem().Interface().(Event), nil
}

// DataError turns an error of encoding/json into one that names the field,
// without quoting more of the content than a single offending value.
func DataError(err error) error {
	var typ *json.UnmarshalTypeError
	if errors.As(err, &typ) {
		f := "data"
		if typ.Field != "" {
			f += "." + typ.Field
		}
		return &FieldError{f, "", fmt.Sprintf("a JSON %s stands where %s is expected", typ.Value, typ.Type)}
	}
	return &FieldError{"data", "", jsonReason(err)}
}

// DecodeStrict reads data into v and refuses unknown fields and trailing
// content; the error names the field.
func DecodeStrict(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
			return &FieldError{"data." + strings.Trim(name, `"`), "", "is not a known field: remove it or correct its name"}
		}
		return DataError(err)
	}
	if _, err := d.Token(); err != io.EOF {
		return &FieldError{"data", "", "has content after the JSON document"}
	}
	return nil
}
