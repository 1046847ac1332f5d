package planning

// Standing is an instance with its previous plan priced once. Whatever is asked
// of it is priced alike: with the walk-in reserves given up that suit that plan
// best, so that answers differ by people and losses alone.
type Standing struct {
	in       *Instance
	plan     Plan
	released []bool
	result   Result
}

// Stand prices the previous plan. The instance is taken as valid.
func Stand(in *Instance) *Standing {
	p := in.Previous()
	b := newBoard(in, p)
	return &Standing{in, p, b.released, b.result()}
}

// Result is that of the previous plan.
func (s *Standing) Result() Result { return s.result }

// Price prices a plan of the same instance or of one of the same shape.
func (s *Standing) Price(in *Instance, p Plan) (Result, error) { return price(in, p, s.released) }

// Replan mends a damage of the previous plan.
func (s *Standing) Replan(d Damage, opt Options) (Solution, error) {
	if err := s.in.checkDamage(d); err != nil {
		return Solution{}, err
	}
	return search(layBoard(s.in, s.plan, s.released), s.plan, d, opt, false), nil
}

// Reprice prices changes one on top of the other, as the function Reprice does.
func (s *Standing) Reprice(changes []Change) ([]Priced, error) {
	return reprice(layBoard(s.in, s.plan, s.released), changes)
}
