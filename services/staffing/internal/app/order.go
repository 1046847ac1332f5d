package app

import (
	"context"
	"fmt"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/domain/employee"
)

// Order is a day's work at another centre that is ordered by hand: no proposal asked
// for it. The deployment's id is answered once.
type Order struct {
	Deployment id.Deployment
	Employee   id.Employee
	Day        day.Day
	From, To   id.Centre
}

// Order deploys people in one unit. The answers are events: deployment-ordered, or
// deployment-refused with the rule that is in the way.
func (a *App) Order(ctx context.Context, orders []Order) (journal.Receipt, error) {
	rec, err := a.node.Do(ctx, func(tx *journal.Tx) error {
		today, now := a.clock(tx.Now())
		for _, o := range orders {
			from, _, err := journal.Load(tx, Centres, string(o.From))
			if err != nil {
				return err
			}
			if err := onEmployee(tx, o.Employee, employee.OrderDeployment{Deployment: o.Deployment, Employee: o.Employee, Day: o.Day, From: o.From, To: o.To,
				Today: today, Now: now, TravelMinutes: day.Minutes(from.TravelMinutes[o.To])}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return rec, fmt.Errorf("order %d deployments: %w", len(orders), err)
	}
	return rec, nil
}
