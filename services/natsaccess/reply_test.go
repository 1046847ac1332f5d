package natsaccess

import (
	"testing"

	"github.com/nats-io/nats.go"

	"github.com/lotse-hamburg/lotse/events"
)

// What JetStream answers is published by the server, which asks nobody's rights
// on the reply subject: a frontend must not have answers sent into the bucket, a
// stream, or to a service.
func TestFrontendCannotHaveAnswersSentElsewhere(t *testing.T) {
	p := begin(t, wish(t))
	p.streams()
	absence := p.person("absence")
	hr, err := absence.SubscribeSync(events.HRAbsenceSubject + ".>")
	if err != nil || absence.told(t) != "" {
		t.Fatal(err, absence.told(t))
	}
	app := p.person("frontend-app")
	changes, err := app.SubscribeSync("lotse.booking.slots-changed.v1.>")
	if err != nil || app.told(t) != "" {
		t.Fatal(err, app.told(t))
	}
	web := p.person("frontend-web")
	create := "$JS.API.CONSUMER.CREATE.KV_slots.c.$KV.slots.>"
	consumer := map[string]any{"stream_name": "KV_slots", "config": map[string]any{"name": "c", "ack_policy": "none", "filter_subject": "$KV.slots.>", "mem_storage": true}}
	if answer, err := web.asks(create, consumer); err != nil {
		t.Fatal(answer, err)
	}
	asks := []string{"$JS.API.STREAM.INFO.KV_slots", "$JS.API.DIRECT.GET.KV_slots.$KV.slots.altona.2026-12-01", "$JS.API.CONSUMER.INFO.KV_slots.c"}
	for _, into := range []string{"$KV.slots.forged", "lotse.capacity.fact.v1.forged", "lotse.booking.slots-changed.v1.forged", "hr.absence.v1.sap.reported"} {
		for _, ask := range append([]string{"$JS.API.CONSUMER.MSG.NEXT.KV_slots.c"}, asks...) {
			if err := web.PublishRequest(ask, into, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, ask := range asks { // what was asked before is answered by then
		if answer, err := web.asks(ask, struct{}{}); err != nil || web.told(t) != "" {
			t.Fatal(ask, answer, err, web.told(t))
		}
	}
	for service, stream := range map[string]string{"capacity": events.StreamName("capacity"), "booking": "KV_slots"} {
		s, err := p.connect(service).JetStream().Stream(t.Context(), stream)
		if err != nil {
			t.Fatal(err)
		}
		if last := s.CachedInfo().State.LastSeq; last != 1 {
			t.Errorf("%s has %d messages: a frontend wrote into it", stream, last)
		}
	}
	for who, sub := range map[string]*nats.Subscription{"absence": hr, "another frontend": changes} {
		if n, _, err := sub.Pending(); err != nil || n != 0 {
			t.Errorf("%s heard %d messages, %v", who, n, err)
		}
	}
}
