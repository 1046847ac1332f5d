package lotse_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/lotse"
)

var update = flag.Bool("update", false, "write golden forms of new event types; existing ones are never touched")

// Every version of every event stays readable for ever: a golden form is
// written once, when the version is new, and never again.
func TestGoldenWireForms(t *testing.T) {
	registry := lotse.Registry()
	for _, kind := range registry.Kinds() {
		t.Run(kind.Type, func(t *testing.T) {
			if _, _, _, err := events.SplitType(kind.Type); err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(kind.Doc, ".") {
				t.Errorf("the type has no sentence that describes it: %q", kind.Doc)
			}
			path := filepath.Join("..", "testdata", kind.Type+".json")
			golden, err := os.ReadFile(path)
			if os.IsNotExist(err) && *update {
				v := reflect.ValueOf(kind.New())
				fill(v.Elem(), 1)
				if golden, err = json.MarshalIndent(v.Interface(), "", "  "); err == nil {
					golden = append(golden, '\n')
					err = os.WriteFile(path, golden, 0o644)
				}
			}
			if err != nil {
				t.Fatalf("%v: run go test ./events/lotse -update once for a new type", err)
			}
			ev, err := registry.Decode(kind.Type, golden)
			if err != nil {
				t.Fatal(err)
			}
			if ev.EventType() != kind.Type {
				t.Errorf("it calls itself %q", ev.EventType())
			}
			for _, token := range ev.EventKey() {
				if token == "" {
					t.Errorf("its key %q has an empty token", ev.EventKey())
				}
			}
			back, err := json.Marshal(ev)
			if err != nil {
				t.Fatal(err)
			}
			covers(t, golden, back)
		})
	}
	known, err := filepath.Glob(filepath.Join("..", "testdata", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range known {
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		if _, ok := registry.Kind(name); !ok {
			t.Errorf("%s has a golden form, but no type reads it any more", name)
		}
	}
}

// covers: every field of the golden form is written again, with its value. New
// optional fields may stand beside them.
func covers(t *testing.T, golden, now []byte) {
	t.Helper()
	var want, got any
	for _, p := range []struct {
		raw  []byte
		into *any
	}{{golden, &want}, {now, &got}} {
		d := json.NewDecoder(bytes.NewReader(p.raw))
		d.UseNumber()
		if err := d.Decode(p.into); err != nil {
			t.Fatal(err)
		}
	}
	compare(t, "", want, got)
}

func compare(t *testing.T, path string, want, got any) {
	t.Helper()
	if w, ok := want.(map[string]any); ok {
		g, _ := got.(map[string]any)
		for k, v := range w {
			compare(t, path+"."+k, v, g[k])
		}
		return
	}
	if w, ok := want.([]any); ok {
		g, _ := got.([]any)
		if len(g) != len(w) {
			t.Errorf("%s has %d elements, the golden form %d", path, len(g), len(w))
			return
		}
		for i := range w {
			compare(t, path+"[]", w[i], g[i])
		}
		return
	}
	if !reflect.DeepEqual(want, got) {
		t.Errorf("%s is %v, the golden form says %v", path, got, want)
	}
}

// fill gives every field a value that is not its zero.
func fill(v reflect.Value, n int64) {
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Date(2026, 12, 1, 7, 12, int(n), 0, time.UTC)))
		return
	case day.Day:
		v.Set(reflect.ValueOf(day.Date(2026, 12, int(n))))
		return
	case day.TimeOfDay:
		v.Set(reflect.ValueOf(day.Clock(8, int(n))))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n+int64(i)%20)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), n)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		k, e := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(k, n)
		fill(e, n)
		v.SetMapIndex(k, e)
	case reflect.String:
		v.SetString("x" + string(rune('a'+n%26)))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(n)
	case reflect.Float64:
		v.SetFloat(float64(n) + 0.5)
	}
}
