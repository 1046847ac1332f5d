package outlook_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/lotse-hamburg/lotse/events/day"
	. "github.com/lotse-hamburg/lotse/services/capacity/planning/outlook"
)

const monday = day.Day(20780) // 2026-11-23

// dice are a fixed stream of numbers between 0 and 1 (SplitMix64, Steele et al. 2014).
type dice uint64

func (d *dice) next() float64 {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return float64((z^z>>31)>>11) / (1 << 53)
}

// poisson counts events of a mean by their gaps.
func (d *dice) poisson(mean float64) (n float64) {
	for t := -math.Log(1 - d.next()); t < mean; t -= math.Log(1 - d.next()) {
		n++
	}
	return n
}

// counted makes series of one group whose days have a mean.
func counted(days, series int, mean func(series, t int) float64) History {
	h, d := History{From: monday, Series: make([]Series, series)}, dice(7)
	for i := range h.Series {
		h.Series[i].Prior = 100
		for t := range days {
			h.Series[i].Counts = append(h.Series[i].Counts, d.poisson(mean(i, t)))
		}
	}
	return h
}

func about(t *testing.T, what string, got, want, share float64) {
	t.Helper()
	if math.Abs(got-want) > share*want {
		t.Errorf("%s: %.1f, want about %.1f", what, got, want)
	}
}

func TestNothingCountedIsThePrior(t *testing.T) {
	h := History{From: monday, Series: []Series{{Prior: 40}, {Prior: 0}}}
	m := Learn(h, 10)
	about(t, "Monday", m.Day(0, 1).Mean, 40, 1e-9)
	if sat := m.Day(0, 6); sat.Mean > 2 {
		t.Errorf("Saturday %+v", sat)
	}
	if d := m.Day(0, 1); d.Low > 28 || d.High < 52 || d.Low < 10 || d.High > 75 {
		t.Errorf("the interval of who knows nothing is %+v", d)
	}
	if d := m.Day(1, 1); d.Mean > .1 {
		t.Errorf("nothing is expected and nothing was counted: %+v", d)
	}
}

func TestCountsMoveThePriorBitByBit(t *testing.T) {
	last := 100.0
	for _, days := range []int{2, 5, 40} {
		h := counted(days, 3, func(_, t int) float64 {
			if (t % 7) > 4 {
				return 0
			}
			return 150
		})
		next := days
		for next%7 > 4 {
			next++
		}
		got := Learn(h, 7).Day(1, next-days+1).Mean
		if got <= last {
			t.Errorf("after %d days of 150: %.1f, before %.1f", days, got, last)
		}
		last = got
	}
	about(t, "after six weeks", last, 150, .06)
}

func TestWeekdaysAreLearned(t *testing.T) {
	share := [7]float64{1.4, 1, 1, .9, .6, .2, .3}
	m := Learn(counted(84, 4, func(i, t int) float64 { return float64(60+40*i) * share[t%7] }), 14)
	for i := range 4 {
		for a := 1; a <= 14; a++ {
			about(t, "a weekday", m.Day(i, a).Mean, float64(60+40*i)*share[(83+a)%7], .15)
		}
	}
}

func TestSeasonsAndHolidaysAreLearned(t *testing.T) {
	summer := func(d day.Day) bool { _, m, _ := d.Date(); return m == 7 }
	public := func(d day.Day) bool {
		_, m, n := d.Date()
		return m == 5 && n == 4 || m == 6 && n == 8 || m == 3 && n == 3
	}
	mean := func(_, t int) float64 {
		x := monday + day.Day(t)
		switch {
		case public(x):
			return 4
		case t%7 > 4:
			return 10
		case t > 0 && public(x-1) && (t-1)%7 < 4:
			return 180
		case summer(x):
			return 60
		}
		return 120 * (1 + .3*math.Sin(2*math.Pi*float64(t)/364))
	}
	const known = 2*364 + 140 // until the middle of April
	h := counted(known, 5, mean)
	h.Kind = Calendar(public, summer)
	m := Learn(h, 110)
	sum, want := 0.0, 0.0
	for a := 1; a <= 110; a++ {
		x := known - 1 + a
		sum, want = sum+m.Day(0, a).Mean, want+mean(0, x)
		if public(monday+day.Day(x)) && m.Day(0, a).Mean > 25 {
			t.Errorf("%s is a holiday: %.1f", monday+day.Day(x), m.Day(0, a).Mean)
		}
		if summer(monday+day.Day(x)) && x%7 < 5 {
			about(t, "a day of July", m.Day(0, a).Mean, 60, .35)
		}
	}
	about(t, "all", sum, want, .05)
}

func TestFourOfFiveDaysLieWithin(t *testing.T) {
	for _, mean := range []float64{3, 20, 150} {
		const known, ahead = 200, 60
		h := counted(known+ahead, 30, func(i, t int) float64 {
			if t%7 > 4 {
				return mean / 5
			}
			return mean
		})
		until := h
		until.Series = slices.Clone(h.Series)
		for i, s := range h.Series {
			until.Series[i].Counts = s.Counts[:known]
		}
		m := Learn(until, ahead)
		in, n := 0, 0
		for i, s := range h.Series {
			for a := 1; a <= 21; a++ {
				if y, d := s.Counts[known-1+a], m.Day(i, a); y >= d.Low && y <= d.High {
					in++
				}
				n++
			}
		}
		if share := float64(in) / float64(n); share < .72 || share > .92 {
			t.Errorf("around %v: %.0f %% lie within", mean, 100*share)
		}
	}
}

