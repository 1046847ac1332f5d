package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/lotse-hamburg/lotse/tools/bench"
	"github.com/lotse-hamburg/lotse/tools/browser/stage"
)

func newBenchPages() *cobra.Command {
	var o bench.PagesOptions
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "pages",
		Short: "Measure every page of a furnished Hamburg",
		Long: `Furnishes Hamburg in a process of its own (all four services, calendars booked, a few
people off) and asks for every page of tools/browser/pages.json again and again over HTTP.
Then the steering desk stays open while citizens book: what its stream tells, and, where
Chromium and the packages of tools/browser are installed, how smooth it stays there.
Run it in the project's folder.`,
		Example: "  lotse bench pages\n  lotse bench pages --only /book --rounds 1000 --no-changes",
		Args:    none,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if o.Root, err = stage.Root(); err != nil {
				return err
			}
			if o.Rounds < 1 || o.Changes < 1 || o.Load < time.Second {
				return misuse(cmd, errors.New("--rounds and --changes must be at least 1, --load at least 1s"))
			}
			o.Child, o.Said = again, said(cmd.ErrOrStderr())
			r, err := bench.Pages(cmd.Context(), o)
			if err != nil {
				return fmt.Errorf("bench: %w", err)
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), r)
			}
			printPages(cmd.OutOrStdout(), r)
			return nil
		},
	}
	cmd.Flags().IntVar(&o.Rounds, "rounds", 300, "requests of each page")
	cmd.Flags().IntVar(&o.Changes, "changes", 50, "bookings a second while the steering desk is open")
	cmd.Flags().DurationVar(&o.Load, "load", 15*time.Second, "how long they go on")
	cmd.Flags().StringVar(&o.Only, "only", "", "pages whose `route` contains this")
	cmd.Flags().BoolVar(&o.NoEvents, "no-changes", false, "leave the steering desk under changes out")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON document instead of the tables")
	return cmd
}

func printPages(out io.Writer, r bench.PagesReport) {
	fmt.Fprintf(out, "%s. Milliseconds.\n", r.City)
	t := tabwriter.NewWriter(out, 2, 0, 2, ' ', 0)
	fmt.Fprintln(t, "page\tp50\tp99\tn\tsize")
	for _, f := range r.Pages {
		fmt.Fprintf(t, "%s\t%.2f\t%.2f\t%d\t%s\n", f.Name, f.P50, f.P99, f.N, f.Note)
	}
	_ = t.Flush()
	fmt.Fprintf(out, "slowest: %s\n", r.Slowest)
	if len(r.Desk) == 0 {
		return
	}
	fmt.Fprintln(out)
	fmt.Fprintln(t, "steering desk under changes\tp50\tp99\tper second\tn\t")
	for _, f := range r.Desk {
		fmt.Fprintf(t, "%s\t%.2f\t%.2f\t%.1f\t%d\t%s\n", f.Name, f.P50, f.P99, f.Rate, f.N, f.Note)
	}
	_ = t.Flush()
}

// newBenchStage is the city whose pages are measured; it ends with its input.
func newBenchStage() *cobra.Command {
	var folder string
	cmd := &cobra.Command{Use: "stage", Hidden: true, Args: none, RunE: func(cmd *cobra.Command, _ []string) (err error) {
		root, err := stage.Root()
		if err != nil {
			return err
		}
		c, err := stage.Start(cmd.Context(), stage.Options{Data: filepath.Join(folder, "lotse-data"), Root: root, Absences: 4, Errors: os.Stderr})
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, c.Close()) }()
		facts, err := c.Facts(cmd.Context())
		if err != nil {
			return err
		}
		plain, end, err := plainHandler()
		if err != nil {
			return err
		}
		defer end()
		facts["booked"], facts["employees"] = c.Booked, len(c.Network.Employees)
		a := bench.Address{URL: c.URL(), NATS: c.NATSURL(), Today: c.Today.String(), Plain: plain, Tokens: c.Tokens(), Facts: facts}
		if err := json.NewEncoder(cmd.OutOrStdout()).Encode(a); err != nil {
			return err
		}
		asked := make(chan struct{})
		go func() {
			defer close(asked)
			_, _ = io.Copy(io.Discard, cmd.InOrStdin()) // until whoever asks is gone
		}()
		select {
		case <-asked:
		case <-c.Done():
		case <-cmd.Context().Done():
		}
		return nil
	}}
	cmd.Flags().StringVar(&folder, "folder", "", "")
	return cmd
}

// plainHandler is what the same process answers at least.
func plainHandler() (url string, end func(), err error) {
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	s := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), ReadHeaderTimeout: time.Minute}
	go func() { _ = s.Serve(listen) }()
	return "http://" + listen.Addr().String() + "/", func() { _ = s.Shutdown(context.Background()) }, nil
}
