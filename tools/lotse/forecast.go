package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/tools/apply"
)

const forecastHelp = `Asks a running Lotse what it expects of the days ahead: how many appointments citizens
ask for, and where lead times go with them. Without a district it sums up all districts
by week; with --district, --group or both it lists that one day by day.

Requests are as was counted so far, with the interval that four of five days lie within;
a * says that too little was counted, and a figure is as the policy says. Lead times are in
days to the third next available appointment, in brackets where little and where much is
asked for. Below stand the share of appointments that nobody is expected to come to, and
that of the time on duty that is expected to be lost at short notice.`

const forecastExample = `  lotse forecast
  lotse forecast --district altona
  lotse forecast --district altona --group passport --days 14
  lotse forecast --json`

// cityAhead is what capacity answers.
type cityAhead struct {
	From      day.Day         `json:"from"`
	Days      int             `json:"days"`
	Goal      int             `json:"goal_days"`
	Limit     int             `json:"limit_days"`
	Districts []districtAhead `json:"districts"`
}

type districtAhead struct {
	District string       `json:"district"`
	Name     string       `json:"name"`
	NoShow   shareAhead   `json:"no_show"`
	Absent   shareAhead   `json:"absent"`
	Groups   []groupAhead `json:"groups"`
}

type shareAhead struct {
	Share   float64 `json:"share"`
	Learned bool    `json:"learned"`
}

func (s shareAhead) String() string {
	text := fmt.Sprintf("%.1f %%", 100*s.Share)
	if !s.Learned {
		text += "*"
	}
	return text
}

type groupAhead struct {
	Skill    string `json:"skill"`
	Learned  bool   `json:"learned"`
	Requests struct {
		Low      []float64 `json:"low"`
		Expected []float64 `json:"expected"`
		High     []float64 `json:"high"`
	} `json:"requests"`
	Lead supposedLead `json:"lead"`
}

type forecastFlags struct {
	askFlags
	district, group string
	days            int
}

func newForecast() *cobra.Command {
	var f forecastFlags
	cmd := &cobra.Command{Use: "forecast", Short: "Tell how many requests and which lead times are expected", Long: forecastHelp, Example: forecastExample, Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.days < 1 || f.days > 366 {
				return misuse(cmd, fmt.Errorf("--days is %d: give 1 to 366", f.days))
			}
			out, err := f.ask(cmd.Context())
			if err != nil {
				return err
			}
			switch {
			case f.json:
				return printJSON(cmd.OutOrStdout(), out)
			case f.district == "" && f.group == "":
				return out.printWeeks(cmd.OutOrStdout())
			}
			return out.printDays(cmd.OutOrStdout())
		}}
	f.register(cmd, "")
	_ = cmd.Flags().MarkHidden("service") // only capacity can say
	cmd.Flags().StringVar(&f.district, "district", "", "only this `district`")
	cmd.Flags().StringVar(&f.group, "group", "", "only this service group, by its `skill`")
	cmd.Flags().IntVar(&f.days, "days", 60, "`number` of days from today on")
	return cmd
}

func (f *forecastFlags) ask(ctx context.Context) (out cityAhead, err error) {
	client, err := f.token.client("central-planner", f.timeout)
	if err != nil {
		return out, err
	}
	q := url.Values{"days": {strconv.Itoa(f.days)}}
	for name, v := range map[string]string{"district": f.district, "group": f.group} {
		if v != "" {
			q.Set(name, v)
		}
	}
	return out, apply.Ask(ctx, client, f.server, "capacity", http.MethodGet, "/v1/forecast?"+q.Encode(), nil, "", &out)
}

func (c cityAhead) print(w io.Writer, header string, rows func(*tabwriter.Writer)) error {
	fmt.Fprintf(w, "%d days from %s on; the aim is %d days, the promise %d\n", c.Days, c.From, c.Goal, c.Limit)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, header)
	rows(t)
	if err := t.Flush(); err != nil {
		return err
	}
	t = tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\ndistrict\tdo not come\tshort of staff\t")
	for _, d := range c.Districts {
		fmt.Fprintf(t, "%s\t%s\t%s\t\n", d.District, d.NoShow, d.Absent)
	}
	return t.Flush()
}

// printWeeks sums up districts by ISO week: the mean number of requests on a day from
// Monday to Friday, and the longest lead time of the days and groups.
func (c cityAhead) printWeeks(w io.Writer) error {
	mondays, header := []day.Day{}, "district\t\t"
	for t := range c.Days {
		if m := (c.From + day.Day(t)).Monday(); !slices.Contains(mondays, m) {
			mondays, header = append(mondays, m), header+m.String()+"\t"
		}
	}
	return c.print(w, header, func(t *tabwriter.Writer) {
		for _, d := range c.Districts {
			asked, lead, guessed := "requests a day", "longest lead", ""
			for _, g := range d.Groups {
				if !g.Learned {
					guessed = "*"
				}
			}
			fmt.Fprintf(t, "%s\t%s%s\t", d.District, asked, guessed)
			for _, m := range mondays {
				fmt.Fprintf(t, "%.0f\t", d.requests(c.From, m))
			}
			fmt.Fprintf(t, "\n\t%s\t", lead)
			for _, m := range mondays {
				fmt.Fprintf(t, "%s\t", d.lead(c.From, m))
			}
			fmt.Fprintln(t)
		}
	})
}

// requests a day of a week's working days within the forecast.
func (d districtAhead) requests(from, monday day.Day) float64 {
	sum, days := 0.0, 0.0
	for x := max(from, monday); x < monday+5; x++ {
		t, within := int(x-from), false
		for _, g := range d.Groups {
			if t < len(g.Requests.Expected) {
				sum, within = sum+g.Requests.Expected[t], true
			}
		}
		if within {
			days++
		}
	}
	return sum / max(1, days)
}

// lead is the longest of a week.
func (d districtAhead) lead(from, monday day.Day) string {
	longest := func(of func(supposedLead) []int) int {
		var week supposedLead
		for _, g := range d.Groups {
			all := of(g.Lead)
			first, end := min(len(all), max(0, int(monday-from))), min(len(all), int(monday+7-from))
			week.Expected = append(week.Expected, all[first:end]...)
		}
		return week.longest()
	}
	return leadBand(longest(func(l supposedLead) []int { return l.Low }), longest(func(l supposedLead) []int { return l.Expected }), longest(func(l supposedLead) []int { return l.High }))
}

func leadBand(low, expected, high int) string {
	bare := func(n int) string {
		if n < 0 {
			return "none"
		}
		return strconv.Itoa(n)
	}
	return leadWords(expected) + " (" + bare(low) + "-" + bare(high) + ")"
}

func (c cityAhead) printDays(w io.Writer) error {
	return c.print(w, "district\tgroup\tday\t\trequests\tfour of five days\tlead time\t", func(t *tabwriter.Writer) {
		for _, d := range c.Districts {
			for _, g := range d.Groups {
				guessed := ""
				if !g.Learned {
					guessed = "*"
				}
				for x := range g.Requests.Expected {
					on := c.From + day.Day(x)
					fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%.1f%s\t%.0f-%.0f\t%s\t\n", d.District, g.Skill, on, weekdayNames[on-on.Monday()], g.Requests.Expected[x], guessed,
						g.Requests.Low[x], g.Requests.High[x], leadBand(g.Lead.Low[x], g.Lead.Expected[x], g.Lead.High[x]))
				}
			}
		}
	})
}
