package outlook

import "math"

// Tally of one day: so many of Of did, such as of appointments those that nobody came
// to. Both in units that count as independent of each other.
type Tally struct{ Hits, Of float64 }

// Prior is a share before anything was counted, and how many of Of it is worth.
type Prior struct{ Share, Worth float64 }

// Shares learns a share for each of several districts and for the city, from the tallies
// of days, the last one being yesterday. A day counts half as much as one that lies
// halfLife days after it.
//
// The hits of a district are binomial with a share of its own, and the shares Beta
// distributed around the city's; what is answered is their mean given the tallies
// (Gelman et al., Bayesian Data Analysis, 3rd ed. 2013, 2.4 and 5.3),
//
//	district = (worth·city + hits) / (worth + of), city likewise around the prior,
//
// worth being how many of Of the districts' shares are alike for. It is given, not
// estimated: seven districts say too little about how far districts lie apart. A
// district without tallies has the city's share, one with many its own.
func Shares(days [][]Tally, prior Prior, worth, halfLife float64) (districts []float64, city float64) {
	var sums []Tally
	all := Tally{}
	for i, of := range days {
		w := math.Exp2(-float64(len(days)-1-i) / halfLife)
		for d, t := range of {
			if d == len(sums) {
				sums = append(sums, Tally{})
			}
			sums[d].Hits, sums[d].Of = sums[d].Hits+w*t.Hits, sums[d].Of+w*t.Of
			all.Hits, all.Of = all.Hits+w*t.Hits, all.Of+w*t.Of
		}
	}
	city = prior.given(all)
	for _, t := range sums {
		districts = append(districts, Prior{city, worth}.given(t))
	}
	return districts, city
}

func (p Prior) given(t Tally) float64 {
	if p.Worth+t.Of <= 0 {
		return p.Share
	}
	return (p.Worth*p.Share + t.Hits) / (p.Worth + t.Of)
}
