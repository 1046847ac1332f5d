package node

import (
	"context"
	"encoding/json"
	"sort"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// Deed is one thing that somebody decided: an event of the log whose meta names
// who. What follows from it by itself names nobody and is none.
type Deed struct {
	Position int64     `json:"position" doc:"In the service's log; the events of one request follow each other."`
	At       time.Time `json:"at" doc:"When it was recorded."`
	Actor    string    `json:"actor" doc:"Role and pseudonym; hr/<source> for what an HR system reported over NATS."`
	From     string    `json:"from,omitempty" doc:"How they were recognised, and the network they asked from."`
	What     string    `json:"what" doc:"The event's type."`
	About    string    `json:"about" doc:"The stream that it changed: of a proposal, a centre's day, a measure …"`
	Why      string    `json:"why,omitempty" doc:"What was given as reason, where a decision has one."`
	Story    string    `json:"correlation_id,omitempty" doc:"The event that began the story."`
	Cause    string    `json:"causation_id,omitempty" doc:"The direct cause."`
}

// AuditQuery chooses deeds; zero values choose all.
type AuditQuery struct {
	After       int64     // position in the log
	From, Until time.Time // recorded at From or later, and before Until
	Actor       string    // as written, or a role or prefix that ends in ":" or "/"
	What        string    // type of event, or the beginning of one
	Limit       int
}

// auditScan bounds how many events one call reads.
const auditScan = 20_000

// Audit returns up to Limit deeds in log order, and the position to go on after;
// 0 when the log has no more. A call reads so many events at most, so a page
// may be short, or empty, and yet not be the last.
func (n *Node) Audit(ctx context.Context, q AuditQuery) (deeds []Deed, next int64, err error) {
	at := q.After
	if at == 0 && !q.From.IsZero() {
		if at, err = n.before(ctx, q.From); err != nil {
			return nil, 0, err
		}
	}
	for read := 0; read < auditScan; {
		page, err := n.Log().After(ctx, at, 1000)
		if err != nil {
			return nil, 0, err
		}
		for _, e := range page {
			if !q.Until.IsZero() && !e.RecordedAt.Before(q.Until) {
				return deeds, 0, nil
			}
			if at = e.Position; !q.wants(e) {
				continue
			}
			if deeds = append(deeds, n.deed(e)); len(deeds) == q.Limit {
				return deeds, at, nil
			}
		}
		if read += len(page); len(page) < 1000 {
			return deeds, 0, nil
		}
	}
	return deeds, at, nil
}

// before finds the last position that was recorded before a time.
func (n *Node) before(ctx context.Context, t time.Time) (int64, error) {
	head, err := n.Log().Head(ctx)
	if err != nil {
		return 0, err
	}
	i := sort.Search(int(head.Position), func(i int) bool {
		page, perr := n.Log().After(ctx, int64(i), 1)
		if perr != nil {
			err = perr
		}
		return perr != nil || len(page) == 0 || !page[0].RecordedAt.Before(t)
	})
	return int64(i), err
}

func (q AuditQuery) wants(e eventlog.Event) bool {
	return e.Meta.Actor != "" && !e.RecordedAt.Before(q.From) && strings.HasPrefix(e.Type, q.What) &&
		(q.Actor == "" || e.Meta.Actor == q.Actor || strings.ContainsAny(q.Actor[len(q.Actor)-1:], ":/") && strings.HasPrefix(e.Meta.Actor, q.Actor))
}

func (n *Node) deed(e eventlog.Event) Deed {
	return Deed{Position: e.Position, At: e.RecordedAt, Actor: e.Meta.Actor, From: e.Meta.From, What: e.Type, About: e.Stream,
		Why: n.why(e), Story: e.Meta.CorrelationID, Cause: e.Meta.CausationID}
}

// why is the reason that an event carries: words of who decided, or a code. Where
// citizens write, only a code is told.
func (n *Node) why(e eventlog.Event) string {
	var said struct {
		Why, Reason any
	}
	if json.Unmarshal(e.Data, &said) != nil {
		return ""
	}
	for _, v := range []any{said.Why, said.Reason} {
		if by, ok := v.(map[string]any); ok { // by language
			v = by["en"]
		}
		if s, ok := v.(string); ok && s != "" && (!n.spec.Citizens || e.Type == (ParkedHandled{}).EventType() || word.MatchString(s)) {
			return s
		}
	}
	return ""
}
