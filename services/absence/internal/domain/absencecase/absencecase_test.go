package absencecase

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/lotse-hamburg/lotse/events/absence"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/decidertest"
)

var codec = decider.NewCodec(Events()...)

const a1 = id.Absence("paisy/4711")

func extent(from, until int) absence.Extent {
	u := day.Date(2026, 12, until)
	return absence.Extent{From: day.Date(2026, 12, from), Until: &u}
}

func rev(n int64) Stamp { return Stamp{Revision: &n} }
func at(us int64) Stamp { return Stamp{ChangedAt: us} }

func recorded(r int64, who id.Employee, x absence.Extent) decider.Event {
	return absence.AbsenceRecorded{Absence: a1, Revision: r, Employee: who, Extent: x}
}

func changed(r int64, who id.Employee, x absence.Extent) decider.Event {
	return absence.AbsenceChanged{Absence: a1, Revision: r, Employee: who, Extent: x}
}

func cancelled(r int64, who id.Employee) decider.Event {
	return absence.AbsenceCancelled{Absence: a1, Revision: r, Employee: who}
}

func stamped(s Stamp) decider.Event { return StampNoted{Absence: a1, Stamp: s} }

func says(who id.Employee, x absence.Extent, s Stamp, original bool) Command {
	return Report{Absence: a1, Employee: who, Extent: x, Stamp: s, Original: original}
}

func TestTable(t *testing.T) {
	given := func(e ...decider.Event) []decider.Event { return e }
	decidertest.Run(t, Decider(), codec, []decidertest.Case[Command]{
		{Name: "a new absence is recorded", When: says("e1", extent(1, 5), rev(3), true),
			Then: given(recorded(3, "e1", extent(1, 5)))},
		{Name: "a change of what is unknown is recorded", When: says("e1", extent(1, 5), rev(2), false),
			Then: given(recorded(2, "e1", extent(1, 5)))},
		{Name: "the same revision is a repeat", Given: given(recorded(3, "e1", extent(1, 5))),
			When: says("e1", extent(1, 5), rev(3), true)},
		{Name: "an older revision yields nothing", Given: given(recorded(3, "e1", extent(1, 5))),
			When: says("e1", extent(1, 9), rev(2), false)},
		{Name: "a later revision changes the extent", Given: given(recorded(3, "e1", extent(1, 5))),
			When: says("e1", extent(1, 9), rev(4), false), Then: given(changed(4, "e1", extent(1, 9)))},
		{Name: "a later revision with nothing new is noted silently", Given: given(recorded(3, "e1", extent(1, 5))),
			When: says("e1", extent(1, 5), rev(4), false), Then: given(stamped(rev(4)))},
		{Name: "a correction of the employee concerns both", Given: given(recorded(3, "e1", extent(1, 5))),
			When: says("e2", extent(1, 5), rev(4), false), Then: given(cancelled(4, "e1"), recorded(4, "e2", extent(1, 5)))},
		{Name: "a cancellation", Given: given(recorded(3, "e1", extent(1, 5))),
			When: Cancel{Absence: a1, Stamp: rev(4)}, Then: given(cancelled(4, "e1"))},
		{Name: "a cancellation of an older revision is late", Given: given(recorded(3, "e1", extent(1, 5))),
			When: Cancel{Absence: a1, Stamp: rev(2)}},
		{Name: "a cancellation before its original is noted",
			When: Cancel{Absence: a1, Employee: "e1", Stamp: rev(2)}, Then: given(CancellationNoted{Absence: a1, Stamp: rev(2)})},
		{Name: "the late original yields nothing", Given: given(CancellationNoted{Absence: a1, Stamp: rev(2)}),
			When: says("e1", extent(1, 5), rev(1), true)},
		{Name: "the late original of the same revision yields nothing", Given: given(CancellationNoted{Absence: a1, Stamp: rev(2)}),
			When: says("e1", extent(1, 5), rev(2), true)},
		{Name: "a newer revision revives", Given: given(CancellationNoted{Absence: a1, Stamp: rev(2)}),
			When: says("e1", extent(1, 5), rev(3), false), Then: given(recorded(3, "e1", extent(1, 5)))},
		{Name: "without revision the change time decides: later", Given: given(recorded(1, "e1", extent(1, 5)), stamped(at(100))),
			When: says("e1", extent(1, 9), at(200), false), Then: given(changed(2, "e1", extent(1, 9)), stamped(at(200)))},
		{Name: "without revision the change time decides: earlier", Given: given(recorded(1, "e1", extent(1, 5)), stamped(at(100))),
			When: says("e1", extent(1, 9), at(50), false)},
		{Name: "without both the arrival decides", Given: given(recorded(1, "e1", extent(1, 5)), stamped(Stamp{})),
			When: says("e1", extent(1, 9), Stamp{}, false), Then: given(changed(2, "e1", extent(1, 9)), stamped(Stamp{}))},
		{Name: "without both an original does not revive", Given: given(CancellationNoted{Absence: a1}),
			When: says("e1", extent(1, 9), Stamp{}, true)},
		{Name: "without both a change revives", Given: given(CancellationNoted{Absence: a1}),
			When: says("e1", extent(1, 9), Stamp{}, false), Then: given(recorded(1, "e1", extent(1, 9)), stamped(Stamp{}))},
		{Name: "a cancellation twice", Given: given(recorded(3, "e1", extent(1, 5)), cancelled(4, "e1")),
			When: Cancel{Absence: a1, Stamp: rev(4)}},
		{Name: "of two reports of one moment the greater one stands", Given: given(recorded(1, "e1", extent(1, 5)), stamped(at(100))),
			When: says("e1", extent(1, 9), at(100), false), Then: given(changed(2, "e1", extent(1, 9)), stamped(at(100)))},
		{Name: "and in the other order, too", Given: given(recorded(1, "e1", extent(1, 9)), stamped(at(100))),
			When: says("e1", extent(1, 5), at(100), false)},
		{Name: "a cancellation of the same moment is newer", Given: given(recorded(1, "e1", extent(1, 9)), stamped(at(100))),
			When: Cancel{Absence: a1, Stamp: at(100)}, Then: given(cancelled(2, "e1"), stamped(at(100)))},
		{Name: "and is not taken back by the report", Given: given(CancellationNoted{Absence: a1, Stamp: at(100)}),
			When: says("e1", extent(1, 9), at(100), false)},
		{Name: "a cancellation under the same revision is newer", Given: given(recorded(3, "e1", extent(1, 5))),
			When: Cancel{Absence: a1, Stamp: rev(3)}, Then: given(cancelled(4, "e1"), stamped(rev(3)))},
		{Name: "a word under the revision of a sweep's state is in it", Given: given(recorded(3, "e1", extent(1, 5)), stamped(Stamp{Revision: rev(3).Revision, ChangedAt: 100})),
			When: says("e1", extent(2, 9), rev(3), false)},
		{Name: "published revisions rise though the source counts from nought", Given: given(recorded(1, "e1", extent(1, 5)), stamped(rev(0))),
			When: says("e1", extent(1, 6), rev(1), false), Then: given(changed(2, "e1", extent(1, 6)), stamped(rev(1)))},
	})
}

