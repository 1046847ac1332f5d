package pages

// Table is a table for the template ui.table. It scrolls in a region of its own
// where it is too wide.
type Table struct {
	ID      string // of the region; must be unique on the page
	Caption string
	Hidden  bool // the caption is for screen readers only
	Head    []Cell
	Rows    [][]Cell // the first cell of a row heads it
	Empty   string   // what stands there instead of no rows
}

// Cell of a table: what is set of Badge, Href and Text is shown.
type Cell struct {
	Text    string
	Number  bool // to the right, digits below digits
	Href    string
	Badge   *Badge
	Class   string // heat-0 … heat-5, of a heat map
	Spoken  string // said after the text, for screen readers only
	Span    int    // columns; 0: one
	Missing bool
}

// Tab is one of several pages that belong together.
type Tab struct {
	Text, Href string
	Current    bool
	Count      int // shown beside it where it is above zero
}

// Pager leads on in a list by cursors; "" where there is nothing.
type Pager struct{ First, Next string }

// Fact is a line of a definition list.
type Fact struct {
	Key   string
	Value string
	Href  string
	Badge *Badge
}

// Steps shows how far one has come, from 1.
type Steps struct {
	Now, Of int
	Label   string
}

// Progress of long work.
type Progress struct {
	ID, Label  string
	Value, Max int
}
