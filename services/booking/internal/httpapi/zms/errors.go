package zms

import (
	"errors"
	"net/http"
	"slices"

	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// failure is one of ZMS's errors: the code that a frontend matches on, and the
// status. De and En are Lotse's own words.
type failure struct {
	code   string
	status int
	de, en string
}

func (f failure) Error() string { return f.en }

// failures are several at once.
type failures []failure

func (f failures) Error() string { return f[0].en }

var (
	errInvalidRequest = failure{"invalidRequest", http.StatusBadRequest, "Die Anfrage ist kein gültiges JSON-Objekt.", "The request is not a valid JSON object."}
	errTooLarge       = failure{"requestEntityTooLarge", http.StatusRequestEntityTooLarge, "Die Anfrage ist zu groß: höchstens 64 KiB.", "The request is too large: at most 64 KiB."}
	errOfficeID       = failure{"invalidOfficeId", http.StatusBadRequest, "officeId muss die Nummer eines Standorts sein, siehe offices-and-services.", "officeId must be the number of an office, see offices-and-services."}
	errServiceID      = failure{"invalidServiceId", http.StatusBadRequest, "serviceId muss die Nummer einer Dienstleistung sein, siehe offices-and-services.", "serviceId must be the number of a service, see offices-and-services."}
	errServiceCount   = failure{"invalidServiceCount", http.StatusBadRequest, "serviceCount braucht zu jeder Dienstleistung eine Anzahl von 1 bis 20.", "serviceCount needs a number from 1 to 20 for each service."}
	errStartDate      = failure{"invalidStartDate", http.StatusBadRequest, "startDate muss ein Datum sein, etwa 2026-12-01.", "startDate must be a date, such as 2026-12-01."}
	errEndDate        = failure{"invalidEndDate", http.StatusBadRequest, "endDate muss ein Datum sein, etwa 2026-12-31.", "endDate must be a date, such as 2026-12-31."}
	errDateOrder      = failure{"startDateAfterEndDate", http.StatusBadRequest, "startDate liegt nach endDate.", "startDate lies after endDate."}
	errDateRange      = failure{"dateRangeTooLarge", http.StatusBadRequest, "Zwischen startDate und endDate liegen mehr als 365 Tage.", "startDate and endDate are more than 365 days apart."}
	errDate           = failure{"invalidDate", http.StatusBadRequest, "date muss ein Datum sein, etwa 2026-12-01.", "date must be a date, such as 2026-12-01."}
	errTimestamp      = failure{"invalidTimestamp", http.StatusBadRequest, "timestamp muss in Sekunden seit 1970 in der Zukunft liegen.", "timestamp must lie in the future, in seconds since 1970."}
	errProcessID      = failure{"invalidProcessId", http.StatusBadRequest, "processId muss eine positive Zahl sein.", "processId must be a positive number."}
	errAuthKey        = failure{"invalidAuthKey", http.StatusBadRequest, "authKey fehlt.", "authKey is missing."}
	errFamilyName     = failure{"invalidFamilyName", http.StatusBadRequest, "familyName fehlt oder ist länger als 200 Zeichen.", "familyName is missing or longer than 200 characters."}
	errEmail          = failure{"invalidEmail", http.StatusBadRequest, "email muss eine E-Mail-Adresse sein.", "email must be an e-mail address."}
	errTelephone      = failure{"invalidTelephone", http.StatusBadRequest, "telephone braucht 7 bis 15 Ziffern, vorn darf ein Plus stehen.", "telephone needs 7 to 15 digits, with a plus in front if you like."}
	errTextfield      = failure{"invalidCustomTextfield", http.StatusBadRequest, "Für diesen Standort gibt es kein zusätzliches Textfeld.", "This office has no additional text field."}
	errNotAvailable   = failure{"appointmentNotAvailable", http.StatusNotFound, "Dieser Termin ist nicht mehr frei. Bitte wählen Sie einen anderen.", "This appointment is not free any more. Please choose another one."}
	errNoDays         = failure{"noAppointmentForThisDay", http.StatusNotFound, "In diesem Zeitraum ist kein Termin frei.", "No appointment is free in this period."}
	errNotFound       = failure{"appointmentNotFound", http.StatusNotFound, "Diesen Termin gibt es nicht, oder der authKey gehört nicht dazu.", "There is no such appointment, or the authKey does not belong to it."}
	errNotReserved    = failure{"processNotReservedAnymore", http.StatusConflict, "Die Reservierung ist abgelaufen. Bitte wählen Sie den Termin noch einmal.", "The reservation has expired. Please choose the appointment again."}
	errNotPreconfirm  = failure{"processNotPreconfirmedAnymore", http.StatusConflict, "Bitte öffnen Sie den Link in der E-Mail, die wir Ihnen geschickt haben.", "Please open the link in the e-mail that we have sent you."}
	errCannotCancel   = failure{"appointmentCanNotBeCanceled", http.StatusNotAcceptable, "Der Termin ist vorbei oder schon abgesagt.", "The appointment is over or already cancelled."}
	errEmailRequired  = failure{"emailIsRequired", http.StatusNotAcceptable, "Für eine Online-Buchung brauchen wir eine E-Mail-Adresse.", "An online booking needs an e-mail address."}
	errTooMany        = failure{"tooManyAppointmentsWithSameMail", http.StatusNotAcceptable, "Mit dieser Adresse gibt es schon so viele offene Termine, wie erlaubt sind.", "This address has as many open appointments already as it may have."}
	errRate           = failure{"rateLimitExceeded", http.StatusTooManyRequests, "Zu viele Anfragen oder Reservierungen von Ihrer Adresse. Bitte warten Sie etwas.", "Too many requests or reservations from your address. Please wait a little."}
	errCaptchaMissing = failure{"captchaMissing", http.StatusBadRequest, "Bitte lösen Sie zuerst die Aufgabe.", "Please solve the challenge first."}
	errCaptcha        = failure{"captchaVerificationFailed", http.StatusBadRequest, "Die Aufgabe ist nicht richtig gelöst, abgelaufen oder schon benutzt.", "The challenge is not solved, has run out or was used before."}
	errUnavailable    = failure{"serviceUnavailable", http.StatusServiceUnavailable, "Der Dienst ist gerade nicht erreichbar. Bitte versuchen Sie es gleich noch einmal.", "The service cannot be reached at the moment. Please try again shortly."}
	errInternal       = failure{"internalError", http.StatusInternalServerError, "Es ist ein Fehler aufgetreten.", "Something has failed."}
)

// known says what Lotse's refusals are in ZMS.
var known = []struct {
	err error
	is  failure
}{
	{centreday.ErrSlotTaken, errNotAvailable}, {centreday.ErrClosed, errNotAvailable}, {centreday.ErrNotReleased, errNotAvailable},
	{centreday.ErrShareSpent, errNotAvailable}, {centreday.ErrTooSoon, errNotAvailable}, {centreday.ErrTooFar, errNotAvailable},
	{centreday.ErrOffGrid, errNotAvailable}, {app.ErrMissingHour, errNotAvailable}, {app.ErrDoubledHour, errNotAvailable}, {centreday.ErrPast, errTimestamp},
	{centreday.ErrHoldExpired, errNotReserved}, {centreday.ErrOptInNeeded, errNotPreconfirm},
	{centreday.ErrNoSuchAppointment, errNotFound}, {app.ErrWrongCode, errNotFound}, {centreday.ErrAlreadyOver, errCannotCancel},
	{app.ErrMailNeeded, errEmailRequired}, {app.ErrNoContact, errFamilyName},
	{app.ErrUnknownService, errServiceID}, {app.ErrUnknownCentre, errOfficeID},
	{app.ErrTooManyAppointments, errTooMany}, {app.ErrTooManyHolds, errRate},
	{app.ErrCaptchaNeeded, errCaptchaMissing}, {app.ErrCaptchaWrong, errCaptcha},
	{journal.ErrBusy, errUnavailable}, {eventlog.ErrFull, errUnavailable}, {eventlog.ErrUnreachable, errUnavailable},
	{eventlog.ErrUnknown, errUnavailable}, {eventlog.ErrClosed, errUnavailable},
}

// told lists what a client is told; inside is true where the log must keep why.
func told(err error) (all failures, inside bool) {
	var one failure
	if errors.As(err, &all) {
		return all, false
	}
	if errors.As(err, &one) {
		return failures{one}, false
	}
	for _, k := range known {
		if errors.Is(err, k.err) {
			return failures{k.is}, k.is.status >= 500
		}
	}
	return failures{errInternal}, true
}

// status of several: the highest, as ZMS does.
func (f failures) status() int {
	return slices.MaxFunc(f, func(a, b failure) int { return a.status - b.status }).status
}
