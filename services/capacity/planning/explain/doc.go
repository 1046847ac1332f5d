// Package explain says in words what a plan does, in German and English: what
// would happen without its moves, what each move brings, which hour would help
// most, who else was thought of and why not, and what stays unsolved with the
// fewest rules that stand in the way.
//
// Every figure is an exact price of package flow: a plan with a change against
// the same plan without it, both with their best mix of services. Words are made
// from the parts of such differences, never from prices alone. Fields hold
// points (one point is one appointment one day late); sentences do without.
//
// It is pure and deterministic. A network that is warm already makes it cheap:
// about a millisecond for each change that is priced in a city of 25 centres.
package explain
