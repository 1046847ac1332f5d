package mapping

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/absence/internal/domain/absencecase"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
)

var update = flag.Bool("update", false, "write what is read beside the fixtures")

var berlin = func() *time.Location {
	z, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return z
}()

// told says what was read of one message, a line per absence.
func told(words []Word, s hr.Stripped, err error) string {
	b := &strings.Builder{}
	for _, w := range words {
		said := "-"
		if w.Fields.ChangedAt != "" {
			said = w.Fields.ChangedAt
		}
		switch {
		case w.Refusal != nil:
			fmt.Fprintf(b, "refused %s: %v\n", w.Absence, w.Refusal)
		case w.Fetch:
			fmt.Fprintf(b, "fetch %s said %s at %q\n", w.Absence, said, w.At)
		default:
			switch c := w.Command.(type) {
			case absencecase.Cancel:
				fmt.Fprintf(b, "cancelled %s said %s\n", c.Absence, said)
			case absencecase.Report:
				x, _ := json.Marshal(c.Extent)
				fmt.Fprintf(b, "off %s employee %s %s said %s\n", c.Absence, c.Employee, x, said)
			}
		}
	}
	if err != nil {
		fmt.Fprintf(b, "unreadable: %v\n", err)
	}
	fmt.Fprintf(b, "dropped: %d reasons, %d others\n", s.Reasons, s.Unknown)
	return b.String()
}

// What each system sends is read as written beside the fixture, and nothing of
// what tells why is in what was read.
func TestFixtures(t *testing.T) {
	for _, system := range Systems() {
		names, err := filepath.Glob("testdata/" + system + "/*.json")
		if err != nil || len(names) < 5 {
			t.Fatalf("%s has %d fixtures, want at least 5: %v", system, len(names), err)
		}
		for _, name := range names {
			t.Run(name, func(t *testing.T) {
				body, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				words, stripped, err := Read(system, "hr", berlin, body)
				got := told(words, stripped, err)
				file := strings.TrimSuffix(name, ".json") + ".txt"
				if *update {
					if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil || got != string(want) {
					t.Fatalf("%v\ngot\n%swant\n%s", err, got, want)
				}
				kept, _ := json.Marshal(words)
				if strings.Contains(strings.ToLower(got+string(kept)), "geheim") {
					t.Fatalf("a secret got through: %s%s", got, kept)
				}
			})
		}
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct{ system, body, says string }{
		{"paisy", `{}`, "system: is not known"},
		{"frappe", `{"geheim`, "body: is not JSON"},
		{"frappe", `{} {}`, "body: is not JSON"},
		{"frappe", strings.Repeat(" ", hr.MaxBytes+1), "64 KiB"},
		{"bamboohr", `{"requests":[` + strings.Repeat("1,", MaxWords) + `1]}`, "more than 1000"},
	} {
		words, _, err := Read(c.system, "hr", berlin, []byte(c.body))
		var r *hr.Refusal
		if !errors.As(err, &r) || len(words) != 0 || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: %v, want %s", c.system, err, c.says)
		}
	}
}

// Dates and moments in every form that is known, and the city's clock changes.
func TestForms(t *testing.T) {
	for in, want := range map[string]string{
		"2026-12-01":                "2026-12-01",
		"2026-12-01T23:30:00+01:00": "2026-12-01",
		"2026-12-01 08:00:00":       "2026-12-01",
		"/Date(1796083200000)/":     "2026-12-01",
		"/Date(-86400000)/":         "1969-12-31",
	} {
		if got, ok := date(in); !ok || got != want {
			t.Errorf("date %q: %q, %v", in, got, ok)
		}
	}
	for _, in := range []string{"", "01.12.2026", "2026-13-01", "2026-12-01x", "/Date(x)/", "/Date(99999999999999999)/"} {
		if got, ok := date(in); ok {
			t.Errorf("date %q: %q", in, got)
		}
	}
	for in, want := range map[string]string{
		"2026-07-01 08:00:00.5":      "2026-07-01T06:00:00.5Z",
		"2026-12-01 08:00:00":        "2026-12-01T07:00:00Z",
		"2026-12-01":                 "2026-11-30T23:00:00Z",
		"2017-01-17T10:32:18+0100":   "2017-01-17T09:32:18Z",
		"2026-12-01T07:12:00.123Z":   "2026-12-01T07:12:00.123Z",
		"/Date(1796109120000+0060)/": "2026-12-01T07:12:00Z",
		"1796109120":                 "2026-12-01T07:12:00Z",
	} {
		if got, ok := instant(in, berlin); !ok || got != want {
			t.Errorf("instant %q: %q, %v; want %q", in, got, ok, want)
		}
	}
	for in, want := range map[string]string{"PT12H30M00S": "12:30", "PT9H": "09:00", "PT0H": "", "08:15:00": "08:15", "2026-12-01T09:30:00": "09:30",
		"2026-12-01T00:00:00": "", "25:00": "", "x": "", "2026-12-01": ""} {
		if got := clockOf(in); got != want {
			t.Errorf("clock %q: %q, want %q", in, got, want)
		}
	}
}
