package mincostflow

// Graft finds the optimum from a tree that is thought to be nearly right, such as that
// of a network much like this one: parent answers the arc that joins a node to its
// parent, -1 where none is known, and full which arcs outside the tree are thought to
// be at their capacity. The flow of the tree is worked out from the supplies. What an
// arc cannot carry is first thought away and then moved from top, a node to which much
// leads, as by MoveSupplies: few pivots are needed where few arcs do not fit.
func (g *Network) Graft(top int, parent func(v int) (a int), full func(a int) bool) error {
	g.solved = false
	g.owed = g.owed[:0]
	if err := g.start(); err != nil {
		return err
	}
	g.solved = false
	g.wish(int32(top), parent)
	order := g.preorder(int32(top))
	excess := make([]int64, g.n+1)
	copy(excess, g.supply)
	for v := range g.n {
		g.state[v], g.ends[v] = atLower, ends{int32(v), int32(g.n)}
	}
	for v := range g.n {
		g.state[g.links[v].arc], g.flow[v] = inTree, 0
	}
	g.objective = 0
	for i := g.n; i < len(g.ends); i++ {
		if e := g.ends[i]; g.state[i] != inTree && g.cap[i] < Infinite && full(i-g.n) {
			g.state[i], g.flow[i] = atUpper, g.cap[i]
			excess[e.from] -= g.cap[i]
			excess[e.to] += g.cap[i]
			g.objective += g.cap[i] * g.cost[i]
		}
	}
	var away []Shift
	for j := len(order) - 1; j >= 0; j-- {
		if r := g.hang(order[j], excess); r != 0 {
			away = append(away, Shift{From: top, To: int(order[j]), Amount: r})
			g.supply[order[j]] -= r
			g.supply[top] += r
			excess[top] += r
		}
	}
	g.thread(g.preorder(int32(top)))
	g.refresh()
	g.solved = true
	err := g.Solve(0)
	if err == nil {
		err = g.MoveSupplies(away...)
	}
	if err != nil { // begin anew with all that was thought away
		g.solved = false
		for _, s := range away {
			g.supply[s.From] -= s.Amount
			g.supply[s.To] += s.Amount
		}
	}
	return err
}

// wish links every node by the arc wished for, or to the root, and then turns the
// tree so that top hangs on the root.
func (g *Network) wish(top int32, parent func(v int) (a int)) {
	root := int32(g.n)
	for v := range root {
		g.links[v] = link{root, v, true}
		a := parent(int(v))
		if a < 0 || a >= g.Arcs() {
			continue
		}
		i := int32(g.n + a)
		if e := g.ends[i]; e.from != e.to && g.cap[i] > 0 && (e.from == v || e.to == v) {
			g.links[v] = link{e.from + e.to - v, i, e.from == v}
		}
	}
	g.preorder(top) // without circles
	l := link{root, top, true}
	for v := top; v != root; {
		was := g.links[v]
		g.links[v] = l
		l = link{v, was.arc, !was.up}
		v = was.parent
	}
}

// hang gives a node's tree arc the flow that those below it leave, as far as it goes,
// and answers what is too much, or missing if negative. Where the tree would not be
// strongly feasible the node is hung on the root.
func (g *Network) hang(v int32, excess []int64) (rest int64) {
	root := int32(g.n)
	l, b := g.links[v], excess[v]
	if l.parent == root {
		return b
	}
	f, most := b, g.cap[l.arc]
	if !l.up {
		f = -b
	}
	f = min(max(f, 0), most)
	g.flow[l.arc] = f
	g.objective += f * g.cost[l.arc]
	if f == 0 && !l.up || f == most && l.up {
		if g.state[l.arc] = atLower; f == most {
			g.state[l.arc] = atUpper
		}
		g.links[v], g.state[v] = link{root, v, true}, inTree
	}
	if !l.up {
		f = -f
	}
	excess[l.parent] += f
	return b - f
}

// preorder lists all nodes but the root by their links, each behind its parent; what
// does not hang on the root is hung there. It begins with first.
func (g *Network) preorder(first int32) []int32 {
	root := int32(g.n)
	begin := make([]int32, g.n+2)
	for v := range root {
		begin[g.links[v].parent+1]++
	}
	for v := range g.n + 1 {
		begin[v+1] += begin[v]
	}
	below := make([]int32, g.n)
	at := append([]int32(nil), begin...)
	for v := range root {
		p := g.links[v].parent
		below[at[p]] = v
		at[p]++
	}
	order, seen := make([]int32, 0, g.n), make([]bool, g.n)
	var stack []int32
	visit := func(v int32) {
		stack = append(stack[:0], v)
		for len(stack) > 0 {
			v := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if seen[v] {
				continue
			}
			seen[v] = true
			order = append(order, v)
			stack = append(stack, below[begin[v]:begin[v+1]]...)
		}
	}
	if g.links[first].parent == root {
		visit(first)
	}
	for _, v := range below[begin[root]:begin[root+1]] {
		visit(v)
	}
	for v := range root {
		if !seen[v] { // on a circle, or below one
			g.links[v] = link{root, v, true}
			visit(v)
		}
	}
	return order
}

// thread lays the tree along a preorder.
func (g *Network) thread(order []int32) {
	root := int32(g.n)
	g.nodes[root].depth, g.links[root] = 0, link{-1, -1, false}
	tail := root
	for _, v := range order {
		g.nodes[tail].next, g.before[v] = v, tail
		g.nodes[v].depth = g.nodes[g.links[v].parent].depth + 1
		tail = v
	}
	g.nodes[tail].next, g.before[root] = root, tail
}

// Link is the arc that joins a node to its parent in the tree of the last solution,
// and that parent; -1, -1 at the root of a part.
func (g *Network) Link(v int) (arc, parent int) {
	l := g.links[v]
	if l.parent == int32(g.n) || int(l.arc) < g.n {
		return -1, -1
	}
	return int(l.arc) - g.n, int(l.parent)
}

// Full tells whether an arc outside the tree is at its capacity.
func (g *Network) Full(a int) bool { return g.state[g.n+a] == atUpper }
