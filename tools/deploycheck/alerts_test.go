package deploycheck

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"sigs.k8s.io/yaml"
)

type rule struct {
	Record, Alert, Expr, For string
	Labels, Annotations      map[string]string
}

func alertFile(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(deployDir + "/alerts/lotse.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func rules(t *testing.T) (all []rule) {
	t.Helper()
	text, err := os.ReadFile(alertFile(t))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Groups []struct {
			Name, Interval string
			Rules          []rule
		}
	}
	if err := yaml.UnmarshalStrict(text, &file); err != nil {
		t.Fatal(err)
	}
	for _, g := range file.Groups {
		all = append(all, g.Rules...)
	}
	return all
}

func promtool(t *testing.T) string {
	return program(t, "promtool", "build", "-tags", "remove_all_sd,enable_dns_sd", "github.com/prometheus/prometheus/cmd/promtool")
}

func TestPromtoolCheck(t *testing.T) {
	tool := promtool(t)
	if out, err := run(t.Context(), tool, "check", "rules", "--lint=all", "--lint-fatal", alertFile(t)); err != nil || !strings.Contains(out, "rules found") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := run(t.Context(), tool, "check", "config", "--syntax-only", deployDir+"/prometheus/prometheus.yml"); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// rehearsal is a series of minutes in which one alert is quiet, fires and ends.
type rehearsal struct {
	alert               string
	series              []string // name{labels} values, a value a minute, as promtool writes them
	quiet, fires, quits int      // minutes at which it must
}

// Each alert is rehearsed: it is quiet while all is well, fires, and ends by itself
// when what it is about has ended.
var rehearsals = []rehearsal{
	{"LotsePromiseBurnsFast", []string{`lotse_promise_kept{district="nord",group="pass"} 1x400 0x400 1x400`}, 390, 770, 1000},
	{"LotsePromiseBurnsSlowly", []string{`lotse_promise_kept{district="nord",group="pass"} 1x4400 0x1500 1x800`, `lotse_promise_kept{district="sued",group="pass"} 1x6700`}, 4300, 5880, 6400},
	{"LotsePromiseBudgetSpent", []string{`lotse_promise_budget_used{district="nord",group="pass"} 0.9x100 1.2x100 1x50`}, 90, 190, 220},
	{"LotseAppointmentsUncovered", []string{`lotse_capacity_uncovered_appointments{district="nord"} 0x10 3x150 0x10`}, 5, 150, 165},
	{"LotseManyAppointmentsAtRisk", []string{`lotse_booking_at_risk_appointments{instance="a"} 150x10 300x60 10x10`, `lotse_booking_at_risk_appointments{instance="b"} 150x10 300x60 10x10`}, 5, 60, 75},
	{"LotsePlannerSlow", []string{`lotse_capacity_planner_seconds_bucket{le="5"} 0+10x60 600x60 610+20x90`, `lotse_capacity_planner_seconds_bucket{le="10"} 0+10x60 610+10x60 1220+20x90`, `lotse_capacity_planner_seconds_bucket{le="+Inf"} 0+10x60 610+10x60 1220+20x90`}, 50, 115, 180},
	{"LotseServiceGone", []string{`lotse_fold_position{service="booking",instance="a"} 7x80 _x20 7x40`, `lotse_fold_position{service="absence",instance="b"} 7x140`}, 75, 95, 110},
	{"LotseReplicaGone", []string{`up{job="lotse",instance="a"} 1x10 0x10 1x10`}, 9, 20, 25},
	{"LotseNobodyLeads", []string{`lotse_leading{service="capacity",instance="a"} 1x10 0x10 0x10`, `lotse_leading{service="capacity",instance="b"} 0x10 0x10 1x10`}, 9, 20, 28},
	{"LotseLeadChangesHands", []string{`lotse_leading{service="capacity",instance="a"} 1x20 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 1x30`}, 15, 36, 65},
	{"LotseRelayLags", []string{`lotse_log_public_position{service="staffing"} 0+1x10 500x10 500x10`, `lotse_relay_position{service="staffing"} 0+1x10 11x10 500x10`}, 9, 18, 28},
	{"LotseLaneLags", []string{`lotse_log_public_position{service="staffing"} 0+1x10 2000x10 2000x10`, `lotse_lane_position{service="capacity",source="staffing"} 0+1x10 11x10 2000x10`}, 9, 20, 28},
	{"LotseReadModelsLag", []string{`lotse_log_position{service="booking",instance="a"} 0+1x10 5000x10 5000x10`, `lotse_fold_position{service="booking",instance="a"} 0+1x10 11x10 5000x10`}, 9, 18, 28},
	{"LotseMessagesParked", []string{`lotse_parked_messages{service="absence",source="hr/sap"} 0x10 2x30 0x10`}, 9, 35, 48},
	{"LotseParkedForLong", []string{`lotse_parked_oldest_seconds{service="absence",source="hr/sap"} 0x10 14000+60x30 0x10`}, 9, 35, 48},
	{"LotseFetchesOwed", []string{`lotse_absence_fetch_oldest_seconds{source="personio"} 0x10 0+60x30 0x10`}, 9, 38, 48},
	{"LotseStrangerOnTheBus", []string{`lotse_lane_strangers_total{service="capacity",source="booking"} 0x10 1x100`}, 9, 15, 90},
	{"LotseErrors", []string{`http_server_request_duration_seconds_count{server_address="booking",http_response_status_code="200"} 0+100x80`, `http_server_request_duration_seconds_count{server_address="booking",http_response_status_code="503"} 0x20 0+10x30 310x30`}, 19, 45, 70},
	{"LotseSlow", []string{`http_server_request_duration_seconds_bucket{server_address="booking",http_route="/v1/slots",le="1"} 0+100x20 2100x30 2200+100x30`, `http_server_request_duration_seconds_bucket{server_address="booking",http_route="/v1/slots",le="5"} 0+100x20 2100+100x30 5200+100x30`,
		`http_server_request_duration_seconds_bucket{server_address="booking",http_route="/v1/slots",le="+Inf"} 0+100x20 2100+100x30 5200+100x30`}, 19, 48, 75},
	{"LotseCommitsFail", []string{`lotse_log_commit_seconds_count{service="booking",result="failed"} 0x10 0+20x20 420x20`}, 9, 28, 48},
	{"LotseCommitsSlow", []string{`lotse_log_commit_seconds_bucket{service="booking",result="done",le="0.5"} 0+100x20 2100x30 2200+100x30`, `lotse_log_commit_seconds_bucket{service="booking",result="done",le="1"} 0+100x20 2100+100x30 5200+100x30`,
		`lotse_log_commit_seconds_bucket{service="booking",result="done",le="+Inf"} 0+100x20 2100+100x30 5200+100x30`}, 19, 48, 75},
	{"LotseBusAway", []string{`lotse_bus_connected{service="booking",instance="a"} 1x10 0x10 1x10`, `lotse_bus_connected{service="booking",instance="b"} 1x5 0x25`}, 9, 18, 28},
	{"LotseEpochRaised", []string{`lotse_log_epoch{service="booking"} 1x70 2x100`}, 68, 80, 140},
	{"LotseDiskFills", []string{`node_filesystem_avail_bytes{instance="a",mountpoint="/data",fstype="ext4"} 50x20 10x20 50x20`, `node_filesystem_size_bytes{instance="a",mountpoint="/data",fstype="ext4"} 100x60`}, 19, 38, 55},
	{"LotseDiskFullInADay", []string{`kubelet_volume_stats_available_bytes{persistentvolumeclaim="pg"} 1000000x400 1000000-1000x400 600000x800`}, 390, 780, 1500},
	{"LotseTooManyConnections", []string{`pg_stat_activity_count{state="active"} 50x10 90x10 50x10`, `pg_stat_activity_count{state="idle"} 50x10 90x10 50x10`, `pg_settings_max_connections 200x30`}, 9, 20, 28},
	{"LotseFilesRunOut", []string{`process_open_fds{job="lotse",instance="a"} 50x10 900x10 50x10`, `process_max_fds{job="lotse",instance="a"} 1000x30`}, 9, 20, 28},
}

func TestAlertsAreRehearsed(t *testing.T) {
	want, have := map[string]bool{}, map[string]bool{}
	for _, r := range rules(t) {
		if r.Alert != "" {
			want[r.Alert] = true
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "rule_files: [%q]\nevaluation_interval: 1m\ntests:\n", alertFile(t))
	for _, r := range rehearsals {
		have[r.alert] = true
		fmt.Fprintf(&b, "- name: %s\n  interval: 1m\n  input_series:\n", r.alert)
		for _, s := range r.series {
			name, values, _ := strings.Cut(s, " ")
			fmt.Fprintf(&b, "  - {series: '%s', values: '%s'}\n", name, values)
		}
		b.WriteString("  promql_expr_test:\n")
		for _, at := range []struct {
			minute int
			fires  bool
		}{{r.quiet, false}, {r.fires, true}, {r.quits, false}} {
			fmt.Fprintf(&b, "  - expr: count by (alertname) (ALERTS{alertname=%q,alertstate=\"firing\"})\n    eval_time: %dm\n", r.alert, at.minute)
			if at.fires {
				fmt.Fprintf(&b, "    exp_samples: [{labels: '{alertname=%q}', value: 1}]\n", r.alert)
			}
		}
	}
	if !maps.Equal(want, have) {
		t.Errorf("alerts %v are rehearsed as %v", slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(have)))
	}
	path := filepath.Join(t.TempDir(), "rehearsal.yaml")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := run(t.Context(), promtool(t), "test", "rules", path)
	if err != nil || !strings.Contains(out, "SUCCESS") {
		t.Errorf("%v\n%s", err, out)
	}
}

// told are the metrics that services tell (deploy/metrics.txt) and that other
// programs do, with the names under which histograms are asked.
func told(t *testing.T) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	for _, file := range []string{"metrics.txt", "metrics-of-others.txt"} {
		text, err := os.ReadFile(deployDir + "/" + file)
		if err != nil {
			t.Fatal(err)
		}
		for l := range strings.Lines(string(text)) {
			f := strings.Fields(l)
			if strings.HasPrefix(l, "#") || len(f) < 2 {
				continue
			}
			all[f[0]] = true
			if f[1] == "histogram" {
				for _, suffix := range []string{"_bucket", "_sum", "_count"} {
					all[f[0]+suffix] = true
				}
			}
		}
	}
	for _, r := range rules(t) {
		if r.Record != "" {
			all[r.Record] = true
		}
	}
	return all
}

