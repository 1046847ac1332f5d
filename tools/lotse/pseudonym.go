package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/lotse-hamburg/lotse/services/absence"
)

const pseudonymHelp = `Tells HR whom Lotse speaks of: reads a table with personnel numbers from standard
input and writes it with one more column, the pseudonym of each, to standard output.
The table stays with HR; Lotse has only the pseudonyms, and the key to make them.

--new-key makes the key file that absence and staffing are given
(LOTSE_ABSENCE_PSEUDONYM_KEY_FILE, LOTSE_STAFFING_PSEUDONYM_KEY_FILE).`

func newPseudonym() *cobra.Command {
	var newKey, key, policy, source, column string
	cmd := &cobra.Command{
		Use:     "pseudonym",
		Short:   "Tell HR the pseudonyms of its employees",
		Long:    pseudonymHelp,
		Example: "  lotse pseudonym --new-key staff.key\n  lotse pseudonym --key staff.key --source hr --column Personalnummer <staff.csv >mapping.csv",
		Args:    none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if newKey != "" {
				if err := absence.NewPseudonymKey(newKey); err != nil {
					return fmt.Errorf("--new-key: %w (a key is never written over)", err)
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s holds a fresh key. Keep a copy with HR: without it nobody is recognised any more.\n", newKey)
				return nil
			}
			if key == "" {
				return misuse(cmd, errors.New("--key is missing: name the key file, or make one with --new-key"))
			}
			names, err := absence.LoadPseudonyms(policy, key)
			if err != nil {
				return err
			}
			return mapNumbers(cmd.InOrStdin(), cmd.OutOrStdout(), names, source, column)
		},
	}
	cmd.Flags().StringVar(&newKey, "new-key", "", "make a key `file`, and do nothing else")
	cmd.Flags().StringVar(&key, "key", "", "key `file`")
	cmd.Flags().StringVar(&policy, "policy", "", "`policy` of absence and staffing (LOTSE_ABSENCE_PSEUDONYMS); default: theirs")
	cmd.Flags().StringVar(&source, "source", "hr", "`name` of the HR system that the numbers are of")
	cmd.Flags().StringVar(&column, "column", "employee", "`name` of the column with the numbers")
	return cmd
}

// mapNumbers adds the column of pseudonyms; semicolons stay semicolons.
func mapNumbers(in io.Reader, out io.Writer, names *absence.Pseudonyms, source, column string) error {
	raw, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf")) // as Excel writes it
	r, w := csv.NewReader(bytes.NewReader(raw)), csv.NewWriter(out)
	if first, _, _ := bytes.Cut(raw, []byte("\n")); bytes.Count(first, []byte(";")) > bytes.Count(first, []byte(",")) {
		r.Comma, w.Comma = ';', ';'
	}
	head, err := r.Read()
	if err != nil {
		return fmt.Errorf("the table has no header line: %w", err)
	}
	at := slices.Index(head, column)
	if at < 0 {
		return fmt.Errorf("the table has no column %q: name it with --column", column)
	}
	if err := w.Write(append(head, "pseudonym")); err != nil {
		return err
	}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if err := w.Write(append(row, names.Of(source, row[at]))); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}
