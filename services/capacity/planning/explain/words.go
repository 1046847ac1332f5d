package explain

import (
	"math"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/wording"
)

// Text is one thing said in both languages.
type Text = wording.Text

// Names are what people call things.
type Names = wording.Names

type lang = wording.Lang

const (
	de = wording.De
	en = wording.En
)

// booked rounds appointments: none only where there is nothing.
func booked(slots float64) int {
	if slots <= 0 {
		return 0
	}
	return whole(slots)
}

func minutes(bySkill []int) (sum int) {
	for _, m := range bySkill {
		sum += m
	}
	return sum
}

// whole rounds an amount that is not nothing to at least one.
func whole(v float64) int { return max(1, int(math.Round(math.Abs(v)))) }

// appointments is a count of booked appointments.
func appointments(l lang, n int) string {
	return l.Count(n, "ein gebuchter Termin", "gebuchte Termine", "one booked appointment", "booked appointments")
}

// act is something that a change does: a verb in its forms, and its object.
type act struct {
	points                 float64
	does, do               string // er tut / sie tun; English: it does / they do
	deObject, enDoes, enDo string
	enObject               string
}

// form of a verb.
type form int

const (
	singular   form = iota // "deckt 4 Termine"
	plural                 // "decken 4 Termine"
	infinitive             // "4 Termine decken"
)

func (a act) say(l lang, f form) string {
	switch {
	case l == de && f == singular:
		return a.does + " " + a.deObject
	case l == de && f == plural:
		return a.do + " " + a.deObject
	case l == de:
		return a.deObject + " " + a.do
	case f == singular:
		return a.enDoes + " " + a.enObject
	}
	return a.enDo + " " + a.enObject
}

// gains are what a split that is for the better brings, in words, the most
// important first, two at most.
func (p *prices) gains(l lang, f form, s Split) string {
	price := p.in.Weights
	var all []act
	add := func(points float64, a act) {
		if points > .05 {
			a.points = points
			all = append(all, a)
		}
	}
	slots := func(points, each float64) int { return whole(points / math.Max(each, 1e-9)) }
	n := slots(s.Uncovered, price.UncoveredSlot)
	add(s.Uncovered, act{does: "deckt", do: "decken", enDoes: "covers", enDo: "cover",
		deObject: de.Count(n, "einen gebuchten Termin", "gebuchte Termine", "", ""), enObject: appointments(en, n)})
	add(s.MissingHeads, act{does: "sichert", do: "sichern", enDoes: "secures", enDo: "secure", deObject: "die Mindestbesetzung", enObject: "the minimum staff"})
	n = whole(s.places)
	add(s.Walkin, act{does: "sichert", do: "sichern", enDoes: "keeps", enDo: "keep",
		deObject: de.Count(n, "einen Platz für Menschen ohne Termin", "Plätze für Menschen ohne Termin", "", ""),
		enObject: en.Count(n, "", "", "one place for people without an appointment", "places for people without an appointment")})
	n = whole(s.days)
	add(s.Promise, act{does: "erspart", do: "ersparen", enDoes: "spares", enDo: "spare",
		deObject: "Bürgerinnen und Bürgern " + de.Count(n, "einen Tag", "Tage", "", "") + " Wartezeit " + p.beyond(de), enObject: "citizens " + p.late(en, n)})
	if len(all) == 0 {
		add(s.Goal, act{does: "verkürzt", do: "verkürzen", enDoes: "shortens", enDo: "shorten",
			deObject: "Wartezeiten innerhalb der Zusage", enObject: "waits within the promise"})
		add(s.Fairness, act{does: "verringert", do: "verringern", enDoes: "narrows", enDo: "narrow",
			deObject: "den Abstand zwischen den Bezirken", enObject: "the gap between the districts"})
		add(s.Moves, act{does: "erspart", do: "ersparen", enDoes: "saves", enDo: "save", deObject: "Wege zu anderen Standorten",
			enObject: "travel to other centres"})
		add(s.Changes, act{does: "erspart", do: "ersparen", enDoes: "saves", enDo: "save", deObject: "Änderungen am bisherigen Plan",
			enObject: "changes to the plan"})
		add(s.Personal, act{does: "entlastet", do: "entlasten", enDoes: "relieves", enDo: "relieve",
			deObject: "Beschäftigte mit vielen Einsätzen", enObject: "people who are often away"})
		add(s.Starts, act{does: "erspart", do: "ersparen", enDoes: "saves", enDo: "save", deObject: "Wechsel des Standorts",
			enObject: "changes of workplace"})
	}
	ranked(all)
	var said []string
	for i, a := range all {
		if i < 2 && a.points >= all[0].points/8 {
			said = append(said, a.say(l, f))
		}
	}
	return l.And(said)
}

