package rule

// Name of a rule; stable, it stands in events and plans.
type Name string

// Names of the rules, in the order of Rules.
const (
	Presence    Name = "presence"
	Deployable  Name = "deployable"
	Open        Name = "open"
	Notice      Name = "notice"
	Fixed       Name = "fixed"
	Reach       Name = "reach"
	Skills      Name = "skills"
	Sunday      Name = "sunday"
	Saturday    Name = "saturday"
	TenHours    Name = "ten-hours"
	WeeklyCap   Name = "weekly-cap"
	HalfYear    Name = "half-year"
	SaturdayCap Name = "saturday-cap"
	Rest        Name = "rest"
	Counters    Name = "counters"
	Minimum     Name = "giver-minimum"
	Express     Name = "express"
	Covered     Name = "would-uncover"
	Personal    Name = "personal"
	Secondment  Name = "secondment"
)

// Rule is one rule. De and En are what a planner is told where it stands in the
// way, or what it costs where it has a price. Hard rules follow from law or from
// what a person is owed: they are named, but no one is asked to relax them.
type Rule struct {
	Name   Name
	De, En string
	Hard   bool
	// Priced rules forbid nothing: what they ask for has a price.
	Priced bool
}

// Rules lists all rules: those of one person and day, in the order in which they
// are asked; those of one person and several days; those of a centre and day;
// those that only have a price.
var Rules = []Rule{
	{Name: Presence, Hard: true,
		De: "Die Person ist an dem Tag nicht im Dienst.",
		En: "The person is not on duty on that day."},
	{Name: Deployable, Hard: true,
		De: "Die Person kann nicht an einem anderen Standort eingesetzt werden.",
		En: "The person cannot be sent to another centre."},
	{Name: Open,
		De: "Der Standort ist an dem Tag geschlossen.",
		En: "The centre is closed on that day."},
	{Name: Notice,
		De: "Die Ankündigungsfrist ist unterschritten; so kurzfristig werden nur mobile Teams und Freiwillige eingesetzt.",
		En: "There is not enough notice; only mobile teams and volunteers are moved this late."},
	{Name: Fixed,
		De: "Der Einsatz der Person steht für diesen Tag bereits fest.",
		En: "Where the person works on that day has already been decided."},
	{Name: Reach,
		De: "Der Weg zum Standort ist länger, als der Person zugemutet wird.",
		En: "The centre is farther away than the person can be asked to travel."},
	{Name: Skills,
		De: "Die Person hat keine der Kompetenzen, die dort gebraucht werden.",
		En: "The person has none of the skills that are needed there."},
	{Name: Sunday, Hard: true,
		De: "An Sonn- und Feiertagen wird niemand an einen anderen Standort geschickt.",
		En: "Nobody is sent to another centre on Sundays and public holidays."},
	{Name: Saturday,
		De: "An Samstagen werden nur Freiwillige und mobile Teams an einen anderen Standort geschickt.",
		En: "On Saturdays only volunteers and mobile teams are sent to another centre."},
	{Name: TenHours, Hard: true,
		De: "Mit den Wegen wäre der Arbeitstag länger als zehn Stunden.",
		En: "With the travel the working day would be longer than ten hours."},
	{Name: WeeklyCap,
		De: "Die Person wäre in der betreffenden Woche öfter an anderen Standorten, als erlaubt ist.",
		En: "The person would be away more often in that week than is allowed."},
	{Name: HalfYear, Hard: true,
		De: "Die Person wäre innerhalb eines halben Jahres an mehr Tagen an anderen Standorten, als mit dem Personalrat vereinbart ist.",
		En: "Within half a year the person would work at other centres on more days than agreed with the staff council."},
	{Name: SaturdayCap,
		De: "Die Person wäre innerhalb von vier Wochen an mehr Samstagen an anderen Standorten, als erlaubt ist.",
		En: "Within four weeks the person would be away on more Saturdays than is allowed."},
	{Name: Rest, Hard: true,
		De: "Zwischen zwei Diensten blieben mit den Wegen keine elf Stunden Ruhe.",
		En: "With the travel there would be less than eleven hours of rest between two duties."},
	{Name: Counters,
		De: "Am Standort ist kein Schalter mehr frei.",
		En: "No counter is free at the centre."},
	{Name: Minimum,
		De: "Der abgebende Standort fiele unter seine Mindestbesetzung.",
		En: "The giving centre would fall below its minimum staff."},
	{Name: Express,
		De: "Am Express-Schalter wäre niemand mit den nötigen Kompetenzen.",
		En: "Nobody with the necessary skills would be at the express counter."},
	{Name: Covered, Hard: true,
		De: "Am abgebenden Standort wären gebuchte Termine nicht mehr gedeckt.",
		En: "Booked appointments at the giving centre would no longer be covered."},
	{Name: Personal, Priced: true,
		De: "Jeder weitere Einsatz derselben Person zählt mehr als der vorige, damit es nicht immer dieselben trifft.",
		En: "Each further deployment of the same person counts more than the one before, so that it is not always the same people who are sent."},
	{Name: Secondment, Priced: true,
		De: "Der Beginn eines Einsatzes zählt einmal; folgende Tage am selben Standort zählen nicht noch einmal.",
		En: "The start of a deployment counts once; the days that follow at the same centre do not count again."},
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
