package shift

import (
	"encoding/binary"
	"fmt"
)

// Assigned says which of his shifts each person works, in the order they were
// given.
type Assigned struct {
	Shift []int
	// Worst, Sum and Lacks as in Solution.
	Worst, Sum int
	Lacks      []Lack
}

// Assign finds the best split for single people, each with the shifts he may
// work. Of people who are alike, those who stand first work the shift that
// stands first.
func Assign(day Day, people [][]Shift) (Assigned, error) {
	return AssignSkilled(day, people, nil)
}

// AssignSkilled is Assign for people of whom person e has the set of skills
// skills[e]; nil stands for none.
func AssignSkilled(day Day, people [][]Shift, skills []uint64) (Assigned, error) {
	if skills == nil {
		skills = make([]uint64, len(people))
	}
	if len(skills) != len(people) {
		return Assigned{}, fmt.Errorf("skills has %d entries: give one set for each of the %d people", len(skills), len(people))
	}
	index := map[string]int{}
	var choices [][]Shift
	var sets []uint64
	var count []int
	of := make([]int, len(people))
	for e, shifts := range people {
		key := binary.AppendUvarint(nil, skills[e])
		for _, s := range shifts {
			key = binary.AppendVarint(key, int64(s.From))
			key = binary.AppendVarint(key, int64(s.To))
			key = binary.AppendVarint(key, int64(len(s.Breaks)))
			for _, b := range s.Breaks {
				key = binary.AppendVarint(key, int64(b.From))
				key = binary.AppendVarint(key, int64(b.To))
			}
		}
		i, ok := index[string(key)]
		if !ok {
			i = len(choices)
			index[string(key)] = i
			choices, sets, count = append(choices, shifts), append(sets, skills[e]), append(count, 0)
		}
		of[e] = i
		count[i]++
	}
	s, err := NewSkilled(day, choices, sets)
	if err != nil {
		return Assigned{}, err
	}
	sol := s.Solve(count)
	out := Assigned{Shift: make([]int, len(people)), Worst: sol.Worst, Sum: sol.Sum, Lacks: sol.Lacks}
	for e, i := range of {
		j := 0
		for sol.Give[i][j] == 0 {
			j++
		}
		sol.Give[i][j]--
		out.Shift[e] = j
	}
	return out, nil
}
