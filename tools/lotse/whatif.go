package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/tools/apply"
)

const whatIfHelp = `Asks a running Lotse what would be: people absent, centres closed or open at other
hours, another policy, more or less asked for, or several of these at once. For the days
ahead it compares three cities: as it is, as it would be, and with what Lotse would
propose then. Nothing of it happens.

  --absent, --close, --hours and --weekday may be given several times; all hold from
  --from to --to. --hours replaces all hours of a centre, --weekday those of one weekday
  (mon to sun) and leaves the others; "closed" closes it. Nobody works longer for that,
  unless --people says how many would.
  --policy sets a field of the policy: goal_days, limit_days, min_lead_days, notice_days,
  max_days_away_per_week, max_days_away_per_half_year, max_travel_minutes,
  saturdays_in_four_weeks, walk_in_share, express_counters, least_gain, demand_quantile,
  expected_sickness, and automatic.enabled, .max_moves, .max_travel_minutes, .min_gain
  and .mobile_only.

Shares in brackets are where much and where little is asked for, one run in ten each.`

const whatIfExample = `  lotse what-if --absent e-1a2b3c --absent e-4d5e6f --from 2026-12-01
  lotse what-if --close altona --from 2026-12-01 --to 2026-12-04
  lotse what-if --hours altona=08:00-12:00 --from 2026-12-01
  lotse what-if --weekday altona/thu=08:00-20:00 --people 4 --from 2026-12-01 --to 2027-01-29
  lotse what-if --weekday altona/wed=closed --from 2026-12-01 --to 2027-01-29
  lotse what-if --policy max_travel_minutes=30 --policy walk_in_share=0.1
  lotse what-if --demand 1.3 --district wandsbek --close altona --from 2026-12-01`

type whatIfFlags struct {
	askFlags
	absent, closed, hours, weekdays, policy, districts []string
	from, to, lang                                     string
	demand                                             float64
	people                                             int
}

func newWhatIf() *cobra.Command {
	var f whatIfFlags
	cmd := &cobra.Command{Use: "what-if", Short: "Ask what absences, closures, other hours, another policy or more demand would do", Long: whatIfHelp, Example: whatIfExample, Args: none,
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
	cmd.Flags().StringArrayVar(&f.weekdays, "weekday", nil, "other opening hours on one weekday: `centre/thu=08:00-20:00`, or closed")
	cmd.Flags().IntVar(&f.people, "people", 0, "`number` of people who would work for what --weekday opens longer")
	cmd.Flags().StringArrayVar(&f.policy, "policy", nil, "`field=value` of another policy")
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
	if len(f.policy) > 0 {
		policy, err := parsePolicy(f.policy)
		if err != nil {
			return nil, err
		}
		body["policy"] = policy
	}
	if f.people != 0 && len(f.weekdays) == 0 {
		return nil, errors.New("--people without --weekday: say what would be open longer")
	}
	if len(f.absent)+len(f.closed)+len(f.hours)+len(f.weekdays) == 0 {
		if f.demand == 0 && len(f.policy) == 0 {
			return nil, errors.New("nothing is supposed: give --absent, --close, --hours, --weekday, --policy or --demand")
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
	weekdays, err := f.byWeekday(from, last+1)
	if err != nil {
		return nil, err
	}
	if len(weekdays) > 0 {
		body["hours"] = weekdays
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

var weekdayNames = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// byWeekday gathers --weekday by centre, in the order given.
func (f *whatIfFlags) byWeekday(from, until day.Day) (all []map[string]any, err error) {
	for _, text := range f.weekdays {
		centre, rest, ok := strings.Cut(text, "/")
		name, times, two := strings.Cut(rest, "=")
		w := slices.Index(weekdayNames, name) + 1
		if !ok || !two || centre == "" || w == 0 {
			return nil, fmt.Errorf("--weekday %q: write centre/thu=08:00-20:00 or centre/thu=closed, with one of %s", text, strings.Join(weekdayNames, ", "))
		}
		spans := []day.Span{}
		if times != "closed" {
			_, span, err := parseHours(centre + "=" + times)
			if err != nil {
				return nil, fmt.Errorf("--weekday %q: write a time as 08:00-20:00, or closed", text)
			}
			spans = append(spans, span)
		}
		i := slices.IndexFunc(all, func(m map[string]any) bool { return m["centre"] == centre })
		if i < 0 {
			i = len(all)
			all = append(all, map[string]any{"centre": centre, "from": from, "until": until, "people": f.people, "weekdays": map[int]any{}})
		}
		days := all[i]["weekdays"].(map[int]any)
		if _, twice := days[w]; twice {
			return nil, fmt.Errorf("--weekday %q: the hours of that day are given twice", text)
		}
		days[w] = spans
	}
	return all, nil
}

// parsePolicy reads "max_travel_minutes=30" and "automatic.enabled=true"; which
// fields there are, and what they may be, the service knows.
func parsePolicy(all []string) (map[string]any, error) {
	policy := map[string]any{}
	for _, text := range all {
		field, value, ok := strings.Cut(text, "=")
		var v any
		if err := json.Unmarshal([]byte(value), &v); !ok || field == "" || err != nil {
			return nil, fmt.Errorf("--policy %q: write field=value with a number, true or false", text)
		}
		if room, inner, nested := strings.Cut(field, "."); nested {
			in, _ := policy[room].(map[string]any)
			if in == nil {
				in = map[string]any{}
			}
			in[inner] = v
			policy[room] = in
		} else {
			policy[field] = v
		}
	}
	return policy, nil
}

func (f *whatIfFlags) ask(ctx context.Context, body map[string]any) (out supposedOutcome, err error) {
	client, err := f.token.client("central-planner", f.timeout)
	if err != nil {
		return out, err
	}
	return out, apply.Ask(ctx, client, f.server, "capacity", http.MethodPost, "/v1/what-if", body, "", &out)
}
