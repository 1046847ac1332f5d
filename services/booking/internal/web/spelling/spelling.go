// Package spelling reads codes out, letter by letter.
package spelling

import "strings"

// The names of towns of DIN 5009:2022-06, and the words of the International
// Civil Aviation Organization (Annex 10, volume II, 5.2.1.3).
var (
	towns = map[rune]string{'A': "Aachen", 'B': "Berlin", 'C': "Chemnitz", 'D': "Düsseldorf", 'E': "Essen", 'F': "Frankfurt", 'G': "Goslar", 'H': "Hamburg",
		'I': "Ingelheim", 'J': "Jena", 'K': "Köln", 'L': "Leipzig", 'M': "München", 'N': "Nürnberg", 'O': "Offenbach", 'P': "Potsdam", 'Q': "Quickborn",
		'R': "Rostock", 'S': "Salzwedel", 'T': "Tübingen", 'U': "Unna", 'V': "Völklingen", 'W': "Wuppertal", 'X': "Xanten", 'Y': "Ypsilon", 'Z': "Zwickau"}
	words = map[rune]string{'A': "Alfa", 'B': "Bravo", 'C': "Charlie", 'D': "Delta", 'E': "Echo", 'F': "Foxtrot", 'G': "Golf", 'H': "Hotel",
		'I': "India", 'J': "Juliett", 'K': "Kilo", 'L': "Lima", 'M': "Mike", 'N': "November", 'O': "Oscar", 'P': "Papa", 'Q': "Quebec",
		'R': "Romeo", 'S': "Sierra", 'T': "Tango", 'U': "Uniform", 'V': "Victor", 'W': "Whiskey", 'X': "X-ray", 'Y': "Yankee", 'Z': "Zulu"}
	digits = map[string][]string{"de": {"null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"},
		"en": {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"}}
)

// Sign is one letter or digit of a code, and the word that stands for it.
type Sign struct{ Letter, Word string }

// Out reads a code out in German ("de…") or English; what is neither letter nor
// digit is left out.
func Out(code, lang string) (all []Sign) {
	say, letters := digits["de"], towns
	if strings.HasPrefix(strings.ToLower(lang), "en") {
		say, letters = digits["en"], words
	}
	for _, r := range strings.ToUpper(code) {
		switch {
		case r >= '0' && r <= '9':
			all = append(all, Sign{string(r), say[r-'0']})
		case letters[r] != "":
			all = append(all, Sign{string(r), letters[r]})
		}
	}
	return all
}

// Grouped writes a code in two halves, which are easier to read.
func Grouped(code string) string {
	if n := len(code); n >= 8 {
		return code[:n/2] + " " + code[n/2:]
	}
	return code
}
