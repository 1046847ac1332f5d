// Command browser looks at Lotse's pages with a real browser:
//
//	go run ./tools/browser city           a furnished city to look at, until Ctrl-C
//	go run ./tools/browser screenshots    write docs/screenshots
//
// One picture of any running city: node tools/browser/shot.mjs. The tests beside
// it walk through the pages as planners, citizens and agents do, and hold every
// page to WCAG 2.2 AA, to its weight and to its content security policy.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/lotse-hamburg/lotse/tools/browser/stage"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cmd := &cobra.Command{Use: "browser", Short: "Look at Lotse's pages with a real browser", SilenceUsage: true, SilenceErrors: true}
	cmd.AddCommand(newCity(), newScreenshots())
	if err := cmd.ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "browser:", err)
		os.Exit(1)
	}
}

func newCity() *cobra.Command {
	var data string
	o := stage.Options{}
	cmd := &cobra.Command{Use: "city", Short: "A furnished city to look at", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		return withCity(cmd.Context(), data, o, func(c *stage.City) error {
			facts, err := c.Facts(cmd.Context())
			if err != nil {
				return err
			}
			facts["notes"] = c.Notes(3)
			known, err := json.Marshal(c.Known(facts))
			if err == nil {
				err = os.WriteFile(filepath.Join(filepath.Dir(c.TokensFile()), "city.json"), known, 0o600)
			}
			if err != nil {
				return err
			}
			fmt.Printf("%s  %d appointments; its clock began at %s\ntokens in %s, LOTSE_CITY for scripts in city.json beside\nEnd it with Ctrl-C.\n", c.URL(), c.Booked, stage.Begin, c.TokensFile())
			select {
			case <-cmd.Context().Done():
			case <-c.Done():
			}
			return nil
		})
	}}
	cmd.Flags().StringVar(&data, "data", "", "empty `folder` for it; none: one that is removed at the end")
	cmd.Flags().StringVar(&o.HTTP, "http", "", "`address`; none: a free port of this machine")
	cmd.Flags().IntVar(&o.Absences, "absences", 2, "that HR reports at once")
	return cmd
}

// withCity does something with a furnished city, and ends it.
func withCity(ctx context.Context, data string, o stage.Options, do func(*stage.City) error) (err error) {
	if o.Root, err = stage.Root(); err != nil {
		return err
	}
	if data == "" {
		if data, err = os.MkdirTemp("", "lotse-browser-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(data)) }()
	}
	o.Data, o.Errors = filepath.Join(data, "lotse-data"), os.Stderr
	o.Said = func(s string) { fmt.Fprintln(os.Stderr, "· "+s) }
	c, err := stage.Start(ctx, o)
	if err != nil {
		return err
	}
	return errors.Join(do(c), c.Close())
}