// asked are the metrics of an expression.
func asked(t *testing.T, where, expr string) (names []string) {
	t.Helper()
	tree, err := parser.NewParser(parser.Options{}).ParseExpr(expr)
	if err != nil {
		t.Errorf("%s: %v in %s", where, err, expr)
		return nil
	}
	for _, matchers := range parser.ExtractSelectors(tree) {
		for _, m := range matchers {
			if m.Name == labels.MetricName {
				names = append(names, m.Value)
			}
		}
	}
	return names
}

var entry = regexp.MustCompile(`(?m)^### (Lotse\w+)\n\n((?:- \*\*.*\n(?:  .*\n)*)+)`)

// Every alert asks for metrics that are told, says how bad it is, and has an entry
// in the runbook that says when it fires, what it means, where to look, what to do
// and when it ends. The runbook has no other entries.
func TestAlertsHaveMetricsAndARunbook(t *testing.T) {
	known := told(t)
	text, err := os.ReadFile(root + "/docs/runbook.md")
	if err != nil {
		t.Fatal(err)
	}
	entries := map[string]string{}
	for _, m := range entry.FindAllStringSubmatch(string(text), -1) {
		entries[m[1]] = m[2]
	}
	for _, r := range rules(t) {
		name := r.Record + r.Alert
		for _, metric := range asked(t, name, r.Expr) {
			if !known[metric] {
				t.Errorf("%s asks for %s, which nobody tells", name, metric)
			}
		}
		if r.Alert == "" {
			continue
		}
		if s := r.Labels["severity"]; s != "page" && s != "ticket" {
			t.Errorf("%s has severity %q", name, s)
		}
		if r.Annotations["summary"] == "" || r.Annotations["description"] == "" || r.Annotations["runbook"] != "docs/runbook.md#"+strings.ToLower(r.Alert) {
			t.Errorf("%s says %v", name, r.Annotations)
		}
		for _, part := range []string{"**Fires**", "**Means**", "**Look at**", "**Do**", "**Ends**"} {
			if !strings.Contains(entries[r.Alert], "- "+part) {
				t.Errorf("docs/runbook.md: %s does not say: %s", r.Alert, part)
			}
		}
		delete(entries, r.Alert)
	}
	for name := range entries {
		t.Errorf("docs/runbook.md has %s, and there is no such alert", name)
	}
}

