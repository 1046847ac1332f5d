// Package wishes reads what people say they want: a service by any of its names, a
// place by its postcode, a day and a time of day as one says them.
package wishes

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/network"
)

// synonyms are what people say for a word of a service's name, by its beginning in
// plain letters: more than the catalogue has, and in the colloquial of both languages.
var synonyms = map[string][]string{
	"perso":    {"personalausweis"},
	"ausweis":  {"personalausweis"},
	"id":       {"personalausweis"},
	"eid":      {"online"},
	"pass":     {"reisepass"},
	"eilig":    {"vorlaufig"},
	"express":  {"vorlaufig"},
	"urlaub":   {"reisepass"},
	"umzug":    {"wohnsitz"},
	"umzieh":   {"wohnsitz"},
	"umgezog":  {"wohnsitz"},
	"ummeld":   {"wohnsitz"},
	"anmeld":   {"wohnsitz"},
	"abmeld":   {"wohnsitz"},
	"wohnung":  {"wohnsitz"},
	"adresse":  {"wohnsitz"},
	"move":     {"residence"},
	"moving":   {"residence"},
	"moved":    {"residence"},
	"address":  {"residence"},
	"flat":     {"residence"},
	"lappen":   {"fuhrerschein"},
	"fahrerl":  {"fuhrerschein"},
	"driver":   {"driving"},
	"gestohl":  {"verlust"},
	"geklaut":  {"verlust"},
	"verlor":   {"verlust"},
	"weg":      {"verlust"},
	"stolen":   {"lost"},
	"abhol":    {"abholen"},
	"pick":     {"collect"},
	"fz":       {"fuhrungszeugnis"},
	"polizei":  {"fuhrungszeugnis"},
	"police":   {"conduct"},
	"criminal": {"conduct"},
	"dbs":      {"conduct"},
	"kopie":    {"kopien"},
	"zeugnis":  {"fuhrungszeugnis", "kopien"},
	"beglaub":  {"beglaubigen"},
	"notar":    {"beglaubigen"},
	"copy":     {"copies"},
	"notary":   {"certify"},
	"heirat":   {"personendaten"},
	"name":     {"personendaten"},
	"marri":    {"personal"},
	"gewerbe":  {"gewerbezentralregister"},
	"business": {"trade"},
}

// Plain writes letters without marks and capitals, so that ä, a and Ä are one.
func Plain(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch r {
		case 'ä', 'á', 'à', 'â':
			b.WriteRune('a')
		case 'ö', 'ó', 'ô':
			b.WriteRune('o')
		case 'ü', 'ú', 'û':
			b.WriteRune('u')
		case 'é', 'è', 'ê':
			b.WriteRune('e')
		case 'ß':
			b.WriteString("ss")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// words of a text, in plain letters; "ae" is how some write ä.
func words(s string) []string {
	return strings.FieldsFunc(Plain(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// Services that are meant by some words in German or English, the best first: by
// their names, LeiKa keys and synonyms; one wrong letter in five is forgiven. No
// words mean none.
func Services(all []network.ServiceType, text, lang string) []network.ServiceType {
	asked := words(text)
	if len(asked) == 0 {
		return nil
	}
	type hit struct {
		network.ServiceType
		score int
	}
	var hits []hit
	for _, t := range all {
		best := 0
		for _, l := range []string{"de", "en"} {
			s := score(asked, t.Name[l])
			if s > 0 && l == lang {
				s++
			}
			best = max(best, s)
		}
		if len(asked) == 1 && t.LeiKa != "" && len(asked[0]) >= 5 && strings.HasPrefix(t.LeiKa, asked[0]) || Plain(string(t.ID)) == Plain(strings.TrimSpace(text)) {
			best = max(best, 100)
		}
		if best > 0 {
			hits = append(hits, hit{t, best})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		return cmp.Or(b.score-a.score, cmp.Compare(b.Share, a.Share), cmp.Compare(a.ID, b.ID))
	})
	found := make([]network.ServiceType, 0, len(hits))
	for _, h := range hits {
		found = append(found, h.ServiceType)
	}
	return found
}

// score of a name: every word that is asked for must be in it.
func score(asked []string, name string) int {
	is := words(name)
	if strings.Join(is, " ") == strings.Join(asked, " ") {
		return 1000
	}
	total := 0
	for _, w := range asked {
		best := matches(w, is)
		for said, means := range synonyms {
			if len(w) >= 2 && (w == said || len(said) >= 4 && strings.HasPrefix(w, said)) {
				for _, m := range means {
					if n := matches(m, is); n > 0 {
						best = max(best, n-2)
					}
				}
			}
		}
		if best == 0 {
			return 0
		}
		total += best
	}
	return total
}

// matches rates one word: as the beginning of a word of the name, the first before
// the others, as a part of one, or with a letter wrong.
func matches(w string, name []string) (best int) {
	loose := strings.NewReplacer("ae", "a", "oe", "o", "ue", "u").Replace(w)
	for i, n := range name {
		first := max(0, 4-i)
		switch {
		case n == w:
			best = max(best, 24+first)
		case strings.HasPrefix(n, w), len(w) > 3 && strings.HasPrefix(n, loose):
			best = max(best, 18+first)
		case len(w) >= 3 && strings.Contains(n, w):
			best = max(best, 10+first)
		case len(w) >= 5 && len(n) >= len(w)-1 && near(w, n):
			best = max(best, 5+first)
		}
	}
	return best
}

// near reports whether w is the beginning of n but for one letter that is wrong,
// missing, too many, or swapped with its neighbour.
func near(w, n string) bool {
	a, b := []rune(w), []rune(n)
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	begins := func(rest, of []rune) bool { return strings.HasPrefix(string(of), string(rest)) }
	if i >= len(a) {
		return true
	}
	if i >= len(b) {
		return len(a) == len(b)+1
	}
	return begins(a[i+1:], b[i+1:]) || begins(a[i+1:], b[i:]) || begins(a[i:], b[i+1:]) ||
		i+1 < len(a) && i+1 < len(b) && a[i] == b[i+1] && a[i+1] == b[i] && begins(a[i+2:], b[i+2:])
}
