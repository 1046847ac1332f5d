package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/booking/trial"
)

// loads measures durable commands of several clients, pooled over all centres.
func (r *run) loads(ctx context.Context) error {
	for _, l := range []struct {
		name    string
		clients int
		confirm bool
		aim     string
	}{
		{"durable holds, 8 clients", 8, false, "≥ 3,000/s"},
		{"durable hold + confirm, 8 clients", 8, true, ""},
		{"durable hold + confirm, 64 clients", 64, true, "≥ 2,000/s"},
	} {
		r.Said(l.name)
		if err := r.load(ctx, l.name, l.clients, l.confirm, l.aim); err != nil {
			return fmt.Errorf("%s: %w", l.name, err)
		}
	}
	return nil
}

// wish is the n-th slot that a load asks for: all centres first, then days
// behind the full ones, then times; each once for every counter but the
// registrar's.
func (r *run) wish(n int) (body string, ok bool) {
	s := trial.Hamburg
	days := s.Days - s.FullDays - 1
	centre, rest := n%s.Centres, n/s.Centres
	on, rest := rest%days, rest/days
	at := day.Clock(8, 0) + day.TimeOfDay(rest%40*15)
	return fmt.Sprintf(`{"service":%q,"centre":%q,"day":%q,"at":%q}`, trial.Usual, trial.Centre(centre), r.today+day.Day(s.FullDays+1+on), at),
		rest/40 < s.Counters-1
}

func (r *run) load(ctx context.Context, name string, clients int, confirm bool, aim string) error {
	ctx, cancel := context.WithTimeout(ctx, r.Load)
	defer cancel()
	first, err := dial(r.s.URL)
	if err != nil {
		return err
	}
	defer first.close()
	before, err := r.usage(first)
	if err != nil {
		return err
	}
	var next, refused atomic.Int64
	next.Store(int64(r.next))
	took, errs := make([][]time.Duration, clients), make([]error, clients)
	var all sync.WaitGroup
	begin := time.Now()
	for k := range clients {
		all.Go(func() {
			c, err := dial(r.s.URL)
			if err != nil {
				errs[k] = err
				return
			}
			defer c.close()
			for ctx.Err() == nil && errs[k] == nil {
				n := int(next.Add(1)) - 1
				body, ok := r.wish(n)
				if !ok {
					return // the city is full
				}
				sent := time.Now()
				won, err := book(c, n, body, confirm)
				errs[k] = err
				if won {
					took[k] = append(took[k], time.Since(sent))
				} else {
					refused.Add(1)
				}
			}
		})
	}
	all.Wait()
	elapsed := time.Since(begin)
	r.next = int(next.Load())
	if err := errors.Join(errs...); err != nil {
		return err
	}
	after, err := r.usage(first)
	if err != nil {
		return err
	}
	var every []time.Duration
	for _, t := range took {
		every = append(every, t...)
	}
	if len(every) == 0 {
		return fmt.Errorf("nobody got a slot; %d were refused", refused.Load())
	}
	f := percentiles(name, every)
	f.Rate, f.Server, f.Aim = float64(len(every))/elapsed.Seconds(), ms((after.CPU-before.CPU)/time.Duration(len(every))), aim
	f.Note = fmt.Sprintf("%d events", after.Position-before.Position)
	if n := refused.Load(); n > 0 {
		f.Note += fmt.Sprintf(", %d refused", n)
	}
	r.add(f)
	return nil
}

// book holds a slot, and confirms it if that is wanted; won is false when the
// slot was taken.
func book(c *client, n int, body string, confirm bool) (won bool, err error) {
	status, answer, err := c.do(http.MethodPost, "/booking/v1/holds", fmt.Sprint("hold-", n), body)
	if err != nil || status == http.StatusConflict {
		return false, err
	}
	if status >= http.StatusMultipleChoices {
		return false, fmt.Errorf("hold: %d %s", status, answer)
	}
	if !confirm {
		return true, nil
	}
	id, err := text(answer, "hold")
	if err != nil {
		return false, err
	}
	return true, c.ask(http.MethodPost, "/booking/v1/holds/"+id+"/confirm", fmt.Sprint("confirm-", n),
		`{"name":"Erika Mustermann","email":"erika`+fmt.Sprint(n)+`@example.org"}`, nil)
}
