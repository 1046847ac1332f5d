package app

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// ImportAppointment is an appointment that another system has booked.
type ImportAppointment struct {
	External string        `json:"external_id" minLength:"1" maxLength:"200" doc:"Its id in the other system; a repeat with the same place is booked once"`
	Service  id.Service    `json:"service"`
	Centre   id.Centre     `json:"centre"`
	Day      day.Day       `json:"day"`
	At       day.TimeOfDay `json:"at"`
	Channel  string        `json:"channel,omitempty" doc:"online, telephone or desk; default online"`
	BookedOn *day.Day      `json:"booked_on,omitempty" doc:"Default: today"`
	Hardship bool          `json:"hardship,omitempty"`
}

// ImportRefusal says what was not booked.
type ImportRefusal struct {
	Index    int    `json:"index" doc:"Place in the list, from 0"`
	External string `json:"external_id"`
	Reason   string `json:"reason"`
	// Type and Say are those of the problem that booking it alone would be.
	Type string            `json:"type" doc:"As of a problem document, without what stands before its last slash"`
	Say  map[string]string `json:"say,omitempty" doc:"In German and English"`
	Err  error             `json:"-"`
}

func refused(index int, external string, err error) ImportRefusal {
	return ImportRefusal{Index: index, External: external, Reason: err.Error(), Err: err}
}

// ImportReport answers an import.
type ImportReport struct {
	Booked  int             `json:"booked"`
	Already int             `json:"already" doc:"Booked by an earlier import"`
	Refused []ImportRefusal `json:"refused"`
}

// importChunk is how many centre-days are written in one unit: large enough to
// share the sync, small enough not to hold up citizens who book meanwhile.
const importChunk = 4

// Import books what fits, and says of the rest why it does not. An
// appointment's id is derived from its centre, day and external id, so a
// repeat books nothing twice. Past days and short notice are accepted.
func (a *App) Import(ctx context.Context, all []ImportAppointment) (ImportReport, journal.Receipt, error) {
	report := ImportReport{Refused: []ImportRefusal{}}
	byDay, keys := a.groupImports(all, &report)
	var rec journal.Receipt
	for chunk := range slices.Chunk(keys, importChunk) {
		var part ImportReport
		r, err := a.node.Do(ctx, func(tx *journal.Tx) error {
			part = ImportReport{}
			for _, k := range chunk {
				if err := importDay(tx, k, byDay[k], &part); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return report, rec, fmt.Errorf("import: %d booked before this: %w", report.Booked, err)
		}
		rec = r
		report.Booked += part.Booked
		report.Already += part.Already
		report.Refused = append(report.Refused, part.Refused...)
	}
	slices.SortFunc(report.Refused, func(x, y ImportRefusal) int { return x.Index - y.Index })
	return report, rec, nil
}

type importRow struct {
	index    int
	external string
	item     centreday.ImportItem
}

// groupImports resolves names and sorts by centre-day.
func (a *App) groupImports(all []ImportAppointment, report *ImportReport) (map[centreday.Key][]importRow, []centreday.Key) {
	byDay := map[centreday.Key][]importRow{}
	today := a.now().Day
	for i, x := range all {
		w := Wish{Service: x.Service, Centre: x.Centre, Day: x.Day, At: x.At, Channel: x.Channel}
		k, slot, _, err := a.slot(&w)
		if err != nil {
			report.Refused = append(report.Refused, refused(i, x.External, err))
			continue
		}
		sum := sha256.Sum256([]byte(x.External))
		it := centreday.ImportItem{Appointment: id.Appointment(string(k.Centre) + "." + k.Day.String() + "." + hex.EncodeToString(sum[:16])),
			Slot: slot, Channel: w.Channel, BookedOn: today, Detail: centreday.Detail{Hardship: x.Hardship}}
		if x.BookedOn != nil {
			it.BookedOn = *x.BookedOn
		}
		byDay[k] = append(byDay[k], importRow{i, x.External, it})
	}
	keys := make([]centreday.Key, 0, len(byDay))
	for k := range byDay {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(x, y centreday.Key) int {
		return cmp.Or(cmp.Compare(x.Day, y.Day), cmp.Compare(x.Centre, y.Centre))
	})
	return byDay, keys
}

func importDay(tx *journal.Tx, k centreday.Key, rows []importRow, part *ImportReport) error {
	before, _, err := journal.Load(tx, days, k.ID())
	if err != nil {
		return err
	}
	items := make([]centreday.ImportItem, len(rows))
	for i, r := range rows {
		items[i] = r.item
	}
	say, err := onDay(tx, k.ID(), centreday.Command(centreday.Import{Key: k, Items: items, At: tx.Now()}))
	if err != nil {
		return err
	}
	taken := map[id.Appointment]bool{} // true: not yet counted
	for _, e := range say {
		if b, ok := e.(booking.AppointmentBooked); ok {
			taken[b.Appointment] = true
		}
	}
	for _, r := range rows {
		fresh, here := taken[r.item.Appointment]
		switch _, moved := before.MovedTo(r.item.Appointment); {
		case fresh:
			taken[r.item.Appointment] = false
			part.Booked++
		case here || moved || knows(before, r.item.Appointment):
			part.Already++
		default:
			part.Refused = append(part.Refused, refused(r.index, r.external, before.WhyNot(r.item.Slot)))
		}
	}
	return nil
}

func knows(s centreday.State, a id.Appointment) bool {
	_, here := s.Appointment(a)
	return here
}
