package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// supposedOutcome is what capacity answers.
type supposedOutcome struct {
	From      string          `json:"from"`
	Days      int             `json:"days"`
	Damage    float64         `json:"damage"`
	Relief    float64         `json:"relief"`
	Gain      float64         `json:"gain"`
	Is        supposedPromise `json:"is"`
	Would     supposedPromise `json:"would"`
	With      supposedPromise `json:"with"`
	Districts []struct {
		District string          `json:"district"`
		Is       supposedStage   `json:"is"`
		Would    supposedStage   `json:"would"`
		With     supposedStage   `json:"with"`
		Groups   []supposedGroup `json:"groups"`
	} `json:"districts"`
	Places []struct {
		Centre   string `json:"centre"`
		Day      string `json:"day"`
		District string `json:"district"`
		Is       int    `json:"is"`
		Would    int    `json:"would"`
		With     int    `json:"with"`
	} `json:"places"`
	Moves    []supposedMove `json:"moves"`
	Anyway   []supposedMove `json:"anyway"`
	Extra    int            `json:"extra_minutes"`
	Approval string         `json:"approval,omitempty"`
	Unsolved []string       `json:"unsolved"`
	Complete bool           `json:"complete"`
}

type supposedPromise struct {
	Goal  int           `json:"goal"`
	Limit int           `json:"limit"`
	Kept  supposedShare `json:"kept"`
}

// supposedShare is a forecast: where much is asked for, expected, and where little is.
type supposedShare struct {
	Low      float64 `json:"low"`
	Expected float64 `json:"expected"`
	High     float64 `json:"high"`
}

type supposedLead struct {
	Low      []int `json:"low"`
	Expected []int `json:"expected"`
	High     []int `json:"high"`
}

type supposedStage struct {
	Days      int           `json:"days"`
	Uncovered int           `json:"uncovered"`
	Late      float64       `json:"late"`
	Kept      supposedShare `json:"kept"`
	Lead      supposedLead  `json:"lead"`
}

type supposedGroup struct {
	Skill string             `json:"skill"`
	Is    supposedGroupStage `json:"is"`
	Would supposedGroupStage `json:"would"`
	With  supposedGroupStage `json:"with"`
}

type supposedGroupStage struct {
	Kept supposedShare `json:"kept"`
	Lead supposedLead  `json:"lead"`
}

type supposedMove struct {
	Employee string            `json:"employee"`
	Day      string            `json:"day"`
	From     string            `json:"from"`
	To       string            `json:"to"`
	Gain     float64           `json:"gain"`
	Why      map[string]string `json:"why,omitempty"`
}

func (s supposedShare) String() string {
	return fmt.Sprintf("%.0f %% (%.0f-%.0f)", 100*s.Expected, 100*s.Low, 100*s.High)
}

// longest of the lead times ahead.
func (l supposedLead) longest() int {
	most := 0
	for _, n := range l.Expected {
		if n < 0 {
			return -1
		}
		most = max(most, n)
	}
	return most
}

func leadWords(n int) string {
	if n < 0 {
		return "none"
	}
	return fmt.Sprintf("%d d", n)
}

func (o supposedOutcome) print(w io.Writer, lang string) error {
	fmt.Fprintf(w, "%d days from %s on: as it is, as it would be, and with Lotse\n", o.Days, o.From)
	fmt.Fprintf(w, "promise kept  %s  →  %s  →  %s\n", o.Is.Kept, o.Would.Kept, o.With.Kept)
	if o.Is.Limit != o.Would.Limit {
		fmt.Fprintf(w, "promise       within %d days  →  within %d days\n", o.Is.Limit, o.Would.Limit)
	}
	switch {
	case o.Relief > 0:
		fmt.Fprintf(w, "it would spare %.0f points", o.Relief)
	default:
		fmt.Fprintf(w, "damage %.0f points", o.Damage)
	}
	fmt.Fprintf(w, "; Lotse's moves would bring %.0f\n", o.Gain)
	if o.Extra > 0 {
		fmt.Fprintf(w, "people would work %.1f hours beyond their roster\n", float64(o.Extra)/60)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "district\tkept is\twould\twith\tlead today\twould\twith\tlongest ahead\twould\twith\tuncovered\twould\twith\t")
	for _, d := range o.Districts {
		fmt.Fprintf(t, "%s\t%.0f %%\t%.0f %%\t%.0f %%\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%d\t%d\t\n", d.District, 100*d.Is.Kept.Expected, 100*d.Would.Kept.Expected, 100*d.With.Kept.Expected,
			leadWords(d.Is.Days), leadWords(d.Would.Days), leadWords(d.With.Days), leadWords(d.Is.Lead.longest()), leadWords(d.Would.Lead.longest()), leadWords(d.With.Lead.longest()),
			d.Is.Uncovered, d.Would.Uncovered, d.With.Uncovered)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if len(o.Anyway) > 0 {
		fmt.Fprintf(w, "as it is, Lotse would propose %d moves anyway; they count as made\n", len(o.Anyway))
	}
	if len(o.Moves) > 0 {
		fmt.Fprintf(w, "%d moves, approval: %s\n", len(o.Moves), o.Approval)
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
		fmt.Fprintln(w, "more places suffer than were looked at")
	}
	return nil
}
