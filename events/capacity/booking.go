package capacity

import (
	"fmt"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/day"
)

// BookingPolicy rules how slots are given away. What is left at zero takes the
// default named.
type BookingPolicy struct {
	// DoubleOptIn: an online booking becomes an appointment only when its link,
	// sent by mail, was opened within OptInMinutes (60).
	DoubleOptIn bool `json:"double_opt_in,omitempty"`
	// OptInMinutes (60) that the link is good for.
	OptInMinutes int `json:"opt_in_minutes,omitempty"`
	// ReminderHours before an appointment at which its citizen is reminded by
	// mail; nil: 24. An empty list reminds nobody.
	ReminderHours []int `json:"reminder_hours,omitzero"`
	// AtRiskOffers (2) other slots are kept for AtRiskOfferHours (24) for the
	// citizen of an appointment at risk.
	AtRiskOffers int `json:"at_risk_offers,omitempty"`
	// AtRiskOfferHours (24) that they are kept.
	AtRiskOfferHours int `json:"at_risk_offer_hours,omitempty"`
	// WaitingOfferMinutes (60) a slot is kept for who waits for an earlier one.
	WaitingOfferMinutes int `json:"waiting_offer_minutes,omitempty"`
	// WalkInWaitMinutes (30) and ExpressWaitMinutes (10) are the promises of
	// waiting times that are measured.
	WalkInWaitMinutes int `json:"walk_in_wait_minutes,omitempty"`
	// ExpressWaitMinutes (10) is the promise for express services.
	ExpressWaitMinutes int `json:"express_wait_minutes,omitempty"`
	// MissedAfterMinutes an appointment's time, who was never checked in counts as
	// missed, and the counter serves others; 0: never. It needs centres that check
	// citizens in. Who comes later on the day is checked in all the same.
	MissedAfterMinutes int `json:"missed_after_minutes,omitempty"`
	// Captcha: an online hold needs a solved challenge (ALTCHA).
	Captcha bool `json:"captcha,omitempty"`
	// OverbookRisk, above 0 up to 0.2, lets so many more appointments be booked
	// than there are counters that, as the no-show rate of the last 90 days says,
	// at no moment and group of like counters more come than it has with a
	// greater probability. 0: off. It counts for days whose offering is said
	// from then on.
	OverbookRisk float64 `json:"overbook_risk,omitempty"`
	// OpenPerContact (5) open online appointments one mail address or telephone
	// number may have for one service; -1: any number.
	OpenPerContact int `json:"open_per_contact,omitempty"`
	// ContactDays (30) after the visit its citizen's name and address are
	// forgotten, at most 366.
	ContactDays int `json:"contact_days,omitempty"`
	// Channels keep shares of each day for "online", "telephone" and "desk";
	// a channel that is not named has none of its own.
	Channels map[string]ChannelShare `json:"channels,omitempty"`
	// Release says which share of a day can be booked from when on; nil: all of
	// it, from the horizon on.
	Release []ReleaseStage `json:"release,omitempty"`
}

// ChannelShare is what is kept of a day for one channel.
type ChannelShare struct {
	// Share of the counters' minutes, 0 to 1.
	Share float64 `json:"share"`
	// FlowDays before the day the share begins to flow to the others: it
	// shrinks evenly and is nothing on the day itself. 0: it stays.
	FlowDays int `json:"flow_days,omitempty"`
}

// ReleaseStage opens a share of a day's counters.
type ReleaseStage struct {
	// DaysBefore the day, at the time of day At, Share of the day's minutes is
	// open, 0 to 1, those of earlier stages included.
	DaysBefore int           `json:"days_before"`
	At         day.TimeOfDay `json:"at"`
	// Share that is open then, 0 to 1.
	Share float64 `json:"share"`
}

// Check names the first field that is wrong, and the cure.
func (p *BookingPolicy) Check() error {
	if p == nil {
		return nil
	}
	bad := func(field string, value any, reason string) error {
		return &events.FieldError{Field: "booking." + field, Value: fmt.Sprint(value), Reason: reason}
	}
	if p.OptInMinutes < 0 || p.OptInMinutes > 2880 {
		return bad("opt_in_minutes", p.OptInMinutes, "must lie between 0 and 2880")
	}
	for _, r := range []struct {
		field string
		v, hi int
	}{{"at_risk_offers", p.AtRiskOffers, 5}, {"at_risk_offer_hours", p.AtRiskOfferHours, 168}, {"waiting_offer_minutes", p.WaitingOfferMinutes, 1440},
		{"walk_in_wait_minutes", p.WalkInWaitMinutes, 480}, {"express_wait_minutes", p.ExpressWaitMinutes, 480},
		{"missed_after_minutes", p.MissedAfterMinutes, 240}} {
		if r.v < 0 || r.v > r.hi {
			return bad(r.field, r.v, fmt.Sprintf("must lie between 0 and %d", r.hi))
		}
	}
	for i, h := range p.ReminderHours {
		if h < 1 || h > 24*30 {
			return bad(fmt.Sprintf("reminder_hours[%d]", i), h, "must lie between 1 and 720")
		}
	}
	if !(p.OverbookRisk >= 0 && p.OverbookRisk <= 0.2) {
		return bad("overbook_risk", p.OverbookRisk, "must lie between 0 and 0.2")
	}
	if p.ContactDays < 0 || p.ContactDays > 366 {
		return bad("contact_days", p.ContactDays, "must lie between 0 and 366")
	}
	if p.OpenPerContact < -1 || p.OpenPerContact > 1000 {
		return bad("open_per_contact", p.OpenPerContact, "must lie between -1 and 1000")
	}
	sum := 0.0
	for _, name := range []string{"online", "telephone", "desk"} {
		c := p.Channels[name]
		if !(c.Share >= 0 && c.Share <= 1) || c.FlowDays < 0 || c.FlowDays > 366 {
			return bad("channels."+name, c, "needs a share from 0 to 1 and flow_days from 0 to 366")
		}
		sum += c.Share
	}
	for name := range p.Channels {
		if name != "online" && name != "telephone" && name != "desk" {
			return bad("channels", name, "is not a channel: use online, telephone or desk")
		}
	}
	if sum > 1 {
		return bad("channels", sum, "keep more than all slots together: the shares' sum must be at most 1")
	}
	for i, s := range p.Release {
		if s.DaysBefore < 0 || s.DaysBefore > 366 || s.At < 0 || s.At >= day.Clock(24, 0) || !(s.Share > 0 && s.Share <= 1) {
			return bad(fmt.Sprintf("release[%d]", i), s, "needs days_before from 0 to 366, a time of day, and a share above 0 and at most 1")
		}
	}
	return nil
}
