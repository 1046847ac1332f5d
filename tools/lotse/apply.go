package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lotse-hamburg/lotse/tools/apply"
	"github.com/lotse-hamburg/lotse/tools/network"
)

const applyHelp = `Loads the network files of a folder, checks all of them, shows what would change in
the Lotse that runs at --server, and asks before it changes anything.

Wrong files are listed with file, line, field and cure, and nothing is sent. What
is sent may be sent again: nothing is done twice.`

const applyExample = `  lotse apply --dir deploy/networks/hamburg
  lotse apply --dir deploy/networks/hamburg --dry-run --json
  lotse apply --dir my-city --server http://lotse.example:8080 --yes`

type applyFlags struct {
	dir, server string
	yes, dry    bool
	json        bool
	timeout     time.Duration
	token       tokenFlags
}

// applied is what --json prints.
type applied struct {
	Network  string           `json:"network,omitempty"`
	Server   string           `json:"server"`
	Problems network.Problems `json:"problems,omitempty"`
	Changes  []network.Change `json:"changes"`
	Applied  bool             `json:"applied"`
	Parts    []apply.Part     `json:"parts,omitempty"`
	Error    string           `json:"error,omitempty"`
}

func newApply() *cobra.Command {
	var f applyFlags
	cmd := &cobra.Command{
		Use:     "apply --dir <folder>",
		Short:   "Bring a network of centres, services and staff into a running Lotse",
		Long:    applyHelp,
		Example: applyExample,
		Args:    none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case f.dir == "":
				return misuse(cmd, errors.New("--dir is missing: name the folder of the network's files, such as deploy/networks/hamburg"))
			case f.json && !f.yes && !f.dry:
				return misuse(cmd, errors.New("--json cannot ask: add --yes or --dry-run"))
			}
			return runApply(cmd, f)
		},
	}
	cmd.Flags().StringVar(&f.dir, "dir", "", "`folder` of the network's YAML files")
	cmd.Flags().StringVar(&f.server, "server", "http://127.0.0.1:8080", "`address` of the running Lotse")
	cmd.Flags().BoolVarP(&f.yes, "yes", "y", false, "apply without asking")
	cmd.Flags().BoolVar(&f.dry, "dry-run", false, "show what would change, and change nothing")
	cmd.Flags().BoolVar(&f.json, "json", false, "print one JSON document")
	cmd.Flags().DurationVar(&f.timeout, "timeout", 2*time.Minute, "for one request")
	f.token.register(cmd, &f.server)
	return cmd
}

func runApply(cmd *cobra.Command, f applyFlags) error {
	out := cmd.OutOrStdout()
	result := applied{Server: f.server, Changes: []network.Change{}}
	finish := func(err error) error {
		if !f.json {
			return err
		}
		if err != nil {
			result.Error = err.Error()
		}
		return errors.Join(err, printJSON(out, result))
	}
	n, err := network.Load(f.dir)
	if err != nil {
		errors.As(err, &result.Problems)
		return finish(loadError(f.dir, err))
	}
	result.Network = n.Name
	client, err := f.token.client("central-planner", f.timeout)
	if err != nil {
		return finish(err)
	}
	have, err := apply.Present(cmd.Context(), client, f.server)
	if err != nil {
		return finish(err)
	}
	if changes := apply.Changes(have, n); len(changes) > 0 {
		result.Changes = changes
	}
	if !f.json {
		printChanges(out, n.Name, f.server, result.Changes)
	}
	if f.dry || len(result.Changes) == 0 {
		return finish(nil)
	}
	if !f.yes {
		question := fmt.Sprintf("Apply %s to %s? [y/N] ", count(len(result.Changes), "change"), f.server)
		if yes, err := confirmed(cmd.Context(), cmd.InOrStdin(), out, question); err != nil || !yes {
			return err
		}
	}
	result.Parts, err = apply.Apply(cmd.Context(), client, f.server, n)
	result.Applied = err == nil
	if !f.json {
		for _, p := range result.Parts {
			fmt.Fprintf(out, "%-10s %-4s %-34s %d  %7.1f ms  position %s\n", p.Name, p.Method, p.Path, p.Status, p.Millis, p.Position)
			for _, k := range p.Kept {
				fmt.Fprintf(out, "  kept as edited at the desk: policy %s is %s (here %s)\n", k.Field, k.To, k.From)
			}
		}
	}
	return finish(err)
}

// loadError names the folder; problems keep a line each.
func loadError(dir string, err error) error {
	var problems network.Problems
	if !errors.As(err, &problems) {
		return fmt.Errorf("read the network: %w", err)
	}
	return fmt.Errorf("%s has %s:\n%w", dir, count(len(problems), "problem"), problems)
}

func printChanges(out io.Writer, name, server string, changes []network.Change) {
	if len(changes) == 0 {
		fmt.Fprintf(out, "%s already has all of %s: nothing to change.\n", server, name)
		return
	}
	for _, c := range changes {
		fmt.Fprintln(out, c)
	}
	fmt.Fprintf(out, "\n%s to %s.\n", count(len(changes), "change"), server)
}

// confirmed asks on the terminal; an input that has ended is no answer.
func confirmed(ctx context.Context, in io.Reader, out io.Writer, question string) (bool, error) {
	fmt.Fprint(out, question)
	typed := make(chan string, 1) // so that the reader, which cannot be interrupted, may be left behind
	go func() {
		line, _ := bufio.NewReader(in).ReadString('\n')
		typed <- line
	}()
	var line string
	select {
	case line = <-typed:
	case <-ctx.Done():
		fmt.Fprintln(out)
		return false, ctx.Err()
	}
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes", "j", "ja":
		return true, nil
	}
	if line == "" {
		fmt.Fprintln(out)
		return false, misused{errors.New("nobody answered, so nothing was applied: add --yes where there is no terminal")}
	}
	fmt.Fprintln(out, "Nothing was applied.")
	return false, nil
}

func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