func ranked(all []act) {
	for i := range all { // few, and equal ones keep their order
		for j := i; j > 0 && all[j].points > all[j-1].points; j-- {
			all[j], all[j-1] = all[j-1], all[j]
		}
	}
}

// late are days of waiting beyond the day that plans aim at, summed over appointments.
func (p *prices) late(l lang, n int) string {
	return l.Count(n, "ein Tag Wartezeit", "Tage Wartezeit", "one day of waiting", "days of waiting") + " " + p.beyond(l)
}

// beyond names the day from which on waiting is late. It is the instance's: a plan
// may aim at fewer days than are promised.
func (p *prices) beyond(l lang) string { return wording.Beyond(l, p.in.PromiseDays) }

// losses are what a split that is for the worse (negative) costs, as a list of
// nouns, the dearest first, two at most. travel is the minutes of travel more,
// each way.
func (p *prices) losses(l lang, s Split, travel int) string {
	price := p.in.Weights
	type loss struct {
		points float64
		words  string
	}
	var all []loss
	add := func(points float64, words string) {
		if points > .05 {
			all = append(all, loss{points, words})
		}
	}
	slots := func(points, each float64) int { return whole(points / math.Max(each, 1e-9)) }
	n := slots(s.Uncovered, price.UncoveredSlot)
	add(-s.Uncovered, l.Count(n, "ein gebuchter Termin ohne Personal", "gebuchte Termine ohne Personal",
		"one booked appointment without staff", "booked appointments without staff"))
	add(-s.MissingHeads, l.Of("ein Standort unter seiner Mindestbesetzung", "a centre below its minimum staff"))
	n = whole(s.places)
	add(-s.Walkin, l.Count(n, "ein Platz für Menschen ohne Termin weniger", "Plätze für Menschen ohne Termin weniger",
		"one fewer place for people without an appointment", "fewer places for people without an appointment"))
	n = whole(s.days)
	add(-s.Promise, l.Count(n, "ein Tag mehr Wartezeit", "Tage mehr Wartezeit", "one more day of waiting", "more days of waiting")+" "+p.beyond(l))
	add(-s.Goal, l.Of("längere Wartezeiten innerhalb der Zusage", "longer waits within the promise"))
	add(-s.Fairness, l.Of("ein größerer Abstand zwischen den Bezirken", "a wider gap between the districts"))
	if travel > 0 {
		add(-s.Moves, l.Count(travel, "eine Minute mehr Weg", "Minuten mehr Weg", "one more minute of travel", "more minutes of travel"))
	} else {
		add(-s.Moves, l.Of("ein weiterer Tag an einem anderen Standort", "one more day at another centre"))
	}
	add(-s.Changes, l.Of("eine weitere Änderung am bisherigen Plan", "one more change to the plan"))
	add(-s.Personal, l.Of("ein weiterer Einsatz für eine Person, die schon öfter an anderen Standorten war", "one more move of a person who has been away more often"))
	add(-s.Starts, l.Of("ein zusätzlicher Wechsel des Standorts", "one additional change of workplace"))
	var said []string
	for range 2 {
		best := -1
		for i, a := range all {
			if a.points > 0 && (best < 0 || a.points > all[best].points) {
				best = i
			}
		}
		if best < 0 || len(said) > 0 && all[best].points < .1*-s.Sum() {
			break
		}
		said = append(said, all[best].words)
		all[best].points = 0
	}
	return l.And(said)
}
