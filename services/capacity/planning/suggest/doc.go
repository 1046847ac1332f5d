// Package suggest says what else would help, beyond sending people elsewhere:
// giving walk-in reserve to appointments, overtime, opening on a Saturday,
// closing a centre for a day so that its people help elsewhere, shorter hours.
// Suggestions are for planners. Nothing here changes a plan.
//
// Each has its gain, split by what it is for, and what it costs in minutes of
// staff. Candidates are ranked by staff prices, which by convexity no change can
// beat, and the best few are priced exactly: the change is made, the mix of
// services re-optimised, fairness term included, and the change taken back.
// People stay where the plan has them, so a plan made anew after a suggestion was
// taken up can only be better still.
//
// The gain of walk-in reserve is counted against the mix that holds, everywhere,
// all of it that staff can hold; that of everything else against the plan with
// its best mix, walk-in reserve given up where that is best. Each stands alone:
// two taken up together mostly gain less than the sum, since the second finds less
// to do.
//
// What minutes do not know is said (Suggestion.Exact): at which moment of a day
// something is booked. A temporary site elsewhere is beyond this model, which
// knows the centres it is given: TemporarySite says so.
//
// It is pure, deterministic and bounded by Options.Tries and Options.Stop.
package suggest
