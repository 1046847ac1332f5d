package proposals

import (
	"context"
	"errors"
	"net/http"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/app"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

func (d desk) approve(x *pages.Context) error {
	return d.decide(x, "approved", func(t told, a asked, f *pages.Form) (journal.Receipt, error) {
		if err := d.app.Decides(x.R.Context(), t.s.ID, a.Amendment); err != nil {
			return journal.Receipt{}, err
		}
		return d.app.Approve(x.R.Context(), f.Key, t.s.ID, a.Amendment, seen(x, f, t.s))
	})
}

func (d desk) reject(x *pages.Context) error {
	return d.decide(x, "rejected", func(t told, _ asked, f *pages.Form) (journal.Receipt, error) {
		return d.reasoned(x, t, f, d.app.Reject)
	})
}

func (d desk) undo(x *pages.Context) error {
	return d.decide(x, "undone", func(t told, _ asked, f *pages.Form) (journal.Receipt, error) {
		return d.reasoned(x, t, f, d.app.Undo)
	})
}

type reasonedCommand = func(ctx context.Context, key string, p id.Proposal, reason string) (journal.Receipt, error)

// reasonLength is the most that a reason may have, in letters, as over HTTP.
const reasonLength = 500

// errAsked: the form has said what is wrong with it.
var errAsked = errors.New("the form is to be filled in again")

// reasoned runs a command that wants a reason.
func (d desk) reasoned(x *pages.Context, t told, f *pages.Form, command reasonedCommand) (journal.Receipt, error) {
	if err := d.app.Decides(x.R.Context(), t.s.ID, app.Amendment{}); err != nil {
		return journal.Receipt{}, err
	}
	reason := f.Required("reason")
	if len([]rune(reason)) > reasonLength {
		f.Wrong("reason", x.Say("reason.long", "n", reasonLength))
	}
	if !f.OK() {
		return journal.Receipt{}, errAsked
	}
	return command(x.R.Context(), f.Key, t.s.ID, reason)
}

// decide runs a decision. Who comes too late, or with a proposal that is stale, reads
// the page as it is now, with what has happened.
func (d desk) decide(x *pages.Context, done string, command func(told, asked, *pages.Form) (journal.Receipt, error)) error {
	p := id.Proposal(x.Path("id"))
	t, err := d.tell(x.R.Context(), p)
	if err != nil {
		return err
	}
	f, err := x.Form()
	if err != nil {
		return err
	}
	a := askedOf(f, t.s)
	receipt, err := command(t, a, f)
	if err == nil {
		said := x.Say("done." + done)
		if by, other := d.decidedByAnother(x, p, done, receipt); other {
			said = x.Say("same", "what", x.Say("late."+done), "who", who(x, by.By()), "when", by.Time)
		}
		return x.Redirect(path(p), said, receipt.Position)
	}
	status := http.StatusConflict
	var late *app.TooLate
	var stale *app.Stale
	switch {
	case errors.As(err, &late):
		f.Wrong("", x.Say("late", "what", x.Say("late."+late.By.Decision), "who", who(x, late.By.By()), "when", late.By.Time))
		a = asked{}
	case errors.As(err, &stale):
		f.Wrong("", x.Say("stale", "why", words(x, stale.Why)))
		a = asked{}
	case errors.Is(err, errAsked):
		status, err = http.StatusUnprocessableEntity, nil
	default:
		status = 0
	}
	if t, again := d.tell(x.R.Context(), p); again == nil {
		page, broken := d.page(x, t, a, f)
		switch {
		case broken != nil:
			return broken
		case status == 0:
			return x.Again(f, err, page)
		}
		page.Status, page.Title = status, x.Say("form.title", "title", page.Title)
		return x.Show(page)
	}
	return err
}

// decidedByAnother is the decision that somebody else has taken before and that a
// repeat of it, which writes nothing, must not pass off as the reader's own.
func (d desk) decidedByAnother(x *pages.Context, p id.Proposal, done string, receipt journal.Receipt) (by read.Decision, other bool) {
	if len(receipt.Events) > 0 {
		return by, false
	}
	by, known := d.app.LastDecision(p)
	return by, known && by.Decision == done && by.By() != journal.CallerOf(x.R.Context()).Actor
}
