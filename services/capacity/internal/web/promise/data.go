package promise

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/promise"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// What is given away of days: by default as many as the curve shows, at most a
// year and a bit.
const (
	defaultDays = shownDays
	mostDays    = 400
)

// row is one day of one service group in one district. Its names are columns of the
// open data and never change.
type row struct {
	Date       day.Day     `json:"date"`
	District   id.District `json:"district"`
	Group      id.Skill    `json:"service_group"`
	Measured   bool        `json:"measured"`
	OnOffer    *bool       `json:"on_offer,omitempty"`
	LeadTime   *int        `json:"lead_time_days,omitempty"`
	WorstOffer *bool       `json:"worst_on_offer,omitempty"`
	Worst      *int        `json:"worst_lead_time_days,omitempty"`
	Goal       *int        `json:"goal_days,omitempty"`
	Limit      *int        `json:"limit_days,omitempty"`
	Kept       *bool       `json:"kept,omitempty"`
	GoalMet    *bool       `json:"goal_met,omitempty"`
	Suppressed bool        `json:"bookings_suppressed"`
	Bookings   *int        `json:"bookings,omitempty"`
	Mean       *float64    `json:"booked_lead_time_days,omitempty"`
	InGoal     *float64    `json:"share_within_goal,omitempty"`
	InLimit    *float64    `json:"share_within_limit,omitempty"`
	Final      bool        `json:"final"`
}

// columns in the order of the CSV.
var columns = []string{"date", "district", "service_group", "measured", "on_offer", "lead_time_days", "worst_on_offer", "worst_lead_time_days",
	"goal_days", "limit_days", "kept", "goal_met", "bookings_suppressed", "bookings", "booked_lead_time_days", "share_within_goal", "share_within_limit", "final"}

func (r row) record() []string {
	return []string{r.Date.String(), string(r.District), string(r.Group), strconv.FormatBool(r.Measured), text(r.OnOffer), text(r.LeadTime), text(r.WorstOffer), text(r.Worst),
		text(r.Goal), text(r.Limit), text(r.Kept), text(r.GoalMet), strconv.FormatBool(r.Suppressed), text(r.Bookings), text(r.Mean), text(r.InGoal), text(r.InLimit), strconv.FormatBool(r.Final)}
}

func text[T any](v *T) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(*v)
}

// rows are called inside node.View.
func (d *desk) rows(p day.Period) []row {
	h, c := d.app.History, d.app.City
	var all []row
	for _, r := range c.Policy.Districts {
		for _, g := range c.Catalogue.Groups {
			at := read.Gauge{District: r.ID, Skill: g.Skill}
			measured := h.Days(at, p.From, p.Until)
			for x := p.From; x < min(p.Until, h.Today+1); x++ {
				one := row{Date: x, District: r.ID, Group: g.Skill, Final: x < h.Today}
				if len(measured) > 0 && measured[0].Day == x {
					one.measure(measured[0])
					measured = measured[1:]
				}
				booked := h.Bookings(at, x)
				one.book(booked)
				if one.Measured || booked.Count > 0 {
					all = append(all, one)
				}
			}
		}
	}
	return all
}

// recent are the rows of the last days, where all that is asked for is among them:
// so that the models are read once, whatever ranges are asked for.
func (d *desk) recent(p day.Period) []row {
	type last struct {
		from day.Day
		rows []row
	}
	all := of(d, &d.views, "rows", func() last {
		until := d.app.History.Today + 1
		return last{until - mostDays, d.rows(day.Period{From: until - mostDays, Until: until})}
	}, same)
	if p.From < all.from {
		return nil
	}
	return all.rows
}

// older are the rows of a range that begins before those; it is called inside
// node.View.
func (d *desk) older(p day.Period) []row {
	if p.From >= d.app.History.Today+1-mostDays {
		return nil
	}
	return d.rows(p)
}

// chosenOf are the rows of a range.
func chosenOf(p day.Period, sources ...[]row) []row {
	chosen := []row{}
	for _, all := range sources {
		for _, r := range all {
			if p.Contains(r.Date) {
				chosen = append(chosen, r)
			}
		}
	}
	return chosen
}

func (r *row) measure(c read.Closed) {
	offer, worst, kept, met := c.Days >= 0, c.Worst >= 0, c.Kept(), c.GoalMet()
	r.Measured, r.OnOffer, r.WorstOffer, r.Kept, r.GoalMet, r.Goal, r.Limit = true, &offer, &worst, &kept, &met, &c.Goal, &c.Limit
	if offer {
		r.LeadTime = &c.Days
	}
	if worst {
		r.Worst = &c.Worst
	}
}

