// Package absence is the service that knows who is off and which posts are
// vacant, and never why.
//
// It promises:
//
//   - A receipt means that the word is durably recorded; the same message again
//     gets the same answer and changes nothing.
//   - Corrections, cancellations before their original, repeats, words out of
//     order and words about the past end in the same state as the tidy order:
//     of one absence the newest word counts, by (source, absence id, revision),
//     without revision by the source's change time, without that by arrival. Two
//     different words of one moment count alike in every order, a cancellation
//     before a report.
//   - A state that was read as a whole, a sweep or a fetched absence, wins over
//     every word said before it was read, also over those that come in later.
//   - A reason of an absence, any free text and any field that the schema does
//     not name is dropped and counted before anything else happens: it is not
//     stored, parked, logged, traced or repeated in an error.
//   - A bad message gets an error naming field and cure, and is parked with its
//     reason, sender and hash.
//
// Employees are pseudonyms. Absence does not know who exists: staffing does,
// and keeps an absence of an unknown employee until that one is imported.
//
// Commands: Receive (HR CloudEvents over NATS, see ServeHR, or HTTP), signed
// webhooks in the systems' own forms (package mapping has them as data), sweeps,
// the form, tables and calendars of absences, also looked at before they are
// taken in (App.Read, App.Apply), vacancies opened and filled. What a
// webhook only announces is asked for over HTTP until it was fetched. It hears
// no other service and says absence-recorded, absence-changed,
// absence-cancelled, vacancy-opened and vacancy-filled.
package absence
