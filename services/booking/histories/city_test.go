package histories

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/bus"
	"github.com/lotse-hamburg/lotse/services/internal/clock"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/relay"
)

// The words that the small city uses for what the model counts.
const (
	service = id.Service("passport")
	skill   = id.Skill("pass")
	minutes = 15
)

var opens = day.Clock(9, 0)

func centreOf(i int) id.Centre { return id.Centre(fmt.Sprint("c", i)) }

func timeOf(start int) day.TimeOfDay { return opens + day.TimeOfDay(start*minutes) }

var berlin = func() *time.Location {
	zone, err := clock.Zone(clock.City)
	if err != nil {
		panic(err)
	}
	return zone
}()

func today() day.Day { return day.Of(time.Now(), berlin) }

// capacityService is what booking hears of: a log of its own, relayed to the bus
// as the real one's is.
type capacityService struct {
	t        *testing.T
	log      *memory.Store
	versions map[string]int64
	said     int64
}

// speak begins a capacity service on a bus; it ends with the test.
func speak(t *testing.T, conn *bus.Conn) *capacityService {
	t.Helper()
	c := &capacityService{t: t, log: memory.New(), versions: map[string]int64{}}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- relay.New(relay.Options{Service: capacity.Service, Log: c.log, Conn: conn, Logger: quiet()}).Run(ctx)
	}()
	stop, err := relay.ServeBackfill(conn, capacity.Service, c.log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	return c
}

// say adds one public event.
func (c *capacityService) say(e events.Event) {
	c.t.Helper()
	data, err := json.Marshal(e)
	if err != nil {
		c.t.Fatal(err)
	}
	key := events.Key(e.EventKey()...)
	stream := e.EventType() + "/" + key
	out, err := c.log.Commit(context.Background(), []eventlog.Unit{{Appends: []eventlog.Append{{Stream: stream, Expected: c.versions[stream], Events: []eventlog.NewEvent{{
		ID: uuid.New(), Type: e.EventType(), Data: data, Public: true, Meta: eventlog.Meta{Key: key, Time: time.Now()}}}}}}})
	if err == nil {
		err = out[0].Err
	}
	if err != nil {
		c.t.Error(err)
		return
	}
	c.versions[stream]++
	c.said++
}

// found says what the city is, its counters on each of its days aside.
func (c *capacityService) found() {
	hours := map[int][]day.Span{}
	for weekday := 1; weekday <= 7; weekday++ {
		hours[weekday] = []day.Span{{From: opens, To: timeOf(starts)}}
	}
	c.say(capacity.PolicyChanged{Version: 1, Policy: capacity.Policy{GoalDays: 10, LimitDays: 14, HorizonDays: 60, MinLeadDays: 1, HoldMinutes: 30}})
	c.say(capacity.CatalogueChanged{Version: 1, Services: []capacity.ServiceType{{ID: service, Skill: skill, Minutes: minutes, Share: 1}}})
	for i := range centres {
		c.say(capacity.CentreChanged{Version: 1, Centre: capacity.Centre{ID: centreOf(i), Name: "Centre", District: "d", Hours: hours}})
	}
}

// offer says how many counters a centre has at each start of a day.
func (c *capacityService) offer(centre int, d day.Day, counters [starts]int) (version int64) {
	key := events.Key(string(centreOf(centre)), d.String())
	version = c.versions[capacity.TypeOfferingChanged+"/"+key] + 1
	var lines []capacity.Line
	for start, n := range counters {
		for range n {
			lines = append(lines, capacity.Line{Span: day.Span{From: timeOf(start), To: timeOf(start + 1)}, Skills: []id.Skill{skill}, Use: capacity.ForAppointments})
		}
	}
	c.say(capacity.OfferingChanged{Centre: centreOf(centre), Day: d, Version: version, Lines: lines})
	return version
}

// adopted waits until booking's log has an offering, and says when it was seen.
func adopted(t *testing.T, log eventlog.Reader, centre int, d day.Day, version int64, within time.Duration) bool {
	stream := fmt.Sprintf("day-%s/%s", centreOf(centre), d)
	want := fmt.Appendf(nil, `"version":%d,"lines"`, version)
	deadline := time.After(within)
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for at := int64(0); ; {
		page, err := log.Stream(context.Background(), stream, at, 1000)
		if err != nil {
			t.Error(err)
			return false
		}
		for _, e := range page {
			at = e.Version
			if e.Type == "booking.offering-adopted.v1" && bytes.Contains(e.Data, want) {
				return true
			}
		}
		select {
		case <-deadline:
			return false
		case <-look.C:
		}
	}
}
