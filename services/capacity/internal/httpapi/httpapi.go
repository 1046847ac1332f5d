// Package httpapi is capacity's HTTP surface.
package httpapi

import (
	"context"
	"net/http"

	"github.com/lotse-hamburg/lotse/services/capacity/internal/app"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/suggestion"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/problem"
)

type api struct {
	*httpserver.API
	app *app.App
}

// New registers the operations.
func New(a *app.App) *httpserver.API {
	h := &api{httpserver.New(a.Node().Logger(), "capacity", "Lotse capacity", "1.0.0",
		"What the centres can serve, what is proposed, and whether the promise is kept."), a}
	h.network()
	h.measures()
	h.proposals()
	h.decisions()
	h.amendments()
	h.policy()
	h.damages()
	h.suggestions()
	h.whatIf()
	h.forecast()
	h.promise()
	h.offerings()
	h.Parked(a.Node())
	h.Audit(a.Node())
	return h.API
}

// table answers the domain's refusals.
var table = problem.Table{
	{Err: proposal.ErrUnknown, Status: http.StatusNotFound, Type: "unknown-proposal", De: "Diesen Vorschlag gibt es nicht."},
	{Err: proposal.ErrUnknownMove, Status: http.StatusUnprocessableEntity, Type: "unknown-move", De: "Der Vorschlag hat diese Umsetzung nicht."},
	{Err: proposal.ErrChanged, Status: http.StatusPreconditionFailed, Type: "proposal-changed", De: "Der Vorschlag hat sich geändert, seit er gelesen wurde: Lesen Sie ihn noch einmal."},
	{Err: proposal.ErrExpired, Status: http.StatusConflict, Type: "proposal-expired", De: "Der Vorschlag ist abgelaufen."},
	{Err: proposal.ErrDecided, Status: http.StatusConflict, Type: "proposal-decided", De: "Über den Vorschlag ist schon entschieden."},
	{Err: proposal.ErrNotApproved, Status: http.StatusConflict, Type: "proposal-not-approved", De: "Nur ein genehmigter oder umgesetzter Vorschlag kann zurückgenommen werden."},
	{Err: proposal.ErrUnderWay, Status: http.StatusConflict, Type: "day-under-way", De: "Ein Tag des Vorschlags hat begonnen: Er kann nicht mehr zurückgenommen werden."},
	{Err: proposal.ErrNothingLeft, Status: http.StatusUnprocessableEntity, Type: "nothing-left", De: "Alle Umsetzungen sind gestrichen: Lehnen Sie den Vorschlag stattdessen ab."},
	{Err: proposal.ErrNoReason, Status: http.StatusUnprocessableEntity, Type: "reason-missing", De: "Die Begründung fehlt: Schreiben Sie einen Satz dazu."},
	{Err: proposal.ErrTwice, Status: http.StatusUnprocessableEntity, Type: "moved-twice", De: "Die Person hat in dem Vorschlag an dem Tag schon eine Umsetzung: Streichen Sie sie, oder wählen Sie jemand anderen."},
	{Err: proposal.ErrNowhere, Status: http.StatusUnprocessableEntity, Type: "move-leads-nowhere", De: "Eine Umsetzung führt von einem Standort zu einem anderen, an einem Tag, der noch nicht begonnen hat."},
	{Err: app.ErrForbidden, Status: http.StatusUnprocessableEntity, Type: "move-forbidden", De: "Eine hinzugefügte Umsetzung ist nicht erlaubt."},
	{Err: network.ErrNoPolicy, Status: http.StatusConflict, Type: "no-policy", De: "Es gibt noch keine Regeln: Spielen Sie erst ein Netz ein."},
	{Err: network.ErrPolicyChanged, Status: http.StatusPreconditionFailed, Type: "policy-changed", De: "Die Regeln haben sich geändert, seit sie gelesen wurden: Lesen Sie sie noch einmal."},
	{Err: network.ErrPolicyReason, Status: http.StatusUnprocessableEntity, Type: "policy-reason-missing", De: "Die Begründung fehlt: Schreiben Sie in einem Satz, warum die Regeln geändert werden."},
	{Err: network.ErrPolicyConflict, Status: http.StatusConflict, Type: "policy-conflict", De: "Die Regeln wurden in den Dateien und in der Steuerung verschieden geändert: Schreiben Sie den Wert der Steuerung in die Dateien, oder spielen Sie die Dateien mit policy=files darüber."},
	{Err: app.ErrStale, Status: http.StatusConflict, Type: "proposal-stale", De: "Der Vorschlag ist überholt."},
	{Err: suggestion.ErrUnknown, Status: http.StatusNotFound, Type: "unknown-suggestion", De: "Diese Anregung gibt es nicht."},
	{Err: suggestion.ErrOver, Status: http.StatusConflict, Type: "suggestion-over", De: "Die Tage der Anregung sind vorbei oder haben begonnen."},
	{Err: suggestion.ErrTaken, Status: http.StatusConflict, Type: "suggestion-taken", De: "Die Anregung wurde schon aufgegriffen, mit einer anderen Notiz."},
	{Err: network.ErrUnknownMeasure, Status: http.StatusNotFound, Type: "unknown-measure", De: "Diese Maßnahme gibt es nicht."},
}

// Command is part of the input of every command.
type Command struct {
	httpserver.CommandInput
}

type done struct {
	httpserver.CommandOutput
}

func answered(r journal.Receipt, err error) (*done, error) {
	if err != nil {
		return nil, table.From(err)
	}
	return &done{httpserver.At(r.Epoch, r.Position)}, nil
}

// wait holds a read until the position that it names is visible.
func (h *api) wait(ctx context.Context, in httpserver.ReadInput) error {
	p, err := in.Position()
	if err != nil {
		return err
	}
	if p == 0 {
		return nil
	}
	return table.From(h.app.Node().WaitFor(ctx, p))
}
