package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/lotse-hamburg/lotse/tools/apply"
)

const longHelp = `Lotse steers the capacity of a city's citizens' offices from one hand: an absence
comes in, staff and appointment slots move between the districts.

Exit codes:
  0  done
  1  failed
  2  not called in the right way
  3  the input is wrong: a network file, an instance or plan, or what the server refuses
  4  nobody answers at the server's address
  130  interrupted`

// run is the whole command line; it returns the exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)
	err := root.ExecuteContext(ctx)
	if inner := (errSilent{}); err != nil && ctx.Err() == nil && !errors.As(err, &inner) {
		fmt.Fprintln(errs, "lotse: "+err.Error())
		if refused := (*apply.Problem)(nil); errors.As(err, &refused) && refused.Status == http.StatusUnauthorized {
			fmt.Fprintln(errs, tokenHelp)
		}
	}
	return exitCode(ctx, err)
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "lotse",
		Short:         "Steer a city's citizens' offices from one hand",
		Long:          longHelp,
		Version:       thisBuild().Version,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          known,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return misuse(cmd, err) })
	root.AddCommand(newUp(), newCluster(), newDemo(), newVerify(), newLoad(), newFaults(), newApply(), newPlan(time.Now), newReport(time.Now), newSimulate(time.Now), newWhatIf(), newForecast(), newBench(), newNATSConfig(), newParked(), newAudit(), newForget(), newRotateKeys(), newPseudonym(), newVersion())
	return root
}

// known refuses a command that does not exist, and names those like it.
func known(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	err := fmt.Errorf("there is no command %q", args[0])
	if cmd.SuggestionsMinimumDistance <= 0 {
		cmd.SuggestionsMinimumDistance = 2
	}
	for _, s := range cmd.SuggestionsFor(args[0]) {
		err = fmt.Errorf("%w: did you mean %q?", err, s)
		break
	}
	return misuse(cmd, err)
}

// none refuses arguments where only flags are taken.
func none(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return misuse(cmd, fmt.Errorf("%s takes no arguments, and %q is one", cmd.Name(), args[0]))
	}
	return nil
}

// printJSON writes one indented document.
func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
