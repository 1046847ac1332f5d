package app

import (
	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// capacity is the only service that booking listens to.
func (a *App) capacity() node.Source {
	return node.Source{
		Service: capacity.Service,
		Wants: func(t string) bool {
			switch t {
			case capacity.TypeOfferingChanged, capacity.TypeCatalogueChanged, capacity.TypeCentreChanged, capacity.TypePolicyChanged, capacity.TypeMeasureChanged:
				return true
			}
			return false
		},
		Handle: a.hear,
	}
}

func (a *App) hear(tx *journal.Tx, from events.Envelope, event events.Event) error {
	switch e := event.(type) {
	case capacity.OfferingChanged:
		return a.adopt(tx, from.Epoch, e)
	case capacity.CatalogueChanged:
		return observe(tx, network.CatalogueStream, catalogueOf(from.Epoch, e))
	case capacity.CentreChanged:
		if e.ID == "" {
			return &events.FieldError{Field: "data.id", Reason: "is empty: name the centre"}
		}
		return observe(tx, network.CentreStream(e.ID), centreOf(from.Epoch, e))
	case capacity.MeasureChanged:
		if e.ID == "" {
			return &events.FieldError{Field: "data.id", Reason: "is empty: name the measure"}
		}
		return observe(tx, network.MeasureStream(e.ID), measureOf(from.Epoch, e))
	case capacity.PolicyChanged:
		if err := e.Booking.Check(); err != nil {
			return err
		}
		return observe(tx, network.PolicyStream, policyOf(from.Epoch, e))
	}
	return nil
}

func observe(tx *journal.Tx, stream string, fact decider.Event) error {
	_, err := journal.Execute(tx, heard, stream, network.Observe{Fact: fact})
	return err
}

// adopt takes an offering over and says in the same unit what it means for
// slots and load.
func (a *App) adopt(tx *journal.Tx, epoch int64, e capacity.OfferingChanged) error {
	if e.Centre == "" {
		return &events.FieldError{Field: "data.centre", Reason: "is empty: name the centre"}
	}
	catalogue, _, err := journal.Load(tx, heard, network.CatalogueStream)
	if err != nil {
		return err
	}
	centre, _, err := journal.Load(tx, heard, network.CentreStream(e.Centre))
	if err != nil {
		return err
	}
	policy, _, err := journal.Load(tx, heard, network.PolicyStream)
	if err != nil {
		return err
	}
	k := centreday.Key{Centre: e.Centre, Day: e.Day}
	_, err = onDay(tx, k.ID(), centreday.Command(centreday.AdoptOffering{Key: k, Epoch: epoch, Version: e.Version,
		Lines: awake(linesOf(e.Lines), e.Day, a.zone), Tentative: e.Tentative, Causes: e.Causes, Opening: centre.Centre.Opening(e.Day),
		Lengths: network.Lengths(catalogue.Catalogue), Shares: policy.Policy.Shares,
		Overbook: a.overbook(policy.Policy, a.moment(tx.Now()).Day), Now: a.moment(tx.Now()), At: tx.Now()}))
	return err
}

// policyOf takes the default for what a policy leaves at zero and cannot be.
func policyOf(epoch int64, e capacity.PolicyChanged) network.PolicyObserved {
	p := network.Policy{LimitDays: e.LimitDays, HorizonDays: e.HorizonDays, MinLeadDays: max(0, e.MinLeadDays), HoldMinutes: e.HoldMinutes}
	for _, f := range []struct{ is, byDefault *int }{{&p.LimitDays, &network.DefaultPolicy.LimitDays},
		{&p.HorizonDays, &network.DefaultPolicy.HorizonDays}, {&p.HoldMinutes, &network.DefaultPolicy.HoldMinutes}} {
		if *f.is <= 0 {
			*f.is = *f.byDefault
		}
	}
	byDefault := network.DefaultPolicy
	p.OptInMinutes, p.ReminderHours = byDefault.OptInMinutes, byDefault.ReminderHours
	p.AtRiskOffers, p.AtRiskOfferHours, p.WaitingOfferMinutes = byDefault.AtRiskOffers, byDefault.AtRiskOfferHours, byDefault.WaitingOfferMinutes
	p.WalkInWaitMinutes, p.ExpressWaitMinutes = byDefault.WalkInWaitMinutes, byDefault.ExpressWaitMinutes
	p.OpenPerContact, p.ContactDays = byDefault.OpenPerContact, byDefault.ContactDays
	if b := e.Booking; b != nil {
		p.DoubleOptIn, p.Captcha, p.OverbookRisk, p.MissedAfterMinutes = b.DoubleOptIn, b.Captcha, b.OverbookRisk, b.MissedAfterMinutes
		for _, f := range []struct{ own, said *int }{{&p.OptInMinutes, &b.OptInMinutes}, {&p.AtRiskOffers, &b.AtRiskOffers},
			{&p.AtRiskOfferHours, &b.AtRiskOfferHours}, {&p.WaitingOfferMinutes, &b.WaitingOfferMinutes},
			{&p.WalkInWaitMinutes, &b.WalkInWaitMinutes}, {&p.ExpressWaitMinutes, &b.ExpressWaitMinutes}, {&p.ContactDays, &b.ContactDays}} {
			if *f.said > 0 {
				*f.own = *f.said
			}
		}
		if b.OpenPerContact != 0 {
			p.OpenPerContact = b.OpenPerContact
		}
		if b.ReminderHours != nil {
			p.ReminderHours = b.ReminderHours
		}
		for channel, c := range b.Channels {
			if p.Shares.Channels == nil {
				p.Shares.Channels = map[string]centreday.Share{}
			}
			p.Shares.Channels[channel] = centreday.Share{Of: c.Share, FlowDays: c.FlowDays}
		}
		for _, s := range b.Release {
			p.Shares.Stages = append(p.Shares.Stages, centreday.Stage{DaysBefore: s.DaysBefore, At: s.At, Share: s.Share})
		}
	}
	return network.PolicyObserved{Epoch: epoch, Version: e.Version, Policy: p}
}

func linesOf(lines []capacity.Line) []centreday.Line {
	own := make([]centreday.Line, len(lines))
	for i, l := range lines {
		own[i] = centreday.Line{Span: l.Span, Breaks: l.Breaks, Skills: l.Skills, Use: l.Use}
	}
	return own
}

func catalogueOf(epoch int64, e capacity.CatalogueChanged) network.CatalogueObserved {
	o := network.CatalogueObserved{Epoch: epoch, Version: e.Version, Services: make([]network.ServiceType, len(e.Services))}
	for i, s := range e.Services {
		o.Services[i] = network.ServiceType{ID: s.ID, Name: s.Name, LeiKa: s.LeiKa, Skill: s.Skill,
			Minutes: (s.Minutes + 4) / 5 * 5, Express: s.Express, Online: s.Online, Share: s.Share}
	}
	for _, g := range e.Groups {
		o.Groups = append(o.Groups, network.Group{Skill: g.Skill, Name: g.Name})
	}
	return o
}

func measureOf(epoch int64, e capacity.MeasureChanged) network.MeasureObserved {
	o := network.MeasureObserved{Epoch: epoch, Version: e.Version, ID: e.ID, Centre: e.Centre, Period: e.Period}
	if e.Kind == capacity.MeasureRelocation && e.Site != nil {
		o.Place = &network.Elsewhere{Name: e.Site.Name, Address: e.Site.Address, Lat: e.Site.Lat, Lon: e.Site.Lon}
	}
	return o
}

func centreOf(epoch int64, e capacity.CentreChanged) network.CentreObserved {
	c := network.Centre{ID: e.ID, Name: e.Name, District: e.District, Address: e.Address, Lat: e.Lat, Lon: e.Lon,
		Accessible: e.Accessible, Hours: map[int][]day.Span{}, Travel: e.TravelMinutes, Removed: e.Removed}
	for weekday, spans := range e.Hours {
		c.Hours[weekday] = spans
	}
	for _, x := range e.Exceptions {
		c.Exceptions = append(c.Exceptions, network.Exception{Day: x.Day, Hours: x.Hours})
	}
	return network.CentreObserved{Epoch: epoch, Version: e.Version, Centre: c}
}
