package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/lotse-hamburg/lotse/tools/apply"
	"github.com/lotse-hamburg/lotse/tools/network"
	"github.com/lotse-hamburg/lotse/tools/simulate"
)

// The exit codes that longHelp lists.
const (
	exitFailed      = 1
	exitMisused     = 2
	exitWrongInput  = 3
	exitUnreachable = 4
	exitInterrupted = 130
)

// misused: the command line itself is wrong.
type misused struct{ error }

func (m misused) Unwrap() error { return m.error }

func misuse(cmd *cobra.Command, err error) error {
	return misused{fmt.Errorf("%w\nSee %s --help.", err, cmd.CommandPath())}
}

func exitCode(ctx context.Context, err error) int {
	var (
		use      misused
		problems network.Problems
		refused  *apply.Problem
		silent   *apply.Unreachable
		file     wrongFile
		mute     unanswered
		inner    errSilent
	)
	switch {
	case err == nil:
		return 0
	case ctx.Err() != nil:
		return exitInterrupted
	case errors.As(err, &inner):
		return inner.code
	case errors.As(err, &use):
		return exitMisused
	case errors.As(err, &problems), errors.As(err, &file), errors.Is(err, simulate.ErrScenario):
		return exitWrongInput
	case errors.As(err, &refused) && refused.Status/100 == 4:
		return exitWrongInput
	case errors.As(err, &silent), errors.As(err, &mute):
		return exitUnreachable
	}
	return exitFailed
}
