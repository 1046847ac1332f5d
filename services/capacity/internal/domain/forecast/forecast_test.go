package forecast_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	. "github.com/lotse-hamburg/lotse/services/capacity/internal/domain/forecast"
)

const monday = day.Day(20780) // 2026-11-23

func always(n int, v float64) []float64 {
	row := make([]float64, n)
	for i := range row {
		row[i] = v
	}
	return row
}

// one district with one group of 10-minute appointments, the same every day.
func one(days int, free, asked float64) Question {
	return Question{Days: days, Horizon: 60, Minutes: []float64{10}, Dispersion: 1.5,
		Supply: []Supply{{Offered: always(days+60, free*10), Left: always(days+60, free*10), Free: [][]float64{always(days+60, free)}}},
		Own:    [][][]float64{{always(days, asked*10)}}, Any: [][]float64{always(days, 0)}}
}

func TestCertainRequestsAreBookedAsInABook(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		const days, horizon = 20, 25
		q := one(days, 0, 0)
		q.Horizon, q.Dispersion, q.MinLead = horizon, 0, rapid.IntRange(0, 2).Draw(rt, "lead")
		slots, asked := make([]int, days+horizon), make([]int, days)
		for u := range slots { // by tens, so that the first free one is the third, too
			slots[u] = 10 * rapid.IntRange(0, 4).Draw(rt, "free")
			q.Supply[0].Free[0][u], q.Supply[0].Left[u] = float64(slots[u]), float64(10*slots[u])
		}
		for u := range asked {
			asked[u] = 10 * rapid.IntRange(1, 2).Draw(rt, "asked")
			q.Own[0][0][u] = float64(10 * asked[u])
		}
		waiting := 0
		for u, got := range Ahead(q)[0][0].Middle {
			first := slices.IndexFunc(slots[u+q.MinLead:u+horizon], func(n int) bool { return n > 0 })
			if want := first + q.MinLead; first >= 0 && got != want || first < 0 && got != -1 {
				rt.Fatalf("day %d: %d, a book says %d", u, got, want)
			}
			waiting += asked[u]
			for at := u + q.MinLead; at < u+horizon && waiting > 0; at++ { // one person after the other
				took := min(waiting, slots[at])
				slots[at], waiting = slots[at]-took, waiting-took
			}
		}
	})
}

func TestLeadTimesFollowTheLoad(t *testing.T) {
	for name, c := range map[string]struct {
		free, asked float64
		last        [2]int // least and most of the middle on the last day
	}{
		"nobody asks":        {20, 0, [2]int{0, 0}},
		"enough is offered":  {20, 15, [2]int{0, 0}},
		"a fifth too little": {20, 25, [2]int{12, 16}}, // 60 days × 5 too many / 20 a day ≈ 15
	} {
		b := Ahead(one(60, c.free, c.asked))[0][0]
		if n := b.Middle[59]; n < c.last[0] || n > c.last[1] {
			t.Errorf("%s: %d days at the end: %v", name, n, b.Middle)
		}
		for u := range b.Middle {
			if b.Low[u] > b.Middle[u] || b.Middle[u] > b.High[u] {
				t.Fatalf("%s: the band is crossed on day %d: %d, %d, %d", name, u, b.Low[u], b.Middle[u], b.High[u])
			}
		}
	}
	if b := Ahead(one(60, 20, 20))[0][0]; b.Low[59] >= b.High[59] {
		t.Errorf("no band at full load: %v %v", b.Low, b.High)
	}
	ill := one(60, 20, 19.5)
	ill.Sickness = []float64{.1}
	if b := Ahead(ill)[0][0]; b.Middle[59] < 2 || b.Low[59] > 1 {
		t.Errorf("sickness does not show: %v %v", b.Low, b.Middle)
	}
	if b := Ahead(one(5, 0, 3))[0][0]; b.Middle[0] != -1 {
		t.Errorf("nothing on offer: %v", b.Middle)
	}
}

