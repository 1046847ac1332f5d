// Package staffing is the service that rules on persons: who is where, when,
// able to do what.
//
// It promises:
//
//   - duties-changed carries all duties of one employee over the whole horizon,
//     with a version that rises by one; the newest alone suffices, and a
//     version is said only when something differs.
//   - An absence takes effect in the unit that takes it in; a deployment of a
//     day that is off duty by it is cancelled in the same unit. Words about
//     absences may come late, twice and in any order; those of an employee who
//     was never imported wait for the import.
//   - A deployment is ordered only if no rule is in its way: unknown-employee,
//     past, off-duty, not-deployable, elsewhere, weekly-cap, rest-period. The
//     first one in the way is the answer. Each deployment is answered once.
//   - Nothing of an import with an error is applied, and the answer lists every
//     error with row, field, value and cure; the same import again changes
//     nothing.
//
// Commands: ImportStaff; Read and Apply, which take in a list that somebody has
// looked at. It hears absence-recorded, -changed and -cancelled,
// vacancy-opened and -filled from absence; deployment-requested, -withdrawn,
// policy-changed and centre-changed (travel minutes) from capacity. It says
// duties-changed, deployment-ordered, -refused and -cancelled.
package staffing
