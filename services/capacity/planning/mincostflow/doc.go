// Package mincostflow finds cheapest flows in directed networks by the primal
// network simplex method.
//
// The method is that of R. K. Ahuja, T. L. Magnanti, J. B. Orlin, "Network
// Flows" (Prentice Hall 1993), chapter 11: a basis is a spanning tree, kept as
// parent, depth and thread (preorder) lists (§11.3); a pivot sends flow around
// the cycle that one arc closes with the tree (§11.5); strongly feasible trees,
// kept by choosing the last blocking arc from the apex, prevent cycling
// (§11.6). Entering arcs are found by block pricing: the worst arc of the next
// block that holds a violated one.
//
// Everything is int64 and exact. A solved network stays warm: costs may change,
// arcs may be added and supply may be moved between nodes, and the next Solve
// needs only the pivots that the change calls for. Save and Restore make trials
// undoable at the price of a copy.
//
// The package knows nothing of planning: nodes and arcs are numbers.
package mincostflow
