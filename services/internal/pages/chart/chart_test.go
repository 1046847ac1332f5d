package chart_test

import (
	"encoding/xml"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/pages"
	"github.com/lotse-hamburg/lotse/services/internal/pages/chart"
)

func speaker(lang string) *pages.Speaker { return pages.NewSpeaker(lang, time.UTC) }

// read is the text of all elements of a name; what is not well formed is an error.
func read(t *testing.T, html, element string) (all []string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(html))
	in := 0
	for {
		token, err := d.Token()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatalf("%v in %s", err, html)
		}
		switch x := token.(type) {
		case xml.StartElement:
			for _, a := range x.Attr {
				if a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on") {
					t.Errorf("%s has %s", x.Name.Local, a.Name.Local)
				}
				if strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") {
					t.Errorf("%s: %s=%q", x.Name.Local, a.Name.Local, a.Value)
				}
			}
			if x.Name.Local == element {
				in++
				all = append(all, "")
			}
		case xml.EndElement:
			if x.Name.Local == element {
				in--
			}
		case xml.CharData:
			if in > 0 {
				all[len(all)-1] += string(x)
			}
		}
	}
}

func TestLines(t *testing.T) {
	l := chart.Lines{ID: "lead", Title: "Wartezeit <script>", Desc: "steigt", X: []string{"1.", "2.", "3.", "4."}, XName: "Tag", Today: 2,
		Ticks:  []chart.Tick{{At: 0, Text: "1."}, {At: 3, Text: "4."}},
		Series: []chart.Series{{Name: "Altona", Values: []float64{8, chart.Missing, 12.5, 13}}},
		Band:   &chart.Band{Name: "Prognose", Low: []float64{chart.Missing, chart.Missing, 11, 10}, High: []float64{chart.Missing, chart.Missing, 14, 18}},
		Marks:  []chart.Mark{{Kind: "goal", Name: "Ziel 10", Value: 10}, {Kind: "limit", Name: "Grenze 14", Value: 14}}}
	html := string(l.HTML(speaker(pages.German)))
	if strings.Contains(html, "<script") {
		t.Error("the title is not escaped")
	}
	if got := strings.Join(read(t, html, "td"), "|"); got != "8|–|–|–|12,5|11 bis 14|13|10 bis 18" {
		t.Error("the table says", got)
	}
	if got := strings.Join(read(t, html, "th"), "|"); got != "Tag|Altona|Prognose|1.|2.|3.|4." {
		t.Error("the table's heads say", got)
	}
	for _, want := range []string{`class="goal"`, `class="limit"`, `class="band"`, `class="line forecast"`, "heute", "Grenze 14"} {
		if !strings.Contains(html, want) {
			t.Error("there is no", want)
		}
	}
	l.Steps, l.Today, l.Band = true, 0, nil
	if html := string(l.HTML(speaker(pages.English))); !strings.Contains(html, "H") || !strings.Contains(html, "12.5") {
		t.Error("no steps, or no English numbers:", html)
	}
	read(t, string(chart.Lines{ID: "none", Title: "x", Series: []chart.Series{{Name: "x", Values: []float64{math.NaN()}}}, X: []string{"1"}}.HTML(speaker(pages.German))), "td")
	read(t, string(chart.Lines{ID: "none", Title: "x"}.HTML(speaker(pages.German))), "td")
}
