package desk

import (
	"fmt"
	"strings"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/forecast"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read/glance"
)

// curve is a lead time behind and ahead, drawn: what was, and the band in which it
// is expected to go on.
type curve struct {
	Width, Height    int
	Past, Middle     string // points of polylines
	Band             string // points of a polygon
	Goal, Limit, Now string // y, y, x
	GoalAt, LimitAt  string // where their names stand
	Left, Right      int
	Days             []mark // below
	Scale            []mark // to the left
}

type mark struct {
	At   string
	Text string
	Day  day.Day
}

// drawCurve draws days from glance.PastDays ago until the band ends; without axes
// where it is small. What has nothing on offer is drawn at the top.
func drawCurve(past []glance.Past, ahead forecast.Band, today day.Day, goal, limit, width, height int, axes bool) curve {
	c := curve{Width: width, Height: height, Left: 2, Right: width - 2}
	top, bottom := 4.0, float64(height-4)
	if axes {
		c.Left, c.Right, bottom = 34, width-150, float64(height-24)
	}
	most := limit + 4
	for _, p := range past {
		most = max(most, p.Days+2)
	}
	for _, n := range ahead.Middle {
		most = max(most, n+2)
	}
	for _, n := range ahead.High {
		most = max(most, min(n+1, 2*limit+10))
	}
	span := float64(glance.PastDays + max(1, len(ahead.Middle)))
	x := func(d int) float64 {
		return float64(c.Left) + (float64(d)+glance.PastDays)/span*float64(c.Right-c.Left)
	}
	y := func(n int) float64 {
		if n < 0 || n > most {
			n = most
		}
		return bottom - float64(n)/float64(most)*(bottom-top)
	}
	pair := func(b *strings.Builder, d, n int) { fmt.Fprintf(b, "%.1f,%.1f ", x(d), y(n)) }
	var was, will, band strings.Builder
	for _, p := range past {
		pair(&was, int(p.Day-today), p.Days)
	}
	for t, n := range ahead.Middle {
		pair(&will, t, n)
	}
	for t, n := range ahead.High {
		pair(&band, t, n)
	}
	for t := len(ahead.Low) - 1; t >= 0; t-- {
		pair(&band, t, ahead.Low[t])
	}
	c.Past, c.Middle, c.Band = strings.TrimSpace(was.String()), strings.TrimSpace(will.String()), strings.TrimSpace(band.String())
	c.Goal, c.Limit, c.Now = number(y(goal)), number(y(limit)), number(x(0))
	if axes {
		for d := -28; d < len(ahead.Middle)-7; d += 14 {
			c.Days = append(c.Days, mark{At: number(x(d)), Day: today + day.Day(d)})
		}
		for n := 0; n <= most; n += 5 {
			c.Scale = append(c.Scale, mark{At: number(y(n) + 4), Text: fmt.Sprint(n)})
		}
		c.GoalAt, c.LimitAt = number(y(goal)+4), number(y(limit)+4)
	}
	return c
}
