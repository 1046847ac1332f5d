package suggest

import (
	"fmt"
	"math"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/wording"
)

// say puts a suggestion into words.
func (k *bench) say(s *Suggestion) wording.Text {
	n := k.Names
	centre, day := n.Centre(s.Centre), n.Day(s.Days[0])
	var out wording.Text
	switch s.Kind {
	case Walkin:
		days := wording.Span(n.Day(s.Days[0]), n.Day(s.Days[len(s.Days)-1]))
		out = wording.Text{
			De: fmt.Sprintf("Am Standort %s %s %s aus der Reserve für Menschen ohne Termin für Termine freigeben", centre, days.De, wording.Duration(s.Minutes).De),
			En: fmt.Sprintf("At %s, give %s of the reserve for people without an appointment to appointments %s", centre, wording.Duration(s.Minutes).En, days.En)}
	case Overtime:
		each := wording.Duration(k.OvertimeMinutes)
		who := wording.Count(s.Takes, "eine Person", "Personen", "one person", "people")
		out = wording.Text{
			De: fmt.Sprintf("Am Standort %s bleibt %s %s %s länger", centre, day.De, who.De, each.De),
			En: fmt.Sprintf("At %s %s, %s %s %s longer", centre, day.En, who.En, wording.En.Verb(s.Takes, "stays", "stay"), each.En)}
		if s.Takes > 1 {
			out.De = fmt.Sprintf("Am Standort %s bleiben %s %s je %s länger", centre, day.De, who.De, each.De)
			out.En += " each"
		}
	case Saturday:
		people := wording.Count(s.Takes, "einer Person", "Personen", "one person", "people")
		out = wording.Text{
			De: fmt.Sprintf("Den Standort %s %s mit %s öffnen, nur für Termine", centre, day.De, people.De),
			En: fmt.Sprintf("Open %s %s with %s, for appointments only", centre, day.En, people.En)}
	case Closing:
		people := wording.Count(s.Takes, "eine Person hilft", "Personen helfen", "one person helps", "people help")
		out = wording.Text{
			De: fmt.Sprintf("Den Standort %s %s schließen; %s an anderen Standorten", centre, day.De, people.De),
			En: fmt.Sprintf("Close %s %s; %s at other centres", centre, day.En, people.En)}
		if s.Takes == 0 {
			out = wording.Text{De: fmt.Sprintf("Den Standort %s %s schließen", centre, day.De), En: fmt.Sprintf("Close %s %s", centre, day.En)}
		}
	case Hours:
		out = wording.Text{
			De: fmt.Sprintf("Den Standort %s %s nur von %s bis %s Uhr öffnen", centre, day.De, wording.Clock(s.From), wording.Clock(s.To)),
			En: fmt.Sprintf("Open %s %s only from %s to %s", centre, day.En, wording.Clock(s.From), wording.Clock(s.To))}
	}
	return k.effects(out, s)
}

