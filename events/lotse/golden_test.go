package lotse_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/lotse"
)

var update = flag.Bool("update", false, "write golden forms of new event types; existing ones are never touched")

// Every version of every event stays readable for ever: its golden forms, one
// with every field and one with only those that it must have, are written once,
// when the version is new, and never again. tools/contracts holds them against
// the schemas.
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
			for _, minimal := range []bool{false, true} {
				golden := goldenForm(t, kind, minimal)
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
				for _, wrong := range lost("", document(t, golden), document(t, back)) {
					t.Error(wrong)
				}
			}
		})
	}
	known, err := filepath.Glob(filepath.Join("..", "testdata", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	others, err := filepath.Glob(filepath.Join("..", "testdata", "minimal", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append(known, others...) {
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		if _, ok := registry.Kind(name); !ok {
			t.Errorf("%s has a golden form, but no type reads it any more", name)
		}
	}
}

// goldenForm reads a form, and writes it when the type is new.
func goldenForm(t *testing.T, kind events.Kind, minimal bool) []byte {
	t.Helper()
	path := filepath.Join("..", "testdata", kind.Type+".json")
	if minimal {
		path = filepath.Join("..", "testdata", "minimal", kind.Type+".json")
	}
	golden, err := os.ReadFile(path)
	if os.IsNotExist(err) && *update {
		v := reflect.ValueOf(kind.New())
		fill(v.Elem(), 1, minimal)
		if golden, err = json.MarshalIndent(v.Interface(), "", "  "); err == nil {
			golden = append(golden, '\n')
			err = os.WriteFile(path, golden, 0o644)
		}
	}
	if err != nil {
		t.Fatalf("%v: run go test ./events/lotse -update once for a new type", err)
	}
	return golden
}

func document(t *testing.T, raw []byte) (v any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// lost says what of the golden form is not written again with its value. New
// optional fields may stand beside it.
func lost(path string, golden, now any) (wrong []string) {
	switch w := golden.(type) {
	case map[string]any:
		g, _ := now.(map[string]any)
		for _, k := range slices.Sorted(maps.Keys(w)) {
			wrong = append(wrong, lost(path+"."+k, w[k], g[k])...)
		}
	case []any:
		g, _ := now.([]any)
		if len(g) != len(w) {
			return []string{fmt.Sprintf("%s has %d elements, the golden form %d", path, len(g), len(w))}
		}
		for i := range w {
			wrong = append(wrong, lost(path+"[]", w[i], g[i])...)
		}
	default:
		if !reflect.DeepEqual(golden, now) {
			wrong = []string{fmt.Sprintf("%s is %v, the golden form says %v", path, now, golden)}
		}
	}
	return wrong
}

// A field that was taken away, renamed or got another type is found.
func TestWhatIsLostIsFound(t *testing.T) {
	golden := document(t, []byte(`{"a":"x","b":[{"c":1}],"d":{"e":true}}`))
	for now, want := range map[string]string{
		`{"a":"x","b":[{"c":1}],"d":{"e":true},"new":1}`: "",
		`{"b":[{"c":1}],"d":{"e":true}}`:                 ".a is <nil>, the golden form says x",
		`{"a":"x","b":[{"cc":1}],"d":{"e":true}}`:        ".b[].c is <nil>, the golden form says 1",
		`{"a":"x","b":[{"c":"2"}],"d":{"e":true}}`:       ".b[].c is 2, the golden form says 1",
		`{"a":"x","b":[],"d":{"e":true}}`:                ".b has 0 elements, the golden form 1",
		`{"a":"x","b":[{"c":1}],"d":7}`:                  ".d.e is <nil>, the golden form says true",
	} {
		got := lost("", golden, document(t, []byte(now)))
		if want == "" && len(got) > 0 || want != "" && !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %q, wanted %q", now, got, want)
		}
	}
}

// fill gives every field a value that is not its zero; minimal leaves those out
// that may be missing.
func fill(v reflect.Value, n int64, minimal bool) {
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
		fill(v.Elem(), n, minimal)
	case reflect.Struct:
		for i := range v.NumField() {
			if optional := strings.Contains(v.Type().Field(i).Tag.Get("json"), ",omit"); !optional || !minimal {
				fill(v.Field(i), n+int64(i)%20, minimal)
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), n, minimal)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		k, e := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(k, n, minimal)
		fill(e, n, minimal)
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
