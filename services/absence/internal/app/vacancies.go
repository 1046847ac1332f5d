package app

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/absence/internal/domain/vacancy"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

var idForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

// checkID repeats nothing: what is no id may be somebody's name.
func checkID(field, v string) error {
	switch {
	case v == "":
		return &events.FieldError{Field: field, Reason: "is missing"}
	case len(v) > 64:
		return &events.FieldError{Field: field, Reason: "is longer than 64 characters"}
	case !idForm.MatchString(v):
		return &events.FieldError{Field: field, Reason: "is not an id: use letters, digits, _ and -"}
	}
	return nil
}

// OpenVacancy says that a post has nobody from a day on.
func (a *App) OpenVacancy(ctx context.Context, key string, c vacancy.Open) (journal.Receipt, error) {
	if err := errors.Join(checkID("post", string(c.Post)), checkID("centre", string(c.Centre))); err != nil {
		return journal.Receipt{}, err
	}
	_, rec, err := node.Command(ctx, a.node, key, c, func(tx *journal.Tx) (struct{}, error) {
		_, err := journal.Execute(tx, Vacancies, string(c.Post), vacancy.Command(c))
		return struct{}{}, err
	})
	return rec, err
}

// FillVacancy says who serves on the post from a day on.
func (a *App) FillVacancy(ctx context.Context, key string, c vacancy.Fill) (journal.Receipt, error) {
	if err := errors.Join(checkID("post", string(c.Post)), checkID("employee", string(c.Employee))); err != nil {
		return journal.Receipt{}, err
	}
	if a.names != nil && !pseudonymForm.MatchString(string(c.Employee)) {
		c.Employee = id.Employee(a.names.Of(FormSource, string(c.Employee)))
	}
	_, rec, err := node.Command(ctx, a.node, key, c, func(tx *journal.Tx) (struct{}, error) {
		_, err := journal.Execute(tx, Vacancies, string(c.Post), vacancy.Command(c))
		return struct{}{}, err
	})
	return rec, err
}

// ImportVacancies opens what is listed and not known yet, in one unit. Asking
// again changes nothing. Errors name the row.
func (a *App) ImportVacancies(ctx context.Context, key string, list []vacancy.Open) (ImportCounts, error) {
	var bad []error
	seen := map[string]int{}
	for i, c := range list {
		at := fmt.Sprintf("vacancies[%d].", i)
		if err := checkID(at+"post", string(c.Post)); err != nil {
			bad = append(bad, err)
		} else if first, twice := seen[string(c.Post)]; twice {
			bad = append(bad, &events.FieldError{Field: at + "post", Value: string(c.Post), Reason: fmt.Sprintf("stands in vacancies[%d] already: list each post once", first)})
		}
		seen[string(c.Post)] = i
		if err := checkID(at+"centre", string(c.Centre)); err != nil {
			bad = append(bad, err)
		}
	}
	if len(bad) > 0 {
		return ImportCounts{}, errors.Join(bad...)
	}
	out, rec, err := node.Command(ctx, a.node, key, list, func(tx *journal.Tx) (ImportCounts, error) {
		out := ImportCounts{Rows: len(list)}
		for _, c := range list {
			evs, err := journal.Execute(tx, Vacancies, string(c.Post), vacancy.Command(c))
			if err != nil {
				return out, err
			}
			out.Recorded += len(evs)
		}
		out.Unchanged = out.Rows - out.Recorded
		return out, nil
	})
	out.Epoch, out.Position = rec.Epoch, rec.Position
	return out, err
}
