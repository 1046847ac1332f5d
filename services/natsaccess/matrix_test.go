package natsaccess

import (
	"strings"
	"testing"
)

// everyone is each kind of user that a server knows; "" gives no credentials.
var everyone = []string{"absence", "staffing", "capacity", "booking", "hr-sap", "hr-personio", "frontend-web", "frontend-app", "monitor-grafana", "operator-ops", ""}

// An operation and who may do it; all others must be refused by the server.
type operation struct{ subject, may string }

const servicesAll = "absence staffing capacity booking"

// publishing is asked of everyone, the streams being there.
var publishing = []operation{
	{"lotse.absence.absence-recorded.v1.e-1", "absence"},
	{"lotse.staffing.duties-changed.v1.e-1", "staffing"},
	{"lotse.capacity.offering-changed.v1.altona.2026-12-01", "capacity"},
	{"lotse.booking.slots-changed.v1.altona.2026-12-01", "booking"},
	{"lotse.other.fact.v1", ""},
	{"hr.absence.v1.sap.reported", "hr-sap"},
	{"hr.absence.v1.personio.reported", "hr-personio"},
	{"hr.absence.v1.sap", "anyone"},
	{"hr.absence.v2.sap.reported", ""},
	{"$KV.slots.altona.2026-12-01", "booking"},
	{"$KV.other.key", ""},
	{"lotse-log.absence.after", "staffing capacity booking"},
	{"lotse-log.capacity.after", "absence staffing booking"},
	{"$JS.API.INFO", "booking operator-ops"},
	{"$JS.API.STREAM.NAMES", "operator-ops"},
	{"$JS.API.STREAM.LIST", "operator-ops"},
	{"$JS.API.STREAM.INFO.lotse-capacity", servicesAll + " operator-ops anyone"},
	{"$JS.API.STREAM.INFO.KV_slots", "booking frontend-web frontend-app operator-ops anyone"},
	{"$JS.API.STREAM.CREATE.lotse-absence", "absence"},
	{"$JS.API.STREAM.UPDATE.lotse-absence", "absence"},
	{"$JS.API.STREAM.MSG.GET.lotse-absence", "absence"},
	{"$JS.API.DIRECT.GET.lotse-booking", "booking"},
	{"$JS.API.STREAM.CREATE.spy", ""},
	{"$JS.API.STREAM.UPDATE.KV_slots", "booking"},
	{"$JS.API.STREAM.PURGE.lotse-staffing", "operator-ops"},
	{"$JS.API.STREAM.DELETE.lotse-nobody", "operator-ops"},
	{"$JS.API.STREAM.DELETE.lotse-capacity.x", ""},
	{"$JS.API.STREAM.MSG.DELETE.lotse-capacity", ""},
	{"$JS.API.STREAM.SNAPSHOT.lotse-capacity", ""},
	{"$JS.API.STREAM.RESTORE.lotse-capacity", ""},
	{"$JS.API.STREAM.LEADER.STEPDOWN.lotse-capacity", ""},
	{"$JS.API.STREAM.PEER.REMOVE.lotse-capacity", ""},
	{"$JS.API.META.LEADER.STEPDOWN", ""},
	{"$JS.API.SERVER.REMOVE", ""},
	{"$JS.API.ACCOUNT.PURGE.LOTSE", ""},
	{"$JS.API.CONSUMER.CREATE.lotse-absence.c", "staffing capacity booking anyone"},
	{"$JS.API.CONSUMER.CREATE.lotse-absence", ""},
	{"$JS.API.CONSUMER.DURABLE.CREATE.lotse-absence.c", ""},
	{"$JS.API.CONSUMER.CREATE.lotse-booking.c", "absence staffing capacity anyone"},
	{"$JS.API.CONSUMER.CREATE.KV_slots.c.$KV.slots.>", "frontend-web frontend-app anyone"},
	{"$JS.API.CONSUMER.CREATE.KV_slots.c", ""},
	{"$JS.API.CONSUMER.CREATE.KV_other.c.$KV.other.>", ""},
	{"$JS.API.CONSUMER.MSG.NEXT.lotse-booking.c", "absence staffing capacity anyone"},
	{"$JS.API.CONSUMER.DELETE.lotse-absence.c", "staffing capacity booking operator-ops anyone"},
	{"$JS.API.CONSUMER.LIST.lotse-absence", "operator-ops"},
	{"$JS.API.CONSUMER.PAUSE.lotse-absence.c", ""},
	{"$JS.ACK.lotse-absence.c.1.1.1.1.0", "staffing capacity booking anyone"},
	{"$JS.ACK.lotse-booking.c.1.1.1.1.0", "absence staffing capacity anyone"},
	{"$SYS.REQ.SERVER.PING", "monitor-grafana"},
	{"$SYS.REQ.SERVER.PING.VARZ", "monitor-grafana"},
	{"$SYS.REQ.SERVER.AB.RELOAD", ""},
	{"$SYS.REQ.SERVER.AB.KICK", ""},
	{"$SYS.REQ.SERVER.AB.LDM", ""},
	{"$SYS.REQ.ACCOUNT.LOTSE.CONNZ", "monitor-grafana"},
	{"$SYS.ACCOUNT.LOTSE.CONNECT", ""},
	{"_INBOX_absence.x.y", ""},
	{"_INBOX_hr-sap.x.y", ""},
	{"_INBOX.x.y", ""},
	{"free.speech", ""},
}

