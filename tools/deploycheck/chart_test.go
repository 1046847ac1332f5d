package deploycheck

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/lint"
	"helm.sh/helm/v3/pkg/lint/support"
	apps "k8s.io/api/apps/v1"
	autoscaling "k8s.io/api/autoscaling/v2"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	"sigs.k8s.io/yaml"
)

const (
	root     = "../.."
	chartDir = root + "/charts/lotse"
)

// cases are the values files that the chart comes with, beside its defaults.
var cases = []string{"", "minimal", "staging", "production"}

func load(t *testing.T) *chart.Chart {
	t.Helper()
	c, err := loader.Load(chartDir)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func values(t *testing.T, name string) map[string]any {
	t.Helper()
	if name == "" {
		return map[string]any{}
	}
	v, err := chartutil.ReadValuesFile(filepath.Join(chartDir, "values", name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// render is helm template: the chart's schema is checked, too.
func render(c *chart.Chart, v map[string]any) (map[string]string, error) {
	options := chartutil.ReleaseOptions{Name: "lotse", Namespace: "lotse", Revision: 1, IsInstall: true}
	all, err := chartutil.ToRenderValues(c, v, options, chartutil.DefaultCapabilities)
	if err != nil {
		return nil, err
	}
	return engine.Render(c, all)
}

// manifest is one rendered document, decoded strictly: an unknown field is an
// error.
type manifest struct {
	kind, name string
	object     any
	text       []byte
}

var kinds = map[string]func() any{
	"apps/v1/Deployment":                      func() any { return &apps.Deployment{} },
	"v1/Service":                              func() any { return &core.Service{} },
	"v1/ServiceAccount":                       func() any { return &core.ServiceAccount{} },
	"policy/v1/PodDisruptionBudget":           func() any { return &policy.PodDisruptionBudget{} },
	"autoscaling/v2/HorizontalPodAutoscaler":  func() any { return &autoscaling.HorizontalPodAutoscaler{} },
	"batch/v1/Job":                            func() any { return &batch.Job{} },
	"networking.k8s.io/v1/NetworkPolicy":      func() any { return &networking.NetworkPolicy{} },
	"networking.k8s.io/v1/Ingress":            func() any { return &networking.Ingress{} },
	"monitoring.coreos.com/v1/ServiceMonitor": func() any { return &monitoring.ServiceMonitor{} },
	"monitoring.coreos.com/v1/PrometheusRule": func() any { return &monitoring.PrometheusRule{} },
}

func manifests(t *testing.T, rendered map[string]string) (all []manifest) {
	t.Helper()
	for _, file := range slices.Sorted(maps.Keys(rendered)) {
		if filepath.Ext(file) != ".yaml" {
			continue
		}
		for doc := range strings.SplitSeq("\n"+rendered[file], "\n---") {
			var head struct {
				APIVersion, Kind string
				Metadata         struct{ Name string }
			}
			if err := yaml.Unmarshal([]byte(doc), &head); err != nil {
				t.Fatalf("%s: %v\n%s", file, err, doc)
			}
			if head.Kind == "" {
				if rest := strings.TrimSpace(withoutComments(doc)); rest != "" {
					t.Errorf("%s: a document without a kind: %s", file, rest)
				}
				continue
			}
			fresh := kinds[head.APIVersion+"/"+head.Kind]
			if fresh == nil {
				t.Fatalf("%s: %s/%s is no kind that is known here", file, head.APIVersion, head.Kind)
			}
			m := manifest{head.Kind, head.Metadata.Name, fresh(), []byte(doc)}
			if err := yaml.UnmarshalStrict(m.text, m.object); err != nil {
				t.Errorf("%s: %s %s: %v", file, head.Kind, head.Metadata.Name, err)
				continue
			}
			all = append(all, m)
		}
	}
	return all
}

func withoutComments(s string) string {
	var b strings.Builder
	for l := range strings.Lines(s) {
		if !strings.HasPrefix(strings.TrimSpace(l), "#") {
			b.WriteString(l)
		}
	}
	return b.String()
}

func TestHelmLint(t *testing.T) {
	for _, name := range cases {
		result := lint.All(chartDir, values(t, name), "lotse", true)
		for _, m := range result.Messages {
			if m.Severity > support.InfoSev {
				t.Errorf("%s: %v", name, m)
			}
		}
	}
}

// Each values file renders to objects that Kubernetes knows, field by field, and
// that are what the issue of a deployment is: nobody is root, everything is
// bounded and probed, secrets are named and nowhere written.
func TestHelmTemplate(t *testing.T) {
	c := load(t)
	counts := map[string]map[string]int{}
	for _, name := range cases {
		rendered, err := render(c, values(t, name))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		counts[name] = map[string]int{}
		all := manifests(t, rendered)
		names := map[string]bool{}
		for _, m := range all {
			counts[name][m.kind]++
			if names[m.kind+m.name] {
				t.Errorf("%s: %s %s stands twice", name, m.kind, m.name)
			}
			names[m.kind+m.name] = true
			switch o := m.object.(type) {
			case *apps.Deployment:
				pod(t, name+" "+m.name, o.Spec.Template.Spec, true)
				if chosen := o.Spec.Selector.MatchLabels; len(chosen) == 0 || !contains(o.Spec.Template.Labels, chosen) {
					t.Errorf("%s %s: its selector does not find its pods", name, m.name)
				}
			case *batch.Job:
				pod(t, name+" "+m.name, o.Spec.Template.Spec, false)
			}
		}
		if name == "production" || name == "staging" {
			notes := rendered["lotse/templates/NOTES.txt"]
			if !strings.Contains(notes, "/book") || !strings.Contains(notes, "/desk") {
				t.Errorf("%s: the notes do not say where Lotse is:\n%s", name, notes)
			}
		}
	}
	for name, want := range map[string]map[string]int{
		"":           {"Deployment": 4, "Service": 4, "ServiceAccount": 1, "PodDisruptionBudget": 4, "HorizontalPodAutoscaler": 1, "Job": 4, "NetworkPolicy": 5},
		"minimal":    {"Deployment": 4, "Service": 4, "ServiceAccount": 1, "Job": 4},
		"staging":    {"Deployment": 4, "Service": 4, "ServiceAccount": 1, "PodDisruptionBudget": 4, "HorizontalPodAutoscaler": 1, "Job": 4, "NetworkPolicy": 5, "Ingress": 2, "ServiceMonitor": 1, "PrometheusRule": 1},
		"production": {"Deployment": 4, "Service": 4, "ServiceAccount": 1, "PodDisruptionBudget": 4, "HorizontalPodAutoscaler": 1, "Job": 4, "NetworkPolicy": 5, "Ingress": 2, "ServiceMonitor": 1, "PrometheusRule": 1},
	} {
		if !maps.Equal(counts[name], want) {
			t.Errorf("%q renders %v, wanted %v", name, counts[name], want)
		}
	}
}

func contains(all, some map[string]string) bool {
	for k, v := range some {
		if all[k] != v {
			return false
		}
	}
	return true
}

// pod holds one to our own list, for what no schema says.
func pod(t *testing.T, where string, p core.PodSpec, serves bool) {
	t.Helper()
	known := settings(t)
	secrets := map[string]bool{}
	for _, v := range p.Volumes {
		if v.Secret != nil {
			secrets["/run/lotse/"+v.Name] = true
		}
	}
	for _, c := range p.Containers {
		switch s := c.SecurityContext; {
		case s == nil || !*s.RunAsNonRoot || !*s.ReadOnlyRootFilesystem || *s.AllowPrivilegeEscalation || len(s.Capabilities.Drop) != 1 || s.SeccompProfile == nil:
			t.Errorf("%s: its container may too much: %+v", where, s)
		case c.Resources.Limits.Memory().IsZero() || c.Resources.Requests.Cpu().IsZero():
			t.Errorf("%s: its container is not bounded", where)
		case strings.HasSuffix(c.Image, ":latest") || !strings.ContainsAny(c.Image[strings.LastIndex(c.Image, "/"):], ":@"):
			t.Errorf("%s: %s is no version", where, c.Image)
		case serves && (c.ReadinessProbe == nil || c.LivenessProbe == nil || c.StartupProbe == nil || c.ReadinessProbe.HTTPGet.Path != "/readyz"):
			t.Errorf("%s: it is not probed", where)
		}
		mounts := map[string]bool{}
		for _, m := range c.VolumeMounts {
			mounts[m.MountPath] = true
		}
		seen := map[string]bool{}
		for _, e := range c.Env {
			if !known[e.Name] {
				t.Errorf("%s: %s is no setting: see docs/CONFIG.md", where, e.Name)
			}
			if seen[e.Name] {
				t.Errorf("%s: %s is set twice", where, e.Name)
			}
			seen[e.Name] = true
			if rest, ok := strings.CutPrefix(e.Value, "/run/lotse/"); ok {
				folder, _, _ := strings.Cut(rest, "/")
				if path := "/run/lotse/" + folder; !secrets[path] || !mounts[path] {
					t.Errorf("%s: %s is %s, and no Secret is mounted there", where, e.Name, e.Value)
				}
			}
			if strings.Contains(e.Value, "postgres://") || e.Name == "LOTSE_POSTGRES" {
				t.Errorf("%s: %s has a secret for a value", where, e.Name)
			}
		}
		for path := range mounts {
			if secrets[path] && !slices.ContainsFunc(c.Env, func(e core.EnvVar) bool { return strings.HasPrefix(e.Value, path) }) {
				t.Errorf("%s: %s is mounted and nobody is told", where, path)
			}
		}
	}
	if p.AutomountServiceAccountToken == nil || *p.AutomountServiceAccountToken {
		t.Errorf("%s: it may ask the cluster", where)
	}
}

// settings are the variables that docs/CONFIG.md lists.
func settings(t *testing.T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(root + "/docs/CONFIG.md")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for l := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(l, "| `LOTSE_"); ok {
			name, _, _ := strings.Cut(rest, "`")
			all["LOTSE_"+name] = true
		}
	}
	if len(all) < 40 {
		t.Fatalf("docs/CONFIG.md has %d settings", len(all))
	}
	return all
}

// What cannot work is refused before anything is rendered, and says where it is.
func TestValuesThatCannotBeMeant(t *testing.T) {
	c := load(t)
	for want, text := range map[string]string{
		"replica":        `{"nats": {"replicas": 2}}`,
		"url":            `{"nats": {"url": "bus:4222"}}`,
		"tag":            `{"image": {"tag": "latest"}}`,
		"mails":          `{"services": {"booking": {"mails": {}}}}`,
		"LOTSE_POSTGRES": `{"services": {"booking": {"env": {"LOTSE_POSTGRES": "postgres://a:b@c/d"}}}}`,
		"resources":      `{"services": {"booking": {"resources": {"requests": {"cpu": 1, "memory": "1Gi"}, "limits": null}}}}`,
		"digests":        `{"image": {"digests": {"booking": "sha256:12"}}}`,
		"publicURL must": `{"oidc": {"issuer": "https://id.example", "clientID": "lotse", "clientSecret": "a", "sessionSecret": "b"}}`,
		"sessionSecret":  `{"publicURL": "https://a.example", "oidc": {"issuer": "https://id.example", "clientID": "lotse", "clientSecret": "a"}}`,
		"ingress.host":   `{"ingress": {"enabled": true}}`,
		"mail.from":      `{"services": {"booking": {"mail": {"address": "mail.example:587"}}}}`,
	} {
		var v map[string]any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Fatal(err)
		}
		if _, err := render(c, v); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, wanted %q", text, err, want)
		}
	}
}

// kube-score's critical findings are errors. It is fetched as a program: its
// library wants an older Kubernetes than Helm's.
func TestKubeScore(t *testing.T) {
	score := program(t, "kube-score", "install", "github.com/zegl/kube-score/cmd/kube-score@"+kubeScore)
	c := load(t)
	for _, name := range []string{"", "staging", "production"} {
		rendered, err := render(c, values(t, name))
		if err != nil {
			t.Fatal(err)
		}
		var all bytes.Buffer
		for _, m := range manifests(t, rendered) {
			all.WriteString("\n---\n")
			all.Write(m.text)
		}
		// Not held to: images pulled anew at each start. They are pinned, and a pod must
		// be able to start again while the registry is away.
		cmd := exec.Command(score, "score", "--output-format", "ci", "--kubernetes-version", "v1.31", "--ignore-test", "container-image-pull-policy", "-")
		cmd.Stdin = &all
		out, err := cmd.CombinedOutput()
		for l := range strings.Lines(string(out)) {
			if strings.HasPrefix(l, "[CRITICAL]") || strings.HasPrefix(l, "[WARNING]") {
				t.Errorf("%q: %s", name, l)
			}
		}
		if !strings.Contains(string(out), "[OK]") {
			t.Errorf("%q: kube-score says nothing: %v %s", name, err, out)
		}
	}
}