// Any order and repetition of the same words ends as the newest word says.
func TestAnyOrderEndsTheSame(t *testing.T) {
	d := Decider()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom([]int{1, 2, 3, 5, 8}).Draw(t, "words")
		byTime := rapid.Bool().Draw(t, "by change time")
		ties := rapid.Bool().Draw(t, "two words of one moment")
		words := make([]Command, n)
		for i := range words {
			newness := int64(i)
			if ties {
				newness = int64(i / 2)
			}
			s := rev(newness)
			if byTime {
				s = at(newness + 1)
			}
			if rapid.IntRange(0, 3).Draw(t, "kind") == 0 {
				words[i] = Cancel{Absence: a1, Stamp: s}
				continue
			}
			from := rapid.IntRange(1, 10).Draw(t, "from")
			words[i] = says(rapid.SampledFrom([]id.Employee{"e1", "e2"}).Draw(t, "who"), extent(from, from+3), s, i == 0)
		}
		tell := func(order []Command) State {
			s, revision := d.Initial(), int64(0)
			for _, c := range order {
				out, err := d.Decide(s, c)
				if err != nil {
					t.Fatalf("%+v: %v", c, err)
				}
				s = d.Fold(s, out...)
				if s.Published < revision {
					t.Fatalf("published revision fell from %d to %d", revision, s.Published)
				}
				revision = s.Published
			}
			return s
		}
		mixed := rapid.Permutation(append(words[:n:n], words[:rapid.IntRange(0, n).Draw(t, "repeats")]...)).Draw(t, "order")
		want, got := tell(words), tell(mixed)
		if want.Cancelled != got.Cancelled || !want.Stamp.equal(got.Stamp) {
			t.Fatalf("tidy order ends in %+v, this one in %+v", want, got)
		}
		if !want.Cancelled && (want.Employee != got.Employee || !SameExtent(want.Extent, got.Extent)) {
			t.Fatalf("tidy order ends in %+v, this one in %+v", want, got)
		}
	})
}