func TestWhatWasNotCountedChangesNothing(t *testing.T) {
	h := counted(56, 2, func(_, _ int) float64 { return 100 })
	gap := h
	gap.Series = slices.Clone(h.Series)
	gap.Series[0].Counts = slices.Clone(h.Series[0].Counts)
	for t := 20; t < 30; t++ {
		gap.Series[0].Counts[t] = -1
	}
	about(t, "with a gap", Learn(gap, 1).Day(0, 1).Mean, Learn(h, 1).Day(0, 1).Mean, .05)
}

func TestABrokenLevelIsSeenWithinAWeek(t *testing.T) {
	h := counted(427, 7, func(_, t int) float64 {
		if t >= 420 {
			return 150
		}
		return 100
	})
	about(t, "a week after", Learn(h, 30).Day(0, 30).Mean, 150, .05)
}

func TestOneOddDayIsNoBreak(t *testing.T) {
	weeks := func(of float64) (mean float64) {
		m := Learn(counted(427, 7, func(_, t int) float64 {
			if t == 420 {
				return of
			}
			return 100
		}), 30)
		for i := range 7 {
			for ahead := 1; ahead <= 30; ahead++ {
				mean += m.Day(i, ahead).Mean / 7 / 30
			}
		}
		return mean
	}
	about(t, "the weeks after", weeks(130), weeks(100), .06)
}

// Weekdays of which two of each are known differ by chance.
func TestFewDaysDoNotMakeWeekdays(t *testing.T) {
	d := dice(11)
	h := counted(14, 30, func(_, _ int) float64 { return 60 + 80*d.next() })
	m := Learn(h, 7)
	for i := range h.Series {
		least, most := math.Inf(1), 0.0
		for _, x := range m.Days(i)[:5] {
			least, most = min(least, x.Mean), max(most, x.Mean)
		}
		if most > 1.15*least {
			t.Errorf("series %d: from %.1f to %.1f", i, least, most)
		}
	}
}

func TestASeriesIsAsWideAsItWas(t *testing.T) {
	d := dice(5)
	h := counted(200, 10, func(i, _ int) float64 {
		if i == 0 {
			return 200 * (.4 + 1.2*d.next())
		}
		return 200
	})
	m := Learn(h, 7)
	wide, narrow := m.Day(0, 1), m.Day(1, 1)
	if wide.High-wide.Low < 1.6*(narrow.High-narrow.Low) {
		t.Errorf("%+v is hardly wider than %+v", wide, narrow)
	}
}

func TestKnownSeasonsCount(t *testing.T) {
	h := counted(56, 2, func(_, _ int) float64 { return 100 })
	h.Known = func(_ int, d day.Day) float64 {
		if d >= monday+56 {
			return 2
		}
		return 1
	}
	about(t, "twice as many", Learn(h, 1).Day(0, 1).Mean, 200, .08)
}

func TestIntervalsAreInOrderWhateverWasCounted(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		days, series := rapid.IntRange(0, 60).Draw(rt, "days"), rapid.IntRange(1, 3).Draw(rt, "series")
		h := History{From: monday + day.Day(rapid.IntRange(0, 400).Draw(rt, "from")), Series: make([]Series, series)}
		for i := range h.Series {
			h.Series[i] = Series{Group: rapid.IntRange(0, 1).Draw(rt, "group"), Prior: float64(rapid.IntRange(0, 50).Draw(rt, "prior"))}
			for range days {
				h.Series[i].Counts = append(h.Series[i].Counts, float64(rapid.IntRange(-1, 400).Draw(rt, "count")))
			}
		}
		before := make([][]float64, series)
		for i := range before {
			before[i] = slices.Clone(h.Series[i].Counts)
		}
		a, b := Learn(h, 60), Learn(h, 60)
		for i := range h.Series {
			if !slices.Equal(before[i], h.Series[i].Counts) {
				rt.Fatal("what was handed in has changed")
			}
			for x, d := range a.Days(i) {
				if d != b.Days(i)[x] {
					rt.Fatal("the same history is forecast in two ways")
				}
				if !(d.Low >= 0 && d.Low <= d.Median && d.Median <= d.High && d.Mean >= 0) || math.IsInf(d.High, 0) || d.High > 1e5 {
					rt.Fatalf("series %d, %d days ahead: %+v", i, x+1, d)
				}
			}
		}
	})
}

func TestKindsOfDays(t *testing.T) {
	easter := func(d day.Day) bool { return d == monday || d == monday-3 }
	kind := Calendar(easter, func(d day.Day) bool { return d <= monday+1 })
	for d, want := range map[day.Day]Kind{monday - 4: School, monday - 3: Public, monday - 2: School, monday: Public, monday + 1: After, monday + 2: Ordinary} {
		if got := kind(d); got != want {
			t.Errorf("%s: %v, want %v", d, got, want)
		}
	}
	if Calendar(nil, nil)(monday) != Ordinary {
		t.Error("without holidays all days are ordinary")
	}
}

func BenchmarkHamburgTwoYears(b *testing.B) {
	h := counted(730, 35, func(_, t int) float64 { return 150 })
	for i := range h.Series {
		h.Series[i].Group = i % 5
	}
	for b.Loop() {
		Learn(h, 60)
	}
}
