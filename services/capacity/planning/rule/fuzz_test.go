package rule_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/events/parsertest"
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/rule"
)

// Whatever passes Parse can be asked anything.
func FuzzInstance(f *testing.F) {
	add := func(in *planning.Instance) {
		raw, err := json.Marshal(in)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(raw))
		// Fields that do not fit together, as a hand would leave them.
		for _, s := range [][2]string{{`"horizon":14`, `"horizon":15`}, {`"today":`, `"day":`}, {`"home":1`, `"home":-1`},
			{`"skills":[0`, `"skills":[11`}, {`"hours":[[`, `"hours":[[-`}, {`"duties":[[[480`, `"duties":[[[1500`}, {`:400`, `:1e99`},
			{`"staff":[{`, `"staff":[null,{`}, {`"centres":[`, `"centres":[[],`}, {`"slot_minutes":[10`, `"slot_minutes":[1e-300`}} {
			f.Add(strings.Replace(string(raw), s[0], s[1], 1))
		}
	}
	six, zero := 6, 0
	add(town(nil))
	add(town(func(in *planning.Instance) { in.Staff, in.Avail, in.Prev = nil, nil, nil }))
	add(town(func(in *planning.Instance) {
		in.Shifts, in.Holidays = []planning.Span{{480, 980}, {580, 1080}}, []int{3}
		in.Saturdays, in.MaxAwayPerHalfYear = &planning.Saturdays{InFourWeeks: 1}, &six
		in.Weights.Personal, in.Weights.SecondmentStart = 1, 3
		in.Staff[0].AwayDays, in.Staff[0].LastAt = []int{-1, -9}, &zero
		in.Duties = make([][]planning.Span, len(in.Staff))
		for e := range in.Duties {
			in.Duties[e] = make([]planning.Span, in.Horizon)
			in.Duties[e][2] = planning.Span{480, 1080}
		}
		for c := range in.Centres {
			in.Centres[c].MinPresent = 2
			for range in.Horizon {
				in.Centres[c].Hours = append(in.Centres[c].Hours, planning.Span{480, 1080})
			}
		}
		in.Centres[0].Express = &planning.Express{Hours: planning.Span{600, 720}, Skills: []int{1}}
	}))
	if raw, err := os.ReadFile("../testdata/small-1.json"); err == nil {
		f.Add(string(raw))
	}
	f.Fuzz(func(t *testing.T, raw string) {
		var in *planning.Instance
		var err error
		parsertest.Bounded(t, len(raw), func() { in, err = planning.Parse([]byte(raw)) })
		if err != nil {
			if !strings.Contains(err.Error(), ": ") {
				t.Errorf("%q names no path", err)
			}
			return
		}
		if len(in.Staff) > 50 || len(in.Centres) > 20 {
			return
		}
		b := rule.New(in)
		p := in.Previous()
		if broken := b.Broken(p); len(broken) > 0 {
			for _, x := range broken { // the previous plan breaks no rule of one day
				if x.Day >= 0 {
					t.Errorf("the previous plan breaks %v", x)
				}
			}
		}
		for c := range in.Centres {
			for day := range in.Horizon {
				var all []int
				for e := range in.Staff {
					b.Place(e, day, c)
					if in.Avail[e][day] > 0 {
						all = append(all, e)
					}
				}
				if b.Missing(c, day, all) < 0 || b.Over(c, day, all) < 0 {
					t.Error("fewer than none are missing or over")
				}
			}
		}
		for e := range in.Staff {
			if points, _ := b.Row(e, p.X[e]); points < 0 {
				t.Errorf("a row costs %v", points)
			}
		}
		rule.Impossible(in)
		for _, r := range rule.Rules {
			if loose := rule.Relax(in, r.Name); loose != nil {
				rule.New(loose).Broken(p)
			}
		}
	})
}