func (r *row) book(b read.Booked) {
	count, ok := promise.Told(b.Count)
	if r.Suppressed = !ok; !ok || count == 0 {
		return
	}
	mean, goal, limit := round(mean(b), 10), round(share(b.WithinGoal, b), 100), round(share(b.WithinLast, b), 100)
	r.Bookings, r.Mean, r.InGoal, r.InLimit = &count, &mean, &goal, &limit
}

func round(f float64, by float64) float64 { return float64(int(f*by+0.5)) / by }

// asked is the range of days that a request names; until is the day after the last.
func (d *desk) asked(x *pages.Context) (p day.Period, err error) {
	d.app.Node().View(func() { p.Until = d.app.History.Today + 1 })
	if v := x.Query("to"); v != "" {
		to, err := day.Parse(v)
		if err != nil {
			return p, &events.FieldError{Field: "to", Value: v, Reason: "is no date: write it as 2026-12-01"}
		}
		p.Until = to + 1
	}
	p.From = p.Until - defaultDays
	if v := x.Query("from"); v != "" {
		if p.From, err = day.Parse(v); err != nil {
			return p, &events.FieldError{Field: "from", Value: v, Reason: "is no date: write it as 2026-12-01"}
		}
	}
	if n := p.Until - p.From; n < 1 || n > mostDays {
		return p, &events.FieldError{Field: "from", Value: p.From.String(), Reason: fmt.Sprintf("must lie 0 to %d days before to: ask for less, in several parts", mostDays-1)}
	}
	return p, nil
}

// file is an answer that is kept, with its fingerprint.
type file struct {
	content []byte
	etag    string
}

func fileOf(content []byte) file {
	sum := sha256.Sum256(content)
	return file{content, `"` + hex.EncodeToString(sum[:12]) + `"`}
}

func (d *desk) csv(x *pages.Context) error {
	p, err := d.asked(x)
	if err != nil {
		return wrong(x, err)
	}
	f := of(d, &d.files, "csv/"+p.String(), func() []row { return d.older(p) }, func(older []row) file {
		all := d.recent(p) // now, so that none is kept that is older than what it is kept for
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		w.UseCRLF = true // RFC 4180
		_ = w.Write(columns)
		for _, r := range chosenOf(p, all, older) {
			_ = w.Write(r.record()) // a buffer never fails
		}
		w.Flush()
		return fileOf(b.Bytes())
	})
	x.W.Header().Set("Content-Disposition", `attachment; filename="promise.csv"`)
	return answer(x, "text/csv; charset=utf-8; header=present", f)
}

func (d *desk) json(x *pages.Context) error {
	p, err := d.asked(x)
	if err != nil {
		return wrong(x, err)
	}
	f := of(d, &d.files, "json/"+p.String(), func() dataset {
		set := d.dataset(p)
		set.Rows = d.older(p)
		return set
	}, func(set dataset) file {
		set.Rows = chosenOf(p, d.recent(p), set.Rows)
		b, err := json.Marshal(set)
		if err != nil {
			return file{}
		}
		return fileOf(append(b, '\n'))
	})
	return answer(x, "application/json; charset=utf-8", f)
}

// answer with a file of public data, which anybody may use from anywhere.
func answer(x *pages.Context, contentType string, f file) error {
	if f.content == nil {
		return errors.New("the open data could not be written")
	}
	h := x.W.Header()
	h.Set("ETag", f.etag)
	h.Set("Cache-Control", "public, max-age=300")
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	for tag := range strings.SplitSeq(x.R.Header.Get("If-None-Match"), ",") {
		if t := strings.TrimPrefix(strings.TrimSpace(tag), "W/"); t == f.etag || t == "*" {
			x.W.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	h.Set("Content-Type", contentType)
	_, err := x.W.Write(f.content)
	return err
}

// wrong answers programs: with a problem document, not with a page.
func wrong(x *pages.Context, err error) error {
	var field *events.FieldError
	if !errors.As(err, &field) {
		return err
	}
	b, failed := json.Marshal(map[string]any{"title": http.StatusText(http.StatusUnprocessableEntity), "status": http.StatusUnprocessableEntity, "detail": field.Error()})
	if failed != nil {
		return failed
	}
	x.W.Header().Set("Content-Type", "application/problem+json")
	x.W.WriteHeader(http.StatusUnprocessableEntity)
	_, failed = x.W.Write(b)
	return failed
}
