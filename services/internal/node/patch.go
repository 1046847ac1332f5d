package node

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// mergePatch applies a JSON merge patch (RFC 7396): members of the patch replace
// those of the document, null removes them, objects are merged.
func mergePatch(document, patch []byte) ([]byte, error) {
	to, err := numbered(document)
	if err != nil {
		return nil, err
	}
	by, err := numbered(patch)
	if err != nil {
		return nil, err
	}
	return json.Marshal(merged(to, by))
}

// numbered reads one JSON document and leaves its numbers as they are written.
func numbered(data []byte) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is content after the JSON document")
	}
	return v, nil
}

func merged(to, by any) any {
	changes, ok := by.(map[string]any)
	if !ok {
		return by
	}
	object, ok := to.(map[string]any)
	if !ok {
		object = map[string]any{}
	}
	for name, value := range changes {
		if value == nil {
			delete(object, name)
		} else {
			object[name] = merged(object[name], value)
		}
	}
	return object
}
