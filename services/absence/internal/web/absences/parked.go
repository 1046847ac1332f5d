package absences

import (
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
	"github.com/lotse-hamburg/lotse/services/absence/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/node"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// sweepsPage is what the lists of whole sources came to.
type sweepsPage struct {
	Tabs  []pages.Tab
	Table pages.Table
}

func (w *web) sweeps(x *pages.Context) error {
	var all []read.SweepTaken
	w.node.View(func() { all = w.Sweeps.Of("") })
	p := sweepsPage{tabs(x), pages.Table{ID: "sweeps", Caption: x.Say("sweeps.caption"), Empty: x.Say("sweeps.empty"), Head: []pages.Cell{{Text: x.Say("col.source")}, {Text: x.Say("sweeps.asof")},
		{Text: x.Say("sweeps.window")}, {Text: x.Say("sweeps.named"), Number: true}, {Text: x.Say("what.added"), Number: true}, {Text: x.Say("what.changed"), Number: true},
		{Text: x.Say("what.cancelled"), Number: true}, {Text: x.Say("what.kept"), Number: true}}}}
	for _, s := range all {
		if q, bound := access.Bound(x.R.Context(), access.HRImporter); bound && !access.Owns(q.Sources, s.Source) {
			continue
		}
		if len(p.Table.Rows) == 4*onPage {
			break
		}
		window := x.Say("sweeps.open", "from", x.Date(s.From))
		if s.Until != nil {
			window = x.Span(s.From, *s.Until-1)
		}
		row := []pages.Cell{{Text: s.Source}, {Text: x.MomentShort(s.AsOf)}, {Text: window}}
		for _, n := range []int{s.Named, s.Added, s.Changed, s.Cancelled, s.Kept} {
			row = append(row, pages.Cell{Text: x.Number(n), Number: true})
		}
		p.Table.Rows = append(p.Table.Rows, row)
	}
	return x.Show(pages.Page{Template: "sweeps", Title: x.Say("sweeps.title"), Data: p, Wide: true})
}

// parkedPage lists the messages that could not be handled.
type parkedPage struct {
	Tabs  []pages.Tab
	Count int
	Table pages.Table
	Pager pages.Pager
}

func (w *web) parked(x *pages.Context) error {
	all, err := w.node.Parked(x.R.Context())
	if err != nil {
		return err
	}
	p := parkedPage{Tabs: tabs(x), Count: len(all), Table: pages.Table{ID: "parked", Caption: x.Say("parked.caption"), Empty: x.Say("parked.empty"), Head: []pages.Cell{{Text: x.Say("col.when")}, {Text: x.Say("col.source")},
		{Text: x.Say("col.message")}, {Text: x.Say("col.why")}}}}
	begin, err := strconv.Atoi(x.Query("from"))
	if err != nil || begin < 0 || begin >= len(all) {
		begin = 0
	}
	end := min(begin+onPage, len(all))
	if begin > 0 {
		p.Pager.First = "/absences/parked"
	}
	if end < len(all) {
		p.Pager.Next = address("/absences/parked", "from", strconv.Itoa(end))
	}
	for _, m := range all[begin:end] {
		p.Table.Rows = append(p.Table.Rows, []pages.Cell{{Text: x.MomentShort(m.ParkedAt), Href: "/absences/parked/" + m.ID.String()}, {Text: m.Source},
			{Text: m.MessageID, Missing: m.MessageID == ""}, {Text: inWords(x, m.Reason)}})
	}
	return x.Show(pages.Page{Template: "parked", Title: x.Say("parked.title"), Data: p, Wide: true})
}

// faulty is one field of a refusal as it was written down.
var faulty = regexp.MustCompile(`^data\.([a-z_]+)(?: "([^"]*)")?: (.*)$`)

// inWords says a reason in the reader's language, as far as it is one that is known.
func inWords(x *pages.Context, reason string) string {
	var all []string
	for _, part := range strings.Split(reason, "; data.") {
		m := faulty.FindStringSubmatch("data." + strings.TrimPrefix(part, "data."))
		if m == nil || !slices.Contains(fixable, m[1]) || !x.German() {
			return reason
		}
		de, known := reasons.German(m[3])
		if !known {
			return reason
		}
		field := x.Say("field." + m[1])
		if m[2] != "" {
			field += " „" + m[2] + "“"
		}
		all = append(all, field+" "+de+".")
	}
	return strings.Join(all, " ")
}

// messagePage is one of them, with what can be done.
type messagePage struct {
	Tabs    []pages.Tab
	ID      string
	Facts   []pages.Fact
	Fields  []pages.Fact
	Became  []pages.Fact
	Fix     *pages.Form // nil: may not, or is decided
	Discard *pages.Form
	Types   []pages.Option
}

// fixable are the fields of a message that can be put right.
var fixable = []string{"absence_id", "employee", "from", "until", "last_day", "expected_until", "from_time", "to_time", "planned", "revision", "changed_at"}

func (w *web) message(x *pages.Context) (eventlog.Parked, error) {
	id, err := uuid.Parse(x.Path("id"))
	if err != nil {
		return eventlog.Parked{}, pages.ErrNotFound
	}
	return w.node.ParkedMessage(x.R.Context(), id)
}

func (w *web) showParked(x *pages.Context) error {
	m, err := w.message(x)
	if err != nil {
		return err
	}
	fix := x.NewForm("type", m.Type)
	for name, v := range w.told(m) {
		fix.Set(name, v)
	}
	return w.showMessage(x, m, fix, x.NewForm(), nil)
}

// told are the fields that are kept of a message, as text.
func (w *web) told(m eventlog.Parked) map[string]string {
	var raw map[string]any
	out := map[string]string{}
	if json.Unmarshal(w.node.Told(m.Type, m.Data), &raw) != nil {
		return out
	}
	for _, name := range fixable {
		switch v := raw[name].(type) {
		case string:
			out[name] = v
		case float64:
			out[name] = strconv.FormatFloat(v, 'f', -1, 64)
		case bool:
			if v {
				out[name] = "yes"
			}
		}
	}
	return out
}

func (w *web) showMessage(x *pages.Context, m eventlog.Parked, fix, discard *pages.Form, err error) error {
	p := messagePage{Tabs: tabs(x), ID: m.ID.String(), Types: []pages.Option{{Value: hr.TypeReported, Label: x.Say("type.reported")},
		{Value: hr.TypeChanged, Label: x.Say("type.changed")}, {Value: hr.TypeCancelled, Label: x.Say("type.cancelled")}}}
	p.Facts = facts(x.Say("col.source"), m.Source, x.Say("parked.sender"), m.Sender, x.Say("col.message"), m.MessageID, x.Say("parked.type"), m.Type,
		x.Say("col.when"), x.Moment(m.ParkedAt), x.Say("col.why"), inWords(x, m.Reason), x.Say("parked.hash"), m.Hash)
	told := w.told(m)
	for _, name := range fixable {
		if v := told[name]; v != "" {
			p.Fields = append(p.Fields, pages.Fact{Key: x.Say("field." + name), Value: v})
		}
	}
	became, at, berr := w.node.Became(x.R.Context(), m.ID)
	switch {
	case berr != nil:
		return berr
	case became != nil:
		p.Became = facts(x.Say("parked.became"), x.Say("parked.how."+became.How), x.Say("parked.by"), at.Meta.Actor, x.Say("col.when"), x.Moment(at.Meta.Time), x.Say("parked.why"), became.Why)
	case x.May("POST /absences/parked/{id}/fix"):
		p.Fix, p.Discard = fix, discard
	}
	page := pages.Page{Template: "message", Title: x.Say("parked.one"), Data: p}
	for _, f := range []*pages.Form{fix, discard} {
		if !f.OK() || err != nil && f.Is("act", "sent") {
			return x.Again(f, err, page)
		}
	}
	return x.Show(page)
}

// facts takes keys and values in turn, without those that are empty.
func facts(pairs ...string) (all []pages.Fact) {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			all = append(all, pages.Fact{Key: pairs[i], Value: pairs[i+1]})
		}
	}
	return all
}