// Where the requests until a day are known to be further off than chance, the band is
// wider; where nobody can be off, there is none.
func TestBandsAreAsWideAsSumsAreOff(t *testing.T) {
	wide := func(v float64) int {
		q := one(40, 20, 19)
		q.Own[0][0], q.Any[0] = always(40, 130), always(40, 60)
		q.Beyond = [][][]float64{{always(40, v)}}
		b := Ahead(q)[0][0]
		return b.High[39] - b.Low[39]
	}
	q := one(40, 20, 19)
	chance := Ahead(q)[0][0]
	if little, much := wide(.001), wide(.02); much <= little || much <= chance.High[39]-chance.Low[39] {
		t.Errorf("%d days wide at .02, %d at .001, %d by chance", much, little, chance.High[39]-chance.Low[39])
	}
	q.Beyond = [][][]float64{{nil}}
	if b := Ahead(q)[0][0]; !slices.Equal(b.High, chance.High) || !slices.Equal(b.Low, chance.Low) {
		t.Errorf("nothing is known, and the band is %v instead of %v", b.High, chance.High)
	}
}

func TestGroupsShareCounters(t *testing.T) {
	q := one(10, 20, 18)
	q.Minutes = []float64{10, 20}
	q.Supply[0].Free = append(q.Supply[0].Free, always(70, 10))
	q.Own = [][][]float64{{always(10, 180), always(10, 180)}}
	q.Any = [][]float64{always(10, 0), always(10, 0)}
	if b := Ahead(q)[0]; b[0].Middle[9] < 5 || b[1].Middle[9] < 5 { // 360 minutes asked for, 200 there
		t.Errorf("%v %v", b[0].Middle, b[1].Middle)
	}
}

func TestWhoTakesAnyGoesWhereItIsEarliest(t *testing.T) {
	q := one(30, 10, 10)
	q.Supply = append(q.Supply, one(30, 10, 0).Supply[0])
	q.Own = append(q.Own, [][]float64{always(30, 0)})
	q.Dispersion = 0
	alone := Ahead(q)
	q.Any = [][]float64{always(30, 100)} // as many as the second can give
	both := Ahead(q)
	if alone[1][0].Middle[29] != 0 || both[1][0].Middle[29] > 2 || both[0][0].Middle[29] > 2 {
		t.Errorf("%v / %v, %v", alone[1][0].Middle, both[0][0].Middle, both[1][0].Middle)
	}
}

func TestWhatComesAfterTheHorizonRepeatsTheWeek(t *testing.T) {
	s := Supply{Offered: make([]float64, 14), Left: make([]float64, 14), Free: [][]float64{make([]float64, 14)}}
	for u := range 14 {
		if u%7 < 5 {
			s.Offered[u], s.Left[u], s.Free[0][u] = 100, 50, 4 // of ten, four of them left
		}
	}
	s.Offered[0], s.Left[0], s.Free[0][0] = 0, 0, 0 // a holiday
	x := s.Extend(monday, 10, func(d day.Day) bool { return d == monday+15 }, []float64{10})
	for u, want := range []float64{100, 0, 100, 100, 100, 0, 0, 100, 100, 100} {
		if got := x.Offered[14+u]; got != want || x.Left[14+u] != want || x.Free[0][14+u] != min(want/10, 8) && want > 0 {
			t.Errorf("day %d: %v %v %v", 14+u, got, x.Left[14+u], x.Free[0][14+u])
		}
	}
	if len(s.Offered) != 14 {
		t.Error("what was handed in has changed")
	}
}

func TestWhatIsAskedForByDay(t *testing.T) {
	p := capacity.PolicyChanged{Policy: capacity.Policy{Planning: &capacity.Planning{Seasons: []capacity.Season{{Skill: "pass", Period: day.Period{From: monday, Until: monday + 7}, Factor: 2}}}},
		Holidays: []capacity.Holiday{{Period: day.Period{From: monday + 1, Until: monday + 2}}, {Period: day.Period{From: monday + 2, Until: monday + 3}, School: true}}}
	d := capacity.District{DailyDemand: map[id.Skill]day.Minutes{"pass": 100}}
	ask := Policy(p)
	for on, want := range map[day.Day]float64{monday: 200, monday + 1: 0, monday + 2: 170, monday + 5: 0, monday + 7: 100} {
		if got := ask(d, "pass", on); got != want {
			t.Errorf("%s: %v instead of %v", on, got, want)
		}
	}
}

