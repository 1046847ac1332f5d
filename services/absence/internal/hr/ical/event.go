package ical

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/teambition/rrule-go"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
)

// event is one VEVENT, stripped.
type event struct {
	uid, employee string
	number        int
	revision      int64
	start, last   day.Day // days off, both included
	from, to      string  // times of day on them; empty: the whole day
	instance      *day.Day
	rule          string
	except        map[day.Day]bool
	cancelled     bool
	skip          bool // tells nobody off: tentative, or does not block
}

// maxSequence leaves room beside the seconds of DTSTAMP below 2^53.
const maxSequence = 1 << 19

func read(o Options, v *ics.VEvent, cancelled bool, r *hr.Refusal) event {
	e := event{employee: o.Employee, except: map[day.Day]bool{}}
	value := func(name string) *ics.IANAProperty {
		for i := range v.Properties {
			if strings.EqualFold(v.Properties[i].IANAToken, name) {
				return &v.Properties[i]
			}
		}
		return nil
	}
	text := func(name string) string {
		if p := value(name); p != nil {
			return strings.TrimSpace(p.Value)
		}
		return ""
	}
	if t := text("UID"); t == "" {
		r.Add("UID", "", "is missing: every event needs one that stays")
	} else {
		e.uid = uidOf(t)
	}
	if t := text("X-LOTSE-EMPLOYEE"); t != "" {
		e.employee = t
	}
	e.cancelled = cancelled || strings.EqualFold(text("STATUS"), "CANCELLED")
	e.skip = !e.cancelled && (strings.EqualFold(text("STATUS"), "TENTATIVE") || strings.EqualFold(text("TRANSP"), "TRANSPARENT"))
	sequence, err := strconv.ParseInt("0"+text("SEQUENCE"), 10, 64)
	if err != nil || sequence >= maxSequence {
		r.Add("SEQUENCE", "", "is not a number below "+strconv.Itoa(maxSequence))
	}
	var stamp int64
	if t := text("DTSTAMP"); t != "" {
		at, _, ok := moment(value("DTSTAMP"), t, o.Zone)
		if !ok || at.Unix() < 0 {
			r.Add("DTSTAMP", "", "is not a time: write it as 20261201T071200Z")
		}
		stamp = at.Unix()
	}
	e.revision = sequence<<33 + min(max(stamp, 0), 1<<33-1)
	if value("RDATE") != nil {
		r.Add("RDATE", "", "is not followed: send the days it names as events of their own")
	}
	if p := value("RECURRENCE-ID"); p != nil {
		if len(p.ICalParameters["RANGE"]) > 0 {
			r.Add("RECURRENCE-ID", "", "speaks of this and all later instances: send the series anew")
		}
		at, _, ok := moment(p, p.Value, o.Zone)
		if !ok {
			r.Add("RECURRENCE-ID", "", "is not a date or time")
		}
		d := day.Of(at, o.Zone)
		e.instance = &d
	}
	e.rule = text("RRULE")
	for _, p := range v.Properties {
		if !strings.EqualFold(p.IANAToken, "EXDATE") {
			continue
		}
		for _, t := range strings.Split(p.Value, ",") {
			at, _, ok := moment(&p, strings.TrimSpace(t), o.Zone)
			if !ok {
				r.Add("EXDATE", "", "is not a date or time")
			}
			e.except[day.Of(at, o.Zone)] = true
		}
	}
	if p := value("DTSTART"); p != nil {
		e.span(o, p, value("DTEND"), text("DURATION"), r)
	} else if !e.cancelled {
		r.Add("DTSTART", "", "is missing")
	}
	return e
}

// span takes the days and times off. The end of whole days is the first day back.
func (e *event) span(o Options, start, end *ics.IANAProperty, duration string, r *hr.Refusal) {
	from, whole, ok := moment(start, start.Value, o.Zone)
	if !ok || from.Year() < 2000 || from.Year() > 2200 {
		r.Add("DTSTART", "", "is not a date or time between 2000 and 2200")
		return
	}
	to := from
	switch {
	case end != nil:
		var wholeEnd bool
		if to, wholeEnd, ok = moment(end, end.Value, o.Zone); !ok || wholeEnd != whole || to.Year() > 2200 {
			r.Add("DTEND", "", "is not a date or time, as DTSTART is")
			return
		}
	case duration != "":
		days, rest, ok := lasting(duration)
		if !ok {
			r.Add("DURATION", "", "is not a duration of at most three years: write it as P1D or PT4H")
			return
		}
		to = from.AddDate(0, 0, days).Add(rest)
	case whole:
		to = from.AddDate(0, 0, 1)
	}
	if !to.After(from) {
		r.Add("DTEND", "", "is not after DTSTART")
		return
	}
	e.start, e.last = day.Of(from, o.Zone), day.Of(to, o.Zone)
	from, to = from.In(o.Zone), to.In(o.Zone)
	if from.Hour() != 0 || from.Minute() != 0 {
		e.from = from.Format("15:04")
	}
	if to.Hour() == 0 && to.Minute() == 0 {
		e.last--
		if e.last < e.start { // seconds after midnight
			e.last = e.start
		}
		return
	}
	e.to = to.Format("15:04")
}

