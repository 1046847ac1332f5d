package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/tools/apply"
)

const whatIfHelp = `Asks a running Lotse what would be: people absent, centres closed or open at other
hours, more or less asked for. It says for each district the lead time and the booked
appointments that nobody could serve, as it is, as it would be, and with what Lotse
would propose. Nothing of it happens.

  --absent and --close may be given several times; all hold from --from to --to`

const whatIfExample = `  lotse what-if --absent e-1a2b3c --absent e-4d5e6f --from 2026-12-01
  lotse what-if --close altona --from 2026-12-01 --to 2026-12-04
  lotse what-if --hours altona=08:00-12:00 --from 2026-12-01
  lotse what-if --demand 1.3 --district wandsbek`

type whatIfFlags struct {
	askFlags
	absent, closed, hours, districts []string
	from, to, lang                   string
	demand                           float64
}

// supposedOutcome is what capacity answers.
type supposedOutcome struct {
	Damage    float64 `json:"damage"`
	Gain      float64 `json:"gain"`
	Districts []struct {
		District string        `json:"district"`
		Is       supposedStage `json:"is"`
		Would    supposedStage `json:"would"`
		With     supposedStage `json:"with"`
	} `json:"districts"`
	Places []struct {
		Centre   string `json:"centre"`
		Day      string `json:"day"`
		District string `json:"district"`
		Is       int    `json:"is"`
		Would    int    `json:"would"`
		With     int    `json:"with"`
	} `json:"places"`
	Moves []struct {
		Employee string            `json:"employee"`
		Day      string            `json:"day"`
		From     string            `json:"from"`
		To       string            `json:"to"`
		Gain     float64           `json:"gain"`
		Why      map[string]string `json:"why,omitempty"`
	} `json:"moves"`
	Approval string   `json:"approval,omitempty"`
	Unsolved []string `json:"unsolved"`
	Complete bool     `json:"complete"`
}

type supposedStage struct {
	Days      int     `json:"days"`
	Uncovered int     `json:"uncovered"`
	Late      float64 `json:"late"`
}

func newWhatIf() *cobra.Command {
	var f whatIfFlags
	cmd := &cobra.Command{Use: "what-if", Short: "Ask what absences, closures or more demand would do", Long: whatIfHelp, Example: whatIfExample, Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			body, err := f.body()
			if err != nil {
				return misuse(cmd, err)
			}
			out, err := f.ask(cmd.Context(), body)
			if err != nil {
				return err
			}
			if f.json {
				return printJSON(cmd.OutOrStdout(), out)
			}
			return out.print(cmd.OutOrStdout(), f.lang)
		}}
	f.register(cmd, "")
	_ = cmd.Flags().MarkHidden("service") // only capacity can say
	cmd.Flags().StringArrayVar(&f.absent, "absent", nil, "pseudonym of an `employee` who would be absent")
	cmd.Flags().StringArrayVar(&f.closed, "close", nil, "`centre` that would be closed")
	cmd.Flags().StringArrayVar(&f.hours, "hours", nil, "other opening hours, Monday to Saturday: `centre=08:00-12:00`")
	cmd.Flags().StringVar(&f.from, "from", "", "first `day` of absences and closures, 2026-12-01")
	cmd.Flags().StringVar(&f.to, "to", "", "last `day`; the first one if missing")
	cmd.Flags().Float64Var(&f.demand, "demand", 0, "`factor` on what is asked for; 1.2: a fifth more")
	cmd.Flags().StringArrayVar(&f.districts, "district", nil, "`district` in which the factor holds; without: everywhere")
	cmd.Flags().StringVar(&f.lang, "lang", "en", "language of reasons, en or de")
	return cmd
}

