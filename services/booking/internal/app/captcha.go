package app

import (
	"context"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app/altcha"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// A challenge is solved in about a second by a telephone, and may be solved
// while a citizen chooses a slot.
const (
	captchaLife = 20 * time.Minute
	captchaMost = 100_000
)

// Captcha makes a challenge; with wanted false no hold needs one at present.
func (a *App) Captcha() (c altcha.Challenge, wanted bool, err error) {
	key, random := a.vault.Captcha()
	c, err = altcha.New(key, random, a.node.Now().Add(captchaLife), captchaMost)
	return c, a.policy().Captcha, err
}

// Solved checks a solution without using it up.
func (a *App) Solved(text string) error {
	key, _ := a.vault.Captcha()
	if _, err := altcha.Check(key, text, a.node.Now()); err != nil {
		return ErrCaptchaWrong
	}
	return nil
}

// proof is what an online hold over the network has to bring where the policy
// wants it; empty: nothing.
func (a *App) solution(ctx context.Context, channel string) (string, error) {
	who, found := CallerOf(ctx)
	if !found || who.Staff || channel != booking.Online || !a.policy().Captcha {
		return "", nil
	}
	if who.Solution == "" && !who.Plain {
		return "", ErrCaptchaNeeded
	}
	return who.Solution, nil
}

// unsolved reports whether a hold is one for which a solution is wanted, and a
// page without scripts brings none.
func (a *App) unsolved(ctx context.Context, channel string) bool {
	who, found := CallerOf(ctx)
	return found && !who.Staff && who.Plain && channel == booking.Online && a.policy().Captcha
}

// CaptchaWanted: an online hold wants a solved challenge at present.
func (a *App) CaptchaWanted() bool { return a.policy().Captcha }

// spend uses a solution up, in the unit that it pays for; whichever replica
// sees it again refuses it.
func (a *App) spend(tx *journal.Tx, solution string) error {
	if solution == "" {
		return nil
	}
	key, _ := a.vault.Captcha()
	solved, err := altcha.Check(key, solution, tx.Now())
	if err != nil {
		return ErrCaptchaWrong
	}
	name := "altcha:" + solved.ID
	if _, spent, err := tx.Once(name, ""); err != nil || spent {
		if err == nil {
			err = ErrCaptchaWrong
		}
		return err
	}
	tx.Remember(name, "", []byte("{}"))
	return nil
}
