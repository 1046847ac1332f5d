package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/tools/cluster"
	"github.com/lotse-hamburg/lotse/tools/load"
	"github.com/lotse-hamburg/lotse/tools/network"
)

func main() {
	bin := flag.String("bin", "bin", "`folder` of lotse, the four deployables, nats-server, prometheus and node_exporter")
	only := flag.String("only", "", "rehearse these `alerts` only, separated by commas; of the others the last results stay")
	town := flag.String("town", "deploy/networks/tiny", "`folder` of the network; Hamburg's is for what needs a large one")
	docs := flag.String("docs", "docs", "`folder` of rehearsal.json and rehearsal.md, which are written")
	rolling := flag.Bool("rolling", false, "replace one replica after the other under load, instead")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *bin, *only, *town, *docs, *rolling); err != nil {
		fmt.Fprintln(os.Stderr, "rehearse:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, bin, only, town, docs string, rolling bool) (err error) {
	text, err := os.ReadFile("deploy/alerts/lotse.yaml")
	if err != nil {
		return fmt.Errorf("run it in the project's folder: %w", err)
	}
	rules, alerts, err := shortened(text)
	if err != nil {
		return err
	}
	chosen, err := choose(only, alerts, !strings.Contains(town, "tiny"))
	if err != nil {
		return err
	}
	s, end, err := set(ctx, bin, town, rules)
	defer func() { err = errors.Join(err, end()) }()
	if err != nil {
		return err
	}
	if rolling {
		return s.roll(ctx)
	}
	var results []result
	for _, sc := range chosen {
		came := s.play(ctx, sc)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		results = append(results, came...)
		all, err := keep(filepath.Join(docs, "rehearsal.json"), came, alerts)
		if err == nil {
			err = os.WriteFile(filepath.Join(docs, "rehearsal.md"), []byte(page(all, alerts)), 0o644)
		}
		if err != nil {
			return err
		}
	}
	for _, r := range results {
		if r.Failed != "" {
			return fmt.Errorf("%s: %s", r.Alert, r.Failed)
		}
	}
	return nil
}

// choose finds the scenes of some alerts, and holds that every alert has one.
func choose(only string, alerts []string, large bool) (chosen []scene, err error) {
	for _, a := range alerts {
		if !slices.ContainsFunc(scenes, func(s scene) bool { return slices.Contains(s.alerts, a) }) {
			return nil, fmt.Errorf("%s has no scene: add one to scenes.go", a)
		}
	}
	for _, s := range scenes {
		wanted := only == "" && s.large == large
		for _, a := range s.alerts {
			if !slices.Contains(alerts, a) {
				return nil, fmt.Errorf("scenes.go has %s, and there is no such alert", a)
			}
			wanted = wanted || slices.Contains(strings.Split(only, ","), a)
		}
		if wanted {
			chosen = append(chosen, s)
		}
	}
	return chosen, nil
}

// set starts cluster, city, load and watchers. end is never nil.
func set(ctx context.Context, bin, town string, rules []byte) (s *stage, end func() error, err error) {
	s = &stage{bin: bin, say: func(format string, args ...any) {
		fmt.Printf("%s %s\n", time.Now().Format(time.TimeOnly), fmt.Sprintf(format, args...))
	}}
	var ends []func() error
	end = func() (err error) {
		for _, e := range slices.Backward(ends) {
			err = errors.Join(err, e())
		}
		return err
	}
	if s.folder, err = os.MkdirTemp("", "lotse-rehearse-"); err != nil {
		return s, end, err
	}
	ends = append(ends, func() error { return os.RemoveAll(s.folder) })
	if err := os.Chmod(s.folder, 0o711); err != nil { // Postgres may run as somebody else
		return s, end, err
	}
	if s.Cluster, err = cluster.Start(ctx, cluster.Options{State: filepath.Join(s.folder, "cluster.json"), Data: filepath.Join(s.folder, "data"), HTTP: "127.0.0.1:0", Bin: bin, Deploy: "deploy", Sources: []string{"paisy"}, Said: s.say}); err != nil {
		return s, end, err
	}
	ends = append(ends, s.Cluster.Close)
	s.state = s.State()
	if s.city, err = network.Load(town); err != nil {
		return s, end, err
	}
	if _, err := s.lotse(ctx, "apply", "--dir", town, "--server", s.state.URL, "--yes"); err != nil {
		return s, end, err
	}
	s.load, err = load.Start(ctx, load.Options{URL: s.state.URL, Token: s.token("all"), Source: "paisy", Network: s.city, Today: day.Of(time.Now(), time.Local), Keep: 1200, Run: "rehearsal", Seed: 1})
	if err != nil {
		return s, end, err
	}
	ends = append(ends, func() error {
		stopping, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_, _ = s.load.Stop(stopping) // the last scene may have left somebody waiting
		return nil
	})
	if s.hr, err = newPersonnel(filepath.Join(s.folder, "personnel")); err != nil {
		return s, end, err
	}
	ends = append(ends, func() error { s.hr.Close(); return nil })
	exporter := httptest.NewServer(http.HandlerFunc(s.database))
	ends = append(ends, func() error { exporter.Close(); return nil })
	// What is cut off from the database answers after a while: it is waited for.
	all, cut := replicas(s.state, "booking-2")
	token := filepath.Join(s.state.Tokens, "monitor")
	targets := []target{{"lotse", token, all, ""}, {"lotse", token, []string{cut}, "5s"}, {"postgres", "", []string{strings.TrimPrefix(exporter.URL, "http://")}, ""}}
	node, err := s.ground(&ends)
	if err != nil {
		s.say("no volume of its own: %v", err)
	} else {
		targets = append(targets, target{"node", "", []string{node}, ""})
	}
	if s.watch, err = watch(ctx, filepath.Join(bin, "prometheus"), s.folder, rules, targets); err != nil {
		return s, end, err
	}
	ends = append(ends, func() error { s.watch.close(); return nil })
	s.busy(20) // appointments that can be put at risk
	defer s.idle()
	return s, end, until(ctx, 2*time.Minute, "enough appointments are booked", func() bool {
		v, ok := s.watch.value(ctx, `lotse_log_public_position{service="booking"}`)
		return ok && v > 1500
	})
}

// ground makes a volume and has node_exporter tell of it.
func (s *stage) ground(ends *[]func() error) (address string, err error) {
	if s.disk, err = volume(s.folder, 48); err != nil {
		return "", err
	}
	*ends = append(*ends, s.disk.close)
	if address, err = free(); err != nil {
		return "", err
	}
	cmd := exec.Command(filepath.Join(s.bin, "node_exporter"), "--web.listen-address="+address, "--collector.disable-defaults", "--collector.filesystem",
		"--collector.filesystem.mount-points-exclude=^/($|dev|proc|sys|run|boot|etc|work|home|usr|opt|var)", "--log.level=error")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	*ends = append(*ends, func() error { _ = cmd.Process.Kill(); _ = cmd.Wait(); return nil })
	return address, nil
}
