package explain

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

var update = flag.Bool("update", false, "write the texts of testdata anew")

var atAltona = []planning.Spot{{Centre: altona, Day: friday}}

// situations are small enough to be solved by hand.
var situations = []struct {
	name string
	ask  func() Question
}{
	{"one-ill", func() Question {
		// Eight passports are booked where nobody is left; ben is idle 20
		// minutes away, cem 35, dora is nearer but cannot know in time.
		in := city(person("anna", altona, passports, licences), person("ben", bergedorf, passports), person("cem", harburg, passports),
			person("dora", bergedorf, passports, licences))
		in.Booked[altona][passports][friday] = 240
		in.Booked[bergedorf][licences][friday] = 60
		in.Staff[3].FixedDays = []int{friday}
		ill(in, 0)
		return Question{Instance: in, After: moved(in, map[int]int{1: altona}), Places: atAltona, Damage: 1600,
			Cause: Text{De: "Eine Person in Altona ist abwesend.", En: "One person at Altona is absent."},
			Lead:  []Lead{{District: 0, Before: 9, After: 5}}}
	}},
	{"exchange", func() Question {
		in := city(person("anna", altona, licences), person("ben", bergedorf, passports))
		in.Booked[altona][passports][friday] = 240
		in.Booked[bergedorf][licences][friday] = 240
		in.Centres[altona].MinStaff, in.Centres[bergedorf].MinStaff = 1, 1
		return Question{Instance: in, After: moved(in, map[int]int{0: bergedorf, 1: altona}), Places: append(atAltona, planning.Spot{Centre: bergedorf, Day: friday})}
	}},
	{"nothing-helps", func() Question {
		// ben is needed where he is; cem must know ten days before; dora has
		// been away twice and would have to know as early.
		in := city(person("anna", altona, passports), person("ben", bergedorf, passports), person("cem", harburg, passports),
			person("dora", harburg, passports))
		ten := 12
		in.Staff[2].NoticeDays, in.Staff[3].NoticeDays = &ten, &ten
		in.Staff[3].Reach = []int{harburg}
		in.Booked[altona][passports][friday] = 120
		in.Booked[bergedorf][passports][friday] = 480
		ill(in, 0)
		return Question{Instance: in, After: in.Previous().X, Places: atAltona}
	}},
	{"head-minimum", func() Question {
		in := city(person("anna", altona, passports), person("ben", altona, passports), person("cem", harburg, licences))
		in.Centres[altona].MinStaff = 2
		in.Booked[altona][passports][friday] = 120
		ill(in, 0)
		return Question{Instance: in, After: moved(in, map[int]int{2: altona}), Places: atAltona}
	}},
	{"waiting", waiting},
	{"skill-missing", func() Question {
		in := city(person("anna", altona, passports), person("ben", bergedorf, licences))
		in.Booked[altona][passports][friday] = 30
		ill(in, 0)
		return Question{Instance: in, After: in.Previous().X, Places: atAltona}
	}},
}

// waiting: ten passports are asked for in Altona, where nobody is, and promised
// by the Friday; ben can serve eight of them.
func waiting() Question {
	in := city(person("anna", altona, passports), person("ben", bergedorf, passports))
	in.PromiseDays, in.GoalDays = 3, 3
	in.DemandOwn[altona][passports][friday-3] = 300
	for t := range in.Horizon {
		in.Avail[0][t] = 0
	}
	in.Avail[1][friday] = 240
	return Question{Instance: in, After: moved(in, map[int]int{1: altona})}
}

// The texts of testdata are read by people; -update writes them.
func TestSituations(t *testing.T) {
	for _, s := range situations {
		t.Run(s.name, func(t *testing.T) {
			x := explained(t, s.ask())
			text := strings.Join(x.Lines("de", 0), "\n") + "\n\n----\n\n" + strings.Join(x.Lines("en", 0), "\n") + "\n"
			file := filepath.Join("testdata", s.name+".txt")
			if *update {
				if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if text != string(want) {
				t.Errorf("the text is now\n%s\n(-update writes it)", text)
			}
		})
	}
}
