// Package faults hunts for bugs: it plays short stories, drawn by a seed, with
// the four real services over logs in memory, in one goroutine, while processes
// crash, commits lose their answers, the bus loses, repeats, delays and mixes up
// what it carries, and the clock jumps.
//
// After every step it looks at what the logs say and holds it to what must never
// happen (check.go); after the faults have stopped, it lets the services talk for
// a bounded time and holds them to what must have happened by then (end.go). A
// story is a list of steps, each with its own dice, so that steps may be left out
// of it and the others stay what they are: Minimize makes use of that.
//
// That it finds bugs is proven by mutations (mutations_test.go): sources of the
// services, each with one safeguard taken out.
package faults