// effects adds what is won and lost, and what is left to be seen.
func (k *bench) effects(head wording.Text, s *Suggestion) wording.Text {
	var won, lost, note []wording.Text
	if s.Wins.Heads > 0 {
		won = append(won, wording.Text{De: "die Mindestbesetzung ist gesichert", En: "the minimum staff is secured"})
	}
	count := func(v float64, list *[]wording.Text, deOne, deMany, enOne, enMany string) {
		if i := int(math.Round(math.Abs(v))); i > 0 {
			*list = append(*list, wording.Count(i, deOne, deMany, enOne, enMany))
		}
	}
	sided := func(v float64, up, down [4]string) {
		if v > 0 {
			count(v, &won, up[0], up[1], up[2], up[3])
		} else {
			count(v, &lost, down[0], down[1], down[2], down[3])
		}
	}
	if s.Kind != Closing || s.Wins.Booked > 0 {
		sided(s.Wins.Booked, [4]string{"ein weiterer gebuchter Termin ist gedeckt", "weitere gebuchte Termine sind gedeckt", "one more booked appointment is covered", "more booked appointments are covered"},
			[4]string{"ein gebuchter Termin muss verlegt werden", "gebuchte Termine müssen verlegt werden", "one booked appointment has to be moved", "booked appointments have to be moved"})
	}
	days := k.in.PromiseDays
	past := wording.Text{De: " " + wording.Beyond(wording.De, days), En: " " + wording.Beyond(wording.En, days)}
	// Days are what the price counts; slots are named as far as they fit them.
	if s.Wins.LateSlots*s.Wins.LateSlotDays > 0 && math.Abs(s.Wins.LateSlots) <= math.Abs(s.Wins.LateSlotDays)+.5 {
		after := wording.Count(days, " mehr als einen Tag voraus", " mehr als %d Tage voraus", " more than one day ahead", " more than %d days ahead")
		sided(s.Wins.LateSlots, [4]string{"ein Termin weniger liegt" + after.De, "Termine weniger liegen" + after.De, "one fewer appointment is" + after.En, "fewer appointments are" + after.En},
			[4]string{"ein Termin mehr liegt" + after.De, "Termine mehr liegen" + after.De, "one more appointment is" + after.En, "more appointments are" + after.En})
	}
	sided(s.Wins.LateSlotDays, [4]string{"Bürgerinnen und Bürger warten zusammen einen Tag weniger" + past.De, "Bürgerinnen und Bürger warten zusammen %d Tage weniger" + past.De,
		"together, citizens wait one day less" + past.En, "together, citizens wait %d days less" + past.En},
		[4]string{"Bürgerinnen und Bürger warten zusammen einen Tag länger" + past.De, "Bürgerinnen und Bürger warten zusammen %d Tage länger" + past.De,
			"together, citizens wait one day more" + past.En, "together, citizens wait %d days more" + past.En})
	sided(s.Wins.Walkin, [4]string{"für eine weitere Person ohne Termin ist Platz", "für %d weitere Personen ohne Termin ist Platz", "there is room for one more person without an appointment", "there is room for %d more people without an appointment"},
		[4]string{"für eine Person ohne Termin ist dann kein Platz mehr", "für %d Personen ohne Termin ist dann kein Platz mehr", "there would be no room left for one person without an appointment", "there would be no room left for %d people without an appointment"})
	if len(won) == 0 {
		won = append(won, wording.Text{De: "die Wartezeiten werden kürzer", En: "waits become shorter"})
	}
	if s.Skill >= 0 {
		skill := k.Names.Skill(s.Skill)
		note = append(note, wording.Text{De: "Am meisten hilft es bei: " + skill.De + ".", En: "It helps most with: " + skill.En + "."})
	}
	if len(lost) > 0 {
		note = append(note, wording.Text{De: "Dagegen steht: " + wording.De.Clause(wording.De.Join(lost)) + ".", En: "On the other hand: " + wording.En.Join(lost) + "."})
	}
	if s.StaffMinutes > 0 {
		t := wording.Duration(s.StaffMinutes)
		note = append(note, wording.Text{De: "Das kostet " + t.De + " zusätzliche Arbeitszeit.", En: "It costs " + t.En + " of additional working time."})
	}
	switch s.Kind {
	case Saturday:
		note = append(note, k.volunteers(s))
	case Hours:
		note = append(note, wording.Text{De: "Vorher ist zu prüfen, was in der geschlossenen Zeit gebucht ist.", En: "Check first what is booked in the hours that would be closed."})
	case Closing:
		if !s.Exact {
			t := wording.Count(k.booked(s.Centre, s.Days[0]), "Ein dort gebuchter Termin muss vorher verlegt werden.", "dort gebuchte Termine müssen vorher verlegt werden.",
				"One appointment booked there has to be moved first.", "appointments booked there have to be moved first.")
			note = append(note, t)
		}
	}
	head.De += ": " + wording.De.Clause(wording.De.Join(won)) + "."
	head.En += ": " + wording.En.Join(won) + "."
	for _, t := range note {
		head.De += " " + t.De
		head.En += " " + t.En
	}
	return head
}

func (k *bench) volunteers(s *Suggestion) wording.Text {
	n := 0
	for _, e := range s.People {
		if p := &k.in.Staff[e]; p.Volunteer || p.Mobile {
			n++
		}
	}
	switch {
	case n == len(s.People):
		return wording.Text{De: "Dafür gibt es Freiwillige oder ein mobiles Team.", En: "There are volunteers or a mobile team for it."}
	case n == 0:
		return wording.Text{De: "Dafür müssen sich Freiwillige finden.", En: "Volunteers have to be found for it."}
	}
	rest := wording.Count(len(s.People)-n, "eine weitere freiwillige Person", "weitere Freiwillige", "one more volunteer", "more volunteers")
	return wording.Text{De: "Dafür braucht es noch " + rest.De + ".", En: "It still needs " + rest.En + "."}
}

// booked counts appointments.
func (k *bench) booked(c, t int) int {
	n := 0.0
	for s, slot := range k.in.SlotMinutes {
		n += float64(k.Instance.Booked[c][s][t]) / slot
	}
	return max(1, int(math.Round(n)))
}
