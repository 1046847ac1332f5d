package capacity

import (
	"math"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/events/day"
)

func TestBookingPolicyNamesWhatIsWrong(t *testing.T) {
	for field, p := range map[string]*BookingPolicy{
		"":                          nil,
		" ":                         {},
		"  ":                        {Channels: map[string]ChannelShare{"telephone": {Share: 0.3, FlowDays: 7}, "online": {Share: 0.7}}, Release: []ReleaseStage{{60, day.Clock(7, 0), 0.6}, {3, 0, 1}}, ReminderHours: []int{48, 2}},
		"booking.opt_in_minutes":    {OptInMinutes: -1},
		"booking.reminder_hours[1]": {ReminderHours: []int{24, 0}},
		"booking.channels.desk":     {Channels: map[string]ChannelShare{"desk": {Share: math.NaN()}}},
		"booking.channels":          {Channels: map[string]ChannelShare{"desk": {Share: 0.6}, "online": {Share: 0.6}}},
		"booking.channels ":         {Channels: map[string]ChannelShare{"fax": {Share: 0.1}}},
		"booking.release[0]":        {Release: []ReleaseStage{{DaysBefore: 60}}},
		"booking.release[1]":        {Release: []ReleaseStage{{60, 0, 1}, {3, day.Clock(24, 0), 1}}},
	} {
		err, field := p.Check(), strings.TrimSpace(field)
		if (err == nil) != (field == "") || err != nil && !strings.HasPrefix(err.Error(), field) {
			t.Errorf("%q: %v", field, err)
		}
	}
}
