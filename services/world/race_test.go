//go:build race

package world_test

// quick: under the race detector, which has little to find in one goroutine,
// each script is played once.
const quick = true
