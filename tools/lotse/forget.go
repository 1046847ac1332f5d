package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lotse-hamburg/lotse/services/allinone"
	"github.com/lotse-hamburg/lotse/services/booking"
	"github.com/lotse-hamburg/lotse/tools/apply"
)

const forgetHelp = `Destroys the keys that a citizen's name, address and number are encrypted with, then
searches all that was written down (log, snapshots, answers, parked messages, keys;
with SQLite every file of the data folder as it lies on the disk) for the keys and the
words, and prints what was searched and found. Exit code 1 if anything was.

Of a running Lotse it asks booking over HTTP (--server); of one that does not run it
works on the data folder. The ids of destroyed keys are kept in --list: apply it with
--again after the log was put back from a backup.

With Postgres old rows stay in free space, the write-ahead log and backups until those
are overwritten. What lies there is wrapped by a key encryption key: change it with
rotate-keys, and destroy the old one, to make it useless.`

type forgetFlags struct {
	server, postgres, list string
	again                  string
	email, phone           string
	json                   bool
	token                  tokenFlags
}

// forgot is what --json prints.
type forgot struct {
	booking.Forgotten
	Again int `json:"again"`
}

func newForget() *cobra.Command {
	var f forgetFlags
	cmd := &cobra.Command{
		Use:   "forget [id …]",
		Short: "Forget a citizen, and prove it",
		Long:  forgetHelp,
		Example: "  lotse forget altona.2026-12-01.0f3a…  --server http://127.0.0.1:8080\n  lotse forget --email erika@example.org --data lotse-data\n" +
			"  lotse forget --again lotse-forgotten.txt --data lotse-data",
		RunE: func(cmd *cobra.Command, args []string) error {
			w := booking.Whom{IDs: args, Email: f.email, Phone: f.phone}
			if len(args) == 0 && f.email == "" && f.phone == "" && f.again == "" {
				return misuse(cmd, errors.New("nobody is named: give ids, --email, --phone or --again"))
			}
			return runForget(cmd, f, w)
		},
	}
	cmd.Flags().StringVar(&f.server, "server", "", "`address` of the running Lotse; without it the data folder is worked on")
	cmd.Flags().StringVar(&f.postgres, "postgres", "", "`URL` of the database with the logs of a Lotse that does not run")
	cmd.Flags().StringVar(&f.email, "email", "", "all contacts with this `address`")
	cmd.Flags().StringVar(&f.phone, "phone", "", "all contacts with this `number`")
	cmd.Flags().StringVar(&f.list, "list", "lotse-forgotten.txt", "`file` to add the ids of destroyed keys to; empty: none")
	cmd.Flags().StringVar(&f.again, "again", "", "`file` of destroyed keys to apply to a log that was put back")
	cmd.Flags().BoolVar(&f.json, "json", false, "print one JSON document")
	f.token.register(cmd, &f.server)
	return cmd
}

func runForget(cmd *cobra.Command, f forgetFlags, w booking.Whom) error {
	var again []string
	if f.again != "" {
		var err error
		if again, err = readList(f.again); err != nil {
			return err
		}
	}
	out, err := forgot{}, error(nil)
	if f.server != "" {
		err = askBooking(cmd.Context(), f.token, f.server, "forget", struct {
			booking.Whom
			Again []string `json:"again,omitempty"`
		}{w, again}, &out)
	} else {
		err = onData(cmd.Context(), allinone.Config{Data: f.token.data, Postgres: f.postgres}, func(s *booking.Service) (err error) {
			w.Folder = f.token.data
			if out.Again, err = s.ForgetAgain(cmd.Context(), again); err == nil && (len(w.IDs) > 0 || w.Email != "" || w.Phone != "") {
				out.Forgotten, err = s.Forget(cmd.Context(), w)
			}
			return err
		})
	}
	if err != nil {
		return err
	}
	if err := addToList(f.list, out.Destroyed); err != nil {
		return fmt.Errorf("the keys are destroyed, but their ids could not be noted: %w", err)
	}
	if f.json {
		err = printJSON(cmd.OutOrStdout(), out)
	} else {
		printForgotten(cmd.OutOrStdout(), f, out)
	}
	if err == nil && len(out.Searched) > 0 && !out.Clean {
		err = errors.New("something was found, see above")
	}
	return err
}

func printForgotten(out io.Writer, f forgetFlags, r forgot) {
	if f.again != "" {
		fmt.Fprintf(out, "%d keys of %s lived again and are destroyed.\n", r.Again, f.again)
	}
	for _, k := range r.Before {
		fmt.Fprintf(out, "%s was destroyed before.\n", k)
	}
	for _, k := range r.Destroyed {
		fmt.Fprintf(out, "%s is destroyed.\n", k)
	}
	switch {
	case f.again != "" && len(r.Searched) == 0:
		return
	case len(r.Destroyed)+len(r.Before) == 0:
		fmt.Fprintln(out, "Nobody of this name, address or number is known.")
		return
	}
	fmt.Fprintf(out, "\nSearched for %d keys, wrapped and not, and %d words:\n", len(r.Destroyed), r.Words)
	for _, s := range r.Searched {
		rows := ""
		if s.Rows > 0 {
			rows = fmt.Sprintf(" in %d rows", s.Rows)
		}
		fmt.Fprintf(out, "  %-40s %12d bytes%s: %d keys, %d words found\n", s.Place, s.Bytes, rows, s.Keys, s.Words)
	}
	if r.Clean {
		fmt.Fprintln(out, "Nothing was found.")
	}
}

// onData works on booking's log of a city that does not run.
func onData(ctx context.Context, cfg allinone.Config, do func(*booking.Service) error) error {
	err := allinone.Booking(ctx, cfg, do)
	if err != nil {
		return fmt.Errorf("data folder %s: %w (of a running Lotse name --server)", cfg.Data, err)
	}
	return nil
}

// askBooking posts to booking of a running Lotse.
func askBooking(ctx context.Context, token tokenFlags, server, operation string, body, out any) error {
	client, err := token.client("operator", 10*time.Minute)
	if err != nil {
		return err
	}
	return apply.Ask(ctx, client, server, "booking", http.MethodPost, "/v1/"+operation, body, "", out)
}

func readList(file string) (all []string, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if k := strings.TrimSpace(lines.Text()); k != "" {
			all = append(all, k)
		}
	}
	return all, lines.Err()
}

// addToList adds what is not there, durably.
func addToList(file string, keys []string) error {
	if file == "" || len(keys) == 0 {
		return nil
	}
	known, err := readList(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	for _, k := range keys {
		if !slices.Contains(known, k) {
			_, err = fmt.Fprintln(f, k)
		}
	}
	return errors.Join(err, f.Sync(), f.Close())
}