// Every panel of every dashboard asks for metrics that are told.
func TestDashboards(t *testing.T) {
	known := told(t)
	files, err := filepath.Glob(deployDir + "/dashboards/*.json")
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for _, file := range files {
		have = append(have, strings.TrimSuffix(filepath.Base(file), ".json"))
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var d struct {
			UID, Title string
			Panels     []struct {
				ID                       int
				Title, Description, Type string
				GridPos                  struct{ H, W, X, Y int }
				Datasource               struct{ UID string }
				Targets                  []struct{ Expr, LegendFormat string }
			}
		}
		if err := yaml.Unmarshal(text, &d); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		ids := map[int]bool{}
		for _, p := range d.Panels {
			where := d.Title + ": " + p.Title
			if ids[p.ID] || p.Title == "" || p.Description == "" || p.Datasource.UID != "prometheus" || len(p.Targets) == 0 || p.GridPos.X+p.GridPos.W > 24 || p.GridPos.W == 0 {
				t.Errorf("%s: %+v", where, p)
			}
			ids[p.ID] = true
			for _, target := range p.Targets {
				names := asked(t, where, strings.NewReplacer("$__rate_interval", "5m", "$__range", "1h").Replace(target.Expr))
				if len(names) == 0 {
					t.Errorf("%s asks for nothing", where)
				}
				for _, metric := range names {
					if !known[metric] {
						t.Errorf("%s asks for %s, which nobody tells", where, metric)
					}
				}
			}
		}
		if d.UID == "" || len(d.Panels) < 4 {
			t.Errorf("%s: %q has %d panels", file, d.Title, len(d.Panels))
		}
	}
	if want := []string{"bus", "chain", "promise", "services", "store"}; !slices.Equal(have, want) {
		t.Errorf("dashboards are %v", have)
	}
}
