package node

import (
	"encoding/json"
	"reflect"
	"regexp"
	"strings"
)

// word is text that names or counts: nobody writes a sentence in it.
var word = regexp.MustCompile(`^[\p{L}\p{N}_.:/+-]{0,100}$`)

// Told is what may be shown of a message's content, whatever it holds: the
// fields that the schema of its type names, and of text only words. Of a type
// that is not in the registry all fields stay whose text is a word.
func (n *Node) Told(eventType string, data []byte) json.RawMessage {
	v, err := numbered(data)
	if err != nil {
		return nil
	}
	var schema reflect.Type
	if kind, ok := n.spec.Registry.Kind(eventType); ok {
		schema = reflect.TypeOf(kind.New())
	}
	told, err := json.Marshal(told(v, schema))
	if err != nil || string(told) == "null" {
		return nil
	}
	return told
}

func told(v any, schema reflect.Type) any {
	for schema != nil && schema.Kind() == reflect.Pointer {
		schema = schema.Elem()
	}
	switch v := v.(type) {
	case string:
		if !word.MatchString(v) {
			return nil
		}
	case []any:
		var each reflect.Type
		if schema != nil && (schema.Kind() == reflect.Slice || schema.Kind() == reflect.Array) {
			each = schema.Elem()
		}
		for i := range v {
			v[i] = told(v[i], each)
		}
	case map[string]any:
		for name, value := range v {
			of, known := member(schema, name)
			if v[name] = told(value, of); !known || v[name] == nil {
				delete(v, name)
			}
		}
	}
	return v
}

// member is the type of an object's field; not known is only what a struct does
// not name.
func member(schema reflect.Type, name string) (of reflect.Type, known bool) {
	if schema == nil {
		return nil, word.MatchString(name)
	}
	switch schema.Kind() {
	case reflect.Map:
		return schema.Elem(), word.MatchString(name)
	case reflect.Struct:
		for i := range schema.NumField() {
			f := schema.Field(i)
			tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if f.Anonymous && tag == "" {
				if of, known := member(f.Type, name); known {
					return of, true
				}
			} else if tag == name && f.IsExported() {
				return f.Type, true
			}
		}
	}
	return nil, false
}