// word is the event, or an instance that begins some days later.
func (e event) word(o Options, absence string, later int, cancelled bool, r *hr.Refusal) hr.Message {
	f := hr.Fields{AbsenceID: absence, Revision: &e.revision}
	kind := hr.TypeCancelled
	if !cancelled {
		kind = hr.TypeChanged
		f.Employee = e.employee
		f.From, f.LastDay = (e.start + day.Day(later)).String(), (e.last + day.Day(later)).String()
		f.FromTime, f.ToTime = e.from, e.to
	}
	one := &hr.Refusal{}
	m, err := hr.Word(o.Source, "", kind, f, one)
	if err != nil {
		for _, x := range one.Fields {
			x.Field = "event " + strconv.Itoa(e.number) + ", " + strings.TrimPrefix(x.Field, "data.")
			r.Fields = append(r.Fields, x)
		}
	}
	return m
}

var durationForm = regexp.MustCompile(`^\+?P(?:([0-9]{1,3})W)?(?:([0-9]{1,4})D)?(?:T(?:([0-9]{1,4})H)?(?:([0-9]{1,5})M)?(?:([0-9]{1,6})S)?)?$`)

func lasting(v string) (days int, rest time.Duration, ok bool) {
	m := durationForm.FindStringSubmatch(strings.ToUpper(v))
	if m == nil {
		return 0, 0, false
	}
	n := func(i int) int {
		k, _ := strconv.Atoi("0" + m[i])
		return k
	}
	days = n(1)*7 + n(2)
	return days, time.Duration(n(3))*time.Hour + time.Duration(n(4))*time.Minute + time.Duration(n(5))*time.Second, days <= hr.MaxYears*366
}

// moment reads a DATE or DATE-TIME; whole tells that it is a date. A time without
// a zone, or with one that is not known, is the calendar's own.
func moment(p *ics.IANAProperty, v string, zone *time.Location) (t time.Time, whole, ok bool) {
	in := zone
	if names := p.ICalParameters["TZID"]; len(names) == 1 && names[0] != "Local" {
		if z, err := time.LoadLocation(names[0]); err == nil {
			in = z
		}
	}
	v = strings.TrimSpace(v)
	if len(v) == 8 {
		t, err := time.ParseInLocation("20060102", v, zone)
		return t, true, err == nil
	}
	if strings.HasSuffix(v, "Z") {
		t, err := time.Parse("20060102T150405Z", v)
		return t, false, err == nil
	}
	t, err := time.ParseInLocation("20060102T150405", v, in)
	return t, false, err == nil
}

var (
	rulePart  = regexp.MustCompile(`^(FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)|INTERVAL=[1-9][0-9]{0,2}|COUNT=[1-9][0-9]{0,3}|UNTIL=[0-9]{8}(T[0-9]{6}Z?)?|WKST=[A-Z]{2}|BYDAY=[A-Z0-9+,-]{2,60}|BYMONTH=[0-9,]{1,26}|BYMONTHDAY=[0-9,-]{1,80})$`)
	manyTimes = regexp.MustCompile(`(^|[,=])[+-]?([5-9]|[0-9]{2,})[A-Z]`)
	longMonth = regexp.MustCompile(`29|3[0-9]|[4-9][0-9]|[0-9]{3,}`)
)

// days are the days in the window on which instances of a series begin. Rules
// that might never come true are refused, so that looking for the next day ends.
func (e event) days(o Options) (out []day.Day, problem string) {
	if e.rule == "" || e.cancelled {
		return nil, ""
	}
	rule := strings.ToUpper(e.rule)
	for _, part := range strings.Split(rule, ";") {
		if !rulePart.MatchString(part) {
			return nil, "has a part that is not understood: use FREQ from DAILY to YEARLY, INTERVAL, COUNT, UNTIL, BYDAY, BYMONTH, BYMONTHDAY and WKST, or send single events"
		}
		if strings.HasPrefix(part, "BYDAY=") && manyTimes.MatchString(part) || strings.HasPrefix(part, "BYMONTHDAY=") && longMonth.MatchString(part) {
			return nil, "names a day that not every month has: send single events"
		}
	}
	option, err := rrule.StrToROptionInLocation(rule, time.UTC)
	if err != nil {
		return nil, "is not a rule"
	}
	// Days are counted, not hours: a series stays where it is when clocks change.
	option.Dtstart = noonOf(e.start)
	if !option.Until.IsZero() {
		last := option.Until
		if strings.Contains(rule, "T") && strings.Contains(rule, "Z") {
			last = last.In(o.Zone)
		}
		option.Until = noonOf(day.Of(last, last.Location()))
	}
	if end := noonOf(o.Until); option.Until.IsZero() || option.Until.After(end) {
		option.Until = end
	}
	series, err := rrule.NewRRule(*option)
	if err != nil {
		return nil, "is not a rule"
	}
	next := series.Iterator()
	for {
		t, more := next()
		d := day.Of(t, time.UTC)
		if !more || d >= o.Until {
			return out, ""
		}
		if d < o.From || e.except[d] {
			continue
		}
		if out = append(out, d); len(out) > MaxInstances {
			return nil, "has more than " + strconv.Itoa(MaxInstances) + " days in the window: send one long event"
		}
	}
}

func noonOf(d day.Day) time.Time { return d.At(day.Clock(12, 0), time.UTC) }