// corrected is the content that a form says.
func corrected(f *pages.Form) (json.RawMessage, error) {
	data := map[string]any{}
	for _, name := range fixable {
		v := f.Value(name)
		switch {
		case name == "planned":
			data[name] = v != ""
		case v == "":
		case name == "revision":
			n, err := strconv.ParseInt(v, 10, 64)
			if err != nil {
				data[name] = v // what reads it says what is wrong
				continue
			}
			data[name] = n
		default:
			data[name] = v
		}
	}
	return json.Marshal(data)
}

func (w *web) fixParked(x *pages.Context) error {
	m, err := w.message(x)
	if err != nil {
		return err
	}
	f, err := x.Form()
	if err != nil {
		return err
	}
	f.Set("act", "sent")
	why := f.Required("why")
	if !f.OK() {
		return w.showMessage(x, m, f, x.NewForm(), nil)
	}
	data, err := corrected(f)
	if err != nil {
		return err
	}
	h, err := w.node.Fix(x.R.Context(), m.ID, node.Decision{Key: f.Key, Why: why, Data: data, Type: f.Value("type")})
	if err != nil {
		if errors.Is(err, node.ErrHandled) {
			return err
		}
		if refused(x, f, err) {
			err = nil
		}
		return w.showMessage(x, m, f, x.NewForm(), err)
	}
	return x.Redirect("/absences/parked", x.Say("parked.fixed"), h.Receipt.Position)
}

func (w *web) discardParked(x *pages.Context) error {
	m, err := w.message(x)
	if err != nil {
		return err
	}
	f, err := x.Form()
	if err != nil {
		return err
	}
	f.Set("act", "sent")
	why := f.Required("discard_why")
	if !f.OK() {
		fix := x.NewForm("type", m.Type)
		return w.showMessage(x, m, fix, f, nil)
	}
	h, err := w.node.Discard(x.R.Context(), m.ID, node.Decision{Key: f.Key, Why: why})
	if err != nil {
		return err
	}
	return x.Redirect("/absences/parked", x.Say("parked.discarded"), h.Receipt.Position)
}
