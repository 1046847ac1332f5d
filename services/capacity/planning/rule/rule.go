package rule

// Name of a rule; stable, it stands in events and plans.
type Name string

// Names of the rules, in the order of Rules.
const (
	Presence   Name = "presence"
	Deployable Name = "deployable"
	Open       Name = "open"
	Notice     Name = "notice"
	Fixed      Name = "fixed"
	Reach      Name = "reach"
	Skills     Name = "skills"
	WeeklyCap  Name = "weekly-cap"
	Counters   Name = "counters"
	Minimum    Name = "giver-minimum"
	Covered    Name = "would-uncover"
)

// Rule is one rule. De and En are what a planner is told where it stands in the
// way. Hard rules follow from law: they are named, but no one is asked to relax
// them.
type Rule struct {
	Name   Name
	De, En string
	Hard   bool
}

// Rules lists all rules, those of one person and day first.
var Rules = []Rule{
	{Presence, "Die Person ist an dem Tag nicht im Dienst.", "The person is not on duty on that day.", true},
	{Deployable, "Die Person kann nicht an einem anderen Standort eingesetzt werden.", "The person cannot be sent to another centre.", true},
	{Open, "Der Standort ist an dem Tag geschlossen.", "The centre is closed on that day.", false},
	{Notice, "Die Ankündigungsfrist ist unterschritten; darunter nur mobile Teams und Freiwillige.", "The notice is too short; below it only mobile teams and volunteers are moved.", false},
	{Fixed, "Für diesen Tag ist über die Person schon entschieden.", "It is decided already where the person works on that day.", false},
	{Reach, "Der Standort liegt außerhalb der zumutbaren Wege.", "The centre is beyond the travel that can be asked for.", false},
	{Skills, "Die Person kann nichts von dem bedienen, was dort gebraucht wird.", "The person can serve nothing of what is needed there.", false},
	{WeeklyCap, "In dieser Woche ist die Person schon so oft unterwegs, wie erlaubt.", "The person is away as often as allowed in this week already.", false},
	{Counters, "Am Standort ist kein Schalter mehr frei.", "No counter is left at the centre.", false},
	{Minimum, "Der abgebende Standort fiele unter seine Mindestbesetzung.", "The giving centre would fall below its minimum staff.", false},
	{Covered, "Am abgebenden Standort wären gebuchte Termine nicht mehr gedeckt.", "Booked appointments at the giving centre would be uncovered.", false},
}

// ByName finds a rule.
func ByName(name Name) (Rule, bool) {
	for _, r := range Rules {
		if r.Name == name {
			return r, true
		}
	}
	return Rule{}, false
}
