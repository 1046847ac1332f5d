package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/events/lotse"
)

var release = flag.String("release", "", "write what the release `v1.2.3` says and takes, once, below deploy/releases")

const releases = "../../deploy/releases"

// goldens are what a release says and takes, as it was when it was made.
type goldens struct {
	// Events are a form with every field and one with only those that must be there,
	// by type; Schemas what its readers hold an event to.
	Events  map[string]forms           `json:"events"`
	Schemas map[string]json.RawMessage `json:"schemas"`
	// Settings are the variables that configure it; Metrics what it tells at /metrics.
	Settings []string `json:"settings"`
	Metrics  []string `json:"metrics"`
}

type forms struct {
	Full    json.RawMessage `json:"full"`
	Minimal json.RawMessage `json:"minimal"`
}

// now is what the code of today says and takes.
func now(t *testing.T) (g goldens) {
	t.Helper()
	read := func(path string) []byte {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	first := func(path, prefix, end string) (all []string) {
		for lines := bufio.NewScanner(bytes.NewReader(read(path))); lines.Scan(); {
			if rest, ok := strings.CutPrefix(lines.Text(), prefix); ok && rest != "" && !strings.HasPrefix(rest, "#") {
				name, _, _ := strings.Cut(rest, end)
				all = append(all, strings.TrimPrefix(prefix, "| `")+name)
			}
		}
		return all
	}
	g.Events, g.Schemas = map[string]forms{}, map[string]json.RawMessage{}
	for _, kind := range lotse.Registry().Kinds() {
		g.Events[kind.Type] = forms{read("../../events/testdata/" + kind.Type + ".json"), read("../../events/testdata/minimal/" + kind.Type + ".json")}
		g.Schemas[kind.Type] = read("../../docs/contracts/schemas/" + kind.Type + ".json")
	}
	g.Settings, g.Metrics = first("../../docs/CONFIG.md", "| `LOTSE_", "`"), first("../../deploy/metrics.txt", "", " ")
	return g
}

// From each release to today everything is additive, so that its replicas and
// today's run side by side: today reads its events and loses nothing, its readers
// take today's events, and whoever configured or watched it changes nothing.
func TestReleasesRunSideBySide(t *testing.T) {
	today := now(t)
	if len(today.Settings) < 40 || len(today.Metrics) < 30 || len(today.Events) < 30 {
		t.Fatalf("%d settings, %d metrics, %d events: that cannot be all", len(today.Settings), len(today.Metrics), len(today.Events))
	}
	if *release != "" {
		record(t, today)
	}
	files, err := filepath.Glob(filepath.Join(releases, "v*", "goldens.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("there is no release below %s: %v", releases, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			var then goldens
			if err = errors.Join(err, json.Unmarshal(raw, &then)); err != nil {
				t.Fatal(err)
			}
			for _, wrong := range apart(t, then, today) {
				t.Error(wrong)
			}
		})
	}
}

// A change that is not additive is found, on either side.
func TestWhatKeepsReleasesApartIsFound(t *testing.T) {
	const kind = "lotse.booking.slots-changed.v1"
	for want, change := range map[string]func(then, today *goldens){
		"":                    func(_, today *goldens) { today.Settings = append(today.Settings, "LOTSE_NEW") },
		"today does not read": func(then, _ *goldens) { then.Events["lotse.booking.gone.v1"] = then.Events[kind] },
		"today loses":         func(then, _ *goldens) { then.Events[kind] = changed(t, then.Events[kind], `"day"`, `"date"`) },
		"its readers refuse":  func(_, today *goldens) { today.Events[kind] = changed(t, today.Events[kind], `"2026-12-0`, `"26-12-0`) },
		"LOTSE_HTTP is no setting any more": func(_, today *goldens) {
			today.Settings = strings.Fields(strings.Replace(strings.Join(today.Settings, " "), "LOTSE_HTTP", "LOTSE_WEB", 1))
		},
		"lotse_leading is not told any more": func(_, today *goldens) {
			today.Metrics = strings.Fields(strings.Replace(strings.Join(today.Metrics, " "), "lotse_leading", "lotse_led", 1))
		},
	} {
		then, today := now(t), now(t)
		change(&then, &today)
		got := strings.Join(apart(t, then, today), "; ")
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%q, wanted %q", got, want)
		}
	}
}

func changed(t *testing.T, f forms, from, to string) forms {
	t.Helper()
	if !bytes.Contains(f.Full, []byte(from)) {
		t.Fatalf("%s has no %s", f.Full, from)
	}
	f.Full = bytes.Replace(f.Full, []byte(from), []byte(to), 1)
	return f
}

// apart says what keeps a release and today from running side by side.
func apart(t *testing.T, then, today goldens) (wrong []string) {
	t.Helper()
	registry := lotse.Registry()
	for kind, f := range then.Events {
		for _, golden := range []json.RawMessage{f.Full, f.Minimal} {
			ev, err := registry.Decode(kind, golden)
			if err != nil {
				wrong = append(wrong, "today does not read "+kind+": "+err.Error())
				continue
			}
			back, err := json.Marshal(ev)
			if err != nil || !within(document(t, golden), document(t, back)) {
				wrong = append(wrong, "today loses something of "+kind+": "+string(golden))
			}
		}
	}
	for kind, schema := range then.Schemas {
		s := compile(t, kind+".json", schema)
		for _, golden := range []json.RawMessage{today.Events[kind].Full, today.Events[kind].Minimal} {
			if golden == nil {
				wrong = append(wrong, kind+" is not said any more")
			} else if err := validate(s, golden); err != nil {
				wrong = append(wrong, "its readers refuse "+kind+": "+err.Error())
			}
		}
	}
	missing := func(then, today []string, what string) {
		have := map[string]bool{}
		for _, name := range today {
			have[name] = true
		}
		for _, name := range then {
			if !have[name] {
				wrong = append(wrong, name+what)
			}
		}
	}
	missing(then.Settings, today.Settings, " is no setting any more")
	missing(then.Metrics, today.Metrics, " is not told any more")
	return wrong
}

func document(t *testing.T, raw []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// within reports whether all of one document is in another, with its value.
func within(one, other any) bool {
	switch w := one.(type) {
	case map[string]any:
		o, _ := other.(map[string]any)
		for k := range w {
			if !within(w[k], o[k]) {
				return false
			}
		}
		return true
	case []any:
		o, _ := other.([]any)
		if len(o) != len(w) {
			return false
		}
		for i := range w {
			if !within(w[i], o[i]) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(one, other)
}

// record writes the goldens of a release; those that are there are never touched.
func record(t *testing.T, g goldens) {
	t.Helper()
	file := filepath.Join(releases, *release, "goldens.json")
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("%s is there already, and a release does not change: %v", file, err)
	}
	raw, err := json.MarshalIndent(g, "", " ")
	if err == nil {
		err = os.MkdirAll(filepath.Dir(file), 0o755)
	}
	if err == nil {
		err = os.WriteFile(file, append(raw, '\n'), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}
