package wording

import (
	"strconv"
	"strings"
)

// Count writes a number with its noun: "ein Termin", "4 appointments". What is
// said of one has its article; where "%d" stands in what is said of many the
// number is put there.
func (l Lang) Count(n int, deOne, deMany, enOne, enMany string) string {
	if n == 1 {
		return l.Of(deOne, enOne)
	}
	many := l.Of(deMany, enMany)
	if strings.Contains(many, "%d") {
		return strings.Replace(many, "%d", strconv.Itoa(n), 1)
	}
	return strconv.Itoa(n) + " " + many
}

// Count is Lang.Count in both languages.
func Count(n int, deOne, deMany, enOne, enMany string) Text {
	return Both(func(l Lang) string { return l.Count(n, deOne, deMany, enOne, enMany) })
}

// Verb is the form that goes with a number.
func (l Lang) Verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// People is a number of people.
func (l Lang) People(n int) string {
	return l.Count(n, "eine Person", "Personen", "one person", "people")
}

// Ordinal is a number as an adjective: "der zweite Tag", "the second day".
func (l Lang) Ordinal(n int) string {
	german := []string{"erste", "zweite", "dritte", "vierte", "fünfte", "sechste", "siebte"}
	english := []string{"first", "second", "third", "fourth", "fifth", "sixth", "seventh"}
	if n < 1 || n > len(german) {
		end := "th"
		if tens := n / 10 % 10; tens != 1 && n%10 >= 1 && n%10 <= 3 {
			end = []string{"st", "nd", "rd"}[n%10-1]
		}
		return l.Of(strconv.Itoa(n)+".", strconv.Itoa(n)+end)
	}
	return l.Of(german[n-1], english[n-1])
}
