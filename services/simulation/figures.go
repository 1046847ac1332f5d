package simulation

import (
	"math"
	"slices"
)

// Figure is one number by which policies are compared.
type Figure struct {
	// Name as a row, Unit, and what it Means in a sentence.
	Name, Unit, Means string
	// Digits after the point that are worth reading.
	Digits int
	// Better is 1 where more is better, -1 where less is, 0 where neither is.
	Better int
	Of     func(*Result) float64
}

// month is a mean month in days.
const month = 365.25 / 12

// Figures are all that policies are compared by. What cannot be said of a run, as
// nobody walked in, is NaN.
//
// Lead time has two definitions: to the third next appointment that is on offer at
// noon (Murray and Berwick 2003), by which the promise is judged, and from booking
// to appointment. None within the horizon counts as a day more.
var Figures = []Figure{
	{"kept-14", "%", "of working days × districts × service groups: the third next appointment was within 14 days at noon", 1, 1,
		func(r *Result) float64 { return share(r.Kept14, r.Measured) }},
	{"kept-10", "%", "the same within 10 days", 1, 1, func(r *Result) float64 { return share(r.Kept10, r.Measured) }},
	{"kept-14-worst", "%", "kept-14 of the district that has the smallest share", 1, 1, worst},
	{"next-mean", "days", "to the third next appointment at noon, mean", 2, -1, func(r *Result) float64 { return mean(r.Next) }},
	{"next-95th", "days", "the same, 95th percentile", 1, -1, func(r *Result) float64 { return quantile(r.Next, .95) }},
	{"booked-mean", "days", "from booking to appointment, mean", 2, -1, func(r *Result) float64 { return mean(r.BookedLead) }},
	{"booked-95th", "days", "the same, 95th percentile", 1, -1, func(r *Result) float64 { return quantile(r.BookedLead, .95) }},
	{"gini", "", "inequality between districts of their mean days to the third next appointment; 0: all alike (Gini 1914)", 3, -1,
		func(r *Result) float64 { return gini(r.nextByDistrict()) }},
	{"unmet", "%", "of requests that found no appointment their citizens would take", 2, -1, func(r *Result) float64 { return share(r.Unmet, r.Asked) }},
	{"uncovered", "‰", "of booked appointments whose citizens came and nobody on duty could serve them", 2, -1,
		func(r *Result) float64 { return r.served(10 * share(r.Uncovered, r.Booked)) }},
	{"moved-days", "per person, month", "days that employees worked at another centre than their own, per employee and month", 2, -1,
		func(r *Result) float64 { return float64(r.Moves) / (float64(r.People) * float64(r.Days) / month) }},
	{"travel", "minutes one way", "between the own centre and the other, mean over moved days", 1, -1, func(r *Result) float64 { return float64(r.Travel) / float64(r.Moves) }},
	{"decisions", "a week", "proposals that planners approved or rejected", 1, -1, func(r *Result) float64 { return r.served(float64(r.Decisions) * 7 / float64(r.Days)) }},
	{"walk-in-wait", "minutes", "from drawing a ticket to being called, mean of those who were", 1, -1, func(r *Result) float64 { return mean(r.WalkIns.Waited) }},
	{"walk-in-95th", "minutes", "the same, 95th percentile; 180 stands for more", 1, -1, func(r *Result) float64 { return quantile(r.WalkIns.Waited, .95) }},
}

// Figure is one of Figures by its name; NaN where there is none of that name.
func (r *Result) Figure(name string) float64 {
	for _, f := range Figures {
		if f.Name == name {
			return f.Of(r)
		}
	}
	return math.NaN()
}

// served is a number of the services, which a book does not have.
func (r *Result) served(x float64) float64 {
	if len(r.Logs) == 0 {
		return math.NaN()
	}
	return x
}

func share(a, b int) float64 { return 100 * float64(a) / float64(b) }

// worst is the share of kept promises in the district that has the smallest.
func worst(r *Result) float64 {
	least := math.NaN()
	for _, k := range r.Districts {
		if k.Measured > 0 && !(least <= share(k.Kept14, k.Measured)) {
			least = share(k.Kept14, k.Measured)
		}
	}
	return least
}

// nextByDistrict is the mean to the third next appointment of each district, in
// rising order.
func (r *Result) nextByDistrict() (all []float64) {
	for _, k := range r.Districts {
		if k.Measured > 0 {
			all = append(all, float64(k.SumNext)/float64(k.Measured))
		}
	}
	slices.Sort(all)
	return all
}

// mean and quantile of what is counted by whole numbers. The quantile is the least
// number that so large a share does not exceed.
func mean(counted []int) float64 {
	n, sum := 0, 0
	for x, c := range counted {
		n, sum = n+c, sum+x*c
	}
	return float64(sum) / float64(n)
}

func quantile(counted []int, q float64) float64 {
	n := 0
	for _, c := range counted {
		n += c
	}
	need := int(math.Ceil(q * float64(n)))
	for x, c := range counted {
		if need -= c; n > 0 && need <= 0 {
			return float64(x)
		}
	}
	return math.NaN()
}

// gini is the coefficient of numbers in rising order: 0 where all are alike,
// towards 1 where one has all. G = 2 Σ i·x(i) / (n Σ x) − (n+1)/n (Gini 1914).
func gini(rising []float64) float64 {
	n, sum, weighted := float64(len(rising)), 0.0, 0.0
	for i, x := range rising {
		sum, weighted = sum+x, weighted+float64(i+1)*x
	}
	if sum == 0 {
		return 0
	}
	return 2*weighted/(n*sum) - (n+1)/n
}