// body is the request, checked as far as it can be here.
func (f *whatIfFlags) body() (map[string]any, error) {
	if f.lang != "en" && f.lang != "de" {
		return nil, fmt.Errorf("--lang is %q: give en or de", f.lang)
	}
	body := map[string]any{}
	if f.demand != 0 {
		body["demand"], body["districts"] = f.demand, append([]string{}, f.districts...)
	} else if len(f.districts) > 0 {
		return nil, errors.New("--district without --demand: say by which factor more or less is asked for there")
	}
	if len(f.absent)+len(f.closed)+len(f.hours) == 0 {
		if f.demand == 0 {
			return nil, errors.New("nothing is supposed: give --absent, --close, --hours or --demand")
		}
		return body, nil
	}
	if f.from == "" {
		return nil, errors.New("--from is missing: name the first day, 2026-12-01")
	}
	from, err := day.Parse(f.from)
	if err != nil {
		return nil, fmt.Errorf("--from: %w", err)
	}
	last := from
	if f.to != "" {
		if last, err = day.Parse(f.to); err != nil {
			return nil, fmt.Errorf("--to: %w", err)
		}
	}
	if last < from {
		return nil, fmt.Errorf("--to %s lies before --from %s: name the last day", last, from)
	}
	var absent, places []any
	for _, e := range f.absent {
		absent = append(absent, map[string]any{"employee": e, "from": from, "until": last + 1})
	}
	for _, c := range f.closed {
		places = append(places, map[string]any{"centre": c, "from": from, "until": last + 1})
	}
	for _, h := range f.hours {
		centre, span, err := parseHours(h)
		if err != nil {
			return nil, err
		}
		week := map[int]any{}
		for w := 1; w <= 6; w++ {
			week[w] = []day.Span{span}
		}
		places = append(places, map[string]any{"centre": centre, "from": from, "until": last + 1, "hours": week})
	}
	if len(absent) > 0 {
		body["absent"] = absent
	}
	if len(places) > 0 {
		body["places"] = places
	}
	return body, nil
}

// parseHours reads "altona=08:00-12:00".
func parseHours(text string) (centre string, span day.Span, err error) {
	centre, times, ok := strings.Cut(text, "=")
	opens, closes, two := strings.Cut(times, "-")
	if !ok || !two || centre == "" {
		return "", span, fmt.Errorf("--hours %q: write centre=08:00-12:00", text)
	}
	if span.From, err = day.ParseTime(opens); err == nil {
		span.To, err = day.ParseTime(closes)
	}
	if err == nil && span.Minutes() == 0 {
		err = errors.New("the end is not after the beginning")
	}
	if err != nil {
		return "", span, fmt.Errorf("--hours %q: %w", text, err)
	}
	return centre, span, nil
}

func (f *whatIfFlags) ask(ctx context.Context, body map[string]any) (out supposedOutcome, err error) {
	client, err := f.token.client("central-planner", f.timeout)
	if err != nil {
		return out, err
	}
	return out, apply.Ask(ctx, client, f.server, "capacity", http.MethodPost, "/v1/what-if", body, "", &out)
}

func (o supposedOutcome) print(w io.Writer, lang string) error {
	fmt.Fprintf(w, "damage %.0f points; Lotse's moves would bring %.0f\n", o.Damage, o.Gain)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "district\tlead is\twould\twith\tuncovered is\twould\twith\t")
	days := func(n int) string {
		if n < 0 {
			return "none"
		}
		return fmt.Sprintf("%d d", n)
	}
	for _, d := range o.Districts {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%d\t%d\t%d\t\n", d.District, days(d.Is.Days), days(d.Would.Days), days(d.With.Days), d.Is.Uncovered, d.Would.Uncovered, d.With.Uncovered)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, m := range o.Moves {
		fmt.Fprintf(w, "%s  %s  %s → %s  %s\n", m.Day, m.Employee, m.From, m.To, m.Why[lang])
	}
	for _, u := range o.Unsolved { // in English and in German
		en, de, _ := strings.Cut(u, " / ")
		if lang == "de" {
			en = de
		}
		fmt.Fprintln(w, "stays: "+en)
	}
	if !o.Complete {
		fmt.Fprintln(w, "there was no time to look at everything")
	}
	return nil
}
