package read

import (
	"slices"
	"strings"

	"github.com/lotse-hamburg/lotse/events/absence"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// Post is one planned position that is or was vacant.
type Post struct {
	Post       id.Post     `json:"post"`
	Centre     id.Centre   `json:"centre"`
	VacantFrom day.Day     `json:"vacant_from"`
	Employee   id.Employee `json:"employee,omitempty" doc:"Who fills it; absent while it is vacant."`
	FilledFrom *day.Day    `json:"filled_from,omitempty"`
}

// Vacancies knows the posts that are or were vacant.
type Vacancies struct{ posts map[id.Post]Post }

// NewVacancies is empty.
func NewVacancies() *Vacancies { return &Vacancies{map[id.Post]Post{}} }

// Apply takes in one event.
func (v *Vacancies) Apply(_ eventlog.Event, event decider.Event) {
	switch e := event.(type) {
	case absence.VacancyOpened:
		v.posts[e.Post] = Post{Post: e.Post, Centre: e.Centre, VacantFrom: e.From}
	case absence.VacancyFilled:
		p := v.posts[e.Post]
		p.Employee, p.FilledFrom = e.Employee, &e.From
		v.posts[e.Post] = p
	}
}

// Page lists up to limit posts after a key, by post; only the vacant ones
// unless all is asked for.
func (v *Vacancies) Page(all bool, after id.Post, limit int) (page []Post, more bool) {
	for _, p := range v.posts {
		if p.Post > after && (all || p.Employee == "") {
			page = append(page, p)
		}
	}
	slices.SortFunc(page, func(a, b Post) int { return strings.Compare(string(a.Post), string(b.Post)) })
	if len(page) > limit {
		return page[:limit], true
	}
	return page, false
}
