package absence

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lotse-hamburg/lotse/services/absence/internal/app"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr/mapping"
)

// counts compares what was sent with what senders were told and with the
// service's own counters: no difference.
func (l *live) counts(f flood) {
	t := l.t
	sent, said, silent := map[string]int{}, map[string]int{}, map[string]int{}
	words := map[string]bool{}
	for i, m := range f.sent {
		a := l.answers[i]
		if m.want == "taken" {
			if words[m.word] {
				sent[app.Duplicate] += m.words
			} else {
				sent["new"] += m.words
			}
			words[m.word] = true
		} else {
			sent[m.want]++
		}
		if m.silent {
			silent[m.want]++
			continue
		}
		fits := false
		switch m.want {
		case "taken":
			fits = len(a.receipts) == m.words && !slices.Contains(a.receipts, app.Refused)
		case "refused":
			fits = (a.status >= 400 && a.status < 500 && a.status != 401 || slices.Equal(a.receipts, []string{app.Refused})) && bytes.Contains(a.body, []byte(`"errors"`))
		case "forged":
			fits = a.status == http.StatusUnauthorized
		case "undecided":
			fits = a.status == http.StatusAccepted && len(a.receipts) == 0
		case "closed":
			fits = a.status == http.StatusRequestEntityTooLarge
		}
		if !fits {
			t.Errorf("a message that ought to be %s (%s, %s) was answered with %d %s\n%.300s", m.want, m.door, m.why, a.status, a.body, m.body)
			if t.Failed() && i > 10 {
				t.FailNow()
			}
		}
		for _, r := range a.receipts {
			said[r]++
		}
		if m.want != "taken" && len(a.receipts) == 0 {
			said[m.want]++
		}
	}
	own := map[string]int{}
	for _, counts := range l.service.Became() {
		for status, n := range counts {
			own[status] += n
		}
	}
	t.Logf("sent %v; receipts %v, %v without one; the service counts %v", sent, said, silent, own)
	for status, want := range map[string]int{app.Duplicate: sent[app.Duplicate], app.Refused: sent["refused"], app.Forged: sent["forged"], app.Undecided: sent["undecided"]} {
		if own[status] != want {
			t.Errorf("%d were sent that are %s, the service counts %d", want, status, own[status])
		}
	}
	if own[app.Recorded]+own[app.Unchanged] != sent["new"] {
		t.Errorf("%d words were sent, the service counts %d recorded and %d unchanged", sent["new"], own[app.Recorded], own[app.Unchanged])
	}
	total := sent["closed"]
	for _, n := range own {
		total += n
	}
	if total != len(f.sent) {
		t.Errorf("%d messages were sent, %d are accounted for", len(f.sent), total)
	}
	for _, status := range []string{app.Refused, app.Forged, app.Undecided} {
		if said[status]+silent[status] != own[status] {
			t.Errorf("%s: senders were told %d times and %d did not ask, the service counts %d", status, said[status], silent[status], own[status])
		}
	}
	if d := own[app.Recorded] + own[app.Unchanged] + own[app.Duplicate] - said[app.Recorded] - said[app.Unchanged] - said[app.Duplicate]; d != silent["taken"] {
		t.Errorf("%d receipts are missing, %d senders did not ask for one", d, silent["taken"])
	}
}

// same names what the service knows a bad message by: its id, if it has one
// outside of its body, and its body.
func (l letter) same() string {
	if l.system != mapping.CloudEvents {
		return l.source + sum(l.body)
	}
	return l.word + sum(l.body)
}

// parked: each bad message once, with its reason; nothing else.
func (l *live) parked(f flood) {
	t := l.t
	all, err := l.store.ParkedRecords(t.Context(), true, 100000)
	if err != nil {
		t.Fatal(err)
	}
	want, got := map[string]int{}, map[string]int{}
	once := map[string]bool{}
	for _, m := range f.sent {
		if m.want == "refused" && !once[m.same()] {
			once[m.same()] = true
			source := m.source
			if !hr.Source(source) {
				source = hr.NoSource
			}
			want["hr/"+source+" "+sum(m.body)]++
		}
	}
	for _, p := range all {
		got[p.Source+" "+p.Hash]++
		if !strings.Contains(p.Reason, " is ") && !strings.Contains(p.Reason, " has ") && !strings.Contains(p.Reason, ": ") || p.ParkedAt.IsZero() {
			t.Errorf("parked without a reason: %+v", p)
		}
	}
	if !maps.Equal(got, want) {
		for _, m := range f.sent {
			if k := "hr/" + m.source + " " + sum(m.body); m.want == "refused" && got[k] != want[k] {
				t.Errorf("%s (%s) is parked %d times, want %d", m.why, m.door, got[k], want[k])
			}
		}
		t.Fatalf("%d parked, want %d", len(all), len(once))
	}
	t.Logf("%d parked, each once", len(all))
}

// secrets: what was in reasons, notes and bad fields is in no file, record, log
// line or answer.
func (l *live) secrets(dir string) {
	t := l.t
	look := func(where string, data []byte) {
		if i := bytes.Index(bytes.ToLower(data), []byte("geheim")); i >= 0 {
			t.Errorf("%s holds a secret: %.200q", where, data[max(0, i-100):])
		}
	}
	for _, a := range l.answers {
		look("an answer", a.body)
	}
	look("the log", l.log.Bytes())
	all, err := l.store.After(t.Context(), 0, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		look("an event", fmt.Appendf(e.Data, " %+v", e))
	}
	parked, err := l.store.ParkedRecords(t.Context(), true, 100000)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parked {
		look("a parked message", fmt.Appendf(p.Data, " %+v", p))
	}
	if err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		look(filepath.Base(path), data)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
