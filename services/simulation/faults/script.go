package faults

import (
	"fmt"
	"math/rand/v2"
)

// act is one kind of step.
type act string

// What citizens, HR and planners do.
const (
	bookOne      act = "book"
	bookAgain    act = "book again" // what got no answer, or a double click
	holdOne      act = "hold"
	confirmOne   act = "confirm"
	moveOne      act = "move"
	cancelOne    act = "cancel"
	keepOne      act = "keep"
	hrSays       act = "HR says"
	hrRepeats    act = "HR repeats"
	approveOne   act = "approve"
	approvePart  act = "approve without a move"
	rejectOne    act = "reject"
	undoOne      act = "undo"
	networkAgain act = "change the network"
	staffAgain   act = "change the staff list"
)

// What time and the services do.
const (
	wait    act = "time passes"
	leap    act = "the clock leaps"
	turnOne act = "turn"  // one service folds and reacts
	carry   act = "carry" // one road brings some
	tickOne act = "tick"
	talk    act = "talk" // all, until they are quiet
)

// Faults.
const (
	crash       act = "crash"
	crashBefore act = "crash before the next commit"
	crashAfter  act = "crash after the next commit"
	unknownDone act = "the next commit says unknown and is done"
	unknownNot  act = "the next commit says unknown and is not done"
	away        act = "the log cannot be reached for some commits"
	conflict    act = "another replica wins the next commit"
	standby     act = "a second replica starts"
	handOver    act = "the lease changes hands"
	snapshotNow act = "a snapshot is written"
	repeatRoad  act = "a road repeats"
	mixRoad     act = "a road mixes up"
	dropRoad    act = "a road drops"
	holdRoad    act = "a road is held"
	freeRoad    act = "a road is free"
	wipeBus     act = "the bus is wiped"
	noBackfill  act = "no backfill for some questions"
)

// weights say how often a step is drawn.
var weights = []struct {
	act    act
	weight int
}{
	{bookOne, 10}, {bookAgain, 5}, {holdOne, 4}, {confirmOne, 4}, {moveOne, 4}, {cancelOne, 4}, {keepOne, 1},
	{hrSays, 9}, {hrRepeats, 3}, {approveOne, 5}, {approvePart, 1}, {rejectOne, 1}, {undoOne, 2}, {networkAgain, 1}, {staffAgain, 3},
	{wait, 8}, {leap, 1}, {turnOne, 16}, {carry, 20}, {tickOne, 6}, {talk, 10},
	{crash, 1}, {crashBefore, 1}, {crashAfter, 2}, {unknownDone, 1}, {unknownNot, 1}, {away, 1}, {conflict, 2},
	{standby, 1}, {handOver, 1}, {snapshotNow, 1},
	{repeatRoad, 2}, {mixRoad, 2}, {dropRoad, 2}, {holdRoad, 1}, {freeRoad, 2}, {wipeBus, 1}, {noBackfill, 1},
}

// isFault tells faults from what happens anyway.
func (a act) isFault() bool {
	switch a {
	case crash, crashBefore, crashAfter, unknownDone, unknownNot, away, conflict, standby, handOver, snapshotNow,
		repeatRoad, mixRoad, dropRoad, holdRoad, wipeBus, noBackfill, leap:
		return true
	}
	return false
}

// step is one thing that happens, with the dice that say to whom.
type step struct {
	act  act
	dice [4]uint32
}

func (s step) String() string { return fmt.Sprintf("%s %v", s.act, s.dice) }

// of picks one of n by a die.
func (s step) of(die, n int) int {
	if n == 0 {
		return 0
	}
	return int(s.dice[die] % uint32(n))
}

// draw makes the story of a seed.
func draw(dice *rand.Rand, steps int) []step {
	sum := 0
	for _, w := range weights {
		sum += w.weight
	}
	all := make([]step, steps)
	for i := range all {
		n := dice.IntN(sum)
		for _, w := range weights {
			if n -= w.weight; n < 0 {
				all[i].act = w.act
				break
			}
		}
		for k := range all[i].dice {
			all[i].dice[k] = dice.Uint32()
		}
	}
	return all
}
