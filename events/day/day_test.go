package day

import (
	"encoding/json"
	"testing"
	"time"
)

// Every day of 60 years against package time, day by day.
func TestDayAgainstTime(t *testing.T) {
	at := time.Date(1990, 1, 1, 12, 0, 0, 0, time.UTC)
	d := Date(1990, 1, 1)
	for range 60 * 365 {
		if d.String() != at.Format(time.DateOnly) || d.Weekday() != at.Weekday() {
			t.Fatalf("%s %s: want %s", d, d.Weekday(), at)
		}
		if m := d.Monday(); m.Weekday() != time.Monday || m > d || d-m > 6 {
			t.Fatalf("Monday of %s is %s", d, m)
		}
		p, err := Parse(d.String())
		if err != nil || p != d {
			t.Fatalf("Parse(%s) = %s, %v", d, p, err)
		}
		at, d = at.AddDate(0, 0, 1), d+1
	}
}

func TestDayOfInstantIsTheCitysDate(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ instant, day string }{
		{"2026-06-30T21:59:59Z", "2026-06-30"},
		{"2026-06-30T22:00:00Z", "2026-07-01"},
		{"2026-12-31T22:59:59Z", "2026-12-31"},
		{"2026-12-31T23:00:00Z", "2027-01-01"},
		{"2026-03-29T00:30:00Z", "2026-03-29"}, // the day of the missing hour
	} {
		at, _ := time.Parse(time.RFC3339, c.instant)
		if got := Of(at, berlin).String(); got != c.day {
			t.Errorf("Of(%s) = %s, want %s", c.instant, got, c.day)
		}
	}
	if got := Date(2026, 3, 29).At(Clock(8, 0), berlin).UTC().Format(time.RFC3339); got != "2026-03-29T06:00:00Z" {
		t.Errorf("08:00 after the missing hour is %s", got)
	}
}

func TestRefusals(t *testing.T) {
	for _, s := range []string{"", "2026-02-30", "26-01-01", "2026-1-1", "2026-01-01T00:00:00Z", "01.02.2026"} {
		if d, err := Parse(s); err == nil {
			t.Errorf("Parse(%q) = %s, want an error", s, d)
		}
	}
	for _, s := range []string{"", "8:00", "24:01", "12:60", "25:00", "0800", "ab:cd", "+8:00"} {
		if d, err := ParseTime(s); err == nil {
			t.Errorf("ParseTime(%q) = %s, want an error", s, d)
		}
	}
}

func TestJSONAndSpans(t *testing.T) {
	b, err := json.Marshal(struct {
		D Day               `json:"d"`
		S Span              `json:"s"`
		M map[Day]TimeOfDay `json:"m"`
	}{Date(2026, 12, 1), Span{Clock(8, 5), Clock(24, 0)}, map[Day]TimeOfDay{Date(2027, 1, 1): 61}})
	want := `{"d":"2026-12-01","s":{"from":"08:05","to":"24:00"},"m":{"2027-01-01":"01:01"}}`
	if err != nil || string(b) != want {
		t.Fatalf("%s, %v; want %s", b, err, want)
	}
	a, c := Span{60, 120}, Span{100, 200}
	if a.Meet(c) != (Span{100, 120}) || c.Meet(a).Minutes() != 20 || a.Meet(Span{120, 130}).Minutes() != 0 {
		t.Error("spans meet wrongly")
	}
	p := Period{10, 12}
	if p.Days() != 2 || p.Contains(12) || !p.Contains(10) || p.Meet(Period{12, 20}).Days() != 0 {
		t.Error("periods meet wrongly")
	}
}

// What is written can be read again, or it is not written: an event in a log is
// there for ever.
func TestWhatCannotBeReadIsNotWritten(t *testing.T) {
	for d, good := range map[Day]bool{0: true, Last: true, -1: false, Last + 1: false} {
		b, err := json.Marshal(d)
		var again Day
		if (err == nil) != good || good && (json.Unmarshal(b, &again) != nil || again != d) {
			t.Errorf("%s: %s, %v, read again as %s", d, b, err, again)
		}
	}
	for c, good := range map[TimeOfDay]bool{0: true, Clock(24, 0): true, -1: false, Clock(24, 1): false} {
		b, err := json.Marshal(c)
		var again TimeOfDay
		if (err == nil) != good || good && (json.Unmarshal(b, &again) != nil || again != c) {
			t.Errorf("%d minutes: %s, %v, read again as %s", int(c), b, err, again)
		}
	}
}
