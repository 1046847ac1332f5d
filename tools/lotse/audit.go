package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lotse-hamburg/lotse/tools/apply"
)

const auditHelp = `Writes who decided what, when, why and from where, from the logs of all services, in the
order of time: decisions of planners, changes of network and policy, imports, what was
decided about parked messages, forgetting, and what staff did to appointments. Without
personal data.

  --actor central-planner:      all of a role; central-planner:7 one of them
  --operation lotse.capacity.   types of events that begin so`

// deed is a line of the audit.
type deed struct {
	Service  string    `json:"service"`
	Position int64     `json:"position"`
	At       time.Time `json:"at"`
	Actor    string    `json:"actor"`
	From     string    `json:"from,omitempty"`
	What     string    `json:"what"`
	About    string    `json:"about"`
	Why      string    `json:"why,omitempty"`
	Story    string    `json:"correlation_id,omitempty"`
	Cause    string    `json:"causation_id,omitempty"`
}

type auditFlags struct {
	askFlags
	from, until, actor, what, format, out string
}

func newAudit() *cobra.Command {
	cmd := &cobra.Command{Use: "audit", Short: "Export who decided what, when, why and from where", Args: known,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	var f auditFlags
	export := &cobra.Command{Use: "export", Short: "Write the audit of all services", Long: auditHelp, Args: none,
		Example: "  lotse audit export --from 2026-12-01 --until 2027-01-01 --format csv --out december.csv",
		RunE: func(cmd *cobra.Command, _ []string) error {
			services, err := f.services()
			query, qerr := f.query()
			if err := errors.Join(err, qerr); err != nil {
				return misuse(cmd, err)
			}
			all := []deed{}
			for _, s := range services {
				list, err := f.deeds(cmd.Context(), s, query)
				if err != nil {
					return err
				}
				all = append(all, list...)
			}
			slices.SortStableFunc(all, func(a, b deed) int { return a.At.Compare(b.At) })
			return f.write(cmd.OutOrStdout(), all)
		}}
	f.register(export, "only this `service`")
	flags := export.Flags()
	flags.StringVar(&f.from, "from", "", "recorded at this `time` or later: a date, or 2026-12-01T08:00:00Z")
	flags.StringVar(&f.until, "until", "", "recorded before this `time`")
	flags.StringVar(&f.actor, "actor", "", "only this `actor`, or role with a colon")
	flags.StringVar(&f.what, "operation", "", "only this `type` of event, or its beginning")
	flags.StringVar(&f.format, "format", "jsonl", "jsonl (a document a line) or csv")
	flags.StringVar(&f.out, "out", "", "`file` to write, mode 0600; without it standard output")
	_ = flags.MarkHidden("json")
	cmd.AddCommand(export)
	return cmd
}

func (f *auditFlags) query() (url.Values, error) {
	q := url.Values{"limit": {"1000"}}
	if f.format != "jsonl" && f.format != "csv" {
		return nil, fmt.Errorf("--format %q: write jsonl or csv", f.format)
	}
	for name, text := range map[string]string{"from": f.from, "until": f.until} {
		if text == "" {
			continue
		}
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			at, err = time.ParseInLocation(time.DateOnly, text, time.Local)
		}
		if err != nil {
			return nil, fmt.Errorf("--%s %q: write 2026-12-01 or 2026-12-01T08:00:00Z", name, text)
		}
		q.Set(name, at.Format(time.RFC3339Nano))
	}
	for name, text := range map[string]string{"actor": f.actor, "operation": f.what} {
		if text != "" {
			q.Set(name, text)
		}
	}
	return q, nil
}

func (f *auditFlags) deeds(ctx context.Context, service string, q url.Values) (all []deed, err error) {
	client, err := f.token.client("auditor", f.timeout)
	if err != nil {
		return nil, err
	}
	for q.Del("cursor"); ; {
		var page struct {
			Deeds []deed
			Next  string `json:"next_cursor"`
		}
		if err := apply.Ask(ctx, client, f.server, service, http.MethodGet, "/v1/audit?"+q.Encode(), nil, "", &page); err != nil {
			return nil, err
		}
		for _, d := range page.Deeds {
			d.Service = service
			all = append(all, d)
		}
		if page.Next == "" {
			return all, nil
		}
		q.Set("cursor", page.Next)
	}
}

func (f *auditFlags) write(out io.Writer, all []deed) (err error) {
	if f.out != "" {
		file, err := os.OpenFile(f.out, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return fmt.Errorf("--out: %w", err)
		}
		if err := errors.Join(f.deedsTo(file, all), file.Close()); err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "%s in %s.\n", count(len(all), "line"), f.out)
		return err
	}
	return f.deedsTo(out, all)
}

func (f *auditFlags) deedsTo(out io.Writer, all []deed) error {
	if f.format == "jsonl" {
		e := json.NewEncoder(out)
		e.SetEscapeHTML(false)
		for _, d := range all {
			if err := e.Encode(d); err != nil {
				return err
			}
		}
		return nil
	}
	w := csv.NewWriter(out)
	_ = w.Write([]string{"service", "position", "at", "actor", "from", "what", "about", "why", "correlation_id", "causation_id"})
	for _, d := range all {
		row := []string{d.Service, strconv.FormatInt(d.Position, 10), d.At.UTC().Format(time.RFC3339Nano), d.Actor, d.From, d.What, d.About, d.Why, d.Story, d.Cause}
		for i, cell := range row {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") { // a spreadsheet would take it for a formula
				row[i] = "'" + cell
			}
		}
		_ = w.Write(row)
	}
	w.Flush()
	return w.Error()
}
