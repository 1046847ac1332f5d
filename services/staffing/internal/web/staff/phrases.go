package staff

import "github.com/lotse-hamburg/lotse/services/internal/pages"

// reasons are what is said of wrong rows, in German.
var reasons = pages.NewPhrases(
	"is not a header line: name the columns, at least employee, home and a weekday", "ist keine Kopfzeile: Benennen Sie die Spalten, mindestens Personalnummer, Standort und einen Wochentag",
	"has a name that is not known: {names}", "hat einen Namen, den es hier nicht gibt: Nehmen Sie Personalnummer, Standort, Kompetenzen, mobiles Team, freiwillig, einsetzbar, Tage auswärts, von, beschäftigt bis und Mo bis So, oder lassen Sie die Spalte weg",
	"stands twice: take one out", "steht zweimal da: Nehmen Sie eine heraus",
	"has no column employee: add it", "hat keine Spalte „Personalnummer“: Ergänzen Sie sie",
	"has no column home: add it", "hat keine Spalte „Standort“: Ergänzen Sie sie",
	"has {n} cells, the header {m}: give every column a cell", "hat {n} Zellen, die Kopfzeile {m}: Geben Sie jeder Spalte eine Zelle",
	"has unbalanced quotes", "hat ein Anführungszeichen ohne Gegenstück",
	"is not yes or no", "ist weder ja noch nein",
	"is not a whole number", "ist keine ganze Zahl",
	"is not a shift: {cure}", "ist kein Dienst: Schreiben Sie ihn als 8:00-16:30, mit Pausen als 8:00-16:30 12:00-12:30",
	"stands in line {n} already: list each employee once", "steht schon in Zeile {n}: Nennen Sie jede Person einmal",
	"stands in {place} already: list each employee once", "steht schon in {place}: Nennen Sie jede Person einmal",
	"stands twice: list it once", "steht zweimal da: Nennen Sie es einmal",
	"lies outside 1 to 366: give days ahead, or leave it out", "liegt nicht zwischen 1 und 366 Tagen",
	"lies outside 0 to 7: give days of one week", "liegt nicht zwischen 0 und 7 Tagen einer Woche",
	"is missing: send a list, an empty one to set the calendar alone", "fehlt: Geben Sie eine Liste an",
	"is missing: write it as 2026-12-01", "fehlt: Schreiben Sie es als 2026-12-01",
	"is not a date: write it as 2026-12-01", "ist kein Datum: Schreiben Sie es als 1.12.2026",
	"is missing: write it as 08:30", "fehlt: Schreiben Sie es als 8:30",
	"is not a time of day: write it as 08:30", "ist keine Uhrzeit: Schreiben Sie sie als 8:30",
	"is missing: give {what}", "fehlt: Geben Sie es an",
	"is not an id: use letters, digits, _ and -, at most 64 characters", "ist keine Kennung: Erlaubt sind höchstens 64 Buchstaben, Ziffern, _ und -",
	"is not after from {day}: give the first day of employment no more", "liegt nicht nach dem ersten Tag, dem {day}",
	"is not after from {day}: give the first day that is no holiday any more", "liegt nicht nach dem ersten Tag, dem {day}",
	"is not after from {time}: give a later time", "liegt nicht nach dem Beginn um {time}",
	"has {n} weeks: give 1 to 52, with shifts by weekday", "hat {n} Wochen mit Diensten: Geben Sie für mindestens einen Wochentag einen Dienst an",
	"is not a weekday: use 1 (Monday) to 7 (Sunday)", "ist kein Wochentag: Nehmen Sie 1 (Montag) bis 7 (Sonntag)",
	"lies outside the shift {span}: move it inside", "liegt außerhalb des Dienstes {span}",
	"begins before the break before it ends: list breaks in order, without overlap", "beginnt, bevor die Pause davor endet: Nennen Sie Pausen der Reihe nach",
	"cannot be read", "ist nicht zu lesen",
	"is not a JSON {what}", "ist in der Form falsch",
)

// places are where something is wrong in a file.
var places = pages.NewPhrases(
	"line {n}, column {m}", "Zeile {n}, Spalte {m}",
	"line {n}, employee", "Zeile {n}, Personalnummer",
	"line {n}, home", "Zeile {n}, Standort",
	"line {n}, mobile", "Zeile {n}, mobiles Team",
	"line {n}, volunteer", "Zeile {n}, freiwillig",
	"line {n}, deployable", "Zeile {n}, einsetzbar",
	"line {n}, max_days_away_per_week", "Zeile {n}, Tage auswärts",
	"line {n}, from", "Zeile {n}, erster Tag",
	"line {n}, until", "Zeile {n}, beschäftigt bis",
	"line {n}, weekday {d}", "Zeile {n}, Wochentag {d}",
	"line {n}, rotation", "Zeile {n}, Dienste",
	"line {n}, {rest}", "Zeile {n}, {rest}",
	"line {n}", "Zeile {n}",
	"body", "Die Datei",
)
