// Package simulate plays years of a city: it reads a network and a scenario,
// runs the real services under several policies and seeds side by side, and
// compares what came of them.
package simulate