// hearing is asked of everyone.
var hearing = []operation{
	{">", ""},
	{"*.>", ""},
	{"lotse.>", "operator-ops anyone"},
	{"lotse.booking.slots-changed.v1.>", "frontend-web frontend-app operator-ops anyone"},
	{"lotse.booking.slots-changed.v1.altona.*", "frontend-web frontend-app operator-ops anyone"},
	{"lotse.booking.>", "operator-ops anyone"},
	{"lotse.booking.appointment-booked.v1.>", "operator-ops anyone"},
	{"lotse.capacity.proposal-drafted.v1.>", "operator-ops anyone"},
	{"lotse.staffing.duties-changed.v1.>", "operator-ops anyone"},
	{"hr.>", ""},
	{"hr.absence.v1.>", "absence"},
	{"hr.absence.v1.sap.>", "absence"},
	{"hr.absence.v1.sap.reported", "absence"},
	{"$KV.slots.>", ""},
	{"$JS.>", ""},
	{"$JS.API.>", ""},
	{"$JS.EVENT.ADVISORY.>", "operator-ops"},
	{"$SYS.>", "monitor-grafana"},
	{"$SYS.ACCOUNT.>", "monitor-grafana"},
	{"lotse-log.absence.after", "absence"},
	{"lotse-log.booking.after", "booking"},
	{"lotse-log.*.after", ""},
	{"_R_.>", ""},
	{"_INBOX.>", "anyone"},
	{"_INBOX_absence.>", "absence"},
	{"_INBOX_booking.>", "booking"},
	{"_INBOX_hr-sap.>", "hr-sap"},
	{"_INBOX_hr-personio.>", "hr-personio"},
	{"_INBOX_frontend-web.>", "frontend-web"},
	{"_INBOX_operator-ops.>", "operator-ops"},
	{"_INBOX_monitor-grafana.>", "monitor-grafana"},
	{"*.x.y", ""},
	{"free.speech", ""},
}

func (o operation) allows(user string) bool {
	if user == "" { // a local user may all that the three roles may that it stands for
		return strings.Contains(o.may, "anyone") || strings.HasPrefix(o.subject, "hr.absence.v1.") && strings.Contains(o.may, "hr-")
	}
	return strings.Contains(" "+o.may+" ", " "+user+" ")
}

func TestMatrixOfUsersAndSubjects(t *testing.T) {
	w := wish(t)
	w.Local = true
	p := begin(t, w)
	p.streams()
	p.hr()
	asked, allowed := 0, 0
	for _, user := range everyone {
		name := user
		if name == "" {
			name = "anyone"
		}
		t.Run(name, func(t *testing.T) {
			for _, o := range publishing {
				who := p.person(user)
				if got, want := who.publishes(t, o.subject), o.allows(user); got != want {
					t.Errorf("publish to %s: allowed %v, want %v (%s)", o.subject, got, want, who.told(t))
				}
				who.Close()
				asked++
				if o.allows(user) {
					allowed++
				}
			}
			for _, o := range hearing {
				who := p.person(user)
				if got, want := who.hears(t, o.subject), o.allows(user); got != want {
					t.Errorf("subscribe to %s: allowed %v, want %v (%s)", o.subject, got, want, who.told(t))
				}
				who.Close()
				asked++
				if o.allows(user) {
					allowed++
				}
			}
		})
	}
	t.Logf("%d users × %d operations = %d, of which %d are allowed and %d refused",
		len(everyone), len(publishing)+len(hearing), asked, allowed, asked-allowed)
}
