package planning

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

func TestSeasonalFieldsAreChecked(t *testing.T) {
	data, err := os.ReadFile("testdata/small-1.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		want string
		do   func(in *Instance)
	}{
		{"", func(in *Instance) { in.Season(0, 3, 1000, 2, .5) }},
		{"seasonal.late: has 1 entries", func(in *Instance) { in.Seasonal = &Seasonal{Late: [][]float64{nil}} }},
		{"seasonal.walkin[0]: has 1 entries", func(in *Instance) {
			in.Season(0, 0, 0, 1, 1)
			in.Seasonal.Walkin[0] = []float64{1}
		}},
		{"seasonal.late[1][2]: is -1", func(in *Instance) { in.Season(1, 2, 3, -1, 1) }},
		{"seasonal.walkin[1][2]: is 101", func(in *Instance) { in.Season(1, 2, 3, 1, 101) }},
		{"seasonal.late[0][0]: is 3: times its weight", func(in *Instance) {
			in.Weights.BreachSlotDay = 5e5
			in.Season(0, 0, 1, 3, 1)
		}},
	} {
		in, err := Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		c.do(in)
		again, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		read, err := Parse(again)
		if c.want == "" {
			if err != nil {
				t.Error(err)
			} else if read.LateFactor(0, 3) != 2 || read.LateFactor(0, 2) != 1 || read.LateFactor(1, 3) != 1 || read.WalkinPrice(0, 4) != read.Weights.WalkinSlot/2 {
				t.Error("the factors read are not the factors written")
			}
			continue
		}
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("error %v, want %s…", err, c.want)
		}
	}
}
