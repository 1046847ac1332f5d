package booking

import (
	"context"
	"fmt"
	"testing"

	"github.com/lotse-hamburg/lotse/services/internal/access/accesstest"
	"github.com/lotse-hamburg/lotse/services/internal/clock"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/httpfuzz"
)

// asked is a city that leaves nothing to be checked when a test ends.
func asked(t testing.TB) *world {
	w := &world{TB: t, ctx: context.Background(), clock: clock.NewManual(begin), offering: map[string]int64{}, config: DefaultConfig()}
	w.now = w.clock.Now
	w.store = memory.New(memory.WithClock(w.now))
	w.start()
	return w.city()
}

// Whatever is asked of booking's API, and of ZMS's beside it, is answered.
func FuzzHTTP(f *testing.F) {
	w := asked(f)
	office, service := w.zmsCity()
	var offices, services []int64
	for _, n := range office {
		offices = append(offices, n)
	}
	for _, n := range service {
		services = append(services, n)
	}
	start := monday.At(nine, berlin).Unix()
	var more []string
	for _, path := range []string{"GET offices-and-services", "GET services-by-office", "GET offices-by-service", "GET available-days", "GET available-appointments",
		"GET available-appointments-by-office", "GET available-calendar", "POST captcha-verify", "GET appointment", "POST reserve-appointment",
		"POST update-appointment", "POST preconfirm-appointment", "POST confirm-appointment", "POST cancel-appointment"} {
		var method, name string
		if _, err := fmt.Sscan(path, &method, &name); err != nil {
			f.Fatal(err)
		}
		more = append(more, method+" /zms/"+name+"/")
	}
	zms := fmt.Sprintf("officeId=%d&serviceId=%d&serviceCount=1&startDate=%s&endDate=%s", offices[0], services[0], today, monday+3)
	slot := `"service":"passport","centre":"altona","day":"` + monday.String() + `"`
	httpfuzz.Run(f, func(t testing.TB) httpfuzz.Target {
		w := asked(t)
		return httpfuzz.Target{Handler: accesstest.Staff(w.service.Handler()), Settle: w.service.Node().Step, More: more}
	},
		httpfuzz.Seed{Route: "GET /v1/slots", Query: "service=passport:2,licence&near=53.55,9.93&times=08:00-10:00,16:00-19:00&weekdays=1,2&limit=2&order=distance"},
		httpfuzz.Seed{Route: "GET /v1/slots", Query: "service=passport&district=wandsbek&from=" + monday.String() + "&travel_minutes=30&accessible=true"},
		httpfuzz.Seed{Route: "GET /v1/events/slots", Header: "Last-Event-ID: 1"},
		httpfuzz.Seed{Route: "POST /v1/holds", Header: "Idempotency-Key: h", Body: "{" + slot + `,"at":"09:00"}`},
		httpfuzz.Seed{Route: "POST /v1/holds", Body: "{" + slot + `,"at":"09:15+01:00"}`},
		httpfuzz.Seed{Route: "POST /v1/appointments", Body: "{" + slot + `,"at":"09:30","channel":"telephone","contact":{"phone":"1"}}`},
		httpfuzz.Seed{Route: "POST /v1/imports/appointments", Body: `{"appointments":[{"external_id":"x1",` + slot + `,"at":"09:45"}]}`},
		httpfuzz.Seed{Route: "GET /v1/appointments/{id}", Params: "altona." + monday.String() + ".abc", Query: "code=ABCDE-12345"},
		httpfuzz.Seed{Route: "GET /v1/at-risk", Query: "cursor=eA&limit=1", Header: "Lotse-Position: 1"},
		httpfuzz.Seed{Route: "GET /zms/available-days/", Query: zms},
		httpfuzz.Seed{Route: "GET /zms/available-calendar/", Query: zms},
		httpfuzz.Seed{Route: "POST /zms/reserve-appointment/", Body: fmt.Sprintf(`{"timestamp":%d,"officeId":%d,"serviceId":[%d],"serviceCount":[1]}`, start, offices[0], services[0])},
		httpfuzz.Seed{Route: "POST /zms/update-appointment/", Body: `{"processId":1,"authKey":"altona.2026-11-30.x.y","familyName":"A","email":"a@example.org","telephone":null}`},
		httpfuzz.Seed{Route: "POST /zms/captcha-verify/", Body: `{"payload":"eA"}`},
	)
}
