package read

import (
	"cmp"
	"slices"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/domain/post"
)

// Post is a planned position, vacant while it has no employee.
type Post struct {
	Post     id.Post     `json:"post"`
	Centre   id.Centre   `json:"centre"`
	Employee id.Employee `json:"employee,omitempty"`
	From     day.Day     `json:"from" doc:"First day vacant, or first day of service."`
}

// Posts knows the posts of which absence has said something.
type Posts struct{ byID map[id.Post]Post }

// NewPosts is empty.
func NewPosts() *Posts { return &Posts{map[id.Post]Post{}} }

// Apply takes in one event.
func (m *Posts) Apply(_ eventlog.Event, event decider.Event) {
	if e, ok := event.(post.Noted); ok {
		m.byID[e.Post] = Post(e)
	}
}

// Page lists up to limit posts after one, by id.
func (m *Posts) Page(after id.Post, limit int) (page []Post, more bool) {
	for k, p := range m.byID {
		if k > after {
			page = append(page, p)
		}
	}
	slices.SortFunc(page, func(a, b Post) int { return cmp.Compare(a.Post, b.Post) })
	if len(page) > limit {
		return page[:limit], true
	}
	return page, false
}
