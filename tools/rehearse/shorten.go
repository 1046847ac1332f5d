package main

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// short is what a time of the rules becomes: 5 minutes 15 s, and others with the
// power 0.4 of their ratio to it, so that what was longer stays longer: 1 minute 8 s, 1 hour
// 41 s, 6 hours 83 s, 3 days 225 s. 0 stays 0. A window in which changes are counted
// is 60 s.
func short(d time.Duration) time.Duration {
	if d == 0 {
		return 0
	}
	s := 15 * math.Pow(d.Seconds()/300, 0.4)
	return time.Duration(math.Ceil(s)) * time.Second
}

// times of an expression: ranges, offsets, ages that it compares with, and how far
// ahead it predicts.
var times = regexp.MustCompile(`(changes\(\w+\[|\[|offset )(\d+)([smhd])|(oldest_seconds\) > )(\d+)|(\], )(\d+)(\) <)`)

var units = map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}

// expression shortens the times in one.
func expression(expr string) string {
	return times.ReplaceAllStringFunc(expr, func(found string) string {
		m := times.FindStringSubmatch(found)
		number := func(s string, unit time.Duration) time.Duration {
			n, _ := strconv.Atoi(s) // digits
			return time.Duration(n) * unit
		}
		seconds := func(d time.Duration) string { return strconv.Itoa(int(short(d).Seconds())) }
		switch {
		case strings.HasPrefix(m[1], "changes"): // a process needs seconds to start, however short the window
			return m[1] + "60s"
		case m[1] != "":
			return m[1] + seconds(number(m[2], units[m[3]])) + "s"
		case m[4] != "":
			return m[4] + seconds(number(m[5], time.Second))
		}
		return m[6] + seconds(number(m[7], time.Second)) + m[8]
	})
}

type ruleFile struct {
	Groups []ruleGroup `yaml:"groups"`
}

type ruleGroup struct {
	Name     string `yaml:"name"`
	Interval string `yaml:"interval,omitempty"`
	Rules    []rule `yaml:"rules"`
}

type rule struct {
	Record      string            `yaml:"record,omitempty"`
	Alert       string            `yaml:"alert,omitempty"`
	Expr        string            `yaml:"expr"`
	For         string            `yaml:"for,omitempty"`
	Labels      map[string]string `yaml:"labels,omitempty"`
	Annotations map[string]string `yaml:"annotations,omitempty"`
}

// shortened is a rule file with shorter times, evaluated each second, and the names
// of its alerts in order.
func shortened(text []byte) (file []byte, alerts []string, err error) {
	var f ruleFile
	if err := yaml.UnmarshalWithOptions(text, &f, yaml.DisallowUnknownField()); err != nil {
		return nil, nil, err
	}
	for g := range f.Groups {
		f.Groups[g].Interval = "1s"
		for i := range f.Groups[g].Rules {
			r := &f.Groups[g].Rules[i]
			r.Expr = expression(r.Expr)
			if r.Alert != "" {
				alerts = append(alerts, r.Alert)
			}
			if r.For == "" {
				continue
			}
			d, err := time.ParseDuration(r.For)
			if err != nil {
				return nil, nil, fmt.Errorf("%s: for: %w", r.Alert, err)
			}
			r.For = short(d).String()
		}
	}
	out, err := yaml.Marshal(f)
	return out, alerts, err
}
