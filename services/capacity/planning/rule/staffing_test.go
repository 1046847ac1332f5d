package rule

import (
	"math/rand"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

// open gives centre 0 hours from 8 to 18 and a minimum of two.
func open(in *planning.Instance) {
	in.Centres[0].MinPresent = 2
	for range in.Horizon {
		in.Centres[0].Hours = append(in.Centres[0].Hours, planning.Span{480, 1080})
	}
	in.Shifts = []planning.Span{{480, 980}, {580, 1080}}
	for range 8 { // people 4 to 11 know identity cards, 10 and 11 passports too
		s := in.Staff[1]
		if len(in.Staff) >= 10 {
			s.Skills = []int{0, 1}
		}
		in.Staff, in.Avail, in.Prev = append(in.Staff, s), append(in.Avail, in.Avail[0]), append(in.Prev, in.Prev[0])
	}
}

func express(in *planning.Instance) {
	open(in)
	in.Centres[0].Express = &planning.Express{Hours: planning.Span{600, 720}, Skills: []int{1}}
}

func TestMissing(t *testing.T) {
	for _, c := range []struct {
		what    string
		edit    func(in *planning.Instance)
		present []int
		want    int
	}{
		{"heads as published", nil, []int{1}, 0},
		{"no heads", nil, nil, 1},
		{"nobody for two", open, nil, 2},
		{"two cannot split", open, []int{4, 5}, 1},
		{"three cannot split", open, []int{4, 5, 6}, 1},
		{"two early and two late", open, []int{4, 5, 6, 7}, 0},
		{"all early", func(in *planning.Instance) { open(in); duties(in, 480, 980) }, []int{4, 5, 6, 7}, 2},
		{"three early, one free", func(in *planning.Instance) {
			open(in)
			duties(in, 480, 980)
			in.Duties[7] = make([]planning.Span, in.Horizon)
		}, []int{4, 5, 6, 7}, 1},
		{"the whole day where no shift is known", func(in *planning.Instance) { open(in); in.Shifts = nil }, []int{4, 5}, 0},
		{"hours are not known on the day", func(in *planning.Instance) { open(in); in.Centres[0].Hours[9] = planning.Span{} }, []int{4}, 0},
		{"closed", func(in *planning.Instance) { open(in); in.Open[9] = 0 }, nil, 0},

		{"express asks for one more", express, []int{4, 5, 6, 10}, 0},
		{"at its hours early and late are there", express, []int{4, 5, 10}, 1},
		{"nobody with express skills", express, []int{4, 5, 6, 7, 8}, 1},
		{"express all day asks for three and three", func(in *planning.Instance) {
			express(in)
			in.Centres[0].Express.Hours = planning.Span{480, 1080}
		}, []int{4, 5, 6, 10, 11}, 1},
		{"three early and three late, one of each for express", func(in *planning.Instance) {
			express(in)
			in.Centres[0].Express.Hours = planning.Span{480, 1080}
		}, []int{4, 5, 6, 7, 10, 11}, 0},
		{"one for express cannot stay all day", func(in *planning.Instance) {
			express(in)
			in.Centres[0].Express.Hours = planning.Span{480, 1080}
		}, []int{4, 5, 6, 7, 8, 11}, 1},
		{"express without a minimum by half hours: heads", func(in *planning.Instance) {
			express(in)
			in.Centres[0].MinPresent, in.Centres[0].MinStaff = 0, 3
		}, []int{10}, 2},
		{"express beyond the opening hours", func(in *planning.Instance) {
			express(in)
			in.Centres[0].Express.Hours = planning.Span{1080, 1200}
		}, []int{4, 5, 6, 7}, 0},
	} {
		b := New(valid(t, city(c.edit)))
		if got := b.Missing(0, 9, c.present); got != c.want {
			t.Errorf("%s: %d short, want %d", c.what, got, c.want)
		}
		in := b.in
		staffed := in.Centres[0].Hours != nil && in.Open[9] != 0 && in.Centres[0].Hours[9] != planning.Span{}
		if b.Staffed(0, 9) != staffed || b.Staffed(1, 9) {
			t.Errorf("%s: staffed by half hours %v", c.what, b.Staffed(0, 9))
		}
	}
}

func TestOver(t *testing.T) {
	two := func(in *planning.Instance) { in.Centres[0].Counters = 2 }
	for _, c := range []struct {
		what string
		edit func(in *planning.Instance)
		want int
	}{
		{"heads where no duty is known", two, 2},
		{"as many as counters", func(in *planning.Instance) { in.Centres[0].Counters = 4 }, 0},
		{"two and two after each other", func(in *planning.Instance) {
			two(in)
			duties(in, 480, 780)
			in.Duties[2][9], in.Duties[3][9] = planning.Span{780, 1080}, planning.Span{780, 1080}
		}, 0},
		{"one comes a minute early", func(in *planning.Instance) {
			two(in)
			duties(in, 480, 780)
			in.Duties[2][9], in.Duties[3][9] = planning.Span{779, 1080}, planning.Span{780, 1080}
		}, 1},
		{"one without a known duty", func(in *planning.Instance) {
			two(in)
			duties(in, 480, 780)
			in.Duties[2][9], in.Duties[3][9] = planning.Span{780, 1080}, planning.Span{}
		}, 1},
	} {
		if got := New(valid(t, city(c.edit))).Over(0, 9, []int{0, 1, 2, 3}); got != c.want {
			t.Errorf("%s: %d over, want %d", c.what, got, c.want)
		}
	}
}

func BenchmarkMissing(b *testing.B) {
	for name, edit := range map[string]func(*planning.Instance){"free": open, "express": express,
		"duties": func(in *planning.Instance) { express(in); duties(in, 480, 980) }} {
		book := New(valid(b, city(edit)))
		present := []int{0, 1, 2, 3, 4, 5, 6, 10}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				book.Missing(0, 9, present)
			}
		})
	}
}

