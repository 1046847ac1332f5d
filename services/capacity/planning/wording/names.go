package wording

import "github.com/lotse-hamburg/lotse/services/capacity/planning"

// Names are what people call things, by their index in the instance.
type Names interface {
	Centre(c int) string
	District(r int) string
	// Skill is the services that people come for, in the plural: "Pässe".
	Skill(s int) Text
	Employee(e int) string
	// Day is a day with its preposition: "am Freitag, 12. Juni", "on Friday, 12
	// June".
	Day(t int) Text
}

// IDs names everything by its id in the instance, and days by weekday and
// number.
func IDs(in *planning.Instance) Names { return ids{in} }

type ids struct{ in *planning.Instance }

func (n ids) Centre(c int) string   { return n.in.Centres[c].ID }
func (n ids) District(r int) string { return n.in.Districts[r] }
func (n ids) Skill(s int) Text      { return Text{n.in.Skills[s], n.in.Skills[s]} }
func (n ids) Employee(e int) string { return n.in.Staff[e].ID }
func (n ids) Day(t int) Text        { return OnDay((n.in.Weekday0+t)%7, t) }
