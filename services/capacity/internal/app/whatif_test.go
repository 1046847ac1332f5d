package app

import (
	"context"
	"errors"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/internal/app/planner"
)

// Questions wait for each other; who has gone meanwhile is not worked for.
func TestWhoHasGoneIsNotWorkedFor(t *testing.T) {
	a := &App{supposing: supposing{turn: make(chan struct{}, 1)}} // without a node: nothing can be worked out
	a.supposing.turn <- struct{}{}                                // somebody has a turn
	ctx, leave := context.WithCancel(t.Context())
	answered := make(chan error)
	go func() {
		_, err := a.WhatIf(ctx, planner.Supposition{})
		answered <- err
	}()
	select {
	case err := <-answered:
		t.Fatal("it did not wait:", err)
	default:
	}
	leave()
	if err := <-answered; !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}
