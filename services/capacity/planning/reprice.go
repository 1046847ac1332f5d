package planning

// Change asks that an employee works at a centre on a day.
type Change struct{ Employee, Day, To int }

// Priced is a change as it stands: its gain, and the hard rule it breaks, or "".
type Priced struct {
	Move
	Rule string
}

// Reprice makes changes to the previous plan, one after the other, and prices
// each on top of those before it. A change that breaks a rule is not made, nor
// one of somebody who is not present (rule "presence").
func Reprice(in *Instance, changes []Change) ([]Priced, error) {
	return reprice(newBoard(in, in.Previous()), changes)
}

func reprice(b *board, changes []Change) ([]Priced, error) {
	in := b.in
	s := &searcher{board: b, total: make([]int, len(in.Staff))}
	out := make([]Priced, len(changes))
	for i, c := range changes {
		k := &check{}
		p := "changes[" + itoa(i) + "]"
		k.index(p+".employee", c.Employee, len(in.Staff), "employee")
		k.index(p+".day", c.Day, in.Horizon, "day")
		k.index(p+".to", c.To, len(in.Centres), "centre")
		if k.err != nil {
			return nil, k.err
		}
		m := step{c.Employee, c.Day, s.x[c.Employee][c.Day], c.To}
		switch {
		case m.from == Nowhere:
			out[i] = Priced{Move{Employee: c.Employee, Day: c.Day, From: Nowhere, To: c.To}, "presence"}
			continue
		case m.from == m.to:
			out[i] = Priced{Move{Employee: c.Employee, Day: c.Day, From: m.from, To: c.To}, ""}
			continue
		}
		out[i] = Priced{s.exact(m), s.forbids(m)}
		if out[i].Rule == "" {
			s.apply(m)
		}
	}
	return out, nil
}
