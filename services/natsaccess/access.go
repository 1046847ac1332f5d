// Package natsaccess is who may do what on the bus: accounts and users of a
// NATS server, what each may publish and hear, and the files that tell the
// server and the users so (lotse nats-config; the embedded server of lotse up).
//
// Users are known by nkeys: the server's configuration holds public keys only,
// each user has a file with a seed. Everything that is not allowed is refused.
// Each user hears answers below an inbox prefix of its own, so that nobody can
// listen to another's.
//
// The account LOTSE has the streams. HR systems live in the account HR, which
// has no JetStream and from which only requests on hr.absence.v1.> lead to
// LOTSE: an HR publisher could not even name a stream. Each frontend lives
// in an account of its own, for the server asks nobody's rights when it sends an
// answer to the reply subject of a request: out of that account answers lead
// nowhere but back, neither into a stream or the bucket nor to another frontend.
package natsaccess

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/lotse"
)

// Role is what a user is.
type Role string

// The roles. A service is named after itself, every other user "<role>-<name>".
const (
	Service  Role = "service"  // one of Lotse's four
	HR       Role = "hr"       // an HR system; its name is the source of its messages
	Frontend Role = "frontend" // reads free slots
	Monitor  Role = "monitor"  // looks at the servers, in the system account
	Operator Role = "operator" // looks at streams and may throw them away: relays fill them again
)

// Accounts of the server.
const (
	accountLotse    = "LOTSE"
	accountHR       = "HR"
	accountFrontend = "FRONTEND" // -<name>: each its own
	accountSystem   = "SYS"
)

// slots is the bucket of free slots, as booking calls it.
const slots = "slots"

// User of the bus.
type User struct {
	Name   string `json:"name"`
	Role   Role   `json:"role"`
	Public string `json:"public_key"` // nkey, "U…"
}

// InboxPrefix is below what a user hears answers; clients must be told so.
func InboxPrefix(user string) string { return "_INBOX_" + user }

