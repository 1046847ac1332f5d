package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	language "github.com/lotse-hamburg/lotse/events/lotse"
	"github.com/lotse-hamburg/lotse/tools/apply"
)

const parkedHelp = `A message that a service cannot handle is kept with its reason; later ones about the
same thing wait behind it. HR's messages that absence refused are kept likewise.

  list     those that wait
  show     one of them whole: reason, source, position, key, type, what is kept of it
           (fields of the schema, no free text), and what became of it
  replay   handle it again as it is, and then those behind it
  fix      handle it with corrected content: --content, the whole, or --patch, a JSON merge
           patch (RFC 7396); @file reads a file. --why is recorded with who did it
  discard  give it up; --why is recorded. Those behind it still wait

Without --service, list asks all services. Of two who decide at once one is refused.`

// parkedMessage is what the services answer.
type parkedMessage struct {
	Service  string          `json:"service"`
	ID       string          `json:"id"`
	Source   string          `json:"source"`
	Sender   string          `json:"sender,omitempty"`
	Position int64           `json:"position,omitempty"`
	Key      string          `json:"key,omitempty"`
	Type     string          `json:"type,omitempty"`
	Message  string          `json:"message_id,omitempty"`
	Reason   string          `json:"reason"`
	Hash     string          `json:"hash"`
	Fields   json.RawMessage `json:"fields,omitempty"`
	ParkedAt time.Time       `json:"parked_at"`
	Became   *struct {
		How  string          `json:"how"`
		Why  string          `json:"why,omitempty"`
		By   string          `json:"by,omitempty"`
		From string          `json:"from,omitempty"`
		At   time.Time       `json:"at"`
		Data json.RawMessage `json:"data,omitempty"`
	} `json:"became,omitempty"`
}

// askFlags say whom to ask, and as whom.
type askFlags struct {
	server, service string
	token           tokenFlags
	json            bool
	timeout         time.Duration
}

func (f *askFlags) register(cmd *cobra.Command, service string) {
	cmd.Flags().StringVar(&f.server, "server", "http://127.0.0.1:8080", "`address` of the running Lotse; with "+apply.ServiceIn+" in it, of each service")
	cmd.Flags().StringVar(&f.service, "service", "", service)
	cmd.Flags().BoolVar(&f.json, "json", false, "print JSON")
	cmd.Flags().DurationVar(&f.timeout, "timeout", 30*time.Second, "for one request")
	f.token.register(cmd, &f.server)
}

// services are those to ask.
func (f *askFlags) services() ([]string, error) {
	if f.service == "" {
		return language.Services[:], nil
	}
	for _, s := range language.Services {
		if s == f.service {
			return []string{s}, nil
		}
	}
	return nil, fmt.Errorf("--service %q: write one of %s", f.service, strings.Join(language.Services[:], ", "))
}

func newParked() *cobra.Command {
	cmd := &cobra.Command{Use: "parked", Short: "See and settle messages that could not be handled", Long: parkedHelp,
		Example: `  lotse parked list
  lotse parked fix --service absence 01a2… --patch '{"until":"2026-12-08"}' --why "checked with the office"
  lotse parked discard --service booking 01a2… --why "the centre never existed"`,
		Args: known, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(newParkedList(), newParkedShow(), newParkedDecision("replay", "Handle a message again, and those behind it"),
		newParkedDecision("fix", "Handle a message with corrected content, and those behind it"),
		newParkedDecision("discard", "Give a message up"))
	return cmd
}

func newParkedList() *cobra.Command {
	var f askFlags
	cmd := &cobra.Command{Use: "list", Short: "List messages that wait, the oldest first", Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			services, err := f.services()
			if err != nil {
				return misuse(cmd, err)
			}
			all := []parkedMessage{}
			for _, s := range services {
				list, err := f.parked(cmd.Context(), s)
				if err != nil {
					return err
				}
				all = append(all, list...)
			}
			if f.json {
				return printJSON(cmd.OutOrStdout(), all)
			}
			return printParked(cmd.OutOrStdout(), all)
		}}
	f.register(cmd, "only this `service`")
	return cmd
}

func (f *askFlags) parked(ctx context.Context, service string) (all []parkedMessage, err error) {
	client, err := f.token.client("operator", f.timeout)
	if err != nil {
		return nil, err
	}
	for cursor := ""; ; {
		var page struct {
			Parked []parkedMessage
			Next   string `json:"next_cursor"`
		}
		path := "/v1/parked?limit=1000"
		if cursor != "" {
			path += "&cursor=" + url.QueryEscape(cursor)
		}
		if err := apply.Ask(ctx, client, f.server, service, http.MethodGet, path, nil, "", &page); err != nil {
			return nil, err
		}
		for _, p := range page.Parked {
			p.Service = service
			all = append(all, p)
		}
		if cursor = page.Next; cursor == "" {
			return all, nil
		}
	}
}

