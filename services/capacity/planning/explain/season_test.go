package explain

import (
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

// A season makes places dearer, not more.
func TestSeasonsDoNotMultiplyPlaces(t *testing.T) {
	in := city(person("anna", altona, passports), person("ben", bergedorf, passports))
	in.Walkin[altona][passports][friday] = 240
	ill(in, 0)
	twice := make([][]float64, len(in.Skills))
	for s := range twice {
		twice[s] = make([]float64, in.Horizon)
		for d := range twice[s] {
			twice[s][d] = 2
		}
	}
	q := Question{Instance: in, After: moved(in, map[int]int{1: altona}), Places: atAltona}
	plain := explained(t, q)
	in.Seasonal = &planning.Seasonal{Walkin: twice, Late: twice}
	season := explained(t, q)
	if !near(plain.Split.Walkin, 8*4) || !near(season.Split.Walkin, 2*8*4) {
		t.Errorf("8 places are worth %v, in season %v", plain.Split.Walkin, season.Split.Walkin)
	}
	if !strings.Contains(season.Headline.En, "keeps 8 places") {
		t.Error(season.Headline.En)
	}
}
