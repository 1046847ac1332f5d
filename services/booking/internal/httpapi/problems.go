package httpapi

import (
	"net/http"

	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/queue"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/waiting"
	"github.com/lotse-hamburg/lotse/services/booking/internal/httpapi/guard"
	"github.com/lotse-hamburg/lotse/services/internal/problem"
)

// problems is the one table of what clients match on.
var problems = append(guard.Problems[:len(guard.Problems):len(guard.Problems)], problem.Table{
	{Err: centreday.ErrSlotTaken, Status: http.StatusConflict, Type: "slot-taken", De: "Zu dieser Zeit ist kein Platz mehr frei: Wählen Sie einen anderen Termin."},
	{Err: centreday.ErrClosed, Status: http.StatusConflict, Type: "closed", De: "Der Standort bietet das an diesem Tag zu dieser Zeit nicht an: Wählen Sie einen anderen Termin."},
	{Err: centreday.ErrNotReleased, Status: http.StatusConflict, Type: "not-released", De: "Dieser Termin ist noch nicht zur Buchung freigegeben: Wählen Sie einen anderen."},
	{Err: centreday.ErrShareSpent, Status: http.StatusConflict, Type: "share-spent", De: "Der Anteil dieses Weges ist für den Tag vergeben: Wählen Sie einen anderen Tag."},
	{Err: centreday.ErrHoldExpired, Status: http.StatusGone, Type: "hold-expired", De: "Die Reservierung ist abgelaufen oder hat nie bestanden: Suchen Sie noch einmal."},
	{Err: centreday.ErrOptInNeeded, Status: http.StatusConflict, Type: "opt-in-needed", De: "Bitte öffnen Sie den Link in der E-Mail."},
	{Err: app.ErrMailNeeded, Status: http.StatusUnprocessableEntity, Type: "mail-needed", De: "Eine Online-Buchung wird durch einen Link in einer E-Mail bestätigt: Geben Sie eine Adresse an, oder rufen Sie an."},
	{Err: centreday.ErrNotThere, Status: http.StatusConflict, Type: "not-checked-in", De: "Wer diesen Termin hat, ist noch nicht angemeldet: Melden Sie ihn zuerst an."},
	{Err: centreday.ErrNoSuchAppointment, Status: http.StatusNotFound, Type: "no-such-appointment", De: "Diesen Termin gibt es nicht."},
	{Err: centreday.ErrAlreadyOver, Status: http.StatusConflict, Type: "already-over", De: "Der Termin ist vorbei: Er wurde abgesagt, wahrgenommen oder versäumt."},
	{Err: centreday.ErrPast, Status: http.StatusUnprocessableEntity, Type: "past", De: "Diese Zeit ist vorbei: Wählen Sie einen späteren Termin."},
	{Err: centreday.ErrTooSoon, Status: http.StatusUnprocessableEntity, Type: "too-soon", De: "Dieser Termin ist auf diesem Weg zu nah: Wählen Sie einen späteren Tag, oder rufen Sie an."},
	{Err: centreday.ErrTooFar, Status: http.StatusUnprocessableEntity, Type: "too-far", De: "Dieser Tag kann noch nicht gebucht werden: Wählen Sie einen früheren."},
	{Err: centreday.ErrOffGrid, Status: http.StatusUnprocessableEntity, Type: "off-grid", De: "Beginn und Dauer müssen Vielfache von fünf Minuten sein."},
	{Err: app.ErrMissingHour, Status: http.StatusUnprocessableEntity, Type: "missing-hour", De: "Diese Zeit gibt es an dem Tag nicht, weil die Uhren vorgestellt werden: Wählen Sie eine andere."},
	{Err: app.ErrDoubledHour, Status: http.StatusUnprocessableEntity, Type: "doubled-hour", De: "Diese Zeit gibt es an dem Tag zweimal, weil die Uhren zurückgestellt werden, und sie kann nicht gebucht werden: Wählen Sie eine andere."},
	{Err: app.ErrWrongOffset, Status: http.StatusUnprocessableEntity, Type: "wrong-offset", De: "Der Zeitversatz ist nicht der der Stadt zu dieser Zeit: Senden Sie die Zeit auf der Uhr der Stadt, 08:30, ohne Versatz."},
	{Err: app.ErrUnknownService, Status: http.StatusNotFound, Type: "unknown-service", De: "Diese Dienstleistung gibt es nicht: siehe GET /v1/services."},
	{Err: app.ErrUnknownCentre, Status: http.StatusNotFound, Type: "unknown-centre", De: "Diesen Standort gibt es nicht: siehe GET /v1/centres."},
	{Err: app.ErrUnknownDistrict, Status: http.StatusNotFound, Type: "unknown-district", De: "Diesen Bezirk gibt es nicht: siehe GET /v1/centres."},
	{Err: app.ErrNotAtRisk, Status: http.StatusConflict, Type: "not-at-risk", De: "Dieser Termin ist nicht (mehr) gefährdet: Niemand muss anrufen."},
	{Err: waiting.ErrNotWaiting, Status: http.StatusNotFound, Type: "not-waiting", De: "Diesen Platz auf der Warteliste gibt es nicht, oder er ist beendet."},
	{Err: app.ErrTooManyPlaces, Status: http.StatusConflict, Type: "too-many-waiting", De: "Für diese Adresse gibt es schon so viele Plätze auf der Warteliste, wie erlaubt sind: Geben Sie einen auf, oder rufen Sie an."},
	{Err: waiting.ErrNoOffer, Status: http.StatusGone, Type: "no-offer", De: "Für Sie ist gerade nichts freigehalten: Warten Sie auf die nächste Nachricht."},
	{Err: app.ErrNoKeyFile, Status: http.StatusConflict, Type: "no-key-file", De: "Es gibt keine Schlüsseldatei, deren Schlüssel gewechselt werden könnten."},
	{Err: app.ErrNotOnline, Status: http.StatusConflict, Type: "not-online", De: "Diese Dienstleistung gibt es nicht online."},
	{Err: app.ErrNothingToDo, Status: http.StatusUnprocessableEntity, Type: "no-service", De: "Es ist keine Dienstleistung genannt: Nennen Sie mindestens eine."},
	{Err: app.ErrWrongCode, Status: http.StatusForbidden, Type: "wrong-code", De: "Der Code gehört nicht zu diesem Termin: Nehmen Sie den aus der Bestätigung."},
	{Err: queue.ErrNobodyWaits, Status: http.StatusConflict, Type: "nobody-waits", De: "Für diese Dienstleistungen wartet niemand."},
	{Err: queue.ErrNoSuchTicket, Status: http.StatusNotFound, Type: "no-such-ticket", De: "Diese Wartenummer gibt es nicht."},
	{Err: queue.ErrTicketOver, Status: http.StatusConflict, Type: "ticket-over", De: "Diese Wartenummer ist erledigt: bedient oder nicht erschienen."},
	{Err: app.ErrNeededForAppointments, Status: http.StatusConflict, Type: "needed-for-appointments", De: "Dieser Platz wird für Termine gebraucht."},
	{Err: queue.ErrNotCalled, Status: http.StatusConflict, Type: "not-called", De: "Diese Wartenummer wurde noch nicht aufgerufen."},
}...)
