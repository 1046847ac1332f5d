package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/day"
)

// prefix of the schemas' ids; beside problem.TypePrefix, a name and no address.
const prefix = "https://lotse.example/schemas/"

const dialect = "https://json-schema.org/draft/2020-12/schema"

// schema is as much of JSON Schema 2020-12 as events need.
type schema struct {
	Dialect     string     `json:"$schema,omitempty"`
	ID          string     `json:"$id,omitempty"`
	Title       string     `json:"title,omitempty"`
	Description string     `json:"description,omitempty"`
	Ref         string     `json:"$ref,omitempty"`
	Type        string     `json:"type,omitempty"`
	Format      string     `json:"format,omitempty"`
	Pattern     string     `json:"pattern,omitempty"`
	Minimum     *int       `json:"minimum,omitempty"`
	Properties  properties `json:"properties,omitempty"`
	Required    []string   `json:"required,omitempty"`
	Items       *schema    `json:"items,omitempty"`
	Names       *schema    `json:"propertyNames,omitempty"`
	Values      *schema    `json:"additionalProperties,omitempty"`
	Defs        properties `json:"$defs,omitempty"`
	Examples    []any      `json:"examples,omitempty"`
}

// properties keep the order of the Go struct.
type properties []property

type property struct {
	name   string
	schema *schema
}

func (p properties) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, one := range p {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(one.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(one.schema)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func (p properties) find(name string) *schema {
	for _, one := range p {
		if one.name == name {
			return one.schema
		}
	}
	return nil
}

// builder makes the schema of one document; structs that are not embedded go
// into its definitions.
type builder struct {
	docs docs
	defs properties
	open map[string]bool
}

// eventSchema describes the data of an event. Fields that it does not name may
// come later: a reader passes over them.
func eventSchema(d docs, k events.Kind) (*schema, error) {
	b := &builder{docs: d, open: map[string]bool{}}
	t := reflect.TypeOf(k.New()).Elem()
	s, err := b.object(t)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", k.Type, err)
	}
	s.Dialect, s.ID, s.Title, s.Defs = dialect, prefix+k.Type+".json", k.Type, b.defs
	s.Description = k.Doc
	if more := d.more(t); more != "" {
		s.Description += " " + more
	}
	return s, nil
}

var (
	dayType   = reflect.TypeFor[day.Day]()
	clockType = reflect.TypeFor[day.TimeOfDay]()
	timeType  = reflect.TypeFor[time.Time]()
)

func (b *builder) of(t reflect.Type) (*schema, error) {
	switch t {
	case dayType:
		return &schema{Type: "string", Format: "date", Pattern: `^\d{4}-\d{2}-\d{2}$`, Examples: []any{"2026-12-01"}}, nil
	case clockType:
		return &schema{Type: "string", Pattern: `^(([01]\d|2[0-3]):[0-5]\d|24:00)$`, Examples: []any{"08:30"}}, nil
	case timeType:
		return &schema{Type: "string", Format: "date-time", Examples: []any{"2026-12-01T07:12:00Z"}}, nil
	}
	switch t.Kind() {
	case reflect.Pointer:
		return b.of(t.Elem())
	case reflect.String:
		return &schema{Type: "string"}, nil
	case reflect.Bool:
		return &schema{Type: "boolean"}, nil
	case reflect.Int, reflect.Int16, reflect.Int32, reflect.Int64:
		return &schema{Type: "integer"}, nil
	case reflect.Float64:
		return &schema{Type: "number"}, nil
	case reflect.Slice:
		items, err := b.of(t.Elem())
		if err != nil {
			return nil, err
		}
		return &schema{Type: "array", Items: items}, nil
	case reflect.Map:
		return b.table(t)
	case reflect.Struct:
		return b.named(t)
	}
	return nil, fmt.Errorf("type %s has no form in a schema: use one that has, or teach this builder", t)
}

func (b *builder) table(t reflect.Type) (*schema, error) {
	values, err := b.of(t.Elem())
	if err != nil {
		return nil, err
	}
	s := &schema{Type: "object", Values: values}
	switch t.Key().Kind() {
	case reflect.String:
		if text := b.docs.of(t.Key()); text != "" {
			s.Names = &schema{Description: text}
		}
	case reflect.Int:
		s.Names = &schema{Pattern: `^-?\d+$`}
	default:
		return nil, fmt.Errorf("keys of %s are neither strings nor integers", t)
	}
	return s, nil
}

// named puts a struct into the definitions.
func (b *builder) named(t reflect.Type) (*schema, error) {
	name := t.Name()
	ref := &schema{Ref: "#/$defs/" + name}
	if b.open[name] {
		return ref, nil
	}
	b.open[name] = true
	at := len(b.defs)
	b.defs = append(b.defs, property{name: name})
	s, err := b.object(t)
	if err != nil {
		return nil, err
	}
	s.Description = b.docs.of(t)
	b.defs[at].schema = s
	return ref, nil
}

func (b *builder) object(t reflect.Type) (*schema, error) {
	s := &schema{Type: "object"}
	return s, b.fields(s, t)
}

func (b *builder) fields(s *schema, t reflect.Type) error {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			if err := b.fields(s, f.Type); err != nil {
				return err
			}
			continue
		}
		if !f.IsExported() || name == "-" {
			continue
		}
		if name == "" {
			return fmt.Errorf("%s.%s has no name on the wire: give it a json tag", t, f.Name)
		}
		one, err := b.of(f.Type)
		if err != nil {
			return fmt.Errorf("%s.%s: %w", t, f.Name, err)
		}
		one.Description = b.docs.field(t, f)
		s.Properties = append(s.Properties, property{name, one})
		switch optional := strings.Contains(options, "omit"); {
		case !optional && f.Type.Kind() == reflect.Pointer:
			return fmt.Errorf("%s.%s would be null where it is missing: add omitempty", t, f.Name)
		case !optional:
			s.Required = append(s.Required, name)
		}
	}
	return nil
}

// pretty is a document as it is checked in.
func pretty(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return b.Bytes(), err
}