func printParked(out io.Writer, all []parkedMessage) error {
	if len(all) == 0 {
		_, err := fmt.Fprintln(out, "No message waits.")
		return err
	}
	t := tabwriter.NewWriter(out, 2, 0, 2, ' ', 0)
	fmt.Fprintln(t, "SERVICE\tID\tPARKED AT\tSOURCE\tPOSITION\tKEY\tTYPE\tREASON")
	for _, p := range all {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%d\t%s\t%s\t%s\n", p.Service, p.ID, p.ParkedAt.Local().Format(time.DateTime), p.Source, p.Position, p.Key, p.Type, strings.ReplaceAll(p.Reason, "\n", " "))
	}
	return t.Flush()
}

func newParkedShow() *cobra.Command {
	var f askFlags
	cmd := &cobra.Command{Use: "show --service <service> <id>", Short: "Show a message and what became of it", Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			service, id, err := f.one(args)
			if err != nil {
				return misuse(cmd, err)
			}
			client, err := f.token.client("operator", f.timeout)
			if err != nil {
				return err
			}
			p := parkedMessage{Service: service}
			if err := apply.Ask(cmd.Context(), client, f.server, service, http.MethodGet, "/v1/parked/"+id, nil, "", &p); err != nil {
				return err
			}
			return printJSON(cmd.OutOrStdout(), p)
		}}
	f.register(cmd, "the `service` that keeps it")
	return cmd
}

// one is the message that a command is about.
func (f *askFlags) one(args []string) (service, id string, err error) {
	if f.service == "" {
		return "", "", errors.New("--service is missing: name the service that keeps the message")
	}
	if _, err := f.services(); err != nil {
		return "", "", err
	}
	if len(args) != 1 {
		return "", "", fmt.Errorf("give the id of one message, not %d", len(args))
	}
	if _, err := uuid.Parse(args[0]); err != nil {
		return "", "", fmt.Errorf("%q is not the id of a parked message: see lotse parked list", args[0])
	}
	return f.service, args[0], nil
}

func newParkedDecision(what, short string) *cobra.Command {
	var f askFlags
	var why, data, patch, kind, key string
	cmd := &cobra.Command{Use: what + " --service <service> <id>", Short: short, Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			service, id, err := f.one(args)
			if err == nil && what != "replay" && strings.TrimSpace(why) == "" {
				err = errors.New("--why is missing: it is recorded with who decided")
			}
			body := map[string]any{}
			if why != "" {
				body["why"] = why
			}
			if err == nil && what == "fix" {
				err = content(body, data, patch, kind)
			}
			if err != nil {
				return misuse(cmd, err)
			}
			client, err := f.token.client("operator", f.timeout)
			if err != nil {
				return err
			}
			if key == "" {
				key = uuid.NewString()
			}
			var done struct {
				Replayed int    `json:"replayed"`
				Stopped  string `json:"stopped_at,omitempty"`
				Reason   string `json:"reason,omitempty"`
			}
			if err := apply.Ask(cmd.Context(), client, f.server, service, http.MethodPost, "/v1/parked/"+id+"/"+what, body, key, &done); err != nil {
				return err
			}
			switch {
			case f.json:
				return printJSON(cmd.OutOrStdout(), done)
			case what == "discard":
				fmt.Fprintln(cmd.OutOrStdout(), "Discarded. Those behind it still wait.")
			case done.Stopped != "":
				fmt.Fprintf(cmd.OutOrStdout(), "%s handled; %s still cannot be: %s\n", count(done.Replayed, "message"), done.Stopped, done.Reason)
			default:
				fmt.Fprintf(cmd.OutOrStdout(), "%s handled.\n", count(done.Replayed, "message"))
			}
			return nil
		}}
	f.register(cmd, "the `service` that keeps it")
	cmd.Flags().StringVar(&key, "idempotency-key", "", "`key` of this decision, to ask again without doing it twice; without it a new one")
	if what != "replay" {
		cmd.Flags().StringVar(&why, "why", "", "`reason`, recorded with who decided; no names, no reasons of absences")
	}
	if what == "fix" {
		cmd.Flags().StringVar(&data, "content", "", "the whole corrected content as `JSON`, or @file")
		cmd.Flags().StringVar(&patch, "patch", "", "what is to change of the content as `JSON`, or @file")
		cmd.Flags().StringVar(&kind, "type", "", "corrected `type` of a message from HR")
	}
	return cmd
}

// content puts the corrected content into a body.
func content(body map[string]any, data, patch, kind string) error {
	if (data == "") == (patch == "") {
		return errors.New("give either --content, the whole, or --patch, what is to change of it")
	}
	for name, text := range map[string]string{"content": data, "patch": patch} {
		if text == "" {
			continue
		}
		if path, ok := strings.CutPrefix(text, "@"); ok {
			raw, err := os.ReadFile(path)
			if err != nil {
				return fmt.Errorf("--%s: %w", name, err)
			}
			text = string(raw)
		}
		if !json.Valid([]byte(text)) {
			return fmt.Errorf("--%s is no JSON document", name)
		}
		if name == "content" {
			name = "data"
		}
		body[name] = json.RawMessage(text)
	}
	if kind != "" {
		body["type"] = kind
	}
	return nil
}