var named = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$`)

// Named makes a user of a role other than Service. The name of an HR user is
// its source: letters, digits, - and _.
func Named(role Role, name string) (User, error) {
	if !named.MatchString(name) {
		return User{}, fmt.Errorf("%s user %q: write 1 to 63 letters, digits, - or _", role, name)
	}
	return User{Name: string(role) + "-" + name, Role: role}, nil
}

// services are the users that every Lotse has.
func services() (all []User) {
	for _, s := range lotse.Services {
		all = append(all, User{Name: s, Role: Service})
	}
	return all
}

// Rights are the subjects that a user may publish to and hear. What stands in
// Deny is refused although Publish allows it.
type Rights struct {
	Publish, Deny, Subscribe []string
	// Answers: the user may answer each message that it hears once.
	Answers bool
}

// Account is where a user lives.
func (u User) Account() string {
	switch u.Role {
	case HR:
		return accountHR
	case Frontend:
		return accountFrontend + "-" + u.Name[len("frontend-"):]
	case Monitor:
		return accountSystem
	default:
		return accountLotse
	}
}

// Rights of a user.
func (u User) Rights() Rights {
	r := Rights{Subscribe: []string{InboxPrefix(u.Name) + ".>"}}
	switch u.Role {
	case Service:
		r.service(u.Name)
	case HR:
		r.publish(events.HRAbsenceSubject + "." + u.Name[len("hr-"):] + ".>")
	case Frontend:
		r.readSlots()
	case Monitor:
		r.publish("$SYS.REQ.SERVER.PING", "$SYS.REQ.SERVER.PING.>", "$SYS.REQ.SERVER.*.*", "$SYS.REQ.ACCOUNT.*.*", "$SYS.REQ.USER.INFO")
		for _, what := range []string{"RELOAD", "KICK", "LDM", "PROFILEZ"} {
			r.Deny = append(r.Deny, "$SYS.REQ.SERVER.*."+what)
		}
		r.hear("$SYS.>")
	case Operator:
		r.operate()
	}
	return r
}

// anyone is who gives no credentials to an embedded server on this machine: may
// try out everything that a frontend, an HR system and a reader of lotse.> and its
// streams do.
func anyone() Rights {
	r := Rights{Subscribe: []string{"_INBOX.>"}}
	r.readSlots()
	r.hear("lotse.>")
	for _, s := range lotse.Services {
		r.readStream(events.StreamName(s))
	}
	r.publish(events.HRAbsenceSubject + ".>")
	return r
}

func (r *Rights) publish(subjects ...string) { r.Publish = append(r.Publish, subjects...) }

func (r *Rights) hear(subjects ...string) { r.Subscribe = append(r.Subscribe, subjects...) }

// service: its own subjects, its own stream, the others' streams for reading,
// and the others' answers to what a stream no longer has.
func (r *Rights) service(name string) {
	r.publish(events.StreamSubjects(name))
	r.manage(events.StreamName(name))
	for _, other := range lotse.Services {
		if other == name {
			continue
		}
		r.readStream(events.StreamName(other))
		r.publish(events.BackfillSubject(other))
	}
	r.hear(events.BackfillSubject(name))
	r.Answers = true
	switch name {
	case "absence":
		r.hear(events.HRAbsenceSubject + ".>")
	case "booking":
		r.publish("$KV."+slots+".>", "$JS.API.INFO") // the client looks at the server's version before it makes a bucket
		r.manage("KV_" + slots)
	}
}

// readStream is what reading a stream from any place on takes.
func (r *Rights) readStream(stream string) {
	r.publish("$JS.API.STREAM.INFO."+stream, "$JS.API.CONSUMER.CREATE."+stream+".*", "$JS.API.CONSUMER.CREATE."+stream+".*.>",
		"$JS.API.CONSUMER.INFO."+stream+".*", "$JS.API.CONSUMER.DELETE."+stream+".*", "$JS.API.CONSUMER.MSG.NEXT."+stream+".*")
	r.publish(acks(stream)...)
}

// manage is what the owner of a stream does with it.
func (r *Rights) manage(stream string) {
	for _, what := range []string{"STREAM.CREATE", "STREAM.UPDATE", "STREAM.INFO", "STREAM.DELETE", "STREAM.MSG.GET", "DIRECT.GET"} {
		r.publish("$JS.API." + what + "." + stream)
	}
	r.publish("$JS.API.DIRECT.GET." + stream + ".>")
}

// acks are the subjects on which messages of a stream are acknowledged, in the
// server's old form and in the one with domain and account.
func acks(stream string) []string {
	return []string{"$JS.ACK." + stream + ".>", "$JS.ACK.*.*." + stream + ".>"}
}

// readSlots is what clients need to get and watch keys of the bucket, and to
// go on with the subjects.
func (r *Rights) readSlots() {
	stream, keys := "KV_"+slots, "$KV."+slots+".>"
	r.publish("$JS.API.STREAM.INFO."+stream, "$JS.API.DIRECT.GET."+stream, "$JS.API.DIRECT.GET."+stream+"."+keys,
		"$JS.API.CONSUMER.CREATE."+stream+".*."+keys, "$JS.API.CONSUMER.INFO."+stream+".*",
		"$JS.API.CONSUMER.DELETE."+stream+".*", "$JS.API.CONSUMER.MSG.NEXT."+stream+".*",
		"$JS.FC."+stream+".>", "$JS.FC.*.*."+stream+".>")
	r.publish(acks(stream)...)
	r.hear("lotse.booking.slots-changed.v1.>")
}

// operate: look at everything, throw streams and consumers away. Nothing may be
// created or changed: a stream on hr.> would store what must not be stored.
func (r *Rights) operate() {
	r.publish("$JS.API.INFO", "$JS.API.STREAM.LIST", "$JS.API.STREAM.NAMES", "$JS.API.STREAM.INFO.*", "$JS.API.STREAM.PURGE.*", "$JS.API.STREAM.DELETE.*",
		"$JS.API.CONSUMER.LIST.*", "$JS.API.CONSUMER.NAMES.*", "$JS.API.CONSUMER.INFO.*.*", "$JS.API.CONSUMER.DELETE.*.*")
	r.hear("lotse.>", "$JS.EVENT.ADVISORY.>")
}

// Roles lists the roles that users are added with.
func Roles() []Role { return slices.Clone([]Role{HR, Frontend, Monitor, Operator}) }
