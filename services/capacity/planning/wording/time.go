package wording

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/lotse-hamburg/lotse/events/day"
)

var (
	wochentage = [7]string{"Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"}
	weekdays   = [7]string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
	monate     = [12]string{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"}
)

// OnDate spells a date with its preposition: "am Freitag, 12. Juni", "on Friday,
// 12 June".
func OnDate(d day.Day) Text {
	_, m, n := d.Date()
	w := (int(d.Weekday()) + 6) % 7
	return Text{"am " + wochentage[w] + ", " + strconv.Itoa(n) + ". " + monate[m-1],
		"on " + weekdays[w] + ", " + strconv.Itoa(n) + " " + m.String()}
}

// OnDay spells a day that has no date, by its weekday from Monday, 0: "am Freitag
// (Tag 11)".
func OnDay(weekday, number int) Text {
	return Text{"am " + wochentage[weekday] + " (Tag " + strconv.Itoa(number) + ")", "on " + weekdays[weekday] + " (day " + strconv.Itoa(number) + ")"}
}

// Span of days from two that have their prepositions, as OnDate spells them: "von
// Freitag, 12. Juni bis Montag, 15. Juni".
func Span(first, last Text) Text {
	if first == last {
		return first
	}
	bare := strings.TrimPrefix
	return Text{De: "von " + bare(first.De, "am ") + " bis " + bare(last.De, "am "),
		En: "from " + bare(first.En, "on ") + " to " + bare(last.En, "on ")}
}

// Duration of so many minutes: in hours where it is whole ones, or so long that
// they do not matter.
func Duration(minutes int) Text {
	if minutes%60 != 0 && minutes > 240 {
		n := strconv.Itoa((minutes + 30) / 60)
		return Text{De: "etwa " + n + " Stunden", En: "about " + n + " hours"}
	}
	if minutes%60 == 0 && minutes > 0 {
		return Count(minutes/60, "eine Stunde", "Stunden", "one hour", "hours")
	}
	return Count(minutes, "eine Minute", "Minuten", "one minute", "minutes")
}

// Clock is a time of day from minutes after midnight, "09:30".
func Clock(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

// Beyond says that waiting lasts longer than so many days: "über 12 Tage hinaus",
// "beyond 12 days".
func Beyond(l Lang, days int) string {
	n := l.Count(days, "einen Tag", "Tage", "one day", "days")
	return l.Of("über "+n+" hinaus", "beyond "+n)
}
