package letter

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
)

// contentLine is the grammar of RFC 5545, 3.1; quoted values of parameters have no
// quote, others no colon, semicolon, comma or quote.
var contentLine = regexp.MustCompile(`^[A-Z0-9-]+(;[A-Z0-9-]+=("[^"\x00-\x1f]*"|[^"\x00-\x1f:;,]*)(,("[^"\x00-\x1f]*"|[^"\x00-\x1f:;,]*))*)*:[^\x00-\x08\x0a-\x1f\x7f]*$`)

// unfold reads a file as RFC 5545 has it written, by other code than wrote it.
func unfold(t *testing.T, raw []byte) (lines []string) {
	t.Helper()
	if !bytes.HasSuffix(raw, []byte("\r\n")) {
		t.Fatal("the last line does not end")
	}
	for _, l := range strings.Split(strings.TrimSuffix(string(raw), "\r\n"), "\r\n") {
		switch {
		case strings.ContainsAny(l, "\r\n"):
			t.Fatalf("a bare CR or LF in %q", l)
		case len(l) > 75:
			t.Fatalf("%d octets in %q", len(l), l)
		case !utf8.ValidString(l):
			t.Fatalf("a letter is torn in %q", l)
		case strings.HasPrefix(l, " ") || strings.HasPrefix(l, "\t"):
			lines[len(lines)-1] += l[1:]
		default:
			lines = append(lines, l)
		}
	}
	open := []string{}
	for _, l := range lines {
		if !contentLine.MatchString(l) {
			t.Fatalf("not a content line: %q", l)
		}
		if name, ok := strings.CutPrefix(l, "BEGIN:"); ok {
			open = append(open, name)
		}
		if name, ok := strings.CutPrefix(l, "END:"); ok {
			if len(open) == 0 || open[len(open)-1] != name {
				t.Fatalf("%s ends in %v", name, open)
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 || lines[0] != "BEGIN:VCALENDAR" {
		t.Fatalf("open at the end: %v", open)
	}
	return lines
}

// The file keeps to the letter of RFC 5545, whatever names and addresses hold.
func TestCalendarFilesAreStrict(t *testing.T) {
	for _, odd := range []string{"Führungszeugnis", strings.Repeat("ß€😀, ", 40), `a\b;c,"d":e` + "\nf", "Ü" + strings.Repeat("x", 61) + "ÄÖÜ"} {
		for _, method := range []string{Publish, Cancel} {
			for _, lang := range Languages {
				v := visit()
				v.Services, v.Centre, v.Address = []string{odd}, odd, odd
				s := sender
				s.Name = strings.ReplaceAll(odd, "\n", " ")
				raw := Calendar(method, lang, v, s, now)
				lines := unfold(t, raw)
				count := map[string]int{}
				zone := ""
				for _, l := range lines {
					name := l[:strings.IndexAny(l, ":;")]
					if l == "BEGIN:VEVENT" {
						count = map[string]int{}
					}
					if id, ok := strings.CutPrefix(l, "TZID:"); ok {
						zone = id
					}
					count[name]++
					if (name == "DTSTART" || name == "DTEND") && strings.Contains(l, "TZID=") && !strings.HasPrefix(l, name+";TZID="+zone+":2026120") {
						t.Errorf("%q, zone %q", l, zone)
					}
				}
				for _, once := range []string{"UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "SUMMARY", "LOCATION", "STATUS", "ORGANIZER"} {
					if count[once] != 1 {
						t.Errorf("%s stands %d times in the event", once, count[once])
					}
				}
				for _, must := range []string{"VERSION:2.0", "METHOD:" + method, "CALSCALE:GREGORIAN", "TZID:Europe/Berlin"} {
					if !strings.Contains(string(raw), "\r\n"+must+"\r\n") {
						t.Errorf("without %s", must)
					}
				}
				// Another parser reads the same words, and writes what it reads again.
				cal, err := ics.ParseCalendar(bytes.NewReader(raw))
				if err != nil {
					t.Fatal(err)
				}
				if got := ics.FromText(cal.Events()[0].GetProperty(ics.ComponentPropertySummary).Value); got != odd {
					t.Errorf("%q is read as %q", odd, got)
				}
				again, err := ics.ParseCalendar(strings.NewReader(cal.Serialize(ics.WithNewLineWindows)))
				if err != nil || len(again.Events()) != 1 || again.Events()[0].Id() != cal.Events()[0].Id() {
					t.Errorf("round trip: %v", err)
				}
			}
		}
	}
}

// Every change has the same UID and a higher SEQUENCE, the cancellation the
// highest, so that calendars replace and remove what they have.
func TestSequencesGrow(t *testing.T) {
	last, uid := -1, ""
	v := visit()
	for i, method := range []string{Publish, Publish, Publish, Cancel} {
		if v.Sequence = i; method == Cancel {
			v.Sequence = i - 1 // it was cancelled after its last change
		}
		v.Begin = v.Begin.Add(time.Hour)
		v.End = v.End.Add(time.Hour)
		var sequence int
		for _, l := range unfold(t, Calendar(method, "de", v, sender, now)) {
			if id, ok := strings.CutPrefix(l, "UID:"); ok {
				if uid != "" && id != uid {
					t.Errorf("UID %s, before %s", id, uid)
				}
				uid = id
			}
			_, _ = fmt.Sscanf(l, "SEQUENCE:%d", &sequence)
		}
		if sequence <= last {
			t.Errorf("%s has SEQUENCE %d after %d", method, sequence, last)
		}
		last = sequence
	}
}
