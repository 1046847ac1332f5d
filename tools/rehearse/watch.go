package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/lotse-hamburg/lotse/tools/cluster"
)

// watcher is the Prometheus that looks on.
type watcher struct {
	url   string
	ended chan struct{}
	cmd   *exec.Cmd
	log   string
}

// target is one group of addresses that are scraped alike.
type target struct {
	job, token string
	addresses  []string
	every      string // "": each second
}

// watch starts Prometheus on a folder, with these rules.
func watch(ctx context.Context, program, folder string, rules []byte, targets []target) (*watcher, error) {
	var b strings.Builder
	b.WriteString("global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}\nrule_files: [rules.yaml]\nscrape_configs:\n")
	for i, t := range targets {
		fmt.Fprintf(&b, "- job_name: %s-%d\n  relabel_configs: [{target_label: job, replacement: %s}]\n", t.job, i, t.job)
		if t.every != "" {
			fmt.Fprintf(&b, "  scrape_interval: %s\n  scrape_timeout: %s\n", t.every, t.every)
		}
		if t.token != "" {
			fmt.Fprintf(&b, "  authorization: {credentials_file: %q}\n", t.token)
		}
		list, err := json.Marshal(t.addresses)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "  static_configs: [{targets: %s}]\n", list)
	}
	at, err := free()
	if err != nil {
		return nil, err
	}
	w := &watcher{url: "http://" + at, ended: make(chan struct{}), log: filepath.Join(folder, "prometheus.log")}
	out, err := os.Create(w.log)
	if err == nil {
		err = errors.Join(os.WriteFile(filepath.Join(folder, "prometheus.yml"), []byte(b.String()), 0o600), os.WriteFile(filepath.Join(folder, "rules.yaml"), rules, 0o600))
	}
	if err != nil {
		return nil, err
	}
	w.cmd = exec.Command(program, "--config.file="+filepath.Join(folder, "prometheus.yml"), "--storage.tsdb.path="+filepath.Join(folder, "tsdb"), "--web.listen-address="+at,
		"--enable-feature=exemplar-storage", "--rules.alert.resend-delay=1s")
	w.cmd.Stdout, w.cmd.Stderr = out, out
	w.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := w.cmd.Start(); err != nil {
		return nil, errors.Join(err, out.Close())
	}
	go func() { _ = w.cmd.Wait(); _ = out.Close(); close(w.ended) }()
	return w, until(ctx, 30*time.Second, "Prometheus is ready (its log: "+w.log+")", func() bool {
		res, err := http.Get(w.url + "/-/ready")
		if err == nil {
			_ = res.Body.Close()
		}
		return err == nil && res.StatusCode == http.StatusOK
	})
}

func (w *watcher) close() {
	_ = w.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-w.ended:
	case <-time.After(10 * time.Second):
		_ = w.cmd.Process.Kill()
		<-w.ended
	}
}

// get asks the API.
func (w *watcher) get(ctx context.Context, path string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url+"/api/v1/"+path, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	return json.NewDecoder(res.Body).Decode(into)
}

// firing are the names of the alerts that fire now.
func (w *watcher) firing(ctx context.Context) (map[string]bool, error) {
	var a struct {
		Data struct {
			Alerts []struct {
				State  string
				Labels map[string]string
			}
		}
	}
	if err := w.get(ctx, "alerts", &a); err != nil {
		return nil, err
	}
	all := map[string]bool{}
	for _, x := range a.Data.Alerts {
		if x.State == "firing" {
			all[x.Labels["alertname"]] = true
		}
	}
	return all, nil
}

// value of an expression, the greatest where it has several.
func (w *watcher) value(ctx context.Context, expr string) (float64, bool) {
	var a struct {
		Data struct {
			Result []struct{ Value [2]any }
		}
	}
	if err := w.get(ctx, "query?query="+url.QueryEscape("max("+expr+")"), &a); err != nil || len(a.Data.Result) == 0 {
		return 0, false
	}
	text, _ := a.Data.Result[0].Value[1].(string)
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil
}

// until polls a condition.
func until(ctx context.Context, patience time.Duration, what string, is func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%s: not within %s", what, patience)
		}
	}
	return nil
}

// free is an address that nobody listens at.
func free() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// replicas are the addresses of all services' processes but one, and that one's.
func replicas(s cluster.State, but string) (all []string, one string) {
	for _, p := range s.Processes {
		switch {
		case p.Name == but:
			one = strings.TrimPrefix(p.URL, "http://")
		case p.Service != "":
			all = append(all, strings.TrimPrefix(p.URL, "http://"))
		}
	}
	return all, one
}
