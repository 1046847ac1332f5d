package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/app/planner"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// ErrForbidden: a move that a planner adds breaks a rule.
var ErrForbidden = errors.New("a move that was added is not allowed")

// What a planner changes of a proposal, and what becomes of it then.
type (
	Amendment  = planner.Amendment
	Addition   = planner.Addition
	Amended    = planner.Amended
	Candidates = planner.Candidates
)

// open is a proposal that can be decided, with the city as it stands.
func (a *App) open(p id.Proposal, seen int64) (s proposal.State, city *read.City) {
	a.node.View(func() {
		if s = a.City.Proposals[p]; s.Open() && a.Today() < s.Draft.ExpiresOn && (seen == 0 || seen == s.Version) {
			city = a.City.Still()
		}
	})
	return s, city
}

// Preview evaluates an open proposal as a planner would have it, on the city as it
// stands, on a copy of it and not at the desk. Nothing is written. What is not open any more it refuses.
func (a *App) Preview(p id.Proposal, m Amendment) (Amended, proposal.State, error) {
	s, city := a.open(p, 0)
	if city == nil {
		return Amended{}, s, a.notOpen(s, p)
	}
	if err := dropped(s, m); err != nil {
		return Amended{}, s, err
	}
	var out Amended
	err := a.previewing(func(with *planner.Session) (err error) {
		out, err = with.Amend(city, s, m)
		return err
	})
	return out, s, err
}

// Candidates for a move to a place, on top of a proposal as a planner would have
// it.
func (a *App) Candidates(p id.Proposal, m Amendment, at read.Place) (Candidates, error) {
	s, city := a.open(p, 0)
	if city == nil {
		return Candidates{}, a.notOpen(s, p)
	}
	if err := dropped(s, m); err != nil {
		return Candidates{}, err
	}
	if _, known := city.Centres[at.Centre]; !known {
		return Candidates{}, field("to", string(at.Centre), "is not a centre")
	}
	if at.Day <= city.Today || !city.Horizon().Contains(at.Day) {
		return Candidates{}, field("day", at.Day.String(), "is not a day that can still be planned: name one after "+city.Today.String()+" and before "+city.Horizon().Until.String())
	}
	var out Candidates
	err := a.previewing(func(with *planner.Session) (err error) {
		out, err = with.Candidates(city, s, m, at)
		return err
	})
	return out, err
}

// notOpen says why a proposal cannot be decided, and who was first.
func (a *App) notOpen(s proposal.State, p id.Proposal) error {
	_, err := proposal.Decider.Decide(s, proposal.Reject{Reason: "?", Today: a.Today()})
	if err == nil {
		err = fmt.Errorf("%w: it is %s", proposal.ErrDecided, s.Status)
	}
	if d, ok := a.LastDecision(p); ok {
		return a.tooLate(d, err)
	}
	return err
}

func dropped(s proposal.State, m Amendment) error {
	for _, d := range m.Drop {
		if s.Find(d) < 0 {
			return fmt.Errorf("%w %q", proposal.ErrUnknownMove, d)
		}
	}
	return nil
}

// Approve a proposal without the moves dropped and with those added. seen, when
// above 0, is the version that the planner has read. All of it is evaluated again:
// a stale proposal is refused with what has changed, and superseded, so that its
// causes are planned for anew; a move that was added and breaks a rule is refused.
func (a *App) Approve(ctx context.Context, key string, p id.Proposal, m Amendment, seen int64) (journal.Receipt, error) {
	c := proposal.Approve{Drop: m.Drop, Today: a.Today(), Version: seen}
	for _, x := range m.Add {
		c.Add = append(c.Add, capacity.Move{Employee: x.Employee, Day: x.Day, To: x.To})
	}
	// What is not open, or was changed since, the proposal itself refuses.
	if s, city := a.open(p, seen); city != nil {
		if err := a.weigh(ctx, s, city, m, &c); err != nil {
			return journal.Receipt{}, err
		}
	}
	body := []any{p, m.Drop}
	if len(m.Add) > 0 {
		body = append(body, m.Add)
	}
	return a.decide(ctx, key, body, p, c)
}

// weigh evaluates what is to be approved and writes it into the command.
func (a *App) weigh(ctx context.Context, s proposal.State, city *read.City, m Amendment, c *proposal.Approve) error {
	var why map[string]string
	var found *proposal.Reappraised
	var err error
	if len(m.Drop)+len(m.Add) == 0 {
		why, found, err = a.stale(city, s, nil)
	} else {
		if err := dropped(s, m); err != nil {
			return err
		}
		var out Amended
		a.desk.mu.Lock()
		out, err = a.desk.session.Amend(city, s, m)
		a.desk.mu.Unlock()
		why, found = out.Stale, out.Found
		c.Add, c.Gain, c.Effects = nil, out.Gain, out.Effects
		for _, x := range out.Moves {
			if x.Added && x.Rule != "" && why == nil && err == nil {
				return fmt.Errorf("%w: %s on %s to %q: %s %s", ErrForbidden, x.Employee, x.Day, x.To, x.Words["en"], x.Words["de"])
			}
			if x.Added {
				x.Why = ownWords
				c.Add = append(c.Add, x.Move)
			}
		}
	}
	if err != nil {
		return err
	}
	if why == nil {
		return nil
	}
	if err := a.supersede(ctx, s, why, found); err != nil {
		return err
	}
	return &Stale{why, found}
}

// ownWords are why a move was made that a planner has added.
var ownWords = map[string]string{"de": "Von der Planung selbst hinzugefügt.", "en": "Added by the planner."}

// Stale is ErrStale with what has changed.
type Stale struct {
	Why   map[string]string
	Found *proposal.Reappraised
}

func (s *Stale) Error() string { return fmt.Sprintf("%s: %s %s", ErrStale, s.Why["en"], s.Why["de"]) }

// Is makes it ErrStale.
func (s *Stale) Is(target error) bool { return target == ErrStale }

// RuleWords say per language what stands in the way, by the name of a rule.
func RuleWords(name string) map[string]string { return planner.RuleWords(name) }
