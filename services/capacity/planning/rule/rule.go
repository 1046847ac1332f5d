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
		De: "Die Ankündigungsfrist ist unterschritten; darunter nur mobile Teams und Freiwillige.",
		En: "The notice is too short; below it only mobile teams and volunteers are moved."},
	{Name: Fixed,
		De: "Für diesen Tag ist über die Person schon entschieden.",
		En: "It is decided already where the person works on that day."},
	{Name: Reach,
		De: "Der Standort liegt außerhalb der zumutbaren Wege.",
		En: "The centre is beyond the travel that can be asked for."},
	{Name: Skills,
		De: "Die Person kann nichts von dem bedienen, was dort gebraucht wird.",
		En: "The person can serve nothing of what is needed there."},
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
		De: "In dieser Woche ist die Person schon so oft unterwegs, wie erlaubt.",
		En: "The person is away as often as allowed in this week already."},
	{Name: HalfYear, Hard: true,
		De: "Die Person war im letzten halben Jahr schon so viele Tage an anderen Standorten, wie mit dem Personalrat vereinbart.",
		En: "The person has worked at other centres for as many days of the last half year as agreed with the staff council."},
	{Name: SaturdayCap,
		De: "Die Person ist in vier Wochen schon so viele Samstage unterwegs, wie erlaubt.",
		En: "The person is away on as many Saturdays in four weeks as allowed already."},
	{Name: Rest, Hard: true,
		De: "Zwischen zwei Diensten blieben mit den Wegen keine elf Stunden Ruhe.",
		En: "With the travel there would be less than eleven hours of rest between two duties."},
	{Name: Counters,
		De: "Am Standort ist kein Schalter mehr frei.",
		En: "No counter is left at the centre."},
	{Name: Minimum,
		De: "Der abgebende Standort fiele unter seine Mindestbesetzung.",
		En: "The giving centre would fall below its minimum staff."},
	{Name: Express,
		De: "Für den Express-Schalter ist niemand mit den nötigen Kompetenzen da.",
		En: "Nobody with the skills for the express counter is there."},
	{Name: Covered, Hard: true,
		De: "Am abgebenden Standort wären gebuchte Termine nicht mehr gedeckt.",
		En: "Booked appointments at the giving centre would be uncovered."},
	{Name: Personal, Priced: true,
		De: "Jeder weitere Einsatz derselben Person zählt mehr als der vorige, damit es nicht immer dieselben trifft.",
		En: "Each further deployment of the same person counts more than the one before, so that it is not always the same people."},
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
