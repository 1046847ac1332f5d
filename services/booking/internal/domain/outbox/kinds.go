package outbox

// Kind says what a letter is about.
type Kind string

// Kinds of letters.
const (
	OptIn        Kind = "opt-in"
	Confirmation Kind = "confirmation"
	Moved        Kind = "moved"
	Cancelled    Kind = "cancelled"
	Reminder     Kind = "reminder"
	AtRisk       Kind = "at-risk"
	Secured      Kind = "secured"
	Earlier      Kind = "earlier" // to who waits for an earlier slot
)

// Kinds lists them all.
var Kinds = []Kind{OptIn, Confirmation, Moved, Cancelled, Reminder, AtRisk, Secured, Earlier}
