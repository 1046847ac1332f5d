package lotse_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/lotse"
	"github.com/lotse-hamburg/lotse/events/parsertest"
)

// Whatever stands in the data of a type that we know, decoding ends with an event
// that can be written again and has a key of clean tokens, or with an error.
func FuzzDecode(f *testing.F) {
	registry := lotse.Registry()
	files, err := filepath.Glob("../testdata/*.json")
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, k := range registry.Kinds() {
			if strings.HasPrefix(filepath.Base(name), k.Type) {
				f.Add(k.Type, data)
			}
		}
	}
	f.Add("lotse.absence.absence-recorded.v1", []byte(`{"from":"0000-00-00"}`))
	f.Add("lotse.absence.absence-recorded.v2", []byte(`{}`))
	f.Fuzz(func(t *testing.T, kind string, data []byte) {
		parsertest.Bounded(t, len(data), func() {
			_, _, _, typeErr := events.SplitType(kind)
			e, err := registry.Decode(kind, data)
			if err != nil {
				return
			}
			if typeErr != nil {
				t.Errorf("%q is decoded, and is no type: %v", kind, typeErr)
			}
			if _, err := json.Marshal(e); err != nil {
				t.Errorf("%+v cannot be written: %v", e, err)
			}
			for token := range strings.SplitSeq(events.Key(e.EventKey()...), ".") {
				if token == "" || strings.ContainsAny(token, " *>\n") {
					t.Errorf("%q is no token of a subject", token)
				}
			}
		})
	})
}
