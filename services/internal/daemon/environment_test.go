package daemon

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

type own struct {
	Patience time.Duration `envconfig:"PATIENCE" default:"5s" desc:"how long"`
	Share    float64       `envconfig:"SHARE" desc:"how much, in words that are many and go on for longer than one line of a terminal has room for"`
	Open     bool          `envconfig:"OPEN" desc:"whether"`
}

func (own) Validate() error { return nil }

// What is no number names the variable, its value and the cure, without the
// library's words.
func TestWhatCannotBeRead(t *testing.T) {
	for env, want := range map[string]string{
		"PATIENCE": `LOTSE_HALL_PATIENCE is "much": write a duration, such as 500ms, 30s or 2m`,
		"SHARE":    `LOTSE_HALL_SHARE is "much": write a number, such as 0.5`,
		"OPEN":     `LOTSE_HALL_OPEN is "much": write true or false`,
	} {
		t.Run(env, func(t *testing.T) {
			t.Setenv("LOTSE_HALL_"+env, "much")
			if err := Read("LOTSE_HALL", &own{}); err == nil || err.Error() != want {
				t.Errorf("%v\nwanted %s", err, want)
			}
		})
	}
}

// The authority of the bus is named as docs/nats.md says.
func TestTheBussAuthorityIsRead(t *testing.T) {
	t.Setenv("LOTSE_NATS_CA", "ca.pem")
	var cfg Config
	if err := Read("LOTSE", &cfg); err != nil || cfg.NATSCA != "ca.pem" {
		t.Errorf("it is %q, %v", cfg.NATSCA, err)
	}
}

// What others have set under a name without our prefix is not ours.
func TestOthersVariablesAreNotRead(t *testing.T) {
	t.Setenv("PATIENCE", "much")
	t.Setenv("SHARE", "3")
	t.Setenv("LOTSE_HALL_SHARE", "0.5")
	var o own
	if err := Read("LOTSE_HALL", &o); err != nil || o.Patience != 5*time.Second || o.Share != 0.5 || os.Getenv("PATIENCE") != "much" {
		t.Errorf("%+v, %v", o, err)
	}
}

// A misspelt setting is told of; another service's and a client's are not.
func TestMisspeltSettings(t *testing.T) {
	p := Program{Name: "hall", Own: &own{}}
	got := p.unread([]string{"LOTSE_TLS_CRT=a", "LOTSE_TLS_CERT=a", "LOTSE_HALL_SHARE=1", "LOTSE_HALL_SHAER=1", "LOTSE_YARD_WIDTH=3", "LOTSE_TOKEN=x",
		"LOTSE_TEST_POSTGRES=x", "PATH=/bin"}, p.settings(), []string{"hall", "yard"})
	if want := []string{"LOTSE_HALL_SHAER", "LOTSE_TLS_CRT"}; !slices.Equal(got, want) {
		t.Errorf("%v, wanted %v", got, want)
	}
}

// The help has every setting with its default and what it does, and fits a
// terminal.
func TestUsage(t *testing.T) {
	var b strings.Builder
	Program{Name: "hall", Own: &own{}}.usage(&b)
	for _, want := range []string{"LOTSE_HALL_PATIENCE [5s]\n    how long\n", "LOTSE_HALL_SHARE [empty]\n", "LOTSE_NATS_CA [empty]\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing", want)
		}
	}
	for line := range strings.Lines(b.String()) {
		if len(line) > 100 {
			t.Errorf("long line: %s", line)
		}
	}
}
