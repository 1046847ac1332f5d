package deploycheck

import (
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	apps "k8s.io/api/apps/v1"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
)

var release = flag.String("release", "", "write what the chart of the release `v1.2.3` is, once, below deploy/releases")

// chartOf is what an upgrade from a release depends on.
type chartOf struct {
	// Values of the chart and of the files that it comes with ("" are the defaults).
	Values map[string]map[string]any `json:"values"`
	// Fixed are the fields that Kubernetes refuses to change, by values file and object.
	Fixed map[string]map[string]any `json:"fixed"`
}

// fixed are the objects that are upgraded in place, with what must not change.
func fixed(t *testing.T, rendered map[string]string) map[string]any {
	t.Helper()
	all := map[string]any{}
	for _, m := range manifests(t, rendered) {
		switch o := m.object.(type) {
		case *apps.Deployment:
			all["Deployment "+m.name] = plain(t, o.Spec.Selector)
		case *core.Service:
			all["Service "+m.name] = plain(t, map[string]any{"type": o.Spec.Type, "clusterIP": o.Spec.ClusterIP, "selector": o.Spec.Selector})
		case *batch.Job: // never in place: see TestMigrationsHaveNamesOfTheirOwn
		default:
			all[m.kind+" "+m.name] = "there"
		}
	}
	return all
}

// plain is a value as JSON has it.
func plain(t *testing.T, v any) (out any) {
	t.Helper()
	raw, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Whoever has installed a release can upgrade it with the values that they had:
// today's schema takes them, and no field changes that Kubernetes would refuse.
func TestUpgradeFromEachRelease(t *testing.T) {
	c := load(t)
	if *release != "" {
		now := chartOf{map[string]map[string]any{}, map[string]map[string]any{}}
		for _, name := range cases {
			v := values(t, name)
			rendered, err := render(c, v)
			if err != nil {
				t.Fatal(err)
			}
			now.Values[name], now.Fixed[name] = v, fixed(t, rendered)
		}
		now.Values[""] = c.Values
		file := filepath.Join(deployDir, "releases", *release, "chart.json")
		if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("%s is there already, and a release does not change: %v", file, err)
		}
		raw, err := json.MarshalIndent(now, "", " ")
		if err == nil {
			err = os.WriteFile(file, append(raw, '\n'), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(deployDir + "/releases/v*/chart.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("there is no chart of a release: %v", err)
	}
	for _, file := range files {
		var then chartOf
		raw, err := os.ReadFile(file)
		if err = errors.Join(err, json.Unmarshal(raw, &then)); err != nil || len(then.Values) < len(cases) {
			t.Fatalf("%s: %v", file, err)
		}
		for name, v := range then.Values {
			rendered, err := render(c, v)
			if err != nil {
				t.Errorf("%s: the values %q are refused: %v", file, name, err)
				continue
			}
			for _, wrong := range refused(then.Fixed[name], fixed(t, rendered)) {
				t.Errorf("%s, %q: %s", file, name, wrong)
			}
		}
	}
}

// refused is what an upgrade stumbles over.
func refused(then, now map[string]any) (wrong []string) {
	for _, object := range slices.Sorted(maps.Keys(then)) {
		switch {
		case now[object] == nil:
			wrong = append(wrong, object+" is gone")
		case !reflect.DeepEqual(then[object], now[object]):
			wrong = append(wrong, object+" cannot be changed in place")
		}
	}
	return wrong
}

func TestWhatAnUpgradeStumblesOverIsFound(t *testing.T) {
	then := map[string]any{"Deployment a": map[string]any{"app": "a"}, "Service a": "x", "Ingress a": "there"}
	got := refused(then, map[string]any{"Deployment a": map[string]any{"app": "b"}, "Service a": "x", "New": "there"})
	if want := []string{"Deployment a cannot be changed in place", "Ingress a is gone"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// A Job cannot be changed: each upgrade brings others.
func TestMigrationsHaveNamesOfTheirOwn(t *testing.T) {
	c := load(t)
	names := map[string]int{}
	for revision := 2; revision <= 4; revision++ {
		all, err := chartutil.ToRenderValues(c, values(t, "production"), chartutil.ReleaseOptions{Name: "lotse", Namespace: "lotse", Revision: revision, IsUpgrade: true}, chartutil.DefaultCapabilities)
		if err != nil {
			t.Fatal(err)
		}
		rendered, err := engine.Render(c, all)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range manifests(t, rendered) {
			if j, ok := m.object.(*batch.Job); ok {
				names[m.name]++
				if !strings.Contains(j.Annotations["helm.sh/hook"], "pre-upgrade") {
					t.Errorf("%s does not run before the upgrade", m.name)
				}
			}
		}
	}
	if len(names) != 12 {
		t.Errorf("three upgrades of four services bring %v", names)
	}
}