// Missing agrees with trying every way to give people shifts, minute by minute,
// both needs at once.
func TestMissingAgainstEveryWay(t *testing.T) {
	dice := rand.New(rand.NewSource(5))
	seen, together := map[int]int{}, 0
	for range 400 {
		in := city(func(in *planning.Instance) {
			express(in)
			from := 420 + 15*dice.Intn(8)
			for day := range in.Centres[0].Hours {
				in.Centres[0].Hours[day] = planning.Span{from, from + 500 + 10*dice.Intn(15)}
			}
			in.Centres[0].MinPresent = dice.Intn(3)
			in.Centres[0].MinStaff = 0
			start := 400 + 10*dice.Intn(40)
			in.Centres[0].Express.Hours = planning.Span{start, start + 60 + 10*dice.Intn(40)}
			in.Shifts = nil
			for range 2 + dice.Intn(2) {
				start := 400 + 10*dice.Intn(20)
				in.Shifts = append(in.Shifts, planning.Span{start, start + 200 + 10*dice.Intn(40)})
			}
			duties(in, 480, 980)
			for e := range in.Staff {
				in.Duties[e][9] = planning.Span{}
				if dice.Intn(3) == 0 {
					start := 300 + 10*dice.Intn(60)
					in.Duties[e][9] = planning.Span{start, start + 60 + 10*dice.Intn(50)}
				}
			}
		})
		b := New(valid(t, in))
		var present []int
		for e := 4; e < len(in.Staff); e++ {
			if dice.Intn(2) == 0 {
				present = append(present, e)
			}
		}
		want := everyWay(in, present, nil)
		got := b.Missing(0, 9, present)
		if got != want {
			t.Fatalf("%d short, want %d: hours %v, express %v, shifts %v, present %v", got, want, in.Centres[0].Hours[9], in.Centres[0].Express.Hours, in.Shifts, present)
		}
		seen[got]++
		if len(present) > 3 {
			together++
		}
	}
	if seen[0] < 20 || seen[1] < 20 || seen[2] < 20 || together < 100 {
		t.Errorf("too few cases: %v short, %d with four people or more", seen, together)
	}
}

func everyWay(in *planning.Instance, present []int, spans []planning.Span) int {
	if len(spans) < len(present) {
		own := in.Duties[present[len(spans)]][9]
		if own != (planning.Span{}) {
			return everyWay(in, present, append(spans, own))
		}
		best := 1000
		for _, s := range in.Shifts {
			best = min(best, everyWay(in, present, append(spans[:len(spans):len(spans)], s)))
		}
		return best
	}
	c, worst := &in.Centres[0], 0
	for half := 0; half < 1440; half += 30 {
		piece := planning.Span{max(half, c.Hours[9][0]), min(half+30, c.Hours[9][1])}
		if piece[0] >= piece[1] {
			continue
		}
		part := planning.Span{max(piece[0], c.Express.Hours[0]), min(piece[1], c.Express.Hours[1])}
		express := part[0] < part[1]
		need, heads, able := c.MinPresent, 0, 0
		for i, e := range present {
			s := spans[i]
			if s[0] <= piece[0] && s[1] >= piece[1] {
				heads++
			}
			if s[0] <= part[0] && s[1] >= part[1] && len(in.Staff[e].Skills) == 2 {
				able++
			}
		}
		if express {
			need++
			worst = max(worst, 1-able)
		}
		worst = max(worst, need-heads)
	}
	return worst
}