func TestTheLongestLeadTimeIsNone(t *testing.T) {
	w := Worst([]Band{{[]int{1, 2}, []int{3, -1}, []int{4, 4}}, {[]int{2, 1}, []int{2, 2}, []int{-1, 9}}, {[]int{50, 50}, []int{50, 50}, []int{50, 50}}}, func(g int) bool { return g < 2 })
	if w.Low[0] != 2 || w.Low[1] != 2 || w.Middle[0] != 3 || w.Middle[1] != -1 || w.High[0] != -1 || w.High[1] != 9 {
		t.Errorf("%+v", w)
	}
}

func BenchmarkHamburg(b *testing.B) {
	q := Question{Days: 60, Horizon: 60, Minutes: always(6, 15), Dispersion: 1.5, Sickness: always(7, .04), AnySickness: .04}
	for range 7 {
		s, own := Supply{Offered: always(120, 15000), Left: always(120, 3000)}, [][]float64{}
		for range 6 {
			s.Free, own = append(s.Free, always(120, 200)), append(own, always(60, 3200))
		}
		q.Supply, q.Own = append(q.Supply, s), append(q.Own, own)
	}
	for range 6 {
		q.Any = append(q.Any, always(60, 4000))
	}
	for b.Loop() {
		Ahead(q)
	}
}

func TestWhoChoosesLeavesTheNextDaysOpen(t *testing.T) {
	q := one(30, 20, 20)
	q.Dispersion = 0
	for u := range 10 { // booked two thirds, as if all had chosen so far
		q.Supply[0].Left[u], q.Supply[0].Free[0][u] = 66, 6.6
	}
	first := Ahead(q)[0][0].Middle
	q.Choice, q.Earliest = 10, []float64{0}
	chosen := Ahead(q)[0][0].Middle
	if first[2] < 4 || chosen[2] != 0 {
		t.Errorf("by the third day %d where all take the earliest, %d where all choose", first[2], chosen[2])
	}
	q.Own[0][0] = always(30, 300) // half more than there is: nothing is left in the days to choose from
	if late := Ahead(q)[0][0].Middle; late[29] < 10 {
		t.Errorf("overload: %v", late)
	}
}

func TestWhatIsBookedTellsWhoTakesTheEarliest(t *testing.T) {
	for name, c := range map[string]struct {
		left     []float64
		low, top float64
	}{
		"the next days are full, the others empty": {[]float64{0, 0, 0, 100, 100, 100, 100}, 1, 1},
		"all are as full":                          {[]float64{40, 40, 40, 40, 40, 40, 40}, 0, 0},
		"a little fuller":                          {[]float64{40, 40, 40, 60, 60, 60, 60}, .1, .3},
		"all is gone":                              {[]float64{0, 0, 0, 0, 0, 0, 0}, 1, 1},
		"the later are fuller":                     {[]float64{90, 90, 90, 10, 10, 10, 10}, 0, 0},
		"one before they count":                    {[]float64{50, 50, 50}, 0, 0},
	} {
		s := Supply{Offered: always(len(c.left), 100), Left: c.left}
		if got := s.TakeEarliest(0, 7); got < c.low || got > c.top {
			t.Errorf("%s: %v", name, got)
		}
	}
	closed := Supply{Offered: []float64{0, 100, 0, 100, 100, 100, 100}, Left: []float64{0, 0, 0, 0, 0, 100, 100}}
	two := Together([]Supply{closed, {Offered: always(7, 100), Left: always(7, 100)}})
	if two.Offered[1] != 200 || two.Left[1] != 100 || two.Offered[0] != 100 || closed.Offered[1] != 100 {
		t.Errorf("together %+v", two)
	}
	if got := closed.TakeEarliest(0, 7); got != 1 {
		t.Errorf("closed days count: %v", got)
	}
}
