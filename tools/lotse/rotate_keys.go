package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/lotse-hamburg/lotse/services/allinone"
	"github.com/lotse-hamburg/lotse/services/booking"
)

const rotateHelp = `Changes the key encryption key that wraps the keys of citizens' data. Neither the log
nor the data is touched, and it may break off and be called again at any point:

  1. --add       adds a fresh key to the key file; the old ones stay
  2. (always)    wraps every data key with the newest key
  3. --retire    takes the old keys out of the key file, when nothing is wrapped by them

Of a running Lotse, --add first, on the machine with the key file; then call it with
--server for each replica, and for one of them again; then --retire. Backups that are
older need the old key: keep it as long as they, and no longer.`

func newRotateKeys() *cobra.Command {
	var server, postgres, command string
	var add, retire, asJSON bool
	var token tokenFlags
	cmd := &cobra.Command{
		Use:     "rotate-keys",
		Short:   "Change the key encryption key of citizens' data",
		Long:    rotateHelp,
		Example: "  lotse rotate-keys --data lotse-data --add --retire\n  lotse rotate-keys --server http://127.0.0.1:8080",
		Args:    none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, out := cmd.Context(), cmd.OutOrStdout()
			cfg := allinone.Config{Data: token.data, Postgres: postgres, Booking: func(c *booking.Config) { c.KeyCommand = command }}
			if add {
				name, err := booking.AddKey(ctx, cfg.BookingConfig())
				if err != nil {
					return err
				}
				if !asJSON {
					fmt.Fprintf(out, "Key %s was added to %s.\n", name, cfg.BookingConfig().KeyFile)
				}
			}
			var r booking.Rotated
			var err error
			if server != "" {
				err = askBooking(ctx, token, server, "keys/rotate", struct{}{}, &r)
			} else {
				err = onData(ctx, cfg, func(s *booking.Service) (err error) { r, err = s.RotateKeys(ctx); return err })
			}
			if err != nil {
				return err
			}
			if retire {
				if r.Unreadable > 0 {
					return fmt.Errorf("%d data keys are wrapped by none of the keys: nothing was retired", r.Unreadable)
				}
				if r.Retired, err = booking.RetireKeys(ctx, cfg.BookingConfig()); err != nil {
					return err
				}
			}
			if asJSON {
				return printJSON(out, r)
			}
			fmt.Fprintf(out, "%d of %s wrapped anew; key %s wraps all.\n", r.Rewrapped, count(r.Keys, "data key"), r.Newest)
			for _, k := range r.Retired {
				if retire {
					fmt.Fprintf(out, "Key %s is out of the file.\n", k)
				} else {
					fmt.Fprintf(out, "Key %s wraps nothing any more: --retire takes it out of the file.\n", k)
				}
			}
			if r.Unreadable > 0 {
				return errors.New("some data keys are wrapped by none of the keys: put the key back that did")
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&server, "server", "", "`address` of the running Lotse; without it the data folder is worked on")
	cmd.Flags().StringVar(&postgres, "postgres", "", "`URL` of the database with the logs of a Lotse that does not run")
	cmd.Flags().StringVar(&command, "key-command", "", "`program` that opens and seals the keys in the file, as LOTSE_BOOKING_KEY_COMMAND")
	cmd.Flags().BoolVar(&add, "add", false, "add a fresh key first")
	cmd.Flags().BoolVar(&retire, "retire", false, "take the old keys out of the file afterwards")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON document")
	token.register(cmd, &server)
	return cmd
}
