// Package world runs the four services as they are, in one goroutine: their
// New, their handlers, reactors and ticks over logs in memory, on a clock that
// moves only when it is told to. There is no bus: what a log says in public is
// carried to the other services' lanes, in log order and in the envelope that
// the relay would give it.
//
// Everything is deterministic: the same commands in the same order give the
// same logs, byte for byte. Ids, keys and nonces come from the options' seed.
//
// The scenarios under testdata are recorded with it; a simulation is to be built
// on it.
package world
