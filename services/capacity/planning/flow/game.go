package flow

// game solves the matrix game in which one side mixes rows to make the largest
// column sum small, the other mixes columns to make the smallest row sum large:
// row[i][r] is the payoff. It answers the columns' mixture and the value. Both
// follow from the linear programme max Σq, Σ_i row[i][r]·q_i ≤ 1, q ≥ 0, by the
// simplex method on a dense tableau with one row per column of the game
// (Dantzig's rule, Bland's when it stalls).
func game(row [][]float64) (mix []float64, value float64) {
	n, m := len(row), len(row[0])
	low, high := row[0][0], row[0][0]
	for _, r := range row {
		for _, v := range r {
			low, high = min(low, v), max(high, v)
		}
	}
	// Payoffs are shifted and scaled into [1, 2]: the mixtures stay.
	scale := high - low
	if scale == 0 {
		mix = make([]float64, m)
		mix[0] = 1
		return mix, low
	}
	width := n + m + 1
	tab := make([][]float64, m+1)
	basis := make([]int, m)
	for r := range m {
		tab[r] = make([]float64, width)
		for i := range n {
			tab[r][i] = 1 + (row[i][r]-low)/scale
		}
		tab[r][n+r], tab[r][width-1] = 1, 1
		basis[r] = n + r
	}
	goal := make([]float64, width)
	for i := range n {
		goal[i] = -1
	}
	tab[m] = goal
	for step := range 50 * width {
		enter := -1
		for j := range width - 1 {
			if goal[j] < -1e-12 && (enter < 0 || step < 20*width && goal[j] < goal[enter]) {
				enter = j
			}
		}
		if enter < 0 {
			break
		}
		leave := -1
		for r := range m {
			if a := tab[r][enter]; a > 1e-12 {
				if leave < 0 {
					leave = r
					continue
				}
				q, best := tab[r][width-1]/a, tab[leave][width-1]/tab[leave][enter]
				if q < best || q == best && basis[r] < basis[leave] {
					leave = r
				}
			}
		}
		if leave < 0 {
			break
		}
		p := tab[leave]
		f := 1 / p[enter]
		for j := range p {
			p[j] *= f
		}
		for r := range tab {
			if r == leave || tab[r][enter] == 0 {
				continue
			}
			f := tab[r][enter]
			for j := range p {
				tab[r][j] -= f * p[j]
			}
		}
		basis[leave] = enter
	}
	total := goal[width-1]
	mix = make([]float64, m)
	sum := 0.0
	for r := range m {
		mix[r] = max(0, goal[n+r])
		sum += mix[r]
	}
	for r := range mix {
		mix[r] /= sum
	}
	return mix, low + (1/total-1)*scale
}
